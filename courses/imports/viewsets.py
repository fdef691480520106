"""Bringing a list of people into a cohort: give it, look at it line by line, confirm, watch, undo."""

from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from courses.cohorts.staff import CohortPage, ConfirmPage
from courses.errors import Refused
from courses.imports.actions import answer, answer_all, confirm, look_at_list, throw_away
from courses.imports.forms import ConfirmForm, UploadForm
from courses.imports.lines import SYMBOLS, ends_in_words, groups_of, lines_of, sums_in_words
from courses.imports.models import ImportRow, PeopleImport
from courses.imports.undoing import undo
from courses.imports.wording import COLUMNS
from courses.staff import refused

PER_PAGE, LISTS_SHOWN, REFRESH_SECONDS = 100, 20, 2
PERMISSION = "courses.import_people"


class ImportPage(CohortPage):
    """A page about lists of one cohort, for whoever may bring them."""

    header_icon = "upload"
    tab = "people"
    page_subtitle = _("Bring in a list")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.require(PERMISSION)

    def find(self) -> PeopleImport:
        """The list of the address, of this cohort. Raises Http404."""
        found: PeopleImport = get_object_or_404(
            PeopleImport.objects.select_related("by", "undone_by"),
            cohort=self.cohort,
            pk=self.kwargs["batch"],
        )
        return found


class Index(ImportPage):
    """Give a list; the lists before."""

    template_name = "courses/admin/people_import.html"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.show(form=UploadForm())

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            look = partial(look_at_list, cohort=self.cohort, by=request.user, at=timezone.now())
            try:
                batch = look(raw=form.raw())
            except Refused as error:
                form.add_error(None, str(error))
            else:
                return redirect("imports:look", self.cohort.pk, batch.pk)
        return self.show(form=form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lists = PeopleImport.objects.filter(cohort=self.cohort).select_related("by")
        return {
            **super().get_context_data(**kwargs),
            "lists": lists[:LISTS_SHOWN],
            "columns": [
                (COLUMNS["name"], gettext("the name she uses; only this one is needed")),
                (COLUMNS["language"], "es, en, fr, pt, ht"),
                (COLUMNS["username"], gettext("a neutral one, such as «luz24»; it makes her an account")),
                (COLUMNS["legal_name"], gettext("only if she wants it; it is kept encrypted")),
            ],
            "back": reverse("cohorts:joining", args=[self.cohort.pk]),
        }


class Look(ImportPage):
    """What each line would become; while it is saved how far it is; afterwards what became of it."""

    template_name = "courses/admin/people_lines.html"
    form: ConfirmForm | None = None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.batch = self.find()

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        response = self.show()
        response["Cache-Control"] = "no-store, private"
        if self.batch.is_running:
            response["Refresh"] = str(REFRESH_SECONDS)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.batch.rows.all()
        groups = groups_of(self.batch)
        counts = rows.aggregate(**{name: Count("pk", filter=group) for name, group in groups.items()})
        outcomes = dict(rows.order_by().values_list("outcome").annotate(Count("pk")))
        asked_for = self.request.GET.get("show", "")
        shown = asked_for if counts.get(asked_for) else ""
        found = rows.filter(groups[shown]) if shown else rows
        page = Paginator(found.select_related("person"), PER_PAGE).get_page(self.request.GET.get("p"))
        first = min(max(self.cohort.today(), self.cohort.starts_on), self.cohort.ends_on)
        has_errors = bool(counts["bad"])
        lines = lines_of(self.batch, list(page.object_list))
        return {
            "form": ConfirmForm(has_errors=has_errors, first=first),
            **super().get_context_data(**kwargs),
            "batch": self.batch,
            "page": page,
            "lines": lines,
            "has_answers": any(line["options"] for line in lines),
            "shown": shown,
            "sums": [
                {"value": name, "symbol": SYMBOLS[name], "words": sums_in_words(name, count)}
                for name, count in counts.items()
                if count
            ],
            "ends": [ends_in_words(one, outcomes[one]) for one in ImportRow.Outcome if outcomes.get(one)],
            "open": counts.get("doubt", 0),
            "has_errors": has_errors,
            "waits": rows.filter(waits=True).count(),
            "can_undo": self.batch.can_undo(timezone.now()),
            "back": reverse("imports:index", args=[self.cohort.pk]),
        }


class Step(Look):
    """What a button of the list does: POST only."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return HttpResponseNotAllowed(["POST"])

    def back_to_list(self) -> HttpResponse:
        address = reverse("imports:look", args=[self.cohort.pk, self.batch.pk])
        query = self.request.GET.urlencode()
        return redirect(f"{address}?{query}" if query else address)


class Answer(Step):
    """Keep what was answered for the doubtful lines of one page, or for all of them at once."""

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        at_once = request.POST.get("all", "")
        chosen = {
            int(name[5:]): str(value)
            for name, value in request.POST.items()
            if name.startswith("line-") and name[5:].isdecimal() and len(name) < 15
        }
        if not refused(request, partial(answer, batch=self.batch, choices=chosen)) and at_once:
            refused(request, partial(answer_all, batch=self.batch, as_new=at_once == ImportRow.AS_NEW))
        return self.back_to_list()


class Confirm(Step):
    """Let it be saved."""

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        has_errors = self.batch.rows.filter(fate=ImportRow.Fate.BAD).exists()
        form = ConfirmForm(request.POST, has_errors=has_errors, first=self.cohort.starts_on)
        if not form.is_valid():
            return self.show(form=form)
        act = partial(confirm, batch=self.batch, at=timezone.now(), starts_on=form.cleaned_data["starts_on"])
        refused(request, partial(act, keeps_good=form.cleaned_data["on_error"] == "keep"))
        return self.back_to_list()


class ThrowAway(Step):
    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if not refused(request, partial(throw_away, batch=self.batch, at=timezone.now())):
            messages.success(request, gettext("The list was thrown away. Nobody was saved."))
        return redirect("imports:index", self.cohort.pk)


class Undo(ConfirmPage):
    """Take a saved list back."""

    page_subtitle = _("Bring in a list")
    permission = PERMISSION
    question = _("Take this list back?")
    explanation = _(
        "Everybody that it enrolled leaves as if she had never been brought in, and the people and accounts "
        "that it made are erased. It works only while nothing was done with any of them."
    )
    button = _("Yes, take it back")
    is_serious = True

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.batch = get_object_or_404(PeopleImport, cohort=self.cohort, pk=self.kwargs["batch"])

    def back(self) -> str:
        return reverse("imports:look", args=[self.cohort.pk, self.batch.pk])

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if not refused(request, partial(undo, batch=self.batch, by=request.user, at=timezone.now())):
            messages.success(request, gettext("The list was taken back."))
        return redirect(self.back())


class ImportViewSet(ViewSet):
    """Lists of people."""

    name = "imports"
    url_prefix = "lists"
    icon = "upload"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("<int:pk>/", Index.as_view(), name="index"),
            path("<int:pk>/<int:batch>/", Look.as_view(), name="look"),
            path("<int:pk>/<int:batch>/answer/", Answer.as_view(), name="answer"),
            path("<int:pk>/<int:batch>/confirm/", Confirm.as_view(), name="confirm"),
            path("<int:pk>/<int:batch>/throw-away/", ThrowAway.as_view(), name="throw_away"),
            path("<int:pk>/<int:batch>/undo/", Undo.as_view(), name="undo"),
        ]

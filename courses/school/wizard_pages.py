"""The furniture of the way to a new cohort: where it starts, its steps, and putting a draft away."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from courses.cohorts import access
from courses.cohorts.models import Cohort
from courses.pages.models import CoursePage
from courses.school import wizard
from courses.school.models import SchoolDraft
from courses.school.plan import Meeting
from courses.school.wizard_forms import StartForm
from courses.staff import StaffPage

STEPS = [
    ("basics", _("Place and people")),
    ("week", _("Weekdays")),
    ("plan", _("Sessions")),
    ("rule", _("Rule")),
    ("summary", _("Summary")),
]
DONE_BY = {"basics": "name", "week": "meetings", "plan": "ends_on", "rule": "facts_seen"}


class WizardPage(StaffPage):
    """A page of the way to a new cohort, for who may add one."""

    page_title = _("Open a school")
    header_icon = "group"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not request.user.has_perm("courses.add_cohort"):
            raise PermissionDenied

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("cohorts:index"), "label": _("Cohorts")},
            {"url": reverse("opening:index"), "label": self.page_title},
        ]


class Start(WizardPage):
    """From which course or cohort; and the schools she began to prepare."""

    template_name = "courses/admin/wizard_start.html"

    def _cohorts(self) -> Any:
        return access.visible_cohorts(self.request.user).order_by("-starts_on", "name")

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        only = CoursePage.objects.live().originals()[:2]
        known = {"course": only[0].pk if len(only) == 1 else None}
        return self.show(form=StartForm(cohorts=self._cohorts(), initial=known))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = StartForm(request.POST, cohorts=self._cohorts())
        if not form.is_valid():
            return self.show(form=form)
        former: Cohort | None = form.cleaned_data["former"]
        course = former.course.specific if former else form.cleaned_data["course"]
        draft = wizard.start_draft(course=course, former=former, by=request.user, at=timezone.now())
        return redirect("opening:basics", draft.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        drafts = SchoolDraft.objects.filter(by=self.request.user.pk)
        return {**super().get_context_data(**kwargs), "drafts": drafts}


class Step(WizardPage):
    """One step of her own draft; whoever comes too early is led to the first step that is open."""

    name = ""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.draft = SchoolDraft.objects.filter(pk=self.kwargs["draft"], by=request.user.pk).first()
        if self.draft is not None:
            self.course: CoursePage = get_object_or_404(CoursePage, pk=self.draft.answers["course"])
        self.page_subtitle = dict(STEPS)[self.name]

    @property
    def answers(self) -> dict[str, Any]:
        if self.draft is None:
            raise Http404
        return self.draft.answers

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.draft is None:
            messages.warning(
                request, gettext("This school was created already, or put away. Here are those you prepare.")
            )
            return redirect("opening:index")
        for name, _label in STEPS:
            if name == self.name:
                break
            if not self.is_done(name):
                messages.warning(request, gettext("This step comes first."))
                return redirect(f"opening:{name}", self.draft.pk)
        return super().dispatch(request, *args, **kwargs)

    def is_done(self, name: str) -> bool:
        """True when the step was answered."""
        return name in DONE_BY and bool(self.answers.get(DONE_BY[name]))

    @property
    def meetings(self) -> list[Meeting]:
        return wizard.meetings_of(self.answers.get("meetings", []))

    def keep(self, **answers: Any) -> None:
        if self.draft is not None:
            self.draft = wizard.keep_answers(draft=self.draft, answers=answers, at=timezone.now())

    def lead_on(self) -> HttpResponse:
        """To the step after this one."""
        names = [name for name, _label in STEPS]
        return redirect(f"opening:{names[names.index(self.name) + 1]}", self.kwargs["draft"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        names = [name for name, _label in STEPS]
        place = names.index(self.name)
        steps = [
            {
                "label": label,
                "url": reverse(f"opening:{name}", args=[self.kwargs["draft"]]),
                "number": number,
                "is_current": name == self.name,
                "is_done": self.is_done(name),
                "is_open": all(self.is_done(earlier) for earlier in names[: number - 1]),
            }
            for number, (name, label) in enumerate(STEPS, start=1)
        ]
        return {
            **super().get_context_data(**kwargs),
            "draft": self.draft,
            "answers": self.answers,
            "course": self.course,
            "steps": steps,
            "back": steps[place - 1]["url"] if place else reverse("opening:index"),
        }


class Forget(WizardPage):
    """Put a draft away that is not needed. It only ever held answers to these steps."""

    template_name = "courses/admin/confirm.html"

    def hers(self) -> Any:
        return SchoolDraft.objects.filter(pk=self.kwargs["draft"], by=self.request.user.pk)

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        draft = self.hers().first()
        if draft is None:
            return redirect("opening:index")
        name = draft.answers.get("name") or gettext("Without a name yet")
        return self.show(
            question=gettext("Put “%(name)s” away?") % {"name": name},
            explanation=gettext("Only these answers are lost. No cohort is touched."),
            button=gettext("Yes, put it away"),
            back=reverse("opening:index"),
            is_serious=True,
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        self.hers().delete()
        messages.success(request, gettext("The draft was put away."))
        return redirect("opening:index")

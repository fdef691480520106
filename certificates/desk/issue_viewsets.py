"""Issuing in the admin: into the register, out as diplomas or statements, how far they are, handing over."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from certificates.actas import access, summary
from certificates.awards import access as award_access
from certificates.awards import actions as awards
from certificates.awards import batches, handover, progress, ready, register
from certificates.awards.models import Certificate, Job
from certificates.desk import issue_page
from certificates.desk.issue_forms import DeliverForm
from certificates.desk.pages import ActaPage, ActPage, refused

Kind = Certificate.Kind


class LinesAct(ActPage):
    """An act on all ready lines: they are listed with what the register gives them, then it is done."""

    template_name = "certificates/admin/issue_lines.html"
    kind = Kind.DIPLOMA

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = ready.unissued(self.acta, self.kind)
        entered = register.open_entries(self.acta, self.kind)
        return {
            **super().get_context_data(**kwargs),
            "lines": [
                {
                    "standing": one,
                    "entry": entered.get(one.line.pk),
                    "hours": summary.duration(one.line.minutes),
                }
                for one in waiting
            ],
            "is_statement": self.kind == Kind.STATEMENT,
        }


class Register(LinesAct):
    page_subtitle = _("Enter into the register")
    button = _("Yes, enter them")
    done = _("They are in the register. Their folios are below.")
    note = _("Each line gets its book, page and folio now, in this order. A folio is never given twice.")
    may = staticmethod(award_access.can_deliver)

    def act(self, **data: Any) -> Any:
        return register.register_acta(acta=self.acta, **data)


class Issue(LinesAct):
    page_subtitle = _("Issue the diplomas")
    button = _("Yes, issue them")
    done = _("The diplomas are being made. You may leave this page: they go on by themselves.")
    may = staticmethod(award_access.can_issue)

    @property
    def note(self) -> str:
        """How many, and whether they speak of the authority."""
        waiting = [one.recognition for one in ready.unissued(self.acta)]
        count = len(waiting)
        first = ngettext("%(count)d diploma will be issued.", "%(count)d diplomas will be issued.", count) % {
            "count": count
        }
        if count and all(waiting):
            second = gettext("They carry the recognition of %(authority)s.") % {
                "authority": self.acta.facts["authority"]
            }
        else:
            second = gettext("They carry no line of the health authority.")
        third = gettext("Whoever has no folio yet gets one now. A folio cannot be taken back.")
        return f"{first} {second} {third}"

    def act(self, **data: Any) -> Any:
        return awards.issue_acta(acta=self.acta, **data)


class Statements(LinesAct):
    page_subtitle = _("Issue the statements of participation")
    button = _("Yes, issue them")
    done = _("The statements are being made. You may leave this page: they go on by themselves.")
    may = staticmethod(award_access.can_issue)
    kind = Kind.STATEMENT

    @property
    def note(self) -> str:
        """How many, with which hours, and who gets none."""
        count, without = len(ready.unissued(self.acta, self.kind)), ready.without_hours(self.acta)
        first = ngettext(
            "%(count)d statement will be issued, with the hours that she really took part.",
            "%(count)d statements will be issued, each with the hours that she really took part.",
            count,
        ) % {"count": count}
        second = gettext("It speaks of no recognition, and nothing of it leaves the school.")
        third = ngettext(
            "%(count)d person has no hours at all, so there is no statement for her.",
            "%(count)d people have no hours at all, so there is no statement for them.",
            without,
        ) % {"count": without}
        return " ".join([first, second, *([third] if without else [])])

    def act(self, **data: Any) -> Any:
        return awards.issue_statements(acta=self.acta, **data)


class Deliver(ActPage):
    """Hand over the diplomas of a cohort: who is on the list, then all chosen ones at once."""

    page_subtitle = _("Hand over the diplomas")
    template_name = "certificates/admin/issue_deliver.html"
    button = _("Record that these were handed over")
    note = _("Uncheck whoever did not come. Your name and the time are recorded with each.")
    may = staticmethod(award_access.can_deliver)

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.show(diplomas=handover.deliverable(self.acta))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = DeliverForm(request.POST)
        chosen = form.cleaned_data["award"] if form.is_valid() else []

        def act() -> None:
            self.handed_over = handover.deliver_many(
                acta=self.acta, awards=chosen, by=request.user, at=timezone.now()
            )

        if refused(request, act):
            return self.show(diplomas=handover.deliverable(self.acta))
        messages.success(
            request,
            ngettext(
                "%(count)d delivery is recorded.", "%(count)d deliveries are recorded.", self.handed_over
            )
            % {"count": self.handed_over},
        )
        return redirect("actas:acta", self.acta.pk)


class Progress(ActaPage):
    """How far a batch is, as JSON for the bar on the page."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if not access.can_see_everyone(request.user):
            raise Http404
        told = issue_page.as_json(progress.of_acta(self.acta, timezone.now()))
        return JsonResponse(told, headers={"Cache-Control": "no-store"})


class BatchAct(ActaPage):
    """One press on a batch: pause, go on, try again."""

    http_method_names = ["post"]
    done: Any = ""

    def act(self, **data: Any) -> Any:
        """Call the action. Raises Refused."""
        raise NotImplementedError

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if not award_access.can_issue(request.user):
            raise PermissionDenied
        if not refused(request, self._act):
            messages.success(request, self.done)
        return redirect(reverse("actas:acta", args=[self.acta.pk]) + "#batch")

    def _act(self) -> None:
        self.act(by=self.request.user)


class Pause(BatchAct):
    done = _("Paused. What was being made is finished; the rest waits.")

    def act(self, **data: Any) -> Any:
        return batches.pause_batch(acta=self.acta, **data)


class Resume(BatchAct):
    done = _("It goes on.")

    def act(self, **data: Any) -> Any:
        return batches.resume_batch(acta=self.acta, at=timezone.now(), **data)


class RetryAll(BatchAct):
    done = _("They wait to be made again.")

    def act(self, **data: Any) -> Any:
        return batches.retry_failed(acta=self.acta, at=timezone.now(), **data)


class Retry(BatchAct):
    done = _("The diploma waits to be made again.")

    def act(self, **data: Any) -> Any:
        job = get_object_or_404(Job, pk=self.kwargs["job"], acta=self.acta)
        return batches.retry_one(job=job, at=timezone.now(), **data)


# Below the addresses of one acta (ActaViewSet).
PATTERNS = [
    path("<int:pk>/register/", Register.as_view(), name="register"),
    path("<int:pk>/issue/", Issue.as_view(), name="issue"),
    path("<int:pk>/statements/", Statements.as_view(), name="statements"),
    path("<int:pk>/deliver/", Deliver.as_view(), name="deliver"),
    path("<int:pk>/progress.json", Progress.as_view(), name="progress"),
    path("<int:pk>/pause/", Pause.as_view(), name="pause"),
    path("<int:pk>/resume/", Resume.as_view(), name="resume"),
    path("<int:pk>/retry/", RetryAll.as_view(), name="retry_all"),
    path("<int:pk>/retry/<int:job>/", Retry.as_view(), name="retry"),
]

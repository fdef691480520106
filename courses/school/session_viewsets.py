"""A session's own page and what may change of it; who gives the cohort; the history; the calendar."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from courses.attendance.models import ClassSession
from courses.cohorts import access
from courses.cohorts.staff import CohortPage, ConfirmPage
from courses.cohorts.zones import zone_in_words
from courses.school import ics
from courses.school.changes import call_off, join_trainer, may_teach, move_session, part_trainer, substitute
from courses.school.forms import JoinForm, MoveForm, SubstituteForm
from courses.school.history import told
from courses.school.models import SchoolChange
from courses.school.plan import mexican_holidays
from courses.staff import StaffPage, refused
from courses.trail import actions as trail

PAGE = 50  # changes on a page of the history
MOST = 2000  # sessions in one calendar file
PAST = timedelta(days=30)  # her own calendar begins so long ago


class SchoolSession(CohortPage):
    """A page about one session, found through its cohort."""

    header_icon = "date"
    permission = ""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if self.permission:
            self.require(self.permission)
        self.session: ClassSession = get_object_or_404(
            ClassSession.objects.for_register(self.cohort).select_related("substitution__user"),
            pk=self.kwargs["session"],
        )
        self.session.cohort = self.cohort
        self.page_subtitle = str(self.session)

    def back(self) -> str:
        return reverse("school:session", args=[self.cohort.pk, self.session.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "session": self.session, "back": self.back()}


class OneSession(SchoolSession):
    """When it is, who gives it, what may be changed, and everything that was."""

    template_name = "courses/admin/session_page.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        changes = SchoolChange.objects.filter(session=self.session).newest_first()
        has_marks = self.session.records.exists()
        return {
            **super().get_context_data(**kwargs),
            "history": told(list(changes), self.cohort.zone),
            "has_marks": has_marks,
            "may_still_change": not has_marks and not self.session.is_cancelled,
            "substitution": getattr(self.session, "substitution", None),
        }


class MoveSession(SchoolSession):
    """Another day, another hour, longer or shorter."""

    template_name = "courses/admin/form.html"
    permission = "courses.change_cohort"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        local = self.session.starts_at.astimezone(self.cohort.zone)
        known = {"day": local.date(), "start": local.time(), "minutes": self.session.minutes}
        return self.show(form=MoveForm(initial=known))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = MoveForm(request.POST)
        if not form.is_valid() or refused(request, lambda: self._move(form)):
            return self.show(form=form)
        messages.success(request, gettext("The session has its new date. The old one stays in the history."))
        if form.cleaned_data["day"] in mexican_holidays(form.cleaned_data["day"].year):
            messages.warning(request, gettext("That day is a day of rest in Mexico. Is it really meant?"))
        return redirect(self.back())

    def _move(self, form: MoveForm) -> None:
        move_session(
            session=self.session,
            starts_at=form.starts_at(self.cohort.zone),
            minutes=form.cleaned_data["minutes"],
            by=self.request.user,
            at=timezone.now(),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "heading": gettext("Change date or hour"),
            "note": gettext("Times are those of the place where the cohort meets: %(zone)s.")
            % {"zone": zone_in_words(self.cohort.time_zone)},
            "button": gettext("Save the new date"),
        }


class CancelSession(SchoolSession, ConfirmPage):
    """Take a session out of the plan."""

    permission = "courses.keep_register"
    button = _("Yes, cancel the session")
    is_serious = True
    explanation = _(
        "A cancelled session leaves the plan: nobody needs it for her attendance. This cannot be undone. "
        "To hold it on another day, change its date instead."
    )

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.question = gettext("Cancel “%(session)s”?") % {"session": self.session.title}

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if not refused(request, partial(call_off, session=self.session, by=request.user, at=timezone.now())):
            messages.success(request, gettext("The session is cancelled. The plan has one session less."))
        return redirect(self.back())


class SubstituteTrainer(SchoolSession):
    """Somebody else gives this one session."""

    template_name = "courses/admin/form.html"
    permission = "courses.change_cohort"

    def _among(self) -> Any:
        return may_teach().exclude(pk__in=self.cohort.trainers.all())

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        now = getattr(self.session, "substitution", None)
        known = {"trainer": now.user_id if now else None}
        return self.show(form=SubstituteForm(among=self._among(), initial=known))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = SubstituteForm(request.POST, among=self._among())
        if not form.is_valid() or refused(request, lambda: self._note(form)):
            return self.show(form=form)
        messages.success(request, gettext("It is noted who gives this session."))
        return redirect(self.back())

    def _note(self, form: SubstituteForm) -> None:
        substitute(
            session=self.session,
            trainer=form.cleaned_data["trainer"],
            by=self.request.user,
            at=timezone.now(),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "heading": gettext("Substitute for one session"),
            "note": gettext("She gives this session only; she does not see the rest of the cohort."),
            "button": gettext("Save who gives it"),
        }


class Trainers(CohortPage):
    """Who gives this cohort; a co-trainer joins here."""

    template_name = "courses/admin/school_trainers.html"
    page_subtitle = _("Trainers")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.require("courses.change_cohort")

    def _among(self) -> Any:
        return may_teach().exclude(pk__in=self.cohort.trainers.all())

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.show(form=JoinForm(among=self._among()))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = JoinForm(request.POST, among=self._among())
        if not form.is_valid() or refused(
            request,
            partial(
                join_trainer,
                cohort=self.cohort,
                trainer=form.cleaned_data["trainer"],
                by=request.user,
                at=timezone.now(),
            ),
        ):
            return self.show(form=form)
        messages.success(request, gettext("She is a trainer of this cohort now."))
        return redirect("school:trainers", self.cohort.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "trainers": self.cohort.trainers.order_by("username"),
        }


class PartTrainer(ConfirmPage):
    """A trainer leaves the cohort."""

    page_subtitle = _("Trainers")
    permission = "courses.change_cohort"
    is_serious = True
    button = _("Yes, she leaves")
    explanation = _(
        "From now on she does not see this cohort. What she noted stays, with her name. "
        "You can let her join again."
    )

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.trainer = get_object_or_404(self.cohort.trainers, key=self.kwargs["trainer"])
        self.question = gettext("Does %(name)s leave this cohort?") % {"name": self.trainer}

    def back(self) -> str:
        return reverse("school:trainers", args=[self.cohort.pk])

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        act = partial(
            part_trainer, cohort=self.cohort, trainer=self.trainer, by=request.user, at=timezone.now()
        )
        if not refused(request, act):
            messages.success(request, gettext("She has left this cohort."))
            if not self.cohort.trainers.exists():
                messages.warning(request, gettext("This cohort has no trainer now. Let somebody join."))
        return redirect(self.back())


class History(CohortPage):
    """Every change of the cohort, the newest first."""

    template_name = "courses/admin/school_history.html"
    page_subtitle = _("History of changes")
    header_icon = "history"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        changes = SchoolChange.objects.filter(cohort=self.cohort).newest_first()
        page = Paginator(changes, PAGE).get_page(self.request.GET.get("p"))
        return {
            **super().get_context_data(**kwargs),
            "history": told(list(page), self.cohort.zone),
            "page": page,
        }


def _event(session: ClassSession) -> ics.Event:
    """A session as a calendar may show it on anybody's screen: no title of a lesson, no name."""
    kind = session.get_modality_display().capitalize()
    return ics.Event(
        uid=f"{salted_hmac('school.calendar', str(session.pk)).hexdigest()[:24]}@promotora",
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        title=f"{kind} {session.number}",
        place=session.cohort.place_code,
        revision=session.change_count,  # type: ignore[attr-defined]  # annotated
        is_cancelled=session.is_cancelled,
    )


def _calendar(sessions: Any) -> HttpResponse:
    rows = (
        sessions.select_related("cohort").annotate(change_count=Count("changes")).order_by("starts_at", "pk")
    )
    answer = HttpResponse(
        ics.calendar(
            [_event(session) for session in rows.order_by("starts_at", "pk")[:MOST]], timezone.now()
        ),
        content_type="text/calendar; charset=utf-8",
    )
    answer["Content-Disposition"] = 'attachment; filename="calendario.ics"'
    answer["Cache-Control"] = "private, no-store"
    return answer


class Calendar(CohortPage):
    """The sessions of one cohort, to put into a calendar."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        now, by = timezone.now(), request.user
        trail.note_look(
            trail.Deed.DOWNLOADED, about=self.cohort, by=by, at=now, list="calendar", format="ics"
        )
        return _calendar(ClassSession.objects.filter(cohort=self.cohort))


class MyCalendar(StaffPage):
    """The next sessions of all the cohorts she sees, and those where she stands in."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        seen = access.visible_cohorts(request.user).values("pk")
        recent = ClassSession.objects.filter(starts_at__gte=timezone.now() - PAST)
        hers = recent.filter(cohort__in=seen).values("pk")
        stands_in = recent.filter(substitution__user=request.user.pk).values("pk")
        now, by = timezone.now(), request.user
        trail.note_look(
            trail.Deed.DOWNLOADED, about=ClassSession, by=by, at=now, list="calendar", format="ics"
        )
        return _calendar(ClassSession.objects.filter(Q(pk__in=hers) | Q(pk__in=stands_in)))


SESSION_URLS: list[URLPattern] = [
    path("<int:pk>/sessions/<int:session>/", OneSession.as_view(), name="session"),
    path("<int:pk>/sessions/<int:session>/move/", MoveSession.as_view(), name="move_session"),
    path("<int:pk>/sessions/<int:session>/cancel/", CancelSession.as_view(), name="cancel_session"),
    path("<int:pk>/sessions/<int:session>/substitute/", SubstituteTrainer.as_view(), name="substitute"),
    path("<int:pk>/trainers/", Trainers.as_view(), name="trainers"),
    path("<int:pk>/trainers/<uuid:trainer>/leave/", PartTrainer.as_view(), name="part_trainer"),
    path("<int:pk>/history/", History.as_view(), name="history"),
    path("<int:pk>/calendar/", Calendar.as_view(), name="calendar"),
    path("calendar/", MyCalendar.as_view(), name="my_calendar"),
]

"""The field outings of a cohort: who went with whom, in and out, and minutes that count."""

from functools import partial
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from courses.assessments.outings.actions import note_pair
from courses.assessments.outings.forms import OutingForm
from courses.assessments.outings.models import OutingNote
from courses.assessments.staff import PANEL, PracticePage
from courses.attendance.models import ClassSession
from courses.cohorts.models import Enrolment
from courses.errors import Refused
from courses.staff import refused


class OutingPage(PracticePage):
    """A page about outings, for who keeps the register."""

    permission = "courses.keep_register"
    part = "outings"
    tab = "practicals"
    header_icon = "group"
    page_subtitle = _("Field outings")

    def outings(self) -> Any:
        """The outings of this cohort, in order."""
        return ClassSession.objects.filter(
            cohort=self.cohort, modality=ClassSession.Modality.OUTING
        ).order_by("starts_at", "number")


class Outings(OutingPage):
    """Every outing with how many women were noted."""

    template_name = "courses/admin/outings.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        noted = Count("outing_notes", filter=Q(outing_notes__superseded_by__isnull=True))
        return {
            **super().get_context_data(**kwargs),
            "outings": self.outings().annotate(noted=noted),
            "now": timezone.now(),
        }


class Note(OutingPage):
    """One outing: note a pair, see who was noted. A later note stands above the earlier one."""

    template_name = "courses/admin/outing.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.session: ClassSession = get_object_or_404(self.outings(), pk=self.kwargs["session"])

    def form(self, data: Any = None) -> OutingForm:
        """The form, with the hours that were planned."""
        begins, ends = (
            moment.astimezone(self.cohort.zone) for moment in (self.session.starts_at, self.session.ends_at)
        )
        return OutingForm(
            data,
            women=Enrolment.objects.for_register(self.cohort),
            day=begins.date(),
            zone=self.cohort.zone,
            initial={"begins": begins.time(), "ends": ends.time()},
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid() or refused(request, partial(self._note, form)):
            return self.show(form=form)
        return redirect("outings:note", self.cohort.pk, self.session.pk)

    def _note(self, form: OutingForm) -> None:
        if self.session.is_locked(timezone.now()):
            raise Refused(_("The register of this outing is locked. Ask for a correction in the register."))
        started_at, ended_at = form.span()
        notes = note_pair(
            session=self.session,
            pair=form.pair(),
            started_at=started_at,
            ended_at=ended_at,
            by=self.request.user,
            at=timezone.now(),
            device=PANEL,
        )
        names = ", ".join(note.enrolment.person.name for note in notes)
        said = ngettext(
            "Saved: %(names)s, %(minutes)d minute that counts. It stands in the register too.",
            "Saved: %(names)s, %(minutes)d minutes that count. It stands in the register too.",
            notes[0].minutes,
        )
        messages.success(self.request, said % {"names": names, "minutes": notes[0].minutes})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        notes = (
            OutingNote.objects.filter(session=self.session)
            .select_related("enrolment__person", "pair_with__person", "by", "superseded_by")
            .order_by("enrolment__person__name", "enrolment_id", "-pk")
        )
        return {
            **super().get_context_data(**kwargs),
            "session": self.session,
            "form": kwargs.get("form") or self.form(),
            "has_begun": self.session.starts_at <= timezone.now(),
            "notes": notes,
        }


class OutingsViewSet(ViewSet):
    """«Recorridos» of each cohort."""

    name = "outings"
    icon = "group"

    def on_register(self) -> None:
        """No menu item: outings are reached from their cohort."""

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("<int:pk>/", Outings.as_view(), name="index"),
            path("<int:pk>/<int:session>/", Note.as_view(), name="note"),
        ]

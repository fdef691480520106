"""The field outings of a cohort: who went with whom, in and out, and minutes that count."""

from functools import partial
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from courses.assessments.outings.actions import Noted, note_pair
from courses.assessments.outings.forms import OutingForm, TypedOutingForm
from courses.assessments.outings.models import OutingNote, out_by_register
from courses.assessments.staff import PANEL, PracticePage
from courses.attendance.access import sessions_within_reach
from courses.attendance.models import AttendanceRecord, ClassSession
from courses.cohorts.access import can_see_cohort
from courses.cohorts.models import Cohort, Enrolment
from courses.errors import Refused
from courses.staff import refused

LISTED = 60  # names in a list; in a larger cohort they are typed
ON_A_PAGE = 50


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
    """Every outing with how many women were noted, by pairs or in the register."""

    template_name = "courses/admin/outings.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        noted = Count("outing_notes", filter=Q(outing_notes__superseded_by__isnull=True))
        outings = list(self.outings().annotate(noted=noted))
        marked = dict(out_by_register(outings).order_by().values_list("session").annotate(Count("pk")))
        return {
            **super().get_context_data(**kwargs),
            "outings": [
                {"session": one, "marked": marked.get(one.pk, 0), "all": one.noted + marked.get(one.pk, 0)}
                for one in outings
            ],
            "now": timezone.now(),
        }


class Out:
    """Who was out: the notes, then the marks of the register where no note names her; a page at a time."""

    def __init__(self, notes: Any, marks: Any) -> None:
        self.notes, self.marks = notes, marks
        self.noted, self.marked = notes.count(), marks.count()

    def __len__(self) -> int:
        return int(self.noted + self.marked)

    def __getitem__(self, part: slice) -> list[OutingNote | AttendanceRecord]:
        after = slice(max(0, part.start - self.noted), max(0, part.stop - self.noted))
        return [*self.notes[part.start : part.stop], *self.marks[after]]


class Note(OutingPage):
    """One outing: note a pair, see who was noted. A later note stands above the earlier one."""

    template_name = "courses/admin/outing.html"

    session: ClassSession

    def find_cohort(self) -> Cohort:
        """Of an outing within her reach: she may give it as a substitute. Raises Http404."""
        found: ClassSession = get_object_or_404(
            sessions_within_reach(self.request.user),
            pk=self.kwargs["session"],
            cohort=self.kwargs["pk"],
            modality=ClassSession.Modality.OUTING,
        )
        cohort: Cohort = Cohort.objects.select_related("course").with_counts().get(pk=found.cohort_id)
        found.cohort = cohort
        self.session, self.sees_cohort = found, can_see_cohort(self.request.user, cohort)
        return cohort

    def form(self, data: Any = None) -> OutingForm:
        """The form, with the hours that were planned."""
        begins, ends = (
            moment.astimezone(self.cohort.zone) for moment in (self.session.starts_at, self.session.ends_at)
        )
        women = Enrolment.objects.for_register(self.cohort)
        kind = OutingForm if women.count() <= LISTED else TypedOutingForm
        return kind(
            data,
            women=women,
            day=begins.date(),
            zone=self.cohort.zone,
            initial={"begins": begins.time(), "ends": ends.time()},
        )

    def _noted(self) -> set[UUID]:
        """Who was noted as out, by a pair or in the register."""
        notes = OutingNote.objects.current().filter(session=self.session)
        marks = out_by_register([self.session])
        return {pk for found in (notes, marks) for pk in found.values_list("enrolment", flat=True)}

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid() or refused(request, partial(self._note, form)):
            return self.show(form=form)
        return redirect("outings:note", self.cohort.pk, self.session.pk)

    def _note(self, form: OutingForm) -> None:
        if self.session.is_locked(timezone.now()):
            raise Refused(_("The register of this outing is locked. Ask for a correction in the register."))
        started_at, ended_at = form.span()
        noted = note_pair(
            session=self.session,
            pair=form.pair(),
            started_at=started_at,
            ended_at=ended_at,
            by=self.request.user,
            at=timezone.now(),
            device=PANEL,
        )
        names, minutes = ", ".join(one.note.enrolment.person.name for one in noted), noted[0].note.minutes
        if any(one.waits for one in noted):
            said = ngettext(
                "The outing is saved: %(names)s, %(minutes)d minute.",
                "The outing is saved: %(names)s, %(minutes)d minutes.",
                minutes,
            )
        else:
            said = ngettext(
                "Saved: %(names)s, %(minutes)d minute that counts. It stands in the register too.",
                "Saved: %(names)s, %(minutes)d minutes that count. It stands in the register too.",
                minutes,
            )
        messages.success(self.request, said % {"names": names, "minutes": minutes})
        for one in noted:
            if one.before is not None:
                self._say_what_stood(one, one.before)

    def _say_what_stood(self, one: Noted, before: AttendanceRecord) -> None:
        """Which mark of the register the outing changed, and which it did not dare to."""
        facts = {
            "name": one.note.enrolment.person.name,
            "status": before.get_status_display(),
            "minutes": before.minutes,
            "who": before.by.get_username(),
        }
        if one.waits:
            words = gettext(
                "The register was not changed for %(name)s: %(who)s had noted her there as %(status)s. "
                "Decide in the register which of the two holds."
            )
            way = messages.button(
                reverse("register:mark", args=[self.session.pk]), gettext("To the register")
            )
            messages.warning(self.request, words % facts, buttons=[way])
        elif one.has_changed:
            words = ngettext(
                "For %(name)s the register said before: %(status)s, %(minutes)d minute.",
                "For %(name)s the register said before: %(status)s, %(minutes)d minutes.",
                before.minutes,
            )
            messages.info(self.request, words % facts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        notes = (
            OutingNote.objects.filter(session=self.session)
            .select_related("enrolment__person", "pair_with__person", "by", "superseded_by")
            .order_by("enrolment__person__name", "enrolment_id", "-pk")
        )
        by_register = (
            out_by_register([self.session])
            .select_related("enrolment__person", "by")
            .order_by("enrolment__person__name", "pk")
        )
        out: Any = Out(notes, by_register)
        page = Paginator(out, ON_A_PAGE).get_page(self.request.GET.get("p"))
        shown = [one for one in page if isinstance(one, OutingNote)]
        women = [note.enrolment_id for note in shown]
        marks = AttendanceRecord.objects.current().filter(session=self.session, enrolment__in=women)
        in_force = {record.enrolment_id: record for record in marks}
        form = kwargs.get("form") or self.form()
        if not isinstance(form, TypedOutingForm):
            form.part(self._noted())
        return {
            **super().get_context_data(**kwargs),
            "session": self.session,
            "form": form,
            "has_begun": self.session.starts_at <= timezone.now(),
            "page": page,
            "notes": [(note, _what_differs(note, in_force.get(note.enrolment_id))) for note in shown],
            "marks": [one for one in page if isinstance(one, AttendanceRecord)],
        }


def _what_differs(note: OutingNote, record: AttendanceRecord | None) -> str:
    """What the register says of her, where it is not what this note in force says; else ""."""
    says_the_same = record is not None and record.counts and record.minutes == note.minutes
    if says_the_same or hasattr(note, "superseded_by"):
        return ""
    return record.get_status_display() if record else gettext("no mark")


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

"""The register of a session: everybody is proposed, the exceptions are tapped, a count is confirmed."""

from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from courses.attendance import rules
from courses.attendance.actions import RosterChanged, confirm_register, settle_conflict
from courses.attendance.checkin_viewsets import CodePage, Scan
from courses.attendance.forms import OFFERED, Draft, Row, draft_from, named, rows_of, sift, stamp, tally
from courses.attendance.history_viewsets import SessionHistory, WomanHistory
from courses.attendance.models import AttendanceRecord, MarkConflict
from courses.attendance.roster import roster
from courses.attendance.staff import SessionPage, device_words, in_words, late_by, recorded, statuses
from courses.errors import Refused
from courses.staff import refused

PAGE = 100  # women on one page of the register; the form is one for all of them
OTHERS, TURN = "others-", "page-"
READ = {rules.CARD, rules.CODE}  # who said herself that she is here


class Register(SessionPage):
    """Nothing is recorded before the count is confirmed; only exceptions travel."""

    template_name = "courses/admin/register.html"
    how, device = rules.REGISTER, rules.PANEL

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.listed(Draft(sheet_day=self.session.day.isoformat()))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        draft, step = draft_from(request.POST.dict()), request.POST.get("step", "confirm")
        rows = self.rows(draft)
        if step not in {"confirm", "save"}:
            return self._look(step, draft, rows)
        if refused(request, partial(self._check, draft, rows)):
            return self.listed(draft)
        return self._save(draft, rows) if step == "save" else self.counted(draft, rows)

    def _look(self, step: str, draft: Draft, rows: list[Row]) -> HttpResponse:
        """Another page of the list, or a mark for everybody else; nothing is recorded."""
        if step.startswith(OTHERS):
            status = step.removeprefix(OTHERS)
            free = [row for row in rows if row.line.record is None and not row.exception]
            draft.statuses |= {row.key: status for row in free if status in OFFERED}
        number = step.removeprefix(TURN)
        return self.listed(draft, int(number) if number.isascii() and number.isdigit() else 1)

    def _check(self, draft: Draft, rows: list[Row]) -> None:
        """Raises Refused for what cannot be counted."""
        if not self.may_write:
            raise Refused(gettext("This register is locked. Only corrections with a reason are possible."))
        sift(rows, draft)
        if draft.shown != stamp(rows)["shown"]:
            raise RosterChanged(gettext("The list changed while you were marking. Look at it again."))

    def rows(self, draft: Draft) -> list[Row]:
        lines = roster(self.session, timezone.now(), from_sheet=self.how == rules.SHEET)
        return rows_of(lines, draft)

    def _save(self, draft: Draft, rows: list[Row]) -> HttpResponse:
        try:
            new = self._record(draft, timezone.now())
        except RosterChanged as error:
            messages.warning(self.request, str(error))
            return self.listed(draft)
        except Refused as error:
            messages.error(self.request, str(error))
            return self.counted(draft, rows)
        if new:
            words = ngettext("%(count)d new mark.", "%(count)d new marks.", len(new)) % {"count": len(new)}
            saved = gettext("The register is saved.")
            messages.success(self.request, f"{saved} {words}")
        else:
            messages.warning(self.request, gettext("Nothing was new, so nothing was saved."))
        return redirect("register:mark", self.session.pk)

    def _record(self, draft: Draft, now: datetime) -> list[AttendanceRecord]:
        return confirm_register(
            session=self.session,
            exceptions=draft.marks(),
            shown=draft.shown,
            by=self.request.user,
            at=now,
            how=self.how,
            device=self.device,
            noted_at=self.noted_at(draft, now),
            reason=draft.reason if self.is_locked else "",
        )

    def noted_at(self, draft: Draft, now: datetime) -> datetime | None:
        """When it was noted elsewhere; None on this screen."""
        return None

    def listed(self, draft: Draft, number: int = 1) -> HttpResponse:
        """The list to tap on, some women at a time; what was tapped elsewhere travels along unseen."""
        rows = self.rows(draft)
        page = Paginator(named(rows, draft.query), PAGE).get_page(number)
        seen = {row.key for row in page}
        counts = tally(rows)
        has_begun = self.session.starts_at <= timezone.now()
        return self.show(
            rows=rows,
            page=page,
            carried=[row for row in rows if row.exception and row.key not in seen],
            draft=draft,
            stamp=stamp(rows),
            statuses=statuses(OFFERED if has_begun else [rules.EXCUSED]),
            made_up=statuses([rules.MADE_UP])[0],
            counts=[
                {**one, "count": counts[one["value"]]}
                for one in statuses()
                if one["value"] in OFFERED or counts[one["value"]]
            ],
            unmarked=counts[""],
            others=statuses([rules.PRESENT, rules.ABSENT]) if has_begun else [],
            read=sum(row.line.record is not None and row.line.record.how in READ for row in rows),
            recorded=recorded(row.line for row in rows),
            conflicts=_told(MarkConflict.objects.open().shown().filter(session=self.session)),
            has_begun=has_begun,
            from_sheet=self.how == rules.SHEET,
            lock_days=settings.REGISTER_LOCK_DAYS,
            is_long=len(rows) > PAGE // 2,
        )

    def counted(self, draft: Draft, rows: list[Row]) -> HttpResponse:
        """«27 present, 1 absent»: what will be recorded, to be confirmed."""
        counts = tally(rows)
        self.template_name = "courses/admin/register_confirm.html"
        return self.show(
            draft=draft,
            stamp={"shown": draft.shown, "latest": draft.latest},
            exceptions=[
                {"row": row, "label": AttendanceRecord.Status(row.exception).label}
                for row in rows
                if row.is_exception
            ],
            words=in_words(counts),
            unmarked=counts[""],
            new=sum(row.is_new for row in rows),
            reasons=AttendanceRecord.Reason.choices if self.is_locked else [],
            from_sheet=self.how == rules.SHEET,
        )


def _told(conflicts: Any) -> list[dict[str, Any]]:
    """Contradicting marks with the devices in words."""
    return [
        {
            "conflict": one,
            "first_late_by": late_by(one.against) if one.against else 0,
            "first_device": device_words(one.against.device) if one.against else "",
            "second_device": device_words(one.device),
        }
        for one in conflicts
    ]


class FromSheet(Register):
    """The same register, taken over from the sheet that was signed in the room."""

    how, device = rules.SHEET, rules.PAPER

    def noted_at(self, draft: Draft, now: datetime) -> datetime | None:
        return draft.sheet_noted_at(self.session, self.cohort.today(now))


class Settle(SessionPage):
    """Two said different things: a person decides. POST only."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if not self.may_write:
            raise PermissionDenied
        conflict = get_object_or_404(MarkConflict, session=self.session, pk=self.kwargs["conflict"])
        act = partial(
            settle_conflict,
            conflict=conflict,
            keep=request.POST.get("keep", ""),
            by=request.user,
            at=timezone.now(),
        )
        if not refused(request, act):
            messages.success(request, gettext("It is settled. Both marks stay in the history."))
        return redirect("register:mark", self.session.pk)


class Sheet(SessionPage):
    """The register on paper, to be signed, or filled in where there is no signal."""

    template_name = "courses/admin/sheet.html"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        rows = rows_of(roster(self.session, timezone.now()), Draft())
        return self.show(
            rows=rows,
            recorded=recorded(row.line for row in rows),
            statuses=statuses([rules.LATE, rules.EXCUSED, rules.ABSENT]),
        )


class RegisterViewSet(ViewSet):
    """«Lista de asistencia» of each session."""

    name = "register"
    icon = "list-ul"

    def on_register(self) -> None:
        """No menu item: a register is reached from its cohort."""

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("<int:pk>/", Register.as_view(), name="mark"),
            path("<int:pk>/from-sheet/", FromSheet.as_view(), name="from_sheet"),
            path("<int:pk>/sheet/", Sheet.as_view(), name="sheet"),
            path("<int:pk>/history/", SessionHistory.as_view(), name="history"),
            path("<int:pk>/scan/", Scan.as_view(), name="scan"),
            path("<int:pk>/code/", CodePage.as_view(), name="code"),
            path("<int:pk>/conflict/<int:conflict>/", Settle.as_view(), name="settle"),
            path("woman/<int:pk>/<uuid:enrolment>/", WomanHistory.as_view(), name="woman"),
        ]

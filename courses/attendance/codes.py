"""The code of a session, which is another one every minute: who types it is in the room. Kept nowhere."""

import secrets
from datetime import datetime

from django.utils.crypto import salted_hmac

from courses.attendance import rules
from courses.attendance.models import ClassSession

WINDOW, DIGITS = 60, 6  # seconds that a code is shown; it goes on working for one more window
LONGEST_INPUT = 20


def session_code(session: ClassSession, at: datetime) -> str:
    """The six digits that `session` shows at this minute."""
    return _code(session.pk, int(at.timestamp()) // WINDOW)


def session_of_code(cohort_id: int, text: str, at: datetime) -> ClassSession | None:
    """The session of a cohort that is meeting now and shows this code, or did a minute ago; None."""
    asked = "".join(text[:LONGEST_INPUT].split())
    if not (asked.isascii() and asked.isdigit() and len(asked) == DIGITS):
        return None
    window = int(at.timestamp()) // WINDOW
    sessions = ClassSession.objects.filter(
        cohort_id=cohort_id,
        cancelled_at__isnull=True,
        starts_at__lte=at + rules.EARLY,
        ends_at__gte=at - rules.EARLY,
    )
    for session in sessions.select_related("cohort"):
        if any(secrets.compare_digest(_code(session.pk, window + step), asked) for step in (-1, 0, 1)):
            return session
    return None


def _code(pk: int, window: int) -> str:
    told = salted_hmac("courses.attendance.session_code", f"{pk}:{window}", algorithm="sha256").digest()
    return f"{int.from_bytes(told[:8], 'big') % 10**DIGITS:0{DIGITS}d}"

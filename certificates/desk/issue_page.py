"""What the page of an acta shows of its awards: how far they are, what failed, what may be done next."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from certificates.actas.models import Acta
from certificates.actas.standing import LineStanding, of_acta
from certificates.awards import access, handover, progress, ready, register
from certificates.awards.models import Certificate, Job

FAILED_SHOWN = 20
Kind = Certificate.Kind


def of_awards(user: Any, acta: Acta, standings: Sequence[LineStanding] | None = None) -> dict[str, Any]:
    """The context of `certificates/admin/issue.html`. A constant number of queries."""
    told = progress.of_acta(acta, timezone.now())
    failed = Job.objects.filter(acta=acta, state=Job.State.FAILED).select_related("certificate")
    return {
        "progress": told,
        "failed": list(failed.order_by("pk")[:FAILED_SHOWN]) if told.failed else [],
        "failed_hidden": max(0, told.failed - FAILED_SHOWN),
        "may_issue": access.can_issue(user),
        "next": _next(user, acta, standings),
    }


def _next(user: Any, acta: Acta, standings: Sequence[LineStanding] | None) -> dict[str, int]:
    """How many lines each act would reach now; nothing for whoever may not do it."""
    if acta.state in register.UNDECIDED:
        return {}
    standings = of_acta(acta) if standings is None else standings
    may_issue, may_deliver = access.can_issue(user), access.can_deliver(user)
    waiting = ready.unissued(acta, standings=standings)
    entered = register.open_entries(acta, Kind.DIPLOMA) if may_deliver and waiting else {}
    return {
        "issue": len(waiting) if may_issue else 0,
        "register": sum(one.line.pk not in entered for one in waiting) if may_deliver else 0,
        "statements": len(ready.unissued(acta, Kind.STATEMENT, standings)) if may_issue else 0,
        "deliver": handover.deliverable(acta).count() if may_deliver else 0,
    }


def as_json(told: progress.Progress) -> dict[str, Any]:
    """The progress of a batch for the bar that moves by itself."""
    return {
        "done": told.done,
        "failed": told.failed,
        "remaining": told.remaining,
        "paused": told.paused,
        "total": told.total,
        "seconds_left": told.seconds_left,
        "words": told.words,
    }

"""What the register holds back, and what it lets go, when records of a school have been kept long enough.

The register stays while it is valid: whoever has an award keeps the name she uses and her account, by which
she gets at it. Of whoever has none, the actas keep what was decided, and no longer who she is.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from certificates.actas.models import Acta, ActaLine, LineStep, ReviewRequest
from certificates.awards import mentions
from certificates.awards.models import Certificate, HolderChoice, Job
from certificates.keys.models import SealingKey

UNDECIDED = (Acta.State.PROPOSED, Acta.State.APPROVED, Acta.State.SENT)


def cohorts_waiting() -> set[int]:
    """Cohorts of which something is still on its way: an acta, an answer, a diploma. Four queries."""
    waiting = set(Acta.objects.filter(state__in=UNDECIDED).values_list("cohort", flat=True))
    left_out = LineStep.objects.filter(kind=LineStep.Kind.LEFT_OUT).values("line")
    lines = ActaLine.objects.filter(is_graduate=True, superseded_by=None, certificates=None)
    lines = lines.filter(acta__state=Acta.State.ISSUED, key__wrapped__isnull=False).exclude(pk__in=left_out)
    waiting.update(lines.values_list("acta__cohort", flat=True))
    reviews = ReviewRequest.objects.filter(answer=None)
    waiting.update(reviews.values_list("line__acta__cohort", flat=True))
    unmade = Job.objects.exclude(state__in=[Job.State.DONE, Job.State.CANCELLED])
    waiting.update(unmade.values_list("acta__cohort", flat=True))
    return waiting


def cohorts_with_acta() -> set[int]:
    """Cohorts of which somebody decided."""
    return set(Acta.objects.exclude(state=Acta.State.RETURNED).values_list("cohort", flat=True))


def holders() -> Any:
    """The ids of everybody who has an award that was not erased: a query to filter with."""
    awards = Certificate.objects.filter(key__wrapped__isnull=False)
    unmade = Q(document=None) & Q(job__state=Job.State.CANCELLED)
    return awards.exclude(unmade).values("line__person_id")


def forget_people(people: Collection[UUID], at: datetime) -> None:
    """Destroy what names these people in the actas; facts and hashes stay. Call it in a transaction.

    A number of queries that grows with the cohorts they were in, never with them.
    """
    lines = list(ActaLine.objects.filter(person_id__in=people).select_related("acta", "key"))
    called: dict[int, set[str]] = {}
    for line in lines:
        if line.key.wrapped is not None:
            called.setdefault(line.acta.cohort_id, set()).add(line.name)
    mentions.clear_about(lines)
    for cohort, names in called.items():
        mentions.clear_elsewhere(cohort, names)
    mentions.unname_lines(lines)
    keys = SealingKey.objects.filter(pk__in=[line.key_id for line in lines], wrapped__isnull=False)
    keys.update(wrapped=None, destroyed_at=at)
    HolderChoice.objects.filter(person_id__in=people).delete()

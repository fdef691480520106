"""Legal names are kept until the diplomas that print them are made, and some weeks longer for a reprint.

Courses keep the names and know of no diploma; here it is known who has all of hers.
"""

import logging
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from certificates.actas.models import Acta, ActaLine, LineStep
from certificates.awards.models import Certificate, Job
from courses.api import forget_legal_names, legal_names_kept

log = logging.getLogger(__name__)


def sweep(now: datetime) -> int:
    """Erase the legal names of those whose awards were all issued LEGAL_NAME_DAYS ago; how many went.

    A name that was written since then stays, and that of whoever still waits for an award, or studies.
    """
    before = now - timedelta(days=settings.LEGAL_NAME_DAYS)
    kept = legal_names_kept(noted_before=before)
    awarded = _awarded(kept, before)
    erased = forget_legal_names(awarded, noted_before=before) if awarded else 0
    if kept:
        log.info("%d of %d older legal names erased", erased, len(kept))
    return erased


def _awarded(people: Collection[UUID], before: datetime) -> dict[UUID, set[int]]:
    """Those of `people` whose awards were all issued before then, each with the cohorts she has one of."""
    ended = Q(document=None) & (Q(job__state=Job.State.CANCELLED) | Q(revocation__isnull=False))
    awards = Certificate.objects.filter(line__person_id__in=people).exclude(ended)
    cohorts: dict[UUID, set[int]] = defaultdict(set)
    waiting = set(_waiting(people))
    for person, cohort, issued_at in awards.values_list(
        "line__person_id", "acta__cohort", "document__issued_at"
    ):
        cohorts[person].add(cohort)
        if issued_at is None or issued_at >= before:
            waiting.add(person)
    return {person: hers for person, hers in cohorts.items() if person not in waiting}


def _waiting(people: Collection[UUID]) -> list[UUID]:
    """Those of `people` who were decided to graduate and have no diploma of it yet."""
    lines = ActaLine.objects.filter(person_id__in=people, is_graduate=True, superseded_by=None)
    open_lines = lines.filter(certificates=None).exclude(acta__state=Acta.State.RETURNED)
    left_out = LineStep.objects.filter(kind=LineStep.Kind.LEFT_OUT).values("line")
    return list(open_lines.exclude(pk__in=left_out).values_list("person_id", flat=True))

"""How many lines of each acta wait for what, for lists: counted by the database, one query for all actas."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from certificates.actas.models import Acta, ActaLine, LineStep, ReviewRequest, UnrecognisedIssue

Kind = LineStep.Kind
DIPLOMA = "diploma"


def with_counts(actas: QuerySet[Acta]) -> QuerySet[Any]:
    """Each acta with how many lines in force: `to_approve`, `to_send`, `waiting` (for the authority),
    `accepted`, `returned`, `ready` (for their diploma), `making` (decided and not made yet), and how many
    `reviews` nobody answered.

    `to_send` and `ready` say something of decided actas only.
    """
    is_mine = Q(supersedes__isnull=True) | Q(is_approved=True)
    lines = ActaLine.objects.filter(superseded_by__isnull=True).annotate(
        is_approved=_has(Kind.APPROVED),
        was_sent=_has(Kind.SENT),
        was_accepted=_has(Kind.ACCEPTED),
        was_returned=_has(Kind.RETURNED),
        was_left_out=_has(Kind.LEFT_OUT),
        has_diploma=Exists(ActaLine.objects.filter(pk=OuterRef("pk"), certificates__kind=DIPLOMA)),
        is_making=Exists(
            ActaLine.objects.filter(
                pk=OuterRef("pk"),
                certificates__kind=DIPLOMA,
                certificates__document__isnull=True,
                certificates__revocation__isnull=True,
                certificates__replaced_by__isnull=True,
            )
        ),
        is_waived=Exists(UnrecognisedIssue.objects.filter(acta=OuterRef("acta"))),
        is_in_review=Exists(ReviewRequest.objects.filter(line=OuterRef("pk"), answer__isnull=True)),
    )
    lines = lines.filter(was_left_out=False)
    answered = Q(was_accepted=True) | Q(was_returned=True)
    waived = Q(is_waived=True, is_graduate=True, was_returned=False) & is_mine
    is_ready = (Q(was_accepted=True) | waived) & Q(has_diploma=False, is_in_review=False)
    return actas.annotate(
        to_approve=_count(lines.filter(supersedes__isnull=False, is_approved=False)),
        to_send=_count(
            lines.filter(is_mine, is_graduate=True, was_sent=False, is_in_review=False, is_waived=False)
        ),
        waiting=_count(lines.filter(was_sent=True, is_waived=False).exclude(answered)),
        accepted=_count(lines.filter(was_accepted=True)),
        returned=_count(lines.filter(was_returned=True)),
        ready=_count(lines.filter(is_ready)),
        making=_count(lines.filter(is_making=True)),
        reviews=_count(ActaLine.objects.filter(review__isnull=False, review__answer__isnull=True)),
    )


def _has(kind: str) -> Exists:
    return Exists(LineStep.objects.filter(line=OuterRef("pk"), kind=kind))


def _count(lines: QuerySet[Any]) -> Coalesce:
    counted = lines.filter(acta=OuterRef("pk")).order_by().values("acta").annotate(total=Count("pk"))
    return Coalesce(Subquery(counted.values("total")), 0)

"""Two people or one hand: whether somebody could sign in as the other. Asked where an act takes two people.

Who makes an account knows its first password and may sign in with it before its owner does. Who gives a way
in back, after a lost phone or a forgotten password, can too; but then the owner is locked out, and says so.
The audit trail remembers both, and nobody can take that out of it (docs/audit.md).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from courses.trail.deeds import Deed
from courses.trail.models import TrailEntry

# A school has few hands, and one of them often makes every account: what was done long ago, before everybody
# who reads the audit trail, must not keep it from ever deciding.
MADE_DAYS = 30  # so long counts an account that was made
GIVEN_BACK_DAYS = 14  # so long a way in that was given back: its owner, locked out, has said so by then
GIVEN_BACK = [Deed.ACCOUNT_CHANGED, Deed.SECOND_STEP_RESET, Deed.CARD_MADE]


def one_hand(account: Any, others: Iterable[Any], at: datetime) -> set[int]:
    """Which of these accounts (their ids) are one hand with `account`. One query for all of them.

    It is itself; one of the two lately made the other, or gave its way in back. One that is gone is None.
    """
    known = [other for other in others if other is not None]
    found = {other.pk for other in known if other.pk == account.pk}
    keys = {other.key: other.pk for other in known if other.pk != account.pk}
    if not keys:
        return found
    pair = Q(actor=account.key, about__in=[str(key) for key in keys])
    pair |= Q(about=str(account.key), actor__in=list(keys))
    when = Q(what=Deed.ACCOUNT_MADE, at__gte=at - timedelta(days=MADE_DAYS))
    when |= Q(what__in=GIVEN_BACK, at__gte=at - timedelta(days=GIVEN_BACK_DAYS))
    noted = TrailEntry.objects.filter(pair, when, kind=account._meta.label_lower)
    told = {part for actor, about in noted.values_list("actor", "about") for part in (str(actor), about)}
    return found | {pk for key, pk in keys.items() if str(key) in told}

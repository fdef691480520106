"""«We are being raided»: one act ends every session and every card. It asks for no name and shows none."""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction

from cms.users.models import KnownDevice, OpenSession, SignInCard, User
from courses.trail import actions as trail

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ended:
    """How many of each there were."""

    sessions: int
    devices: int
    cards: int


@transaction.atomic
def end_everything(*, by: User | None, at: datetime) -> Ended:
    """End all sessions of everybody, also the one that asks; forget all browsers; revoke all waiting cards.

    `by` is None at the command line. Accounts, passwords and PINs stay as they are (docs/adr/0018).
    """
    sessions, _each = Session.objects.all().delete()
    OpenSession.objects.all().delete()
    devices, _each = KnownDevice.objects.all().delete()
    cards = SignInCard.objects.filter(used_at=None, revoked_at=None).update(revoked_at=at)
    trail.note(trail.Deed.RAIDED, about=User, by=by, at=at, count=sessions)
    log.warning("everything ended by %s: %d sessions", by.key if by else "a command", sessions)
    return Ended(sessions, devices, cards)

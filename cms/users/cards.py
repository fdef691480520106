"""One-use sign-in cards: staff make one, she chooses her PIN with it, and it is spent.

The card carries a QR code (its token stands behind «#», which no browser sends) and a code to type. Alone it
opens nothing: the first PIN is told to her apart.
"""

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from certificates.codes import ALPHABET, LOOKALIKES, SEPARATORS
from cms.users import rules
from cms.users.devices import digest
from cms.users.models import OpenSession, SignInCard, User
from cms.users.sessions import end
from courses.errors import Refused

DAYS = 7
TOKEN_LENGTH, CODE_LENGTH, GROUP = 28, 20, 4  # 140 and 100 random bits
MAX_WRONG_PINS = 5
LONGEST_INPUT = 64

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Printed:
    """What is on a card, and what is told apart: shown once, kept nowhere."""

    card: SignInCard
    token: str
    code: str
    first_pin: str

    @property
    def groups(self) -> list[str]:
        """The code as it is printed: five groups of four."""
        return [self.code[start : start + GROUP] for start in range(0, CODE_LENGTH, GROUP)]


def _draw(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _place in range(length))


def draw_pin(username: str = "") -> str:
    """A random PIN that is not weak."""
    while rules.is_weak(pin := f"{secrets.randbelow(10**rules.PIN_LENGTH):06d}", username):
        continue
    return pin


def normalise(text: str) -> str:
    """A code as a person typed it: spaces, dashes and small letters do not matter, O is 0, I and L are 1."""
    return text[:LONGEST_INPUT].translate(SEPARATORS).upper().translate(LOOKALIKES)


@transaction.atomic
def make_card(*, account: User, by: User, at: datetime) -> Printed:
    """A card for a trainee; an older one ends. Raises Refused for staff."""
    account = User.objects.select_for_update().get(pk=account.pk)
    if account.has_desk:
        raise Refused(_("Staff sign in with a password. A card is for trainees."))
    revoke_cards(account=account, at=at)
    token, code, first_pin = _draw(TOKEN_LENGTH), _draw(CODE_LENGTH), draw_pin(account.username)
    card = SignInCard.objects.create(
        account=account,
        token_hash=digest(token),
        code_hash=digest(code),
        first_pin=make_password(first_pin),
        made_at=at,
        made_by=by,
        expires_at=at + timedelta(days=DAYS),
    )
    log.info("sign-in card %s made for %s by %s", card.pk, account.key, by.key)
    return Printed(card, token, code, first_pin)


def revoke_cards(*, account: User, at: datetime) -> int:
    """End the open card of an account, if there is one; how many there were."""
    return open_cards(account).update(revoked_at=at)


def open_cards(account: User) -> QuerySet[SignInCard]:
    """Cards that were neither used nor revoked; they may have expired."""
    return SignInCard.objects.filter(account=account, used_at=None, revoked_at=None)


def open_card(*, secret: str, first_pin: str, at: datetime) -> SignInCard:
    """The card of this token or code, when the first PIN is right. Raises Refused; five wrong PINs end it."""
    wrong = _("The card or the first PIN is not right, or the card has ended. Ask your coordinator.")
    found = digest(normalise(secret))
    cards = SignInCard.objects.filter(used_at=None, revoked_at=None, expires_at__gt=at)
    card = (cards.filter(token_hash=found) | cards.filter(code_hash=found)).select_related("account").first()
    if card is None:
        raise Refused(wrong)
    alive = cards.filter(pk=card.pk, wrong_pins__lt=MAX_WRONG_PINS)
    if not alive.update(wrong_pins=F("wrong_pins") + 1):
        raise Refused(wrong)
    if not check_password(first_pin, card.first_pin):
        raise Refused(wrong)
    SignInCard.objects.filter(pk=card.pk).update(wrong_pins=F("wrong_pins") - 1)
    return card


def use_card(*, card: SignInCard, pin: str, at: datetime) -> User:
    """Spend the card: her PIN is this one, and her other sessions end. Raises Refused the second time."""
    account = User.objects.get(pk=card.account_id)
    account.set_pin(pin)  # outside the transaction: hashing is slow
    with transaction.atomic():
        spent = SignInCard.objects.filter(pk=card.pk, used_at=None, revoked_at=None, expires_at__gt=at)
        if account.has_desk or not account.is_active or not spent.update(used_at=at):
            raise Refused(_("This card has been used already. Ask your coordinator for another one."))
        account.save(update_fields=["password", "has_pin"])
        end(list(OpenSession.objects.filter(account=account)))
    log.info("sign-in card %s used", card.pk)
    return account

"""One-use sign-in cards: staff make one, she chooses her PIN with it, and it is spent.

The card carries a QR code (its token stands behind «#», which no browser sends) and a code to type. Alone it
opens nothing: the first PIN is told to her apart.
"""

import logging
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from certificates.codes import ALPHABET, LOOKALIKES, SEPARATORS
from cms.users import rules
from cms.users.devices import digest
from cms.users.models import SECRET_FIELDS, SignInCard, User
from cms.users.sessions import end_of
from courses.errors import Refused
from courses.trail import actions as trail

DAYS = 7
TOKEN_LENGTH, CODE_LENGTH, GROUP = 28, 20, 4  # 140 and 100 random bits
MAX_WRONG_PINS = 5
LONGEST_INPUT = 64
NEUTRAL = ("luz", "sol", "mar", "flor", "luna", "nube", "lago", "brisa", "hoja", "roca", "nido", "faro")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Drawn:
    """What a card will say, and what is told apart: shown or printed once, kept nowhere."""

    account: User
    token: str
    code: str
    first_pin: str
    expires_at: datetime

    @property
    def groups(self) -> list[str]:
        """The code as it is printed: five groups of four."""
        return [self.code[start : start + GROUP] for start in range(0, CODE_LENGTH, GROUP)]


@dataclass(frozen=True)
class Printed(Drawn):
    """A card that works."""

    card: SignInCard


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


def draw(account: User, at: datetime) -> Drawn:
    """What a card of hers would say. It opens nothing before `keep_cards` has kept its hashes."""
    token, code, first_pin = _draw(TOKEN_LENGTH), _draw(CODE_LENGTH), draw_pin(account.username)
    return Drawn(account, token, code, first_pin, at + timedelta(days=DAYS))


def keep_cards(*, drawn: Sequence[Drawn], by: User, at: datetime) -> list[SignInCard]:
    """From now on these cards work; older ones of the same accounts end. Raises Refused for staff."""
    if any(one.account.has_desk for one in drawn):
        raise Refused(_("Staff sign in with a password. A card is for trainees."))
    with ThreadPoolExecutor(max_workers=2) as pool:  # hashing is slow on purpose, and needs no database
        hashes = list(pool.map(make_password, [one.first_pin for one in drawn]))
    rows = [
        SignInCard(
            account=one.account,
            token_hash=digest(one.token),
            code_hash=digest(one.code),
            first_pin=first_pin,
            made_at=at,
            made_by=by,
            expires_at=one.expires_at,
        )
        for one, first_pin in zip(drawn, hashes, strict=True)
    ]
    with transaction.atomic():
        accounts = [one.account.pk for one in drawn]
        list(User.objects.select_for_update().filter(pk__in=accounts).order_by("pk"))
        SignInCard.objects.filter(account__in=accounts, used_at=None, revoked_at=None).update(revoked_at=at)
        SignInCard.objects.bulk_create(rows)
        trail.note_each(trail.Deed.CARD_MADE, about=[one.account for one in drawn], by=by, at=at)
    log.info("%d sign-in cards made by %s", len(rows), by.key)
    return rows


@transaction.atomic
def make_card(*, account: User, by: User, at: datetime) -> Printed:
    """A card for a trainee; an older one ends. Raises Refused for staff."""
    account = User.objects.select_for_update().get(pk=account.pk)
    drawn = draw(account, at)
    [card] = keep_cards(drawn=[drawn], by=by, at=at)
    return Printed(account, drawn.token, drawn.code, drawn.first_pin, drawn.expires_at, card)


def neutral_username() -> str:
    """A user name that says nothing, for an account that is made with a card: «luz4021»."""
    while True:
        name = f"{secrets.choice(NEUTRAL)}{secrets.randbelow(9000) + 1000}"
        if not User.objects.filter(username__iexact=name).exists():
            return name


@transaction.atomic
def revoke_cards(*, account: User, at: datetime, by: Any = None) -> int:
    """End the open card of an account, if there is one; how many there were."""
    ended = open_cards(account).update(revoked_at=at)
    if ended:
        trail.note(trail.Deed.CARD_REVOKED, about=account, by=by, at=at, count=ended)
    return ended


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
        account.save(update_fields=SECRET_FIELDS)
        trail.note(trail.Deed.CARD_USED, about=account, by=account, at=at)
        end_of(account, by=account)
    log.info("sign-in card %s used", card.pk)
    return account

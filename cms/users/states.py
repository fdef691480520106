"""Who has an account, and how each of them gets in, in words."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.utils.translation import gettext

from cms.users import cards, tries
from cms.users.forms import wait_in_words
from cms.users.models import SignInCard, User
from cms.users.roles import TRAINEE

MAY = "users.add_signincard"


def trainees() -> QuerySet[User]:
    """The accounts for which a card may be made."""
    groups = Group.objects.filter(name=TRAINEE)
    return User.objects.filter(groups__in=groups, person__isnull=False).select_related("person")


def states(accounts: list[User], now: datetime) -> list[dict[str, Any]]:
    """Each account with its state in words, by three queries for all of them."""
    waiting = SignInCard.objects.filter(
        account__in=accounts, used_at=None, revoked_at=None, wrong_pins__lt=cards.MAX_WRONG_PINS
    )
    with_card = {card.account_id: card for card in waiting.filter(expires_at__gt=now)}
    locked = tries.locked(accounts, now)
    return [
        {
            "account": account,
            "card": with_card.get(account.pk),
            "locked": wait_in_words(locked[account.pk]) if account.pk in locked else "",
            "state": _state(account, account.pk in with_card, account.pk in locked),
        }
        for account in accounts
    ]


def _state(account: User, has_card: bool, is_locked: bool) -> str:
    if not account.is_active:
        return gettext("Her account is closed.")
    if is_locked:
        return gettext("Locked for phones that she has not used before.")
    if has_card:
        return gettext("A card waits for her.")
    return gettext("She has a PIN.") if account.has_pin else gettext("She has no PIN yet: make her a card.")

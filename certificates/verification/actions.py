"""Counting tries of a name; making and ending share links."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from certificates.awards import access
from certificates.awards.models import Certificate
from certificates.errors import Refused
from certificates.verification import lookup
from certificates.verification.lookup import State
from certificates.verification.models import NameTry, ShareLink
from courses.api import Deed, note

TRIES = 5
HOUR = timedelta(hours=1)
SWEPT = 100  # rows of past hours that a new one takes away
TOKEN_BYTES = 16
DAYS = (1, 7, 30)
MOST_LINKS = 10


class TooManyTries(Exception):
    """So many names were tried against this code that it waits until `opens_at`."""

    def __init__(self, opens_at: datetime) -> None:
        super().__init__(opens_at)
        self.opens_at = opens_at


@transaction.atomic
def count_try(*, code: str, at: datetime) -> None:
    """Count a try of a name against a code, whether it exists or not. Raises TooManyTries after five an hour.

    The row is locked while it is counted: parallel tries cannot pass together.
    """
    digest = salted_hmac("certificates.verification.tries", code, algorithm="sha256").hexdigest()
    _row, is_new = NameTry.objects.get_or_create(code_hash=digest, defaults={"window": at})
    tries = NameTry.objects.select_for_update().filter(pk=digest).first()
    if tries is None:  # another visitor's sweep took the old row between the two
        tries = NameTry.objects.create(code_hash=digest, window=at)
    if tries.window + HOUR <= at:
        tries.window, tries.count = at, 0
    if tries.count >= TRIES:
        raise TooManyTries(tries.window + HOUR)
    tries.count += 1
    tries.save(update_fields=["window", "count"])
    if is_new:
        _sweep(at)


def _sweep(now: datetime) -> None:
    """Forget some tries of past hours, so that guessing at random codes leaves nothing behind."""
    past = NameTry.objects.select_for_update(skip_locked=True).filter(window__lte=now - HOUR)
    NameTry.objects.filter(pk__in=list(past.values_list("pk", flat=True)[:SWEPT])).delete()


@transaction.atomic
def make_link(
    *, certificate: Certificate, days: int, shows_name: bool, by: Any, at: datetime
) -> tuple[ShareLink, str]:
    """A link that shows the award for so many days, and its token, which is kept nowhere.

    Raises Refused for anybody but the holder, for an award that is not in force or in which her name was
    erased, or with ten open links.
    """
    if not access.is_holder(by, certificate):
        raise Refused(_("Only the person whose diploma it is can share it."))
    if days not in DAYS:
        raise Refused(_("Choose for how long the link works."))
    if certificate.key.wrapped is None:
        raise Refused(_("What named you in this diploma was erased. It cannot be shared any more."))
    if lookup.look_up(certificate.code).state != State.VALID:
        raise Refused(_("Only a diploma that is in force can be shared."))
    if ShareLink.objects.open(at).filter(certificate=certificate).count() >= MOST_LINKS:
        raise Refused(_("You have many open links. End one of them first."))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = ShareLink.objects.create(
        certificate=certificate,
        token_sha256=lookup.token_digest(token),
        shows_name=shows_name,
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    note(Deed.LINK_MADE, about=link, by=by, at=at, days=days, shows_name=shows_name)
    return link, token


@transaction.atomic
def end_link(*, link: ShareLink, by: Any, at: datetime) -> ShareLink:
    """Make a link work no more, at once; changes nothing the second time. Raises Refused for strangers."""
    if not access.is_holder(by, link.certificate):
        raise Refused(_("Only the person whose diploma it is can end this link."))
    if ShareLink.objects.open(at).filter(pk=link.pk).update(ended_at=at):
        note(Deed.LINK_ENDED, about=link, by=by, at=at)
    link.refresh_from_db()
    return link

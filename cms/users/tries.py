"""Wrong tries: counted, slowed, and never turned against the phone a woman already uses (docs/signing-in.md).

A try is counted before the PIN is looked at and given back when it was right, so that a thousand tries at
once are a thousand tries. Counts lie under keyed hashes: of an account, of an account on a device that it
knows, of an address. Names that nobody has are counted like names that somebody has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.crypto import salted_hmac

from cms.users import rules
from cms.users.models import KnownDevice, User, WrongTry

CLEARED = 500  # stale rows taken away with one try, at the most
ACCOUNT, STEP = "account", "step"  # kinds: wrong secrets, and wrong codes after the right password


class Slowed(Exception):
    """Too many wrong tries: `seconds` until the next one is looked at."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True)
class Subject:
    """One thing whose wrong tries are counted, and how they are slowed."""

    kind: str
    name: str
    waits: tuple[tuple[int, int], ...] = rules.WAITS
    forgotten_after: int = rules.FORGOTTEN_AFTER

    @property
    def key(self) -> str:
        return salted_hmac("users.wrong-tries", f"{self.kind}:{self.name}", algorithm="sha256").hexdigest()

    def count(self, row: WrongTry, now: datetime) -> int:
        """Wrong tries that are not forgotten."""
        return 0 if now - row.last_at > timedelta(seconds=self.forgotten_after) else row.count

    def seconds_left(self, row: WrongTry, now: datetime) -> int:
        """How long the next try has to wait."""
        until = row.last_at + timedelta(seconds=rules.seconds_after(self.count(row, now), self.waits))
        return max(0, -int((now - until).total_seconds() // 1))


def from_outside(account: User | None, username: str, address: str) -> list[Subject]:
    """A try on a device that this account does not know: counted for the account and for the address."""
    who = str(account.key) if account else f"nobody:{username.casefold()}"
    waits, forgotten = rules.ADDRESS_WAITS, rules.ADDRESS_FORGOTTEN_AFTER
    return [Subject(ACCOUNT, who), Subject("address", address, waits, forgotten)]


def on_known(account: User, device: KnownDevice) -> list[Subject]:
    """A try on a device that this account knows: counted for this device alone."""
    return [Subject("device", f"{account.key}:{device.token_hash}")]


def in_session(account: User, session_key: str) -> list[Subject]:
    """A try of whoever is signed in already, on a device without a cookie of ours."""
    return [Subject("session", f"{account.key}:{session_key}")]


def at_second_step(
    account: User, device: KnownDevice | None, session_key: str | None, address: str
) -> list[Subject]:
    """A code after the right password. Whoever knows her password keeps no browser of hers from going on."""
    if device:
        return [Subject("step-device", f"{account.key}:{device.token_hash}")]
    if session_key:
        return [Subject("step-session", f"{account.key}:{session_key}")]
    waits, forgotten = rules.ADDRESS_WAITS, rules.ADDRESS_FORGOTTEN_AFTER
    return [Subject(STEP, str(account.key)), Subject("address", address, waits, forgotten)]


@transaction.atomic
def begin(subjects: Sequence[Subject], now: datetime) -> None:
    """Count a try as wrong for now. Raises Slowed, which counts nothing."""
    rows = []
    for subject in sorted(subjects, key=lambda subject: subject.key):  # one order: no deadlock
        row, _is_new = WrongTry.objects.select_for_update().get_or_create(
            subject=subject.key, defaults={"last_at": now}
        )
        rows.append((subject, row))
    if seconds := max(subject.seconds_left(row, now) for subject, row in rows):
        raise Slowed(seconds)
    for subject, row in rows:
        row.count, row.earlier_at, row.last_at = subject.count(row, now) + 1, row.last_at, now
        row.save()
    stale = WrongTry.objects.filter(last_at__lt=now - timedelta(seconds=2 * rules.FORGOTTEN_AFTER))
    free = stale.select_for_update(skip_locked=True)  # not one that another try holds: no deadlock
    WrongTry.objects.filter(pk__in=list(free.values_list("pk", flat=True)[:CLEARED])).delete()


def give_back(subjects: Sequence[Subject]) -> None:
    """It was right: take this try away again, so that nobody waits longer for it."""
    keys = [subject.key for subject in subjects]
    rows = WrongTry.objects.filter(subject__in=keys, count__gt=0)
    rows.update(count=F("count") - 1, last_at=Coalesce("earlier_at", "last_at"))


def forget(subjects: Sequence[Subject]) -> None:
    """Begin counting again."""
    WrongTry.objects.filter(subject__in=[subject.key for subject in subjects]).delete()


def locked(accounts: Sequence[User], now: datetime, kind: str = ACCOUNT) -> dict[int, int]:
    """pk → seconds left, of those whose sign-in is locked for devices they do not know."""
    subjects = {account.pk: Subject(kind, str(account.key)) for account in accounts}
    rows = WrongTry.objects.filter(subject__in=[subject.key for subject in subjects.values()])
    found = {row.subject: row for row in rows}
    return {
        pk: seconds
        for pk, subject in subjects.items()
        if (row := found.get(subject.key))
        and subject.count(row, now) >= rules.LOCKED_FROM
        and (seconds := subject.seconds_left(row, now))
    }

"""The register of keys: what each public half is called, what it is for, since when. Rows stay for ever."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.keys.errors import KeyUnreadable
from certificates.keys.models import SigningKey
from courses.api import Deed, note


class KeyConflict(KeyUnreadable):
    """Under this id the register has another key: the private key here is not the one that signed before."""

    def __init__(self, purpose: str, kid: str) -> None:
        super().__init__(
            _("The key «%(purpose)s %(kid)s» on this machine is not the one in the register.")
            % {"purpose": purpose, "kid": kid}
        )


@dataclass(frozen=True)
class Public:
    """What the register says of one key."""

    purpose: str
    kid: str
    algorithm: str
    public_key: str
    is_demo: bool
    starts_at: datetime
    ends_at: datetime | None = None
    chain: str = ""

    def registered(self) -> SigningKey:
        """The row of this key, written if it is not there. Raises `KeyConflict`. One query if known."""
        row = SigningKey.objects.filter(purpose=self.purpose, kid=self.kid).first() or self._enter()
        if (row.public_key, row.chain) != (self.public_key, self.chain):
            raise KeyConflict(self.purpose, self.kid)
        return row

    @transaction.atomic
    def _enter(self) -> SigningKey:
        row, is_new = SigningKey.objects.get_or_create(
            purpose=self.purpose,
            kid=self.kid,
            defaults={
                "algorithm": self.algorithm,
                "public_key": self.public_key,
                "chain": self.chain,
                "is_demo": self.is_demo,
                "starts_at": self.starts_at,
                "ends_at": self.ends_at,
            },
        )
        if is_new:
            note(Deed.KEY_REGISTERED, about=row, by=None, at=timezone.now(), purpose=self.purpose)
        return row


def kid_of_chain(purpose: str, chain: str) -> str | None:
    """The id under which this certificate chain is registered."""
    return SigningKey.objects.filter(purpose=purpose, chain=chain).values_list("kid", flat=True).first()


def next_number(purpose: str, year: int) -> int:
    """The first number of a year that no key of this purpose has, from 1."""
    kids = SigningKey.objects.filter(purpose=purpose, kid__startswith=f"{year}-").values_list(
        "kid", flat=True
    )
    return 1 + max((int(kid.partition("-")[2]) for kid in kids), default=0)

"""What can be wrong with a key, in words for the administrator who can mend it."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _


class KeyProblem(Exception):
    """A key cannot be used now; `str(error)` is a translated sentence. What needs the key waits."""


class KeyMissing(KeyProblem):
    """No private key for this purpose is here."""

    def __init__(self, purpose: str) -> None:
        super().__init__(purpose)
        self.purpose = purpose

    def __str__(self) -> str:
        return _("The key «%(purpose)s» is missing on this machine.") % {"purpose": self.purpose}


class KeyExpired(KeyProblem):
    """The certificate of the key ended, or has not begun."""

    def __init__(self, starts_at: datetime, ends_at: datetime) -> None:
        super().__init__(starts_at, ends_at)
        self.starts_at, self.ends_at = starts_at, ends_at

    def __str__(self) -> str:
        return _("The certificate that signs diplomas is valid only from %(start)s until %(end)s.") % {
            "start": date_format(self.starts_at),
            "end": date_format(self.ends_at),
        }


class KeyIsDemo(KeyProblem):
    """A key made for a demonstration; outside of one it signs nothing."""

    def __init__(self, purpose: str) -> None:
        super().__init__(purpose)
        self.purpose = purpose

    def __str__(self) -> str:
        return _("The key «%(purpose)s» was made for a demonstration. It signs no real diploma.") % {
            "purpose": self.purpose
        }


class KeyUnreadable(KeyProblem):
    """A key file or token that cannot be opened; the reason is one translated sentence without secrets."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason

"""Asking for a passphrase: from a file, or at the terminal; never on a command line or in the environment."""

import getpass
import sys
from pathlib import Path

from django.utils.translation import gettext as _

from cms.backup.sealed import BadArchive, check_passphrase


def ask(what: str, file: str | None, *, is_new: bool) -> str:
    """The first line of `file`, or what somebody types (twice, when it is new). Raises BadArchive."""
    if file:
        try:
            told = Path(file).read_text().partition("\n")[0].strip("\r")
        except (OSError, UnicodeDecodeError):
            raise BadArchive(_("The passphrase file %(file)s cannot be read.") % {"file": file}) from None
    elif sys.stdin.isatty():
        told = getpass.getpass(f"{what}: ")
        if is_new and getpass.getpass(_("The same again: ")) != told:
            raise BadArchive(_("The two are not the same."))
    else:
        raise BadArchive(
            _("There is nobody to ask for the passphrase. Name a file: PASSPHRASE_FILE=… ESCROW_FILE=…")
        )
    if is_new:
        check_passphrase(told)
    return told

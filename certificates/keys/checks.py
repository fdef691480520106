"""What is wrong with the keys, told at start and to administrators, before a diploma needs them.

No database here: checks run before there is one. Only what must never start is an error: an expired or
missing key leaves the site up, verification too, and diplomas waiting.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from certificates.keys import demo, keyfiles, sources
from certificates.keys.errors import KeyIsDemo, KeyMissing, KeyProblem

SOON = timedelta(days=60)
LEVELS = ("", "B-B", "B-T", "B-LTA")
PDF = "pdf"  # SigningKey.Purpose; the models are not loaded yet when checks are
IN_FILES = ("credential", "qr", "log")


def check_keys(**_options: Any) -> list[CheckMessage]:
    """Demo keys outside a demo and contradicting settings are errors; what makes diplomas wait, warnings."""
    return [*_settings(), *([] if settings.IS_DEMO else _keys(timezone.now()))]


def warnings(now: datetime) -> list[str]:
    """The same in words for the page of keys."""
    return [str(message.msg) for message in [*_settings(), *([] if settings.IS_DEMO else _keys(now))]]


def _settings() -> Iterable[CheckMessage]:
    level = settings.PDF_SIGNATURE_LEVEL
    if level not in LEVELS:
        yield Error(_("PDF_SIGNATURE_LEVEL is one of B-B, B-T and B-LTA, or empty."), id="certificates.E011")
    if level in {"B-T", "B-LTA"} and not settings.PDF_TIMESTAMP_URL:
        yield Error(_("A signature with a timestamp needs PDF_TIMESTAMP_URL."), id="certificates.E012")
    if level == "B-LTA" and not settings.PDF_TIMESTAMP_ROOTS:
        yield Error(
            _("B-LTA needs PDF_TIMESTAMP_ROOTS: the certificates to trust the timestamp authority by."),
            id="certificates.E013",
        )


def _keys(now: datetime) -> Iterable[CheckMessage]:
    for purpose in IN_FILES:
        yield from _key_files(purpose, now.astimezone(UTC).year)
    try:
        yield from _pdf_key(now)
    except KeyIsDemo as problem:
        yield Error(str(problem), id="certificates.E010")
    except KeyProblem as problem:
        yield Warning(str(problem), hint=_("Diplomas wait until there is one."), id="certificates.W010")


def _key_files(purpose: str, year: int) -> Iterable[CheckMessage]:
    files = keyfiles.found(Path(settings.KEYS_DIR), purpose)
    if any(file.is_demo for file in files):
        yield Error(str(KeyIsDemo(purpose)), id="certificates.E010")
    real = [file for file in files if not file.is_demo and file.year <= year]
    if not real:
        yield Warning(
            str(KeyMissing(purpose)),
            hint=f"manage.py make_key {purpose}",
            id="certificates.W010",
        )
    elif real[-1].year < year:
        yield Warning(
            _("The key «%(purpose)s» is of %(year)s. Make this year's.")
            % {"purpose": purpose, "year": real[-1].year},
            hint=f"manage.py make_key {purpose}",
            id="certificates.W011",
        )


def _pdf_key(now: datetime) -> Iterable[CheckMessage]:
    if keyfiles.found(Path(settings.KEYS_DIR), PDF):
        raise KeyIsDemo(PDF)  # the only PDF keys that lie in KEYS_DIR are those of demos
    if not settings.PDF_KEY:
        raise KeyMissing(PDF)
    if "pkcs11_module" in settings.PDF_KEY:
        return  # a token is opened by the process that signs, never here
    identity = sources.load(settings.PDF_KEY)
    if demo.is_demo(identity.certificate):
        raise KeyIsDemo(PDF)
    identity.require_valid(now)
    if identity.certificate.not_valid_after_utc - now < SOON:
        yield Warning(
            _("The certificate that signs diplomas ends on %(date)s.")
            % {"date": date_format(identity.certificate.not_valid_after_utc)},
            id="certificates.W012",
        )

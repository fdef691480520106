"""The code on a woman's attendance card: it says to her cohort's register who she is, and opens nothing.

Nobody can guess it or read anything from it: a keyed hash of her enrolment, 80 bits in Crockford base 32. It
is kept nowhere. A card that was printed before SECRET_KEY changed goes on working while the old key still
stands in SECRET_KEY_FALLBACKS.
"""

import secrets
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from courses.cohorts.models import Cohort, Enrolment

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, BITS, GROUP = 16, 5, 4
LONGEST_INPUT = 64
LOOKALIKES = str.maketrans("OIL", "011", " \t\r\n\u00a0-‐‑‒–—_.")


def attendance_code(enrolment: Enrolment) -> str:
    """Her code in this cohort, as it is stored in the QR: sixteen characters without dashes."""
    return _code(enrolment.pk, settings.SECRET_KEY)


def enrolment_by_code(cohort: Cohort, code: str) -> Enrolment | None:
    """Who of the cohort's register this code belongs to, scanned or typed; None for any other text.

    The card of the cohort that she was transferred from goes on working.
    """
    asked = normalise(code)
    if len(asked) != LENGTH:
        return None
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    register = {enrolment.pk: enrolment for enrolment in Enrolment.objects.for_register(cohort)}
    for pk, owner in Enrolment.objects.all().chains(register.values()).items():
        if any(secrets.compare_digest(_code(pk, key), asked) for key in keys):
            return register[owner]
    return None


def normalise(text: str) -> str:
    """A code as somebody typed it: spaces, dashes and small letters do not matter; "" for what is none."""
    code = text[:LONGEST_INPUT].upper().translate(LOOKALIKES)
    return code if set(code) <= set(ALPHABET) else ""


def display(code: str) -> str:
    """A code as it is printed: four groups of four."""
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def _code(pk: UUID, secret: str | bytes) -> str:
    told = salted_hmac("courses.attendance.card", str(pk), secret=secret, algorithm="sha256").digest()
    number = int.from_bytes(told[: LENGTH * BITS // 8], "big")
    return "".join(ALPHABET[number >> BITS * place & 31] for place in reversed(range(LENGTH)))

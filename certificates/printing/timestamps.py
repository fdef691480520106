"""Timestamps (RFC 3161) from the authority that the settings name, looked at before they are used."""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from asn1crypto import cms
from cryptography.hazmat.primitives import hashes
from django.conf import settings
from django.utils.translation import gettext as _
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps.common_utils import TimestampRequestError, extract_ts_certs
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pyhanko_certvalidator.util import get_pyca_cryptography_hash


class SigningDelayed(Exception):
    """Somebody elsewhere did not answer; nothing is wrong with the diploma. Try again later."""


class TimestampUnavailable(SigningDelayed):
    """The timestamp authority is not reachable, refuses, or answers nonsense."""

    def __str__(self) -> str:
        return _("The timestamp authority does not answer. The diploma waits and is tried again.")


class RevocationUnavailable(SigningDelayed):
    """B-LTA keeps proof that certificates were good: whoever publishes it does not answer, or says no."""

    def __str__(self) -> str:
        return _("Nobody confirms that the certificates are in force. The diploma waits and is tried again.")


class TimestampForged(TimestampRequestError):
    """A token that is not about our signature, or not signed by the certificate it carries."""


class CheckedTimeStamper(RequestsHTTPTimeStamper):
    """Asks over HTTP; a token must be about what was asked and signed by the certificate it carries."""

    def __init__(self, url: str, seconds: int) -> None:
        RequestsHTTPTimeStamper.__init__(self, url, timeout=seconds)

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """The token. Raises TimestampRequestError."""
        try:
            token = await super().async_timestamp(message_digest, md_algorithm)
        except (AttributeError, KeyError, TypeError, ValueError) as error:  # asn1crypto, of nonsense
            raise TimestampForged("the answer cannot be read") from error
        check_token(token, message_digest)
        return token


def check_token(token: cms.ContentInfo, message_digest: bytes) -> None:
    """Raise `TimestampForged` unless the token is about this digest and its own signature holds."""
    try:
        signed = token["content"]
        content = signed["encap_content_info"]["content"]
        imprint = content.parsed["message_imprint"]["hashed_message"].native
        (info,) = signed["signer_infos"]
        (certificate,) = extract_ts_certs(token, SimpleCertificateStore())
        digest = hashes.Hash(get_pyca_cryptography_hash(info["digest_algorithm"]["algorithm"].native))
        digest.update(bytes(content))
        is_intact, is_signed = validate_sig_integrity(info, certificate, "tst_info", digest.finalize())
    except (AssertionError, KeyError, TypeError, ValueError, SignatureValidationError) as error:
        raise TimestampForged("the token cannot be read") from error
    if not (is_intact and is_signed and hmac.compare_digest(imprint, message_digest)):
        raise TimestampForged("the token is not about this signature")


def authority() -> CheckedTimeStamper | None:
    """The timestamp authority of the settings, None for level B-B. Raises `TimestampUnavailable` if unset."""
    if settings.PDF_SIGNATURE_LEVEL == "B-B":
        return None
    if not settings.PDF_TIMESTAMP_URL:
        if settings.PDF_SIGNATURE_LEVEL:
            raise TimestampUnavailable
        return None
    return _authority(settings.PDF_TIMESTAMP_URL, settings.PDF_TIMESTAMP_SECONDS)


@cache
def _authority(url: str, seconds: int) -> CheckedTimeStamper:
    return CheckedTimeStamper(url, seconds)


@contextmanager
def told_as_delays() -> Iterator[None]:
    """What pyHanko says when others do not answer, as `SigningDelayed`."""
    try:
        yield
    except TimestampRequestError as error:
        raise TimestampUnavailable from error
    except SigningError as error:
        if is_about_certificates(error):
            raise RevocationUnavailable from error
        raise


def is_about_certificates(error: Any) -> bool:
    """Did a certificate, not the file, keep pyHanko from signing?"""
    return type(error.__cause__).__module__.startswith("pyhanko_certvalidator")

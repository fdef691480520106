"""The verifier for places without signal: one HTML file that holds our public keys and asks nobody.

It opens from a phone's storage. Its own content security policy lets it run exactly the script and style
that stand in it, and forbids it every connection.
"""

import hashlib
import json
from base64 import b64encode
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from certificates.keys.models import SigningKey
from certificates.printing import offline_code
from certificates.verification.offline_words import words

FOLDER = Path(__file__).resolve().parents[1] / "static" / "certificates" / "offline"
SCRIPTS = ("bytes.js", "names.js", "token.js", "pdf.js", "page.js")
LANGUAGES = ("es", "en")
HARMLESS = str.maketrans({"<": "\\u003C", ">": "\\u003E", "&": "\\u0026"})  # inside a script element
Purpose = SigningKey.Purpose


def build(now: datetime) -> tuple[str, str]:
    """The page and its policy, for the keys that the register knows. One query."""
    style, script = _parts()
    policy = _policy(style, script)
    told = {"pins": _pins(now), "words": {language: words_in(language) for language in LANGUAGES}}
    page = render_to_string(
        "certificates/offline.html",
        {
            "site_name": settings.SITE_NAME,
            "title": told["words"]["es"]["title"],
            "policy": policy,
            "style": style,
            "script": script,
            "data": json.dumps(told, ensure_ascii=False).translate(HARMLESS),
            **{f"no_script_{language}": _no_script(language) for language in LANGUAGES},
        },
    )
    return page, policy


def _pins(now: datetime) -> dict[str, Any]:
    rows = SigningKey.objects.filter(purpose__in=[Purpose.QR, Purpose.PDF, Purpose.AUTHORITY]).order_by("pk")
    keys = list(rows)
    return {
        "made": timezone.localdate(now).isoformat(),
        "qr": {key.kid: _spki(key) for key in keys if key.purpose == Purpose.QR},
        "pdf": [_pinned(key) for key in keys if key.purpose != Purpose.QR and key.chain],
        "dictionary": b64encode(offline_code.DICTIONARY).decode(),
    }


def _pinned(key: SigningKey) -> dict[str, Any]:
    """A certificate chain by its hashes, and the name by which a signature calls it (RFC 5652, 10.2.4)."""
    chain = x509.load_pem_x509_certificates(key.chain.encode())
    names = chain[0].subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    ders = [one.public_bytes(Encoding.DER) for one in chain]
    meant = asn1_x509.Certificate.load(ders[0])
    sid = cms.IssuerAndSerialNumber({"issuer": meant.issuer, "serial_number": meant.serial_number})
    return {
        "role": "ours" if key.purpose == Purpose.PDF else "authority",
        "chain": [hashlib.sha256(der).hexdigest() for der in ders],
        "sid": sid.dump().hex(),
        "spki": _encoded(chain[0].public_key()),
        "algorithm": key.algorithm,
        "subject": str(names[0].value) if names else chain[0].subject.rfc4514_string(),
        "is_demo": key.is_demo,
    }


def _spki(key: SigningKey) -> str:
    return _encoded(load_pem_public_key(key.public_key.encode()))


def _encoded(public: Any) -> str:
    return b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def words_in(language: str) -> dict[str, str]:
    """Every word of the page in one language."""
    with translation.override(language):
        return words()


def _no_script(language: str) -> str:
    with translation.override(language):
        return _(
            "This page needs JavaScript, which is switched off in this browser: switch it on in the settings "
            "and open the page again. With internet you can check the code on our page without it."
        )


@cache
def _parts() -> tuple[str, str]:
    """Style and script as they stand in the page."""
    scripts = "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in SCRIPTS)
    style = (FOLDER / "page.css").read_text(encoding="utf-8")
    return style, f'(() => {{\n"use strict";\n{scripts}}})();\n'


def _policy(style: str, script: str) -> str:
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src '{_fingerprint(script)}'",
            f"style-src '{_fingerprint(style)}'",
            "img-src blob:",
            "media-src blob: mediastream:",
            "form-action 'none'",
            "base-uri 'none'",
        ]
    )


def _fingerprint(text: str) -> str:
    return "sha256-" + b64encode(hashlib.sha256(text.encode()).digest()).decode()

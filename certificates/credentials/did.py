"""The issuer's identifier: did:web, its addresses and the document with every key that ever signed.

https://w3c-ccg.github.io/did-method-web/ The host of the DID is neutral and outlives the site, so its
addresses are made from the DID that each award froze, never from where the site is now.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.conf import settings

from certificates.credentials import data_integrity
from certificates.credentials.models import StatusList
from certificates.keys import custody
from certificates.keys.models import SigningKey

CONTEXTS = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]
METHOD = "did:web:"
THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]")


def host(did: str) -> str:
    """The host (and port) of a did:web."""
    return unquote(did.removeprefix(METHOD))


def base_url(did: str) -> str:
    """Where the issuer publishes: https, but for a demo that only this machine reaches."""
    name = host(did)
    is_local = name.rsplit(":", 1)[0] in THIS_MACHINE or name in THIS_MACHINE
    return f"{'http' if is_local else 'https'}://{name}"


def method(did: str, kid: str) -> str:
    """The address of one key in the DID document."""
    return f"{did}#{kid}"


def document(did: str) -> dict[str, Any]:
    """The DID document: all credential keys ever, the newest first. One query."""
    return document_of(did, custody.public_keys(SigningKey.Purpose.CREDENTIAL))


def document_of(did: str, keys: Iterable[SigningKey]) -> dict[str, Any]:
    """The DID document that lists these keys.

    All are listed, and the retired may still assert: what they signed verifies. Stolen keys may not, nor,
    outside a demo, may those of a demo.
    """
    listed = list(keys)
    return {
        "@context": CONTEXTS,
        "id": did,
        "verificationMethod": [
            {
                "id": method(did, key.kid),
                "type": "Multikey",
                "controller": did,
                "publicKeyMultibase": data_integrity.multikey(_public(key)),
            }
            for key in listed
        ],
        "assertionMethod": [method(did, key.kid) for key in listed if _may_assert(key)],
    }


def known(requested_host: str) -> str:
    """The DID of ours that lives at this host; the current one for any other host. At most one query."""
    if requested_host != host(settings.ISSUER_DID):
        for former in StatusList.objects.order_by("did").values_list("did", flat=True).distinct():
            if host(former) == requested_host:
                return former
    return str(settings.ISSUER_DID)


def _may_assert(key: SigningKey) -> bool:
    is_withdrawn = key.kid in settings.WITHDRAWN_CREDENTIAL_KEYS
    return not is_withdrawn and (settings.IS_DEMO or not key.is_demo)


def _public(key: SigningKey) -> Ed25519PublicKey:
    public = load_pem_public_key(key.public_key.encode())
    if not isinstance(public, Ed25519PublicKey):
        raise TypeError(f"{key} is not an Ed25519 key.")
    return public

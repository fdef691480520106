"""A key that never leaves its token (PKCS#11): a smart card or a hardware module signs for us.

python-pkcs11 is installed only where there is a token; it is looked for when a token is named.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from threading import Lock
from typing import Any, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.utils.translation import gettext as _

from certificates.keys.errors import KeyUnreadable
from certificates.keys.identity import Identity, algorithm_of, ordered

T = TypeVar("T")
PROBE = b"is this the key of that certificate?"


@dataclass(frozen=True)
class Place:
    """Where a key lies: the token's library (a .so), the token's label, the key's label, the PIN."""

    module: str
    token: str
    key: str
    pin: str = field(repr=False)


_lock = Lock()  # a session does one thing at a time
_opened: dict[tuple[Place, int], Any] = {}  # sessions by place and process: a child opens its own
_loaded_by: dict[str, int] = {}


@dataclass(frozen=True)
class TokenKey:
    """A private key in a token. Opened when it is needed, again after a failure or a fork."""

    place: Place
    is_rsa: bool

    def sign(self, data: bytes) -> bytes:
        """The signature over SHA-256 of `data`, made inside the token. Raises `KeyUnreadable`."""
        return _in_session(self.place, self._signature_by, data)

    def _signature_by(self, session: Any, data: bytes) -> bytes:
        pkcs11 = _library()
        private = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=self.place.key)
        if self.is_rsa:
            return bytes(private.sign(data, mechanism=pkcs11.Mechanism.SHA256_RSA_PKCS))
        digest = hashes.Hash(hashes.SHA256())
        digest.update(data)
        raw = private.sign(digest.finalize(), mechanism=pkcs11.Mechanism.ECDSA)
        return bytes(import_module("pkcs11.util.ec").encode_ecdsa_signature(raw))


def load(named: Mapping[str, str], extra: Iterable[x509.Certificate]) -> Identity:
    """The key that module, token label, key label and PIN name, with its certificate.

    The certificate is the token's own under the key's label, or one of `extra`. Raises `KeyUnreadable`.
    """
    if not all(named.get(name) for name in ("pkcs11_module", "pkcs11_token", "pkcs11_key")):
        raise KeyUnreadable(_("To sign with a token, name its library, the token and the key (PKCS#11)."))
    place = Place(
        named["pkcs11_module"], named["pkcs11_token"], named["pkcs11_key"], named.get("passphrase", "")
    )
    certificates = [*_in_session(place, _stored_certificates, place.key), *extra]
    for certificate in certificates:
        key = TokenKey(place, is_rsa=algorithm_of(certificate).startswith("RSA"))
        identity = Identity(key, ordered(certificate, certificates))
        if identity.verifies(key.sign(PROBE), PROBE):
            return identity
    raise KeyUnreadable(_("The certificate does not belong to the key."))


def _stored_certificates(session: Any, label: str) -> list[x509.Certificate]:
    pkcs11 = _library()
    wanted = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE, pkcs11.Attribute.LABEL: label}
    return [
        x509.load_der_x509_certificate(bytes(one[pkcs11.Attribute.VALUE]))
        for one in session.get_objects(wanted)
    ]


def _in_session(place: Place, work: Callable[[Any, Any], T], argument: Any) -> T:
    """What `work` makes with an open session; a session that failed is not used again."""
    pkcs11 = _library()
    with _lock:
        try:
            return work(_session(pkcs11, place), argument)
        except (pkcs11.PKCS11Error, RuntimeError) as error:
            _opened.pop((place, os.getpid()), None)
            raise KeyUnreadable(
                _("The token «%(token)s» does not sign: is it plugged in, and are its PIN and labels right?")
                % {"token": place.token}
            ) from error


def _session(pkcs11: Any, place: Place) -> Any:
    """This process's session; after a fork the library forgets what the parent opened, as PKCS#11 asks."""
    here = (place, os.getpid())
    if here not in _opened:
        driver = pkcs11.lib(place.module)
        if _loaded_by.setdefault(place.module, os.getpid()) != os.getpid():
            driver.reinitialize()
            _loaded_by[place.module] = os.getpid()
        _opened[here] = driver.get_token(token_label=place.token).open(user_pin=place.pin)
    return _opened[here]


def _library() -> Any:
    try:
        return import_module("pkcs11")
    except ImportError as error:
        raise KeyUnreadable(
            _("To sign with a token, install python-pkcs11 beside Promotora (docs/keys.md).")
        ) from error

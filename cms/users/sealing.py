"""Secrets of second steps, sealed in the database under keys derived (HKDF-SHA256) from the master keys.

The newest master key seals, all of them open, so that it can be changed.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

INFO = b"cms.users.second-step v1"


def _keys() -> MultiFernet:
    found = (urlsafe_b64decode(key) for key in settings.MASTER_KEYS)
    derived = (HKDF(algorithm=SHA256(), length=32, salt=None, info=INFO).derive(key) for key in found)
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in derived])


def seal(text: str) -> str:
    """`text` encrypted and authenticated."""
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """What was sealed. Raises cryptography.fernet.InvalidToken."""
    return _keys().decrypt(sealed).decode()

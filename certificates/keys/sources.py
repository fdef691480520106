"""Where a key that signs PDFs comes from: what the setting PDF_KEY, or a command's options, name."""

from collections.abc import Mapping
from pathlib import Path

from django.utils.translation import gettext as _

from certificates.keys import identity, token
from certificates.keys.errors import KeyUnreadable
from certificates.keys.identity import Identity


def load(named: Mapping[str, str]) -> Identity:
    """The identity in a PKCS#12 file, SAT's pair of files or a token. Raises `KeyUnreadable`."""
    passphrase = named.get("passphrase", "").encode()
    extra = identity.load_certificates(Path(named["chain"])) if named.get("chain") else []
    if "pkcs12" in named:
        return identity.from_pkcs12(Path(named["pkcs12"]), passphrase, extra)
    if "sat_cer" in named and "sat_key" in named:
        return identity.from_sat(Path(named["sat_cer"]), Path(named["sat_key"]), passphrase, extra)
    if "pkcs11_module" in named:
        return token.load(named, extra)
    raise KeyUnreadable(_("Name a key: a PKCS#12 file, SAT's .cer and .key, or a token (docs/keys.md)."))

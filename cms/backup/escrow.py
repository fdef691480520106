"""The keys in a backup, sealed once more under a passphrase of their own: the escrow.

Whoever holds a backup and its passphrase reads the register and can sign nothing and open no name. What opens
names and signs lies in `keys.sealed`, whose passphrase somebody else keeps. A key in a token or HSM cannot be
copied, and is not here.
"""

import hashlib
import io
import json
import os
import tarfile
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from django.conf import settings

from cms.backup.sealed import Reader, Writer

OWNER_ONLY, FOLDER_OF_OWNER = 0o600, 0o700
SECRETS = ("MASTER_KEYS", "NAME_SECRET", "SECRET_KEY", "PDF_PASSPHRASE")
IN_DATA_DIR = ("secret.key", "demo-accounts.txt")  # what one box keeps beside its keys
PDF_FILES = ("pkcs12", "sat_cer", "sat_key", "chain")
MASTER_FILE = "master.key"  # in KEYS_DIR, where no environment names the master keys


@dataclass
class Keys:
    """Secrets by the name of their variable, and files by their place: keys/…, data/…, pdf/…"""

    secrets: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)


def collect() -> Keys:
    """Everything of this machine that signs or opens, but what lies in a token."""
    keys = Keys()
    keys.secrets = {
        "MASTER_KEYS": " ".join(settings.MASTER_KEYS),
        "NAME_SECRET": settings.NAME_SECRET,
        "SECRET_KEY": settings.SECRET_KEY,
        "PDF_PASSPHRASE": settings.PDF_KEY.get("passphrase", ""),
    }
    places = [(f"keys/{path.name}", path) for path in _lying(Path(settings.KEYS_DIR))]
    places += [(f"data/{name}", Path(settings.DATA_DIR) / name) for name in IN_DATA_DIR]
    places += [
        (f"pdf/{name}", Path(settings.PDF_KEY[name])) for name in PDF_FILES if settings.PDF_KEY.get(name)
    ]
    keys.files = {name: path.read_bytes() for name, path in places if path.is_file()}
    return keys


def is_in_a_token() -> bool:
    """Whether the key that signs PDFs lies in a token, which nothing can copy."""
    return bool(settings.PDF_KEY.get("pkcs11_module"))


def fingerprints() -> dict[str, list[str]]:
    """What tells whether two machines have the same secrets, and nothing of the secrets."""
    secrets = {"master": list(settings.MASTER_KEYS), "name": [settings.NAME_SECRET]}
    return {
        name: [hashlib.sha256(b"promotora " + urlsafe_b64decode(one)).hexdigest()[:32] for one in found]
        for name, found in secrets.items()
    }


def seal(keys: Keys, passphrase: str) -> bytes:
    """All of it as one sealed file."""
    target = io.BytesIO()
    writer = Writer(target, passphrase)
    with tarfile.open(fileobj=cast(IO[bytes], writer), mode="w|") as archive:
        _add(archive, "secrets.json", json.dumps(keys.secrets, indent=1).encode())
        for name, content in sorted(keys.files.items()):
            _add(archive, name, content)
    writer.close()
    return target.getvalue()


def opened(sealed: bytes, passphrase: str) -> Keys:
    """What `seal` was given. Raises BadArchive."""
    reader = Reader(io.BytesIO(sealed), passphrase)
    keys = Keys()
    with tarfile.open(fileobj=io.BytesIO(reader.read()), mode="r:") as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content is not None and member.name == "secrets.json":
                keys.secrets = json.loads(content.read())
            elif content is not None:
                keys.files[member.name] = content.read()
    return keys


def keeps_secrets_in_files() -> bool:
    """One box: the master keys lie in KEYS_DIR, not in the environment."""
    place = Path(settings.KEYS_DIR) / MASTER_FILE
    return place.is_file() and place.read_text().split() == list(settings.MASTER_KEYS)


def targets(keys: Keys) -> Iterator[tuple[Path, bytes]]:
    """Where each file belongs on this machine."""
    for name, content in sorted(keys.files.items()):
        folder, _slash, rest = name.partition("/")
        if Path(rest).name != rest or rest in {"", ".", ".."}:
            continue
        if folder == "keys":
            yield Path(settings.KEYS_DIR) / rest, content
        elif folder == "data" and rest in IN_DATA_DIR:
            yield Path(settings.DATA_DIR) / rest, content
        elif folder == "pdf" and settings.PDF_KEY.get(rest):
            yield Path(settings.PDF_KEY[rest]), content


def lay(path: Path, content: bytes) -> None:
    """Write for the owner's eyes only; the file is whole before its name appears."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=FOLDER_OF_OWNER)
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _lying(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), OWNER_ONLY
    archive.addfile(member, io.BytesIO(content))

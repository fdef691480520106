"""Rendered diplomas on private storage: safe before a row speaks of them, under names that tell nothing."""

import logging
import os
import uuid
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from certificates.models import private_storage

OWNER_ONLY = 0o600

log = logging.getLogger(__name__)


def path_of(lease: uuid.UUID) -> str:
    """Where the holder of `lease` writes: two workers never write to the same place."""
    return f"diplomas/{lease.hex[:2]}/{lease.hex}.pdf"


def put(path: str, content: bytes) -> None:
    """Store `content`; when this returns, a power cut cannot take it away. Raises FileExistsError."""
    storage = private_storage()
    if isinstance(storage, FileSystemStorage):
        _write_durably(Path(storage.path(path)), content)
    elif storage.save(path, ContentFile(content)) != path:
        raise FileExistsError(path)


def drop(path: str) -> None:
    """Remove a file that no row speaks of, if it is there. Never raises: a sick disk stops no work."""
    try:
        private_storage().delete(path)
    except FileNotFoundError:
        pass
    except Exception as error:  # whatever a storage's client raises
        log.warning("file %s left behind: %s", path, type(error).__name__)


def _write_durably(target: Path, content: bytes) -> None:
    """Write and sync the file, then sync its folders: their entries are data too."""
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    for folder in (target.parent, target.parent.parent):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

"""Rendered diplomas on private storage: safe before a row speaks of them, under names that tell nothing."""

import logging
import os
import uuid
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage
from django.utils.translation import gettext as _

from certificates.keys import sealing
from certificates.keys.models import SealingKey
from certificates.records import private_storage

OWNER_ONLY = 0o600

log = logging.getLogger(__name__)


class NotStored(Exception):
    """The storage did not take the file: full, read-only, or out of reach."""

    def __str__(self) -> str:
        return _("The diploma could not be stored: the disk is full, cannot be written or is out of reach.")


def path_of(lease: uuid.UUID) -> str:
    """Where the holder of `lease` writes: two workers never write to the same place."""
    return f"diplomas/{lease.hex[:2]}/{lease.hex}.sealed"


def context_of(award: uuid.UUID) -> str:
    """What a sealed file is bound to: it cannot be taken for another award's."""
    return f"{award}/pdf"


def read(path: str, key: SealingKey, award: uuid.UUID) -> bytes:
    """The PDF in a sealed file. Raises FileNotFoundError, Erased or SealBroken."""
    with private_storage().open(path) as file:
        return sealing.unseal(key, file.read(), context=context_of(award))


def put(path: str, content: bytes) -> None:
    """Store `content`; when this returns, a power cut cannot take it away.

    Raises FileExistsError, or NotStored when the disk or the service does not take it.
    """
    storage = private_storage()
    try:
        if isinstance(storage, FileSystemStorage):
            _write_durably(Path(storage.path(path)), content)
        else:
            _save_under(storage, path, content)
    except FileExistsError:
        raise
    except Exception as error:  # OSError, or whatever a storage's client raises
        log.warning("file %s not stored: %s", path, type(error).__name__)
        raise NotStored from error


def _save_under(storage: Storage, path: str, content: bytes) -> None:
    """Save under this very path: a storage that would take another name leaves nothing behind."""
    saved = storage.save(path, ContentFile(content))
    if saved != path:
        drop(saved)
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
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        target.unlink(missing_ok=True)  # half a file helps nobody, least of all on a full disk
        raise
    for folder in (target.parent, target.parent.parent):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

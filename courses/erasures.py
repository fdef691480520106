"""The ledger of erasures: what must be erased again after an older backup was restored.

One small file a person and act in private storage, apart from the database: ids and a time, no name. A backup
carries the ledger along, and a restore applies it (docs/backup.md).
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

FOLDER = "erasures"

log = logging.getLogger(__name__)


@dataclass(frozen=True, order=True)
class Erased:
    """One act: what kind, of whom, in which cohort (None: everywhere), by which account, when (ISO 8601)."""

    at: str
    what: str
    person: str
    cohort: int | None = None
    by: int | None = None


def note(erased: Erased) -> None:
    """Enter an erasure that was committed. Never raises: it was done, and the trail tells of it too."""
    name = f"{FOLDER}/{datetime.fromisoformat(erased.at):%Y%m%d}-{uuid4().hex}.json"
    try:
        storages["private"].save(name, ContentFile(json.dumps(asdict(erased)).encode()))
    except Exception as error:  # whatever a storage's client raises
        log.error("erasure not entered in the ledger: %s", type(error).__name__)


def noted(storage: Storage | None = None) -> Iterator[Erased]:
    """Every erasure in the ledger."""
    place = storage or storages["private"]
    try:
        _folders, names = place.listdir(FOLDER)
    except FileNotFoundError:
        return
    for name in sorted(filter(None, names)):
        with place.open(f"{FOLDER}/{name}") as file:
            yield Erased(**json.loads(file.read()))

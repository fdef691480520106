"""The sealed files of diplomas against the register: all there, the right ones, and none left over."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import Storage
from django.utils.translation import gettext as _

from certificates.audit.findings import Report
from certificates.awards import files
from certificates.awards.models import Countersignature, Document, Job
from certificates.keys import sealing
from certificates.records import private_storage

FOLDER = "diplomas"
MIN_AGE = timedelta(hours=1)  # nothing younger is a leftover: its row may be on its way


def check_files(report: Report, *, is_deep: bool) -> None:
    """Every document has its sealed file; `is_deep`: open each and compare its hash."""
    present = set(stored_files())
    report.counts["files"] = len(present)
    for row in _rows():
        award, path = row.certificate_id, row.path
        is_erased = row.certificate.key.wrapped is None
        if is_erased and path in present:
            report.notes.append(
                _("Award %(award)s was erased; «manage.py reconcile --apply» removes its file.")
                % {"award": award}
            )
        elif not is_erased and path not in present and not _is_there_or_erased(row):
            report.add("file", _("Award %(award)s: its file is missing.") % {"award": award})
        elif is_deep and not is_erased:
            _check_content(report, row)


def stored_files() -> Iterator[str]:
    """The path of every file under the folder of diplomas."""
    yield from _walk(private_storage(), FOLDER)


def leftovers(now: datetime, min_age: timedelta = MIN_AGE) -> list[str]:
    """Files that no award names and no worker writes, older than `min_age`; and those of erased awards."""
    storage = private_storage()
    present = list(stored_files())  # before the rows, so that a new file is not taken for a leftover
    named = {files.path_of(lease) for lease in _leases()}  # before the documents that leases turn into
    named.update(_living_paths())
    return sorted(path for path in present if path not in named and _is_old(storage, path, now - min_age))


def _living_paths() -> Iterator[str]:
    for model in (Document, Countersignature):
        rows = model.objects.filter(certificate__key__wrapped__isnull=False)
        yield from rows.values_list("path", flat=True).iterator()


def _leases() -> Iterable[Any]:
    return Job.objects.filter(lease__isnull=False).values_list("lease", flat=True)


def _rows() -> Iterator[Any]:
    for model in (Document, Countersignature):
        rows = model.objects.select_related("certificate__key")
        yield from rows.order_by("pk").iterator(chunk_size=500)


def _is_there_or_erased(row: Any) -> bool:
    """Look again: it may have been stored or erased while we looked elsewhere."""
    if private_storage().exists(row.path):
        return True
    row.certificate.key.refresh_from_db()
    return row.certificate.key.wrapped is None


def _check_content(report: Report, row: Any) -> None:
    award = row.certificate_id
    try:
        pdf = files.read(row.path, row.certificate.key, award)
    except FileNotFoundError:
        return  # erased meanwhile; a missing one was told before
    except (sealing.SealBroken, OSError):
        report.add("file", _("Award %(award)s: its file cannot be opened.") % {"award": award})
        return
    if (hashlib.sha256(pdf).hexdigest(), len(pdf)) != (row.pdf_sha256, row.size):
        report.add("file", _("Award %(award)s: its file is not the one that was issued.") % {"award": award})


def _walk(storage: Storage, folder: str) -> Iterator[str]:
    try:
        folders, found = storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in found if name)
    for name in folders:
        yield from _walk(storage, f"{folder}/{name}")


def _is_old(storage: Storage, path: str, limit: datetime) -> bool:
    try:
        return storage.get_modified_time(path) <= limit
    except FileNotFoundError:
        return False

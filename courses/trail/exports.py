"""The audit trail as files that leave the house, with the hashes: anybody can check them (docs/audit.md)."""

import csv
import json
from collections.abc import Iterator
from typing import Any

from courses.sheets import FORMULA
from courses.trail.models import TrailEntry

COLUMNS = ("sequence", "at", "actor", "role", "what", "kind", "about", "facts", "previous", "hash")
AT_ONCE = 2000


class _Echo:
    """What a CSV writer writes to: it gives each line back."""

    def write(self, line: str) -> str:
        return line


def json_lines(entries: Any) -> Iterator[str]:
    """An entry a line: what was hashed, and beside it `hash`."""
    for entry in entries.order_by("sequence").iterator(chunk_size=AT_ONCE):
        yield json.dumps({**entry.line(), "hash": entry.hash}, ensure_ascii=False) + "\n"


def csv_lines(entries: Any) -> Iterator[str]:
    """The same as a table that a spreadsheet opens; nothing in it is taken for a formula."""
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for entry in entries.order_by("sequence").iterator(chunk_size=AT_ONCE):
        yield writer.writerow(_cells(entry))


def _cells(entry: TrailEntry) -> list[str]:
    line = {**entry.line(), "hash": entry.hash}
    line["facts"] = json.dumps(line["facts"], sort_keys=True) if line["facts"] else ""
    return [_plain(str(line[column])) for column in COLUMNS]


def _plain(value: str) -> str:
    return f"'{value}" if value[:1] in FORMULA else value

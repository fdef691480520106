"""Rows that are dear to make are made once, and laid again in every later test whose tables stand the same.

Publishing a small course through Wagtail takes a third of a second, and two thousand tests begin with one.
A mold keeps what the real actions wrote — rows made and rows changed — together with how the tables stood
before. A test that finds them standing so gets the very rows, keys and all; any other test makes its own,
which is kept as one more mold. Nothing is laid outside a transaction, nor on another server than SQLite.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from wagtail.models import Locale, Site

Row = tuple[Any, ...]
MOST = 40  # molds of one thing; a test that stands like no other has nothing to lend


@dataclass
class Mold:
    """What was written, and on what ground."""

    ground: object
    result: Any
    last: dict[str, int | None]  # table → the last key it had given
    changed: dict[str, dict[int, tuple[Row, Row]]] = field(
        default_factory=dict
    )  # table → key → before, after
    made: dict[str, list[Row]] = field(default_factory=dict)

    def fits(self) -> bool:
        """Everything that was touched stands as it stood."""
        return (
            self.ground == _ground()
            and _last_keys(self.last) == self.last
            and all(
                _rows(table, keys) == {key: before for key, (before, _after) in keys.items()}
                for table, keys in self.changed.items()
            )
        )

    def lay(self) -> Any:
        """Write it all again."""
        with connection.cursor() as cursor:
            for table, keys in self.changed.items():
                _insert(cursor, table, [after for _before, after in keys.values()])
            for table, rows in self.made.items():
                _insert(cursor, table, rows)
        Site.clear_site_root_paths_cache()
        return self.result


class Molds:
    """`Molds().cast(key, make)` returns what `make()` returns: something small that names rows."""

    def __init__(self) -> None:
        self._kept: dict[object, list[Mold]] = {}

    def cast(self, key: object, make: Callable[[], Any]) -> Any:
        """Lay the rows of `key`, or make and keep them."""
        if connection.vendor != "sqlite" or not connection.in_atomic_block:
            return make()
        kept = self._kept.setdefault(key, [])
        fitting = next((mold for mold in kept if mold.fits()), None)
        if fitting is not None:
            return fitting.lay()
        if len(kept) >= MOST:
            return make()
        tables = connection.introspection.django_table_names(only_existing=True)
        ground, last = _ground(), _last_keys(tables)
        before = {table: _rows(table) for table in tables}
        mold = Mold(ground, make(), {})
        for table in tables:
            _keep(mold, table, before[table], _rows(table), last[table])
        kept.append(mold)
        return mold.result


def _keep(mold: Mold, table: str, before: dict[int, Row], after: dict[int, Row], last: int | None) -> None:
    """Keep what became of one table. Rows that went are not kept: nothing that is cast deletes."""
    assert before.keys() <= after.keys(), f"{table}: rows were deleted"
    changed = {key: (row, after[key]) for key, row in before.items() if row != after[key]}
    made = [row for key, row in after.items() if key not in before]
    if changed:
        mold.changed[table] = changed
    if made:
        mold.made[table] = made
        mold.last[table] = last


def _ground() -> object:
    """Keys that rows point at, given anew when a test has flushed the database."""
    return (
        tuple(ContentType.objects.order_by("pk").values_list("pk", "app_label", "model")),
        tuple(Locale.objects.order_by("pk").values_list("pk", "language_code")),
    )


def _last_keys(tables: Any) -> dict[str, int | None]:
    """The last key that each table has given, and None where it has given none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, seq FROM sqlite_sequence")
        given = dict(cursor.fetchall())
    return {table: given.get(table) for table in tables}


def _rows(table: str, keys: Any = None) -> dict[int, Row]:
    """rowid → row of a table, or of some of its keys."""
    chosen = "" if keys is None else f" WHERE rowid IN ({', '.join(str(int(key)) for key in keys)})"
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT rowid, * FROM "{table}"{chosen}')
        return {row[0]: tuple(row[1:]) for row in cursor.fetchall()}


def _insert(cursor: Any, table: str, rows: list[Row]) -> None:
    marks = ", ".join(["%s"] * len(rows[0]))
    cursor.executemany(f'INSERT OR REPLACE INTO "{table}" VALUES ({marks})', rows)

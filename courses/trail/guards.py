"""Triggers in the database: what the ORM refuses, SQL cannot do either without taking them away first.

Laid by the migrations, and by whoever makes the tables otherwise (tests). A later migration that rebuilds
a guarded table on SQLite drops them, and one that changes what stands here leaves the old ones: both must
call `lay` at their end; `missing` tells. It compares what stands in the database with what is written here:
a trigger or function of the same name that lets things pass is none.
"""

from typing import Any

from django.db import connection as default_connection

TABLES = ("courses_trailentry", "courses_trailcheck")
CONTENT = ("id", "at", "actor", "role", "what", "kind", "about", "facts")  # never changes
ENTRY, CHECK = TABLES
REFUSAL = "the audit trail is append-only"


def _place(is_same: str) -> str:
    """SQL: this update gives an entry its place, once, and changes nothing else."""
    same = " AND ".join(f"NEW.{column} {is_same} OLD.{column}" for column in CONTENT)
    return f"OLD.sequence IS NULL AND NEW.sequence IS NOT NULL AND {same}"


def _sqlite() -> dict[str, str]:
    """REPLACE removes the row in its way and fires no trigger for that: no row may be in its way."""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    taken = f"EXISTS (SELECT 1 FROM {ENTRY} WHERE sequence = NEW.sequence)"  # noqa: S608  # nosec B608 -- our names
    known = {
        table: f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"  # noqa: S608  # nosec B608 -- our names
        for table in TABLES
    }
    return {
        f"{ENTRY}_no_update": f"BEFORE UPDATE ON {ENTRY} WHEN NOT ({_place('IS')}) OR {taken} {refuse}",
        f"{CHECK}_no_update": f"BEFORE UPDATE ON {CHECK} {refuse}",
        **{f"{table}_no_delete": f"BEFORE DELETE ON {table} {refuse}" for table in TABLES},
        f"{ENTRY}_no_replace": f"BEFORE INSERT ON {ENTRY} WHEN {known[ENTRY]} OR {taken} {refuse}",
        f"{CHECK}_no_replace": f"BEFORE INSERT ON {CHECK} WHEN {known[CHECK]} {refuse}",
    }


# PostgreSQL: when a trigger fires, as pg_trigger.tgtype has it, and the function that it calls. None has a
# condition of its own: the server keeps those in words of its own, which cannot be compared.
EVENTS = {
    "no_update": ("BEFORE UPDATE", "FOR EACH ROW", 1 | 2 | 16),
    "no_delete": ("BEFORE DELETE", "FOR EACH ROW", 1 | 2 | 8),
    "no_truncate": ("BEFORE TRUNCATE", "FOR EACH STATEMENT", 2 | 32),
}
REFUSE, PLACE = "courses_trail_refuse", "courses_trail_place"


def _bodies() -> dict[str, str]:
    """The functions that the triggers call. `$$` stands around them."""
    refuse = f"RAISE EXCEPTION '{REFUSAL}';"
    place = _place("IS NOT DISTINCT FROM")
    return {
        REFUSE: f" BEGIN {refuse} END ",
        PLACE: f" BEGIN IF {place} THEN RETURN NEW; END IF; {refuse} END ",
    }


def _calls(name: str) -> str:
    return PLACE if name == f"{ENTRY}_no_update" else REFUSE


def _postgresql() -> dict[str, str]:
    return {
        f"{table}_{kind}": f"{when} ON {table} {each} EXECUTE FUNCTION {_calls(f'{table}_{kind}')}()"
        for table in TABLES
        for kind, (when, each, _type) in EVENTS.items()
    }


def _triggers(vendor: str) -> dict[str, str]:
    """Name → what follows it. Raises KeyError for a database this house does not run on."""
    return {"sqlite": _sqlite, "postgresql": _postgresql}[vendor]()


def _table(name: str) -> str:
    return name.rpartition("_no_")[0]


def _named(connection: Any) -> set[str]:
    """Guards of which there is one of that name on its table, whatever it does."""
    if connection.vendor == "sqlite":
        query = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = (
            "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal AND pg_table_is_visible(c.oid)"
        )
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = set(cursor.fetchall())
    return {name for name in _triggers(connection.vendor) if (name, _table(name)) in found}


def _standing_sqlite(connection: Any) -> set[str]:
    """SQLite keeps the words of a trigger as they were typed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        found = dict(cursor.fetchall())
    return {name for name, rest in _sqlite().items() if found.get(name) == f"CREATE TRIGGER {name} {rest}"}


def _standing_postgresql(connection: Any) -> set[str]:
    """On its table, fired in an ordinary session, without condition or columns, with our function's body."""
    query = (
        "SELECT t.tgname, c.relname, t.tgtype, p.proname, p.prosrc "
        "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND t.tgqual IS NULL "
        "AND t.tgattr::text = '' AND pg_table_is_visible(c.oid)"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = {(name, table, kind, function, body) for name, table, kind, function, body in cursor}
    bodies, standing = _bodies(), set()
    for name in _postgresql():
        kind, function = EVENTS[name.removeprefix(f"{_table(name)}_")][2], _calls(name)
        if (name, _table(name), kind, function, bodies[function]) in found:
            standing.add(name)
    return standing


def missing(connection: Any = default_connection) -> list[str]:
    """Guards that should stand and do not, or not as they were laid, by name."""
    standing = {"sqlite": _standing_sqlite, "postgresql": _standing_postgresql}[connection.vendor]
    return sorted(_triggers(connection.vendor).keys() - standing(connection))


def lay(connection: Any = default_connection) -> None:
    """Lay those that are missing, in the place of others of that name. Changes nothing twice."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name, body in _bodies().items():
                cursor.execute(
                    f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
                )
        for name in missing(connection):
            rest = _triggers(connection.vendor)[name]
            if connection.vendor == "postgresql":  # in one step: readers need not wait
                cursor.execute(f"CREATE OR REPLACE TRIGGER {name} {rest}")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
                cursor.execute(f"CREATE TRIGGER {name} {rest}")


def lift(connection: Any = default_connection) -> None:
    """Take them away: for undoing the migration, and for emptying a test's database."""
    with connection.cursor() as cursor:
        for name in sorted(_named(connection)):
            on = f" ON {_table(name)}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {name}{on}")

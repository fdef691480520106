"""The database in one piece: taken while the site serves, looked into, and put in the place of another."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from cms.backup.sealed import BadArchive

NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
PG_PROGRAMS = ("pg_dump", "pg_restore", "psql")


def name() -> str:
    """How the database's part of a backup is called. Raises BadArchive for a database we cannot copy."""
    try:
        return NAMES[connection.vendor]
    except KeyError:
        raise BadArchive(_("Only SQLite and PostgreSQL can be backed up.")) from None


def check_programs() -> None:
    """Raises BadArchive where PostgreSQL's own programs are missing."""
    missing = [one for one in PG_PROGRAMS if shutil.which(one) is None]
    if connection.vendor == "postgresql" and missing:
        raise BadArchive(
            _("PostgreSQL's client programs are missing (%(programs)s). Type: apt install postgresql-client")
            % {"programs": ", ".join(missing)}
        )


def snapshot(target: Path) -> None:
    """Copy the database of one moment into `target`, while others write. Raises BadArchive."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=60)) as source:
            source.execute("VACUUM INTO ?", [str(target)])
    else:
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
    target.chmod(0o600)


def check(path: Path) -> None:
    """Raises BadArchive unless the copy in `path` is a whole database."""
    if connection.vendor == "sqlite":
        try:
            with closing(
                sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
            ) as copy:
                is_well = copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        except sqlite3.DatabaseError:
            is_well = False
        if not is_well:
            raise BadArchive(_("The database in this backup is damaged."))
    else:
        _run("pg_restore", "--list", str(path), is_connected=False)


def has_rows() -> bool:
    """Whether somebody lives here: the database has tables."""
    place = Path(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and not (place.is_file() and place.stat().st_size):
        return False  # asking would make the file
    try:
        return bool(connection.introspection.table_names())
    finally:
        connection.close()


def others_connected() -> int:
    """How many other connections the database has (PostgreSQL; SQLite's is locked by its folder)."""
    if connection.vendor != "postgresql":
        return 0
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            return int(cursor.fetchone()[0])
    finally:
        connection.close()


def applied() -> list[str]:
    """The migrations that this database has seen, as app.name."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def replace_postgresql(path: Path, work: Path) -> None:
    """Put the copy in the place of all tables, in one transaction: afterwards it is there or never was.

    Raises BadArchive with PostgreSQL's own words.
    """
    script = work / "restore.sql"
    _run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(path), is_connected=False)
    begin = work / "begin.sql"
    begin.write_text("DROP SCHEMA IF EXISTS public CASCADE;\nCREATE SCHEMA public;\n")
    quiet = ["--no-psqlrc", "--quiet", "--output", os.devnull, "--set", "ON_ERROR_STOP=1"]
    _run("psql", *quiet, "--single-transaction", "--file", str(begin), "--file", str(script))


def _run(program: str, *arguments: str, is_connected: bool = True) -> None:
    """Run one of PostgreSQL's programs. Its password goes by the environment: a command line is public."""
    config = connection.settings_dict
    named = {f"PG{key}": key for key in ("HOST", "PORT", "USER", "PASSWORD")}
    named["PGDATABASE"] = "NAME"
    own = {variable: str(config[key]) for variable, key in named.items() if config.get(key)}
    options = config.get("OPTIONS", {})
    own |= {f"PG{key.upper()}": str(options[key]) for key in ("sslmode", "sslrootcert") if key in options}
    check_programs()
    done = subprocess.run(  # noqa: S603 -- one of three fixed names, and arguments of ours
        [shutil.which(program) or program, *arguments],
        env={**os.environ, **(own if is_connected else {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        words = {"program": program, "answer": done.stderr.strip()[-800:]}
        raise BadArchive(_("%(program)s could not do its work: %(answer)s") % words)

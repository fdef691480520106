"""What settings read from the environment: databases, brokers and folders by URL or path."""

import os
import secrets
from pathlib import Path
from typing import Any

import dj_database_url

SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 30,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}


def database(url: str | None, data_dir: Path) -> dict[str, Any]:
    """The default database: the one at `url`, or SQLite (WAL, IMMEDIATE, FULL) in `data_dir`."""
    if url:
        config: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    else:
        config = {"ENGINE": "django.db.backends.sqlite3", "NAME": data_dir / "db.sqlite3"}
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["OPTIONS"] = dict(SQLITE_OPTIONS)
    return config


def broker(url: str | None, redis_options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The broker's URL and transport options; without a URL, one that refuses quickly."""
    if url and url.startswith(("amqp", "pyamqp")):
        return url, {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.2}
    return url or "redis://127.0.0.1:1/0", redis_options


def secret_key(data_dir: Path) -> str:
    """The key of this installation: made once, kept in `data_dir` for the owner's eyes only."""
    path = data_dir / "secret.key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        data_dir.mkdir(parents=True, exist_ok=True)
    key = secrets.token_urlsafe(50)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(key)
    return key


def flag(name: str, *, default: bool = False) -> bool:
    """True when the variable `name` says 1, true, yes or on."""
    value = os.environ.get(name)
    return default if value is None else value.strip().lower() in {"1", "true", "yes", "on"}

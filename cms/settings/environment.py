"""What settings read from the environment: databases, brokers and folders by URL or path."""

import importlib
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import dj_database_url

STORAGE_SECONDS = 8  # the longest wait for an answer of the storage; shorter than a diploma's time limit
CONNECTION_SECONDS = 60
# A host whose wire is cut must neither hang for ever nor keep its locks: the server ends what it had begun,
# and the host notices that nobody answers.
POSTGRESQL_OPTIONS = {
    "connect_timeout": 5,  # seconds
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
    "options": "-c idle_in_transaction_session_timeout=60s",
}
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 30,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
        "PRAGMA secure_delete=ON;"  # an erased key must not stay in the file; Debian's builds do so anyway
    ),
}


def database(url: str | None, data_dir: Path, *, has_pooler: bool = False) -> dict[str, Any]:
    """The default database: the one at `url`, or SQLite (WAL, IMMEDIATE, FULL) in `data_dir`.

    With `has_pooler` (PgBouncer in transaction mode) nothing is kept on a connection between transactions.
    """
    if url:
        config: dict[str, Any] = dict(
            dj_database_url.parse(url, conn_max_age=CONNECTION_SECONDS, conn_health_checks=True)
        )
    else:
        # Kept open between requests as PostgreSQL's are: opening one takes longer than a page's queries.
        config = {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": data_dir / "db.sqlite3",
            "CONN_MAX_AGE": CONNECTION_SECONDS,
        }
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["OPTIONS"] = dict(SQLITE_OPTIONS)
    elif config["ENGINE"] == "django.db.backends.postgresql":
        config["OPTIONS"] = POSTGRESQL_OPTIONS | config.get("OPTIONS", {})
        if has_pooler:  # it hands out connections by the transaction, and takes no options of a session
            config |= {"CONN_MAX_AGE": 0, "DISABLE_SERVER_SIDE_CURSORS": True}
            config["OPTIONS"].pop("options", None)
            config["OPTIONS"]["prepare_threshold"] = None
    return config


def broker(url: str | None, redis_options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The broker's URL and transport options; without a URL, one that refuses quickly."""
    if url and url.startswith(("amqp", "pyamqp")):
        return url, {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.2}
    return url or "redis://127.0.0.1:1/0", redis_options


def did_of(host: str) -> str:
    """The did:web of a host name, its port escaped as the method asks."""
    return "did:web:" + host.replace(":", "%3A")


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """The secret in `path`: made once, kept for the owner's eyes only."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = make()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(key)
    return key


def random_key() -> str:
    """32 random bytes in URL-safe base64."""
    return urlsafe_b64encode(secrets.token_bytes(32)).decode()


def pdf_key(environ: Mapping[str, str]) -> dict[str, str]:
    """Where the key that signs PDFs lies (docs/keys.md); empty when the environment names none."""
    names = ("pkcs12", "sat_cer", "sat_key", "pkcs11_module", "pkcs11_token", "pkcs11_key")
    named = {name: environ[f"PDF_{name.upper()}"] for name in names if environ.get(f"PDF_{name.upper()}")}
    beside = {"passphrase": "PDF_PASSPHRASE", "chain": "PDF_CHAIN"}
    return named and named | {key: environ[name] for key, name in beside.items() if environ.get(name)}


def private_storage(url: str | None, data_dir: Path) -> dict[str, Any]:
    """Where private files lie: in `data_dir`, or at `s3://bucket/prefix?endpoint=https://…&region=…`.

    The latter is any service that speaks S3; its keys come from AWS_ACCESS_KEY_ID and
    AWS_SECRET_ACCESS_KEY, and it needs the extra `s3`. Raises ValueError for any other URL.
    """
    if not url:
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": data_dir / "private", "base_url": None},
        }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": _bucket(url)}


def media_storage(url: str | None) -> dict[str, Any]:
    """Where public pictures and sounds lie: in MEDIA_ROOT, or in a bucket that every web host shares.

    The bucket is never named to a browser: the proxy passes `/media/` on to it (docs/operations.md).
    """
    if not url:  # the proxy reads them by its group (docs/operations.md)
        modes = {"file_permissions_mode": 0o640, "directory_permissions_mode": 0o750}
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": modes}
    return {"BACKEND": "cms.media.SharedMedia", "OPTIONS": _bucket(url)}


def _bucket(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.hostname:
        raise ValueError("s3://bucket/prefix?endpoint=https://…&region=…")
    query = dict(parse_qsl(parts.query))
    config = importlib.import_module("botocore.config").Config  # of the extra: not everybody has it
    return {
        "bucket_name": parts.hostname,
        "location": parts.path.strip("/"),
        "endpoint_url": query.get("endpoint"),
        "region_name": query.get("region", "us-east-1"),
        "default_acl": None,  # what the bucket says: nothing is public by us
        "file_overwrite": False,
        "client_config": config(
            signature_version="s3v4",
            s3={"addressing_style": query.get("addressing", "path" if "endpoint" in query else "auto")},
            connect_timeout=STORAGE_SECONDS / 2,
            read_timeout=STORAGE_SECONDS,
            retries={"max_attempts": 2},
        ),
    }


def flag(name: str, *, default: bool = False) -> bool:
    """True when the variable `name` says 1, true, yes or on."""
    value = os.environ.get(name)
    return default if value is None else value.strip().lower() in {"1", "true", "yes", "on"}

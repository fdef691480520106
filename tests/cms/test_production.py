"""Production says at start, all at once and without quoting a secret, what is missing or wrong."""

import json
import os
import subprocess
import sys
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from cms.settings import environment
from cms.settings.asked import SECRETS, Asked, with_files

NEEDED = [
    "SECRET_KEY",
    "DATA_DIR",
    "KEYS_DIR",
    "MASTER_KEYS",
    "NAME_SECRET",
    "ISSUER_HOST",
    "PUBLIC_BASE_URL",
    "ALLOWED_HOSTS",
    "DATABASE_URL",
    "BROKER_URL",
    "CACHE_URL",
]
MALFORMED = {
    "DEBUG": "1",
    "DEMO": "yes",
    "SECRET_KEY": "hunter2-planted",
    "DATA_DIR": "data-planted",
    "MASTER_KEYS": "cGxhbnRlZA==",
    "NAME_SECRET": "not base64 planted",
    "ISSUER_HOST": "https://planted.example",
    "PUBLIC_BASE_URL": "http://planted.example",
    "ALLOWED_HOSTS": "planted.example *",
    "DATABASE_URL": "mysql://planted@host/db",
    "BROKER_URL": "filesystem://planted",
    "CACHE_URL": "planted",
    "DATABASE_POOLER": "planted",
    "EMAIL_PORT": "planted",
    "EMAIL_USE_TLS": "planted",
    "PROXY_COUNT": "-1",
    "REVIEWED_LESSONS_ONLY": "planted",
    "AUTHORITY_COUNTERSIGNS": "planted",
    "SERVE_MEDIA": "planted",
    "PRIVATE_STORAGE_URL": "https://planted",
    "MEDIA_STORAGE_URL": "ftp://planted",
    "PDF_TIMESTAMP_URL": "planted",
    "MONITORING_TOKEN": "planted",
    "SENTRY_DSN": "planted",
}
READ = (
    "import json, cms.settings.production as p;"
    "print(json.dumps([sorted(p.ask.names), p.DEBUG, p.DATABASES], default=str))"
)


def key_of(byte: int) -> str:
    return urlsafe_b64encode(bytes([byte]) * 32).decode()


@pytest.fixture
def good(tmp_path: Path) -> dict[str, str]:
    """All that production needs."""
    (tmp_path / "keys").mkdir(mode=0o700)
    return {
        "SECRET_KEY": "0123456789abcdef" * 4,
        "DATA_DIR": str(tmp_path / "data"),
        "KEYS_DIR": str(tmp_path / "keys"),
        "MASTER_KEYS": f"{key_of(1)} {key_of(2)}",
        "NAME_SECRET": key_of(3),
        "ISSUER_HOST": "diplomas.example",
        "PUBLIC_BASE_URL": "https://verifica.example/",
        "ALLOWED_HOSTS": "verifica.example escuela.example",
        "DATABASE_URL": "postgresql://promotora:s%20ecret@127.0.0.1/promotora",
        "BROKER_URL": "redis://127.0.0.1:6379/0",
        "CACHE_URL": "redis://127.0.0.1:6379/1",
    }


def start(environ: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", READ],
        cwd=django_settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **environ},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.processes
def test_an_empty_environment_is_told_everything_that_is_missing() -> None:
    done = start({})
    assert done.returncode != 0
    assert "ImproperlyConfigured: Promotora cannot start (docs/operations.md):" in done.stderr
    for name in NEEDED:
        assert f"  - {name} is missing." in done.stderr


@pytest.mark.processes
def test_every_malformed_variable_is_named_and_no_value_is_quoted(good: dict[str, str]) -> None:
    done = start(good | MALFORMED)
    told = done.stderr.partition("cannot start")[2]
    assert done.returncode != 0
    for name in MALFORMED:
        assert f"  - {name} " in told, name
    assert "planted" not in told


@pytest.mark.processes
def test_what_is_needed_is_enough(good: dict[str, str]) -> None:
    done = start(good | {"DEBUG": "0"})
    assert done.returncode == 0, done.stderr
    names, debug, databases = json.loads(done.stdout)
    assert set(NEEDED) | set(MALFORMED) <= set(names)
    assert debug is False
    assert databases["default"]["CONN_HEALTH_CHECKS"] is True
    assert databases["default"]["CONN_MAX_AGE"] == environment.CONNECTION_SECONDS
    assert databases["default"]["OPTIONS"] == environment.POSTGRESQL_OPTIONS


@pytest.mark.parametrize(
    ("ask", "value", "why"),
    [
        (lambda a: a.secret("X"), "a" * 60, "X is weak"),
        (lambda a: a.secret("X"), "django-insecure-0123456789abcdefghijklmnopqrstuvwxyz", "X is weak"),
        (lambda a: a.secret("X"), "0123456789abcdef" * 4, ""),
        (lambda a: a.secret("X"), " ", "X is missing"),
        (lambda a: a.random_keys("X"), key_of(1), ""),
        (lambda a: a.random_keys("X"), key_of(1) + " " + key_of(2)[:-4], "X is not made of 32 bytes"),
        (lambda a: a.host("X"), "diplomas.example:8443", ""),
        (lambda a: a.host("X"), "Diplomas.example", "X must be a host name"),
        (lambda a: a.host("X"), "diplomas.example/", "X must be a host name"),
        (lambda a: a.hosts("X"), ".example.org localhost", ""),
        (lambda a: a.hosts("X"), "a.example,b.example", "X must be host names separated by spaces"),
        (lambda a: a.site("X"), "https://verifica.example/", ""),
        (lambda a: a.site("X"), "https://verifica.example/v/", "X must be https:// and a host"),
        (lambda a: a.site("X"), "https://u:p@verifica.example", "X must be https:// and a host"),
        (lambda a: a.url("X", {"redis"}), "redis://host:port/0", "X must begin with redis://"),
        (lambda a: a.url("X", {"unix"}), "unix:///run/valkey.sock", ""),
        (lambda a: a.url("X", {"redis"}), "redis://", "X must begin with redis://"),
        (lambda a: a.number("X", 1, most=5), "6", "X must be a number from 0 to 5"),
        (lambda a: a.number("X", 1, most=5), "٣", "X must be a number from 0 to 5"),
        (lambda a: a.token("X"), "short", "X is weak"),
        (lambda a: a.token("X"), "", ""),
        (lambda a: a.never("X"), "true", "X has no place"),
        (lambda a: a.never("X"), "false", ""),
    ],
)
def test_what_is_asked_for(ask: Any, value: str, why: str) -> None:
    asked = Asked({"X": value})
    ask(asked)
    if not why:
        asked.done()
        return
    with pytest.raises(ImproperlyConfigured, match=f"- {why}"):
        asked.done()


def test_keys_that_others_may_read_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    (folder / "log-2026-1.pem").write_text("key")
    (folder / "log-2026-1.pem").chmod(0o640)
    asked = Asked({"KEYS_DIR": str(folder)})
    asked.private_folder("KEYS_DIR")
    (told,) = asked.problems
    assert told == f"KEYS_DIR can be read by others: chmod go= {folder / 'log-2026-1.pem'}"
    (folder / "log-2026-1.pem").chmod(0o600)
    closed = Asked({"KEYS_DIR": str(folder)})
    closed.private_folder("KEYS_DIR")
    closed.done()


def test_secrets_stand_in_files_or_among_systemds_credentials(good: dict[str, str], tmp_path: Path) -> None:
    """As `LoadCredential=` and as containers give them: then the environment holds none."""
    laid, named = tmp_path / "credentials", tmp_path / "database.url"
    laid.mkdir(mode=0o700)
    named.write_text(good.pop("DATABASE_URL") + "\n")
    for name in ("SECRET_KEY", "MASTER_KEYS", "NAME_SECRET"):
        (laid / name).write_text(good.pop(name) + "\n")
    files = {"CREDENTIALS_DIRECTORY": str(laid), "DATABASE_URL_FILE": str(named)}
    done = start(good | files)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[2]["default"]["NAME"] == "promotora"
    named.unlink()
    missed = start(good | files)
    assert "DATABASE_URL is missing." in missed.stderr
    assert "SECRET_KEY" not in missed.stderr


def test_a_file_goes_before_a_variable_and_only_secrets_come_from_files(tmp_path: Path) -> None:
    (tmp_path / "SECRET_KEY").write_text("from a file\n")
    (tmp_path / "DEBUG").write_text("1")
    found = with_files({"SECRET_KEY": "old", "CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert found["SECRET_KEY"] == "from a file"
    assert "DEBUG" not in found
    assert set(SECRETS) <= {*NEEDED, *MALFORMED, "PDF_PASSPHRASE", "EMAIL_HOST_PASSWORD"}


def test_a_storage_without_its_keys_is_told(good: dict[str, str]) -> None:
    done = start(good | {"MEDIA_STORAGE_URL": "s3://media?endpoint=https://s3.example"})
    assert "AWS_ACCESS_KEY_ID is missing." in done.stderr
    assert "AWS_SECRET_ACCESS_KEY is missing." in done.stderr


def test_media_in_a_bucket_are_named_as_this_sites_own() -> None:

    told = environment.media_storage("s3://media/school?endpoint=https://s3.example&region=x")
    storage = import_string(told["BACKEND"])(**told["OPTIONS"])
    assert storage.url("images/a b.png") == "/media/images/a%20b.png"


def test_behind_a_pooler_nothing_is_kept_on_a_connection(tmp_path: Path) -> None:
    config = environment.database("postgresql://u@h/n", tmp_path, has_pooler=True)
    assert config["CONN_MAX_AGE"] == 0
    assert config["DISABLE_SERVER_SIDE_CURSORS"] is True
    assert config["OPTIONS"]["prepare_threshold"] is None

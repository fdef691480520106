"""The environment of production: asked for everything once, and what is wrong is told all at once.

Each question notes the name it asks for, so that a test can hold it against `deploy/env.example` and
docs/operations.md. A wrong answer becomes a sentence and a harmless value; `done` raises with every sentence.
No sentence repeats a value: it may be a secret.
"""

import binascii
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")
HOST = re.compile(
    r"(?=.{1,253}(?::|$))[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::\d{1,5})?"
)
YES, NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}
SECRET_LENGTH, SECRET_LETTERS, TOKEN_LENGTH = 50, 10, 32
OF_OTHERS = 0o077
# What a file may hold instead of the environment, where a process, its children and its dumps carry it along.
SECRETS = [
    "SECRET_KEY",
    "MASTER_KEYS",
    "NAME_SECRET",
    "DATABASE_URL",
    "BROKER_URL",
    "CACHE_URL",
    "PDF_PASSPHRASE",
    "EMAIL_HOST_PASSWORD",
    "MONITORING_TOKEN",
    "SENTRY_DSN",
]
CREDENTIALS = "CREDENTIALS_DIRECTORY"  # systemd's LoadCredential= lays them there, in memory


def with_files(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment, with each secret that stands in a file: the one that `NAME_FILE` names, or systemd's.

    What cannot be read is left out, so that it is missed by its name. A file goes before a variable.
    """
    found, folder = dict(environ), environ.get(CREDENTIALS, "")
    for name in SECRETS:
        named, laid = environ.get(f"{name}_FILE", ""), Path(folder, name)
        path = Path(named) if named else laid if folder and laid.is_file() else None
        if path is None:
            continue
        try:
            found[name] = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            found.pop(name, None)
    return found


class Asked(Mapping[str, str]):
    """Questions to an environment."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.names: set[str] = set()
        self.problems: list[str] = []

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return self._environ[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._environ)

    def __len__(self) -> int:
        return len(self._environ)

    def done(self) -> None:
        """Raises ImproperlyConfigured with everything that is missing or wrong."""
        for name in sorted(self.names):
            if re.search("<[^>]*>", self._environ.get(name, "")):  # as deploy/env.example has it
                self._wrong(name, "is not filled in yet.", None)
        if self.problems:
            told = "".join(f"\n  - {problem}" for problem in self.problems)
            raise ImproperlyConfigured(f"Promotora cannot start (docs/operations.md):{told}")

    def _wrong(self, name: str, why: str, instead: T) -> T:
        self.problems.append(f"{name} {why}")
        return instead

    def text(self, name: str) -> str:
        """What must be there."""
        told = self.get(name, "").strip()
        return told or self._wrong(name, "is missing.", "")

    def secret(self, name: str) -> str:
        """A long random text."""
        told = self.text(name)
        if told and (len(told) < SECRET_LENGTH or len(set(told)) < SECRET_LETTERS or "insecure" in told):
            return self._wrong(name, f"is weak: at least {SECRET_LENGTH} random letters.", told)
        return told

    def token(self, name: str) -> str:
        """A random text that may be missing."""
        told = self.get(name, "")
        if told and len(told) < TOKEN_LENGTH:
            return self._wrong(name, f"is weak: at least {TOKEN_LENGTH} random letters, or nothing.", "")
        return told

    def random_keys(self, name: str) -> list[str]:
        """One or more keys of 32 bytes in URL-safe base64, separated by spaces."""
        told = self.text(name).split()
        for key in told:
            try:
                is_key = len(urlsafe_b64decode(key)) == 32
            except (binascii.Error, ValueError):
                is_key = False
            if not is_key:
                return self._wrong(name, "is not made of 32 bytes in URL-safe base64.", told)
        return told

    def folder(self, name: str) -> Path:
        """An absolute path."""
        told = self.text(name)
        if told and not told.startswith("/"):
            self._wrong(name, "must be an absolute path.", None)
        return Path(told or "/nonexistent")

    def private_folder(self, name: str) -> Path:
        """A folder that nobody but its owner may look into, nor into what lies in it."""
        folder = self.folder(name)
        for path in [folder, *(sorted(folder.iterdir()) if folder.is_dir() else [])]:
            self.private_file(name, path)
        return folder

    def private_file(self, name: str, path: Path) -> None:
        """Where it exists, its owner alone may read it."""
        try:
            is_open = bool(path.stat().st_mode & OF_OTHERS)
        except OSError:
            return  # told by `manage.py check`, when it is needed
        if is_open:
            self._wrong(name, f"can be read by others: chmod go= {path}", None)

    def host(self, name: str) -> str:
        """A host name, perhaps with a port."""
        told = self.text(name)
        if told and not HOST.fullmatch(told):
            return self._wrong(name, "must be a host name in small letters, such as diplomas.example.", "")
        return told

    def hosts(self, name: str) -> list[str]:
        """Host names separated by spaces."""
        told = self.text(name).split()
        if any(not HOST.fullmatch(host.removeprefix(".")) for host in told):
            return self._wrong(name, "must be host names separated by spaces, without * and https://.", [])
        return told

    def url(self, name: str, schemes: set[str], *, is_needed: bool = True) -> str:
        """An address of one of these schemes."""
        told = self.text(name) if is_needed else self.get(name, "").strip()
        if told and not _is_url(told, schemes):
            return self._wrong(
                name, f"must begin with {' or '.join(f'{one}://' for one in sorted(schemes))}.", ""
            )
        return told

    def site(self, name: str) -> str:
        """The address of a site: https, a host, nothing after it."""
        told = self.url(name, {"https"}).rstrip("/")
        if told and not HOST.fullmatch(told.removeprefix("https://")):
            return self._wrong(name, "must be https:// and a host, nothing after it.", "")
        return told

    def number(self, name: str, default: int, *, most: int) -> int:
        """A whole number from 0 to `most`."""
        told = self.get(name, "").strip() or str(default)
        if not told.isascii() or not told.isdigit() or int(told) > most:
            return self._wrong(name, f"must be a number from 0 to {most}.", default)
        return int(told)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """1 or 0."""
        told = self.get(name, "1" if default else "0").strip().lower()
        if told not in YES | NO:
            return self._wrong(name, "must be 1 or 0.", default)
        return told in YES

    def never(self, name: str) -> None:
        """Something that has no place in production."""
        if self.get(name, "").strip().lower() not in NO:
            self._wrong(name, "has no place in production: take it away.", None)

    def made(self, name: str, make: Callable[[], T], instead: T) -> T:
        """What `make` makes of `name`; its ValueError, or a package that is missing, becomes a sentence."""
        try:
            return make()
        except ModuleNotFoundError as error:
            return self._wrong(name, f"needs a package that is missing: {error.name}.", instead)
        except ValueError as error:
            return self._wrong(name, f"is wrong: {error}", instead)


def _is_url(told: str, schemes: set[str]) -> bool:
    try:
        parts = urlsplit(told)
        return parts.scheme in schemes and bool(parts.netloc or parts.path.strip("/")) and parts.port != 0
    except ValueError:  # a port that is no number
        return False


def pdf_files(pdf_key: Mapping[str, Any]) -> list[tuple[str, Path]]:
    """The files that hold the key of PDFs, with the names of their variables."""
    return [(f"PDF_{name.upper()}", Path(pdf_key[name])) for name in ("pkcs12", "sat_key") if name in pdf_key]

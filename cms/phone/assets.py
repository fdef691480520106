"""The files that the offline page needs, their addresses, and one version for all of them."""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.templatetags.static import static

FOLDER = Path(__file__).resolve().parents[1] / "theme" / "static" / "theme" / "offline"
ENTRY = "theme/offline/shell.js"
LINKED = (  # by the page itself: with a hash in its name where the storage gives one
    "theme/site.css",
    "theme/site.js",
    "theme/icons.svg",
    "theme/offline/shell.css",
    ENTRY,
)


def modules() -> list[str]:
    """What the entry imports, by its plain name: the worker keeps all of one version."""
    return sorted(
        f"theme/offline/{file.name}" for file in FOLDER.glob("*.js") if file.name != Path(ENTRY).name
    )


def addresses() -> list[str]:
    """Where all of them are fetched."""
    plain = static("theme/site.css").rpartition("theme/")[0]  # STATIC_URL, wherever the storage puts it
    return [*(static(name) for name in LINKED), *(plain + name for name in modules())]


def version_of(extra: Iterable[str]) -> str:
    """Changes when any of the files does, or anything in `extra`."""
    told = hashlib.sha256(content_digest().encode())
    for text in extra:
        told.update(b"\0" + text.encode())
    return told.hexdigest()[:16]


@cache
def content_digest() -> str:
    """The hash of all the files; they do not change while a process lives."""
    told = hashlib.sha256()
    for name in [*LINKED, *modules()]:
        path = finders.find(name)
        told.update(Path(str(path)).read_bytes() if path else name.encode())
    return told.hexdigest()

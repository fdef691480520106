"""The files of the team's page: its own scripts, and those of the trainees' page that it shares."""

import hashlib
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.templatetags.static import static

from cms.phone import assets

FOLDER = Path(__file__).resolve().parents[1] / "theme" / "static" / "theme" / "offline-staff"
ENTRY = "theme/offline-staff/staff.js"
LINKED = (
    "theme/site.css",
    "theme/site.js",
    "theme/icons.svg",
    "theme/offline/shell.css",
    "theme/offline-staff/staff.css",
    ENTRY,
)
SHARED = ("bytes", "frame", "page", "queue", "raid", "seal", "server", "signs", "store", "vault")


def modules() -> list[str]:
    """What the entry imports, by its plain name."""
    own = sorted(file.name for file in FOLDER.glob("*.js") if file.name != Path(ENTRY).name)
    return [
        *(f"theme/offline-staff/{name}" for name in own),
        *(f"theme/offline/{name}.js" for name in SHARED),
    ]


def addresses() -> list[str]:
    """Where all of them are fetched."""
    plain = static("theme/site.css").rpartition("theme/")[0]
    return [*(static(name) for name in LINKED), *(plain + name for name in modules())]


def version_of(page: str) -> str:
    """Changes when the page or any of the files does."""
    return hashlib.sha256(f"{content_digest()}\0{page}".encode()).hexdigest()[:16]


@cache
def content_digest() -> str:
    """The hash of all the files; they do not change while a process lives."""
    told = hashlib.sha256(assets.content_digest().encode())
    for name in [*LINKED, *modules()]:
        path = finders.find(name)
        told.update(Path(str(path)).read_bytes() if path else name.encode())
    return told.hexdigest()

"""Sheets and scripts that are several files for us and one request for a phone."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage, Storage

FOLDER = Path(__file__).resolve().parent / "static" / "theme"
BUNDLES = {
    "theme/site.css": ("base.css", "learning.css"),
    "theme/site.js": ("base.js", "learning.js"),
}


def joined(name: str) -> bytes:
    """The files of a bundle, one after the other."""
    return b"\n".join((FOLDER / part).read_bytes() for part in BUNDLES[name])


class BundleFinder(finders.BaseFinder):
    """Finds each bundle, written anew whenever one of its files has changed."""

    def __init__(self, app_names: Iterable[str] | None = None, *args: Any, **kwargs: Any) -> None:
        self.folder = Path(settings.DATA_DIR) / "bundles"
        self.storage = FileSystemStorage(location=self.folder)
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[Any]:
        """A part that is missing fails loudly when it is read."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The file of the bundle `path`; nothing when there is no such bundle."""
        if path not in BUNDLES:
            return []
        found = str(self._write(path))
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Every bundle, for `collectstatic`."""
        for name in BUNDLES:
            self._write(name)
            yield name, self.storage

    def _write(self, name: str) -> Path:
        file, content = self.folder / name, joined(name)
        if file.exists() and file.read_bytes() == content:
            return file
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=file.parent)
        with os.fdopen(handle, "wb") as written:
            written.write(content)
        Path(draft).chmod(0o644)
        Path(draft).replace(file)
        return file

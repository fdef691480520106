"""A course becomes a package: the course in all its languages and everything that it shows or asks."""

import hashlib
import re
import shutil
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO, Any

from wagtail.models import Page, TranslatableMixin

from courses.canonical import canonical_json
from courses.moving import kinds, package
from courses.moving.archive import CHUNK, Broken, Limits, Problem
from courses.moving.kinds import HOUSE, KINDS, Kind, kind_of, path_of
from courses.moving.texts import map_links, printable
from courses.moving.values import LINKED, Wrong, to_json
from courses.pages.models import CoursePage

EPOCH = (1980, 1, 1, 0, 0, 0)  # the same course is the same file, whenever it is written
SUFFIX = re.compile(r"(?:_[A-Za-z0-9]{7})+(?=\.[^.]+$)")  # what Django adds to a name that is taken
START = re.compile(r"^[^\w]+")
PACKED = {".svg", ".vtt", ".txt"}  # the others are packed already
Tell = Callable[[int, int], None]


@dataclass
class Bundle:
    """A course collected: its parts, its files with where they lie, and what stays behind."""

    course: CoursePage
    languages: list[str]
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, Any] = field(default_factory=dict)
    notices: list[Problem] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Bytes of its files."""
        return sum(file.size for file in self.files.values())


class Collector:
    """Goes from the pages to all that they name. It is the exchange that names rows by their part."""

    def __init__(self, course: CoursePage) -> None:
        originals = CoursePage.objects.filter(translation_key=course.translation_key, alias_of=None)
        self.courses = list(originals.order_by("pk").select_related("locale"))
        self.bundle = Bundle(self.courses[0], [one.locale.language_code for one in self.courses])
        self.pages: dict[int, str] = {}  # pk → path, of the pages that travel
        self.names: dict[tuple[Any, Any], str | None] = {}
        self.waiting: list[tuple[Kind, Any]] = []
        self.where = ""

    def collect(self) -> Bundle:
        """Everything. Raises Broken where a file is not there."""
        found = list(self._pages())
        modules = [page.pk for page, _parent, _place in found if kind_of(page) is KINDS[package.MODULES]]
        for page, parent, place in found:
            self._add_page(page, parent, place)
        for name in (package.QUIZZES, package.RUBRICS):
            for row in KINDS[name].model._default_manager.filter(module__in=modules).order_by("pk"):
                self.row(type(row), row.pk)
        while self.waiting:
            self._add(*self.waiting.pop())
        missing = [one for one in self.bundle.notices if one.code == "no_file"]
        if missing:
            raise Broken(missing)
        return self.bundle

    # --- pages
    def _pages(self) -> Iterator[tuple[Any, str, int]]:
        """The pages that travel, parents first, with the path of the parent and the place among siblings."""
        level = [(page, "", place) for place, page in enumerate(self.courses, start=1)]
        found = []
        while level:
            found += level
            for page, _parent, _place in level:
                self.pages[page.pk] = path_of(_kind_of_page(page), page)
            level = [
                (child, self.pages[page.pk], place)
                for page, _parent, _place in level
                for place, child in enumerate(self._children(page), start=1)
            ]
        return iter(found)

    def _children(self, page: Any) -> list[Any]:
        children = page.get_children().filter(alias_of=None).order_by("path").specific()
        return [child for child in children if kind_of(child) is not None]

    def _add_page(self, page: Any, parent: str, place: int) -> None:
        kind = _kind_of_page(page)
        path = self.pages[page.pk]
        if page.live and page.has_unpublished_changes:
            self.bundle.notices.append(Problem(path, "", "draft", page.title))
        told = page if page.live else page.get_latest_revision_as_object()
        part = self._part(kind, told, path) | {"place": place, "is_live": page.live}
        if parent:
            part["parent"] = parent
        if kind.name == package.LESSONS:
            part["reviewed"] = reviewed(told)
        self.bundle.parts[path] = part

    # --- rows
    def _add(self, kind: Kind, row: Any) -> None:
        path = self.names[type(row), row.pk]
        if path is not None and path not in self.bundle.parts:
            self.bundle.parts[path] = self._part(kind, row, path)

    def _part(self, kind: Kind, row: Any, path: str) -> dict[str, Any]:
        self.where = path
        part: dict[str, Any] = {"kind": kind.name, "key": str(kinds.key_of(row))}
        if kind.is_translated:
            part["language"] = row.locale.language_code
        part["fields"] = {name: self._value(row, name) for name in kind.fields}
        return part

    def _value(self, row: Any, name: str) -> Any:
        try:
            return printable(to_json(row, name, self))
        except Wrong as error:  # content of a block that this house has no more
            raise Broken([Problem(str(row), f"{name}{error.inside}", error.code, error.about)]) from error

    def row(self, model: Any, name: Any) -> str | None:
        """The path of a row, which is then collected too; None for one that is gone or of another course."""
        if name is None:
            return None
        if (model, name) not in self.names:
            self.names[model, name] = self._name(model, name)
        return self.names[model, name]

    def _name(self, model: Any, pk: Any) -> str | None:
        if issubclass(model, Page):
            return self.pages.get(int(pk))
        row = model._default_manager.filter(pk=pk).first()
        kind = kind_of(row) if row is not None else None
        if kind is None:
            return None
        if kind.name in package.LIBRARY:
            return self._add_file(kind, row)
        self.waiting.append((kind, row))
        self._add_translations(kind, row)
        return path_of(kind, row)

    def _add_translations(self, kind: Kind, row: Any) -> None:
        """A word explained travels in every language of the course."""
        if not isinstance(row, TranslatableMixin):
            return
        others = kind.model._default_manager.filter(
            translation_key=row.translation_key, locale__language_code__in=self.bundle.languages
        )
        for other in others.exclude(pk=row.pk):
            if (kind.model, other.pk) not in self.names:
                self.names[kind.model, other.pk] = path_of(kind, other)
                self.waiting.append((kind, other))

    def html(self, html: str) -> str:
        """Links to pages of the course by their path; of a link to any other page, the words."""
        return map_links(html, self._link)

    def _link(self, kind: str, number: str) -> str | None:
        path = self.row(LINKED[kind], int(number)) if kind in LINKED and number.isdecimal() else None
        if path is None:
            self.bundle.notices.append(Problem(self.where, "", "link_out", number))
        return path

    def _add_file(self, kind: Kind, row: Any) -> str | None:
        """A picture, sound or document is called by what it is: its facts and the content of its file."""
        try:
            with row.file.storage.open(row.file.name) as opened:
                sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
        except OSError:
            self.bundle.notices.append(Problem(self.where, "", "no_file", row.title))
            return None
        name = _called(row.file.name)
        path = f"files/{sha256}{PurePosixPath(name).suffix.lower()}"
        fields = {one: self._value(row, one) for one in kind.fields}
        part = {"kind": kind.name, "fields": fields, "file": path, "name": name}
        key = uuid.uuid5(HOUSE, canonical_json(part).decode())
        self.bundle.files[path] = row.file
        self.bundle.parts[f"{kind.name}/{key}.json"] = {**part, "key": str(key)}
        return f"{kind.name}/{key}.json"


def _called(stored: str) -> str:
    """What a file is called: without what storage adds; it begins with a letter or a number."""
    name = PurePosixPath(SUFFIX.sub("", stored)).name
    ending = PurePosixPath(name).suffix
    return f"{START.sub('', name.removesuffix(ending)) or 'f'}{ending}"


def _kind_of_page(page: Any) -> Kind:
    kind = kind_of(page)
    assert kind is not None  # no others are collected
    return kind


def _line(text: str) -> str:
    return " ".join(str(printable(text)).split())


def reviewed(lesson: Any) -> str:
    """Who answered for a lesson, and when, as a text: another house reviews it again."""
    by, on = lesson.reviewed_by, lesson.reviewed_on
    return f"{by[:108]}, {on.isoformat()}" if by and on else by


def collect(course: CoursePage) -> Bundle:
    """All that travels with a course. Raises Broken where a file of it is gone."""
    return Collector(course).collect()


# --- the file ----------------------------------------------------------------------------------------
def write_package(bundle: Bundle, out: IO[bytes], tell: Tell | None = None) -> None:
    """Write a package: the same content gives the same bytes. Raises Broken where it is too big."""
    limits = Limits()
    if bundle.size > limits.total or len(bundle.parts) + len(bundle.files) >= limits.entries:
        raise Broken([Problem("", "", "too_big", str(limits.total // 1024**2))])
    raw = {path: canonical_json(part) for path, part in sorted(bundle.parts.items())}
    original = bundle.course
    manifest = {
        "format": package.FORMAT,
        "version": package.VERSION,
        "course": str(original.translation_key),
        "code": _line(original.code),
        "title": _line(original.title),
        "languages": bundle.languages,
        "parts": [
            {"path": path, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
            for path, content in raw.items()
        ],
        "files": [
            {"path": path, "sha256": path[6:70], "size": file.size}
            for path, file in sorted(bundle.files.items())
        ],
    }
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(_entry(package.MANIFEST), canonical_json(manifest))
        for path, content in raw.items():
            archive.writestr(_entry(path), content)
        for done, (path, file) in enumerate(sorted(bundle.files.items()), start=1):
            with file.storage.open(file.name) as opened, archive.open(_entry(path), "w") as entry:
                shutil.copyfileobj(opened, entry, CHUNK)
            if tell:
                tell(done, len(bundle.files))


def _entry(path: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, EPOCH)
    info.create_system = 3
    info.external_attr = 0o100644 << 16
    is_packed = path.endswith(".json") or PurePosixPath(path).suffix in PACKED
    info.compress_type = zipfile.ZIP_DEFLATED if is_packed else zipfile.ZIP_STORED
    return info


def models_of(bundle: Bundle) -> dict[str, int]:
    """How many parts there are of each kind."""
    counts = dict.fromkeys(package.KINDS, 0)
    for part in bundle.parts.values():
        counts[part["kind"]] += 1
    return counts

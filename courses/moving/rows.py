"""Parts of a package as rows: their values, their references, and all that is wrong with them, by field."""

import io
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from PIL import Image
from taggit.managers import TaggableManager
from wagtail.fields import StreamField
from wagtail.models import Locale

from courses.moving import package
from courses.moving.archive import Broken, Problem, quoted
from courses.moving.kinds import KINDS, Kind
from courses.moving.package import Package, Part
from courses.moving.texts import faults_of, map_links
from courses.moving.values import LINKED, Wrong, faults, from_json, to_json
from courses.pages.pictures import MAX_PIXELS

OWN = (*package.PAGES, package.QUIZZES, package.RUBRICS)  # a key of these that is here: the course is here
FOLLOWS = "follows"  # a reference to a part that is wrong itself: said once, there
REVIEWED = 120  # characters that a lesson keeps of who reviewed it


@dataclass(frozen=True)
class Wish:
    """How a package is to be brought in."""

    copy: uuid.UUID | None = None  # as another course: its keys are made from this one
    copy_title: str = "%(title)s"

    def key(self, key: str) -> uuid.UUID:
        """The key that a page, test, rubric or bank gets."""
        own = uuid.UUID(key)
        return uuid.uuid5(self.copy, str(own)) if self.copy else own


class Rows:
    """The rows of a package, by part. It is the exchange that names parts by their row.

    A rehearsal makes no page: it tries every value, in a transaction that is rolled back.
    """

    def __init__(
        self, found: Package, wish: Wish, stored: Mapping[str, str], *, is_rehearsal: bool = False
    ) -> None:
        self.package, self.wish, self.stored, self.is_rehearsal = found, wish, stored, is_rehearsal
        self.made: dict[str, Any] = {}
        self.problems: list[Problem] = []
        self.locales = {one.language_code: one for one in Locale.objects.all()}

    def stop(self) -> None:
        """Raises Broken when anything was wrong so far."""
        if self.problems:
            raise Broken(self.problems)

    # --- the exchange
    def row(self, model: Any, name: Any) -> Any:
        """The number of the row of a part. Raises Wrong."""
        if name is None:
            return None
        part = self.package.parts.get(name) if isinstance(name, str) else None
        if part is None or not issubclass(KINDS[part["kind"]].model, model):
            raise Wrong("reference", about=quoted(str(name)))
        if name in self.made:
            return self.made[name].pk
        if self.is_rehearsal and part["kind"] in package.PAGES:
            return 0
        if not self.travels(part):
            return None
        raise Wrong(FOLLOWS if any(one.where == name for one in self.problems) else "reference")

    def html(self, html: str) -> str:
        """Formatted text with its links. Raises Wrong for what our editor never writes."""
        found = faults_of(html)
        if found:
            raise Wrong("html", about=quoted(" ".join(found)))

        def link(kind: str, name: str) -> str | None:
            if kind not in LINKED:
                raise Wrong("html", about=quoted(kind))
            pk = self.row(LINKED[kind], name)
            return None if pk is None else str(pk)

        return map_links(html, link)

    def travels(self, part: Part) -> bool:
        """Is its language one of this house? The translations into others stay out."""
        return part.get("language", self.package.languages[0]) in self.locales

    def of_kind(self, name: str) -> list[tuple[str, Part]]:
        """The parts of a kind that are brought in: the original before its translations."""
        parts = [(path, part) for path, part in self.package.of_kind(name) if self.travels(part)]
        return sorted(parts, key=lambda told: self._rank(told[1]))

    def _rank(self, part: Part) -> int:
        language = part.get("language")
        return self.package.languages.index(language) if language in self.package.languages else 0

    # --- one row
    def identity(self, kind: Kind, part: Part) -> dict[str, Any]:
        """What makes a row the one of this part."""
        if kind.is_translated:
            key = part["key"] if kind.name == package.TERMS else self.wish.key(part["key"])
            return {"translation_key": key, "locale": self.locales[part["language"]]}
        return {}

    def instance(self, path: str, part: Part, kind: Kind) -> Any:
        """A row with the values of a part, not saved; None where one of them is wrong."""
        before = len(self.problems)
        row = kind.model(**self.identity(kind, part))
        self.set(row, path, part, kind)
        return row if len(self.problems) == before else None

    def set(self, row: Any, path: str, part: Part, kind: Kind) -> None:
        """Put the values of a part into a row. What is wrong is noted, by field."""
        for name in sorted(part["fields"].keys() - set(kind.fields)):
            self.problems.append(Problem(path, quoted(name), "unknown"))
        for name in kind.fields:
            field = row._meta.get_field(name)
            if name not in part["fields"]:
                if not (field.blank or field.null or field.has_default()):
                    self.problems.append(Problem(path, name, "lacks"))
                continue
            is_put = self.put(row, path, name, part["fields"][name])
            if is_put and isinstance(field, StreamField) and part.get("is_live", True):
                self._check_stream(path, name, field, field.to_python(_raw(row, field)))
        if "reviewed" in part:
            row.reviewed_by = part["reviewed"][:REVIEWED]  # without a day: this house has to review it

    def put(self, row: Any, path: str, name: str, value: Any) -> bool:
        """Put one value into a row; tags wait until it is saved. False when it was wrong."""
        field = row._meta.get_field(name)
        try:
            told = from_json(type(row), name, value, self)
        except Wrong as error:
            if error.code == FOLLOWS:
                return False
            place = f"{name}{error.inside}" if error.inside.startswith("[") else name
            self.problems.append(Problem(path, place, error.code, error.about))
            return False
        if not isinstance(field, TaggableManager):
            setattr(row, field.attname, told)
        return True

    def _check_stream(self, path: str, name: str, field: Any, value: Any) -> None:
        try:
            field.stream_block.clean(value)
        except ValidationError as error:
            for inside, sentence in faults(error, name):
                self.problems.append(Problem(path, inside, "invalid", sentence))

    def save(self, path: str, part: Part, row: Any) -> bool:
        """Save a row that is no page, if it is valid."""
        streams = [field for field in row._meta.fields if isinstance(field, StreamField)]
        raw = {field: _raw(row, field) for field in streams}
        try:
            row.full_clean(exclude={"file", "width", "height", "collection", *(one.name for one in streams)})
        except ValidationError as error:
            self.note(path, error)
            return False
        for field in streams:
            setattr(row, field.name, field.to_python(raw[field]))  # as it came, whoever looked at it
        row.save()
        if part["fields"].get("tags"):
            row.tags.set(part["fields"]["tags"])
        self.made[path] = row
        return True

    def note(self, path: str, error: ValidationError) -> None:
        """What Django says of a row, by field."""
        for name, sentences in error.message_dict.items():
            place = "" if name == "__all__" else name
            self.problems.append(Problem(path, place, "invalid", " ".join(sentences)))

    def differs(self, row: Any, part: Part, kind: Kind) -> bool:
        """Does the row of this house say something else than the part?"""
        told = {name: to_json(row, name, self) for name in kind.fields if name in part["fields"]}
        return any(part["fields"][name] != value for name, value in told.items())

    def take_file(self, path: str, part: Part, row: Any) -> bool:
        """Give a row its stored file; a rehearsal only looks into the pictures of the package."""
        try:
            if self.is_rehearsal and part["kind"] == package.IMAGES:
                row.width = row.height = 1
                if not part["file"].endswith(".svg"):  # a drawing was read already
                    self._look_into_picture(part["file"])
            elif path in self.stored:
                row.file = self.stored[path]
                for name in ("_set_image_file_metadata", "_set_document_file_metadata"):
                    getattr(row, name, bool)()
            else:
                row.file = part["name"]  # in a rehearsal; nobody opens it
        except Exception as error:  # whatever a reader of pictures raises: the file is not one
            self.problems.append(Problem(path, "file", "type", quoted(str(error))))
            return False
        return True

    def _look_into_picture(self, path: str) -> None:
        """Raises whatever Pillow raises for what is no picture, or ValueError for one that is too large."""
        with self.package.archive.open(path) as opened, Image.open(io.BytesIO(opened.read())) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise ValueError(f"{picture.width} x {picture.height}")
            picture.verify()


def _raw(row: Any, field: Any) -> str:
    """A stream as it is stored. Once somebody has looked at it, it stores 8 as Decimal(8)."""
    return json.dumps(getattr(row, field.name).get_prep_value(), cls=DjangoJSONEncoder)

"""A package becomes a course, in the caller's transaction; its files lie where `stored` says.

What every course of the house shares (words explained, services) is never overwritten: what is here, stays.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page, Site

from courses.assessments.actions import freeze_quiz, freeze_rubric
from courses.assessments.models import Quiz
from courses.moving import package
from courses.moving.archive import Problem
from courses.moving.kinds import KINDS, Kind
from courses.moving.package import Package, Part
from courses.moving.rows import OWN, Rows, Wish
from courses.pages.models import CoursePage

ADDRESSES = {package.QUIZZES: ("slug", 60), package.RUBRICS: ("code", 20)}  # each once in the house
Placed = tuple[str, Part, Kind, Any]


class Builder:
    """Makes the rows of a package in the order in which they name each other."""

    def __init__(
        self,
        found: Package,
        wish: Wish,
        stored: Mapping[str, str],
        by: Any,
        *,
        is_rehearsal: bool = False,
    ) -> None:
        self.package, self.wish, self.by = found, wish, by
        self.rows = Rows(found, wish, stored, is_rehearsal=is_rehearsal)
        self.notices: list[Problem] = []

    def build(self) -> CoursePage:
        """The course, published as it was. Raises Broken with everything that is wrong."""
        self._shared()
        pages = self._skeleton()
        self._examined()
        self.rows.stop()
        self._fill(pages)
        self.rows.stop()
        course: CoursePage = CoursePage.objects.get(pk=self.rows.made[self.package.course_path].pk)
        return course

    def rehearse(self) -> None:
        """Try every value; for a transaction that is rolled back. Raises Broken."""
        self._languages()
        self._shared()
        for name in OWN:
            for path, part in self.rows.of_kind(name):
                self._try_out(path, self.rows.instance(path, part, KINDS[name]))
        self.rows.stop()

    def _languages(self) -> None:
        """The original must be in a language of this house; translations into others stay out."""
        original, *others = self.package.languages
        if original not in self.rows.locales:
            self.rows.problems.append(Problem(package.MANIFEST, "languages", "language", original))
        self.notices += [
            Problem(package.MANIFEST, "languages", "language_out", language)
            for language in others
            if language not in self.rows.locales
        ]
        self.rows.stop()

    def _try_out(self, path: str, row: Any) -> None:
        """What the model itself says of a test or rubric, such as more questions drawn than it has."""
        if row is None or isinstance(row, Page):
            return
        try:
            row.clean()
        except ValidationError as error:
            self.rows.note(path, error)

    # --- what courses share, and files
    def _shared(self) -> None:
        for name in (package.TERMS, package.SERVICES, *package.LIBRARY, package.BANKS):
            for path, part in self.rows.of_kind(name):
                self._add_shared(path, part, KINDS[name])

    def _add_shared(self, path: str, part: Part, kind: Kind) -> None:
        here = self._here(part, kind)
        if here is not None:
            self.rows.made[path] = here
            if kind.name == package.BANKS or self.rows.differs(here, part, kind):
                self.notices.append(Problem(path, "", "stays", str(here)))
            return
        row = self.rows.instance(path, part, kind)
        if row is None:
            return
        if kind.name == package.BANKS:
            self._name(row)
        if kind.name not in package.LIBRARY or self.rows.take_file(path, part, row):
            self.rows.save(path, part, row)

    def _name(self, row: Any) -> None:
        """A copy is called one, so that it is told from what it is a copy of."""
        longest = row._meta.get_field("title").max_length
        row.title = (self.wish.copy_title % {"title": row.title})[:longest]

    def _here(self, part: Part, kind: Kind) -> Any:
        """A word, service or bank that the house has already; as a copy a course brings its own banks."""
        rows, key = kind.model._default_manager, part["fields"].get("key")
        if kind.name == package.SERVICES:
            return rows.filter(key=key).first()
        if kind.name == package.TERMS:
            mine = Q(key=key) | Q(translation_key=part["key"])
            return rows.filter(mine, locale=self.rows.locales[part["language"]]).order_by("pk").first()
        if kind.name == package.BANKS:
            return rows.filter(**self.rows.identity(kind, part)).first()
        return None

    # --- pages
    def _skeleton(self) -> list[Placed]:
        """Every page at its place with its title and address, and nothing in it yet: texts may name any."""
        made: list[Placed] = []
        for name in package.PAGES:
            parts = self.rows.of_kind(name)
            for path, part in sorted(parts, key=lambda told: int(told[1]["place"])):
                page = self._add_page(path, part, KINDS[name])
                if page is not None:
                    self.rows.made[path] = page
                    made.append((path, part, KINDS[name], page))
        return made

    def _add_page(self, path: str, part: Part, kind: Kind) -> Any:
        parent = self._root(part["language"]) if kind.name == package.COURSES else self._parent(part)
        if parent is None:
            return None
        page: Any = kind.model(**self.rows.identity(kind, part), live=False, owner=self.by)
        for name in kind.fields:
            field = kind.model._meta.get_field(name)
            if name in part["fields"] and not isinstance(field, StreamField | RichTextField):
                self.rows.put(page, path, name, part["fields"][name])
        if kind.name == package.COURSES:
            self._name(page)
            page.slug = self._free_slug(page.slug)
        try:
            parent.add_child(instance=page)
        except ValidationError as error:
            self.rows.note(path, error)
            return None
        return page

    def _parent(self, part: Part) -> Any:
        parent = self.rows.made.get(part["parent"])
        return parent and type(parent).objects.get(pk=parent.pk)  # it has more children by now

    def _root(self, language: str) -> Page:
        """The front page of the language; made from that of the school where there is none."""
        home: Any = Site.objects.get(is_default_site=True).root_page.specific
        locale = self.rows.locales[language]
        if home.locale_id == locale.pk:
            return home
        there = home.get_translation_or_none(locale)
        if there is None:
            there = home.copy_for_translation(locale)
            there.save_revision(user=self.by).publish(user=self.by)
        found: Page = there
        return found

    def _free_slug(self, slug: str) -> str:
        """An address that no course here has, the same in every language."""
        others = CoursePage.objects.exclude(translation_key=self.wish.key(self.package.manifest["course"]))
        return free(slug, set(others.values_list("slug", flat=True)), 255)

    def _fill(self, pages: list[Placed]) -> None:
        """Put in what pages say, and publish those that were published."""
        for path, part, kind, placed in pages:
            page = type(placed).objects.get(pk=placed.pk)  # it has children by now
            title, slug = page.title, page.slug
            self.rows.set(page, path, part, kind)
            page.title, page.slug = title, slug
            if self.rows.problems:
                continue
            revision = page.save_revision(user=self.by, log_action=True)
            if part["is_live"]:
                revision.publish(user=self.by)

    # --- tests and rubrics
    def _examined(self) -> None:
        for name, (address, longest) in ADDRESSES.items():
            for path, part in self.rows.of_kind(name):
                row = self.rows.instance(path, part, KINDS[name])
                if row is None:
                    continue
                self._name(row)
                setattr(row, address, free(getattr(row, address), self._taken(row, address), longest))
                if self.rows.save(path, part, row):
                    row.refresh_from_db()  # with the ids that its questions were given
                    _freeze(row)

    def _taken(self, row: Any, address: str) -> set[str]:
        rows = type(row)._default_manager.all()
        if KINDS[package.QUIZZES].is_translated:
            rows = rows.filter(locale=row.locale)
        return set(rows.values_list(address, flat=True))


def _freeze(row: Any) -> None:
    if isinstance(row, Quiz):
        freeze_quiz(quiz=row)
    else:
        freeze_rubric(rubric=row)


def free(wanted: str, taken: set[str], longest: int) -> str:
    """The address itself, or with the first number that makes it free."""
    found, number = wanted, 1
    while found in taken:
        number += 1
        found = f"{wanted[: longest - 1 - len(str(number))]}-{number}"
    return found


def is_here(found: Package) -> bool:
    """Has this house a page, test or rubric of the course?"""
    for name in OWN:
        kind = KINDS[name]
        column = "translation_key" if kind.is_translated else "key"
        keys = [uuid.UUID(part["key"]) for _path, part in found.of_kind(name)]
        if kind.model._default_manager.filter(**{f"{column}__in": keys}).exists():
            return True
    return False

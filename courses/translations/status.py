"""How far each page, test and word is in another language. The same number of queries for any course."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.admin.utils import quote
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from wagtail.models import Locale, Page
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from courses.assessments.models import Quiz, Rubric
from courses.pages.library import GlossaryTerm
from courses.pages.models import ContentVersion, CoursePage, LessonPage
from courses.translations.rules import LIVE, STATES, state_of

FROZEN = (LessonPage, Quiz, Rubric)  # what women read is a version of these
LEVELS = {"coursepage": 0, "modulepage": 1, "lessonpage": 2}


@dataclass(frozen=True)
class Row:
    """One thing and its translation. `level` is its depth in the course."""

    thing: Any
    kind: str
    level: int
    state: str
    total: int
    missing: int
    url: str
    source_url: str

    @property
    def done(self) -> int:
        return self.total - self.missing


@dataclass(frozen=True)
class Group:
    """A course with all that belongs to it, or the words that all courses share."""

    course: CoursePage | None
    rows: Sequence[Row]

    @property
    def live(self) -> int:
        return sum(row.state == LIVE for row in self.rows)


def groups(original: Locale, target: Locale, back: str) -> list[Group]:
    """Every course that was written in `original`, and the shared words, as they stand in `target`."""
    courses = CoursePage.objects.originals().filter(locale=original).order_by("path")
    pages = {
        course: list(
            Page.objects.filter(path__startswith=course.path).select_related("content_type").order_by("path")
        )
        for course in courses
    }
    tests: dict[int, list[Any]] = defaultdict(list)
    for model in (Quiz, Rubric):
        for one in model.objects.filter(locale=original).order_by("module__path", "pk"):
            tests[one.module_id].append(one)
    terms = list(GlossaryTerm.objects.filter(locale=original).order_by("term"))
    everything = [*(page for found in pages.values() for page in found), *terms]
    everything += [one for found in tests.values() for one in found]
    look = _Look(everything, original, target, back)
    made = [
        Group(course, [look.row(one) for one in _in_order(found, tests)]) for course, found in pages.items()
    ]
    return [*made, Group(None, [look.row(term) for term in terms])] if terms else made


def states_of(things: Sequence[Any], original: Locale, target: Locale) -> dict[UUID, str]:
    """Where each of these stands in `target`, by its key. The same number of queries for any number."""
    look = _Look(things, original, target, "")
    return {thing.translation_key: look.row(thing).state for thing in things}


def _in_order(pages: Iterable[Page], tests: dict[int, list[Any]]) -> Iterable[Any]:
    """The pages of a course, each module with its tests behind its lessons."""
    waiting: list[Any] = []
    for page in pages:
        if page.content_type.model != "lessonpage":
            yield from waiting
            waiting = tests.get(page.pk, [])
        yield page
    yield from waiting


class _Look:
    """What is known of the translations of many things, asked once for all."""

    def __init__(self, things: Sequence[Any], original: Locale, target: Locale, back: str) -> None:
        keys = [thing.translation_key for thing in things]
        self.target, self.back = target, back
        self.translations = {
            one.source.object_id: one
            for one in Translation.objects.filter(source__object__in=keys, target_locale=target)
            .select_related("source")
            .defer("source__content_json")
        }
        self.counts = _counts(self.translations.values(), target)
        self.made = _made(things, target)
        self.meanings = _meanings(keys, original, target)

    def row(self, thing: Any) -> Row:
        key = thing.translation_key
        translation, made = self.translations.get(key), self.made.get(key)
        total, missing = self.counts.get(translation.source_id, (0, 0)) if translation else (0, 0)
        kind = thing.content_type.model if isinstance(thing, Page) else thing._meta.model_name
        model = thing.content_type.model_class() if isinstance(thing, Page) else type(thing)
        was_read, says_the_same = self._readers(key, made, is_frozen=model in FROZEN)
        state = state_of(
            is_begun=made is not None,
            is_kept=translation is not None and translation.enabled,
            missing=missing,
            was_read=was_read,
            says_the_same=says_the_same,
        )
        return Row(
            thing=thing,
            kind=kind,
            level=LEVELS.get(kind, 2 if kind in {"quiz", "rubric"} else 0),
            state=state,
            total=total,
            missing=missing,
            url=_edit(made) if made is not None else self._submit(thing),
            source_url=_edit(thing),
        )

    def _readers(self, key: UUID, made: Any, *, is_frozen: bool) -> tuple[bool, bool]:
        """Did readers ever get it, and does it say what the original says now?"""
        if is_frozen:
            now, told = self.meanings[key]
            return bool(told), now in told
        is_live = made is not None and getattr(made, "live", True)
        return is_live, is_live

    def _submit(self, thing: Any) -> str:
        if isinstance(thing, Page):
            address = reverse("wagtail_localize:submit_page_translation", args=[thing.pk])
        else:
            meta = thing._meta
            address = reverse(
                "wagtail_localize:submit_snippet_translation",
                args=[meta.app_label, meta.model_name, quote(thing.pk)],
            )
        return f"{address}?{urlencode({'select_locale': self.target.language_code, 'next': self.back})}"


def _edit(thing: Any) -> str:
    if isinstance(thing, Page):
        return reverse("wagtailadmin_pages:edit", args=[thing.pk])
    return reverse(thing.snippet_viewset.get_url_name("edit"), args=[quote(thing.pk)])


def _counts(translations: Iterable[Translation], target: Locale) -> dict[int, tuple[int, int]]:
    """(strings, strings that wait) of each source."""
    is_done = Exists(
        StringTranslation.objects.filter(
            translation_of_id=OuterRef("string_id"),
            context_id=OuterRef("context_id"),
            locale=target,
            has_error=False,
        )
    )
    rows = (
        StringSegment.objects.filter(source__in=[one.source_id for one in translations])
        .annotate(is_done=is_done)
        .values("source")
        .annotate(total=Count("pk"), missing=Count("pk", filter=Q(is_done=False)))
    )
    return {row["source"]: (row["total"], row["missing"]) for row in rows}


def _made(things: Sequence[Any], target: Locale) -> dict[UUID, Any]:
    """The translation of each thing that has one; a place kept for one is none."""
    found: dict[UUID, Any] = {}
    models: tuple[Any, ...] = (Page, Quiz, Rubric, GlossaryTerm)
    for model in models:
        keys = [thing.translation_key for thing in things if isinstance(thing, model)]
        is_made = {"alias_of": None} if model is Page else {}
        rows = model.objects.filter(translation_key__in=keys, locale=target, **is_made)
        found |= {one.translation_key: one for one in rows}
    return found


def _meanings(keys: Sequence[UUID], original: Locale, target: Locale) -> dict[UUID, tuple[str, set[str]]]:
    """What each key means now in its own language, and what it ever meant in the other."""
    found: dict[UUID, tuple[str, set[str]]] = defaultdict(lambda: ("", set()))
    languages = [original.language_code, target.language_code]
    versions = ContentVersion.objects.filter(key__in=keys, language__in=languages).order_by("number")
    for key, language, meaning in versions.values_list("key", "language", "meaning"):
        now, told = found[key]
        if language == target.language_code:
            told.add(meaning)
        else:
            now = meaning
        found[key] = (now, told)
    return found


def tally(found: Sequence[Group]) -> list[tuple[str, int]]:
    """How many things stand where, what asks for work first."""
    states = [row.state for group in found for row in group.rows]
    return [(state, states.count(state)) for state in STATES if state in states]

"""What a phone takes along: the lessons of a module as HTML, their sounds and pictures, an open test.

Lessons are rendered once for each version and language and kept in the cache for a while; who may have them
is asked on every hit. A test is her own sheet and never cached. No answer key leaves the server.
"""

import hashlib
import json
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import get_language

from courses.assessments.actions import open_tests, start_attempt
from courses.assessments.forms import SheetForm
from courses.assessments.models import Attempt
from courses.cohorts.languages import in_language, module_titles
from courses.cohorts.models import CohortContent, Enrolment, module_key
from courses.errors import Refused
from courses.pages.languages import written_in
from courses.pages.library import ContentUse
from courses.pages.models import ContentVersion
from courses.pages.rules import digest
from courses.progress.outline import lessons_of
from courses.progress.reading import drawn
from courses.sync.access import readable

LESSON, QUIZ = ContentVersion.Kind.LESSON, ContentVersion.Kind.QUIZ
PART = 128 * 1024
KEPT_SECONDS = 600


@dataclass(frozen=True)
class File:
    """A sound or a picture: `src` as the HTML says it, `name` in the storage."""

    src: str
    name: str
    sha256: str
    bytes: int
    type: str

    @property
    def parts(self) -> int:
        return -(-self.bytes // PART)


@dataclass(frozen=True)
class Text:
    """Rendered HTML and the files it shows."""

    html: str
    files: tuple[File, ...]


@dataclass(frozen=True)
class Module:
    """A module as her cohort uses it: its readable lessons, and its test if it may travel."""

    key: UUID
    number: int
    title: str
    language: str  # of the title
    lessons: list[CohortContent]
    quiz: CohortContent | None
    services: str = ""  # what its lessons say of services today

    @property
    def revision(self) -> str:
        """Changes with the version or language of a lesson or the test, and with the number of a service."""
        pins = [*self.lessons, *([self.quiz] if self.quiz else [])]
        said = "\n".join(f"{pin.kind} {pin.key} {pin.shown.digest}" for pin in pins) + self.services
        return hashlib.sha256(said.encode()).hexdigest()


def modules_of(request: HttpRequest, enrolment: Enrolment) -> list[Module]:
    """What she may take along, in order and in the active language."""
    language = get_language() or "es"
    pins = list(CohortContent.objects.outline(enrolment.cohort_id).filter(kind__in=[LESSON, QUIZ]))
    in_language(pins, language)
    stay = CohortContent.objects.filter(
        cohort_id=enrolment.cohort_id, kind=QUIZ, version__content__allows_offline=False
    )
    home = set(stay.values_list("pk", flat=True))
    lessons = readable(request, [pin for pin in pins if pin.kind == LESSON])
    tests = {pin.module_number: pin for pin in pins if pin.kind == QUIZ and pin.pk not in home}
    first = {pin.module_number: pin for pin in reversed(pins)}
    told = module_titles({pin.module_key for pin in pins if pin.version.language != language}, language)
    services = _services_of(lessons)
    return [
        Module(
            key=module_key(enrolment.pk, number),
            number=number,
            title=told.get(pin.module_key) or pin.module_title,
            language=language if pin.module_key in told else pin.version.language,
            lessons=[pin for pin in lessons if pin.module_number == number],
            quiz=tests.get(number),
            services="".join(
                services.get(pin.shown.pk, "") for pin in lessons if pin.module_number == number
            ),
        )
        for number, pin in sorted(first.items())
    ]


def _services_of(lessons: Sequence[CohortContent]) -> dict[int, str]:
    """What the cards of each version say today, where it has any: a phone fetches a wrong number anew."""
    shown: dict[int, str] = {}
    uses = ContentUse.objects.filter(version__in=[pin.shown.pk for pin in lessons], service__isnull=False)
    for use in uses.select_related("service").order_by("pk"):
        said = json.dumps(use.service.said(), sort_keys=True)
        shown[use.version_id] = shown.get(use.version_id, "") + said
    return shown


def texts_of(pins: Sequence[CohortContent]) -> dict[int, Text]:
    """The rendered lesson of each version, by its pk."""
    said = _services_of(pins)
    names = {
        pin.shown.pk: f"sync:lesson:{digest([pin.shown.pk, get_language(), said.get(pin.shown.pk)])}"
        for pin in pins
    }
    cached = cache.get_many(names.values())
    found = {pk: cached[name] for pk, name in names.items() if name in cached}
    missing = [pk for pk in names if pk not in found]
    if missing:
        versions = list(ContentVersion.objects.filter(pk__in=missing))
        html = drawn(versions, offline=True)
        made = {version.pk: with_files(text) for version, text in zip(versions, html, strict=True)}
        cache.set_many({names[pk]: text for pk, text in made.items()}, KEPT_SECONDS)
        found.update(made)
    return found


def with_files(html: str) -> Text:
    """HTML with the files of ours that it shows."""
    sources = _Sources()
    sources.feed(html)
    files = (_file(src) for src in dict.fromkeys(sources.found))
    return Text(html=html, files=tuple(file for file in files if file is not None))


class _Sources(HTMLParser):
    """Collects what sounds, pictures and captions point to: `src` alone, of each picture one rendition."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"img", "audio", "source", "video", "track"}:
            self.found += [value for name, value in attrs if name == "src" and value]


def _file(src: str) -> File | None:
    """What a file of our media is; None for anything else, and for one that is gone."""
    base = default_storage.url("")
    if not src.startswith(base):
        return None
    name = unquote(src.removeprefix(base))
    key = "sync:file:" + hashlib.sha256(name.encode()).hexdigest()
    known: File | None = cache.get(key)
    if known is None:
        try:
            with default_storage.open(name) as opened:
                content = opened.read()
        except OSError:
            return None
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        known = File(src, name, hashlib.sha256(content).hexdigest(), len(content), kind)
        cache.set(key, known, KEPT_SECONDS)
    return known


def overview(modules: Sequence[Module], enrolment: Enrolment, *, at: datetime) -> list[dict[str, Any]]:
    """The modules as a list, with what each weighs (its lessons and their files; a sheet is small).

    `test_open` is null where no test could be answered now, else the open attempt, or "" for a new one.
    """
    tests = open_tests(enrolment, [module.quiz for module in modules if module.quiz], at)
    texts = texts_of([pin for module in modules for pin in module.lessons])
    return [
        {
            "key": str(module.key),
            "number": module.number,
            "title": module.title,
            "language": module.language,
            "revision": module.revision,
            "bytes": _weight([texts[pin.shown.pk] for pin in module.lessons]),
            "lessons": len(module.lessons),
            "has_test": module.quiz is not None,
            "test_open": tests.get(module.quiz.key) if module.quiz else None,
        }
        for module in modules
    ]


def _files(texts: Sequence[Text]) -> list[File]:
    """Each file once."""
    return list({file.src: file for text in texts for file in text.files}.values())


def _weight(texts: Sequence[Text]) -> int:
    return sum(len(text.html.encode()) for text in texts) + sum(file.bytes for file in _files(texts))


def pack(module: Module, enrolment: Enrolment, *, at: datetime) -> dict[str, Any]:
    """The whole module; her test is opened in advance."""
    texts = texts_of(module.lessons)
    test, sheet = _test(module, enrolment, at)
    all_texts = [*(texts[pin.shown.pk] for pin in module.lessons), *([sheet] if sheet else [])]
    return {
        "key": str(module.key),
        "title": module.title,
        "language": module.language,
        "revision": module.revision,
        "lessons": _lessons(module, enrolment, texts),
        "test": test,
        "files": [
            {
                "src": file.src,
                "sha256": file.sha256,
                "bytes": file.bytes,
                "type": file.type,
                "parts": file.parts,
            }
            for file in _files(all_texts)
        ],
        "bytes": _weight(all_texts),
    }


def _lessons(module: Module, enrolment: Enrolment, texts: dict[int, Text]) -> list[dict[str, Any]]:
    steps = {step.key: step for step in lessons_of(enrolment).steps}
    minutes = dict(ContentVersion.objects.filter(pk__in=texts).values_list("pk", "content__credited_minutes"))
    return [
        {
            "key": str(pin.key),
            "version": pin.shown.pk,
            "digest": pin.shown.digest,
            "number": number,
            "title": pin.shown.title,
            "language": pin.shown.language,
            "minutes": minutes[pin.shown.pk],
            "is_done": steps[pin.key].is_done,
            "has_news": steps[pin.key].has_news,
            "place": steps[pin.key].place,
            "html": texts[pin.shown.pk].html,
        }
        for number, pin in enumerate(module.lessons, start=1)
    ]


def _test(module: Module, enrolment: Enrolment, at: datetime) -> tuple[dict[str, Any] | None, Text | None]:
    """Her sheet; nothing when there is none, or she passed, has none left or must wait."""
    if module.quiz is None:
        return None, None
    pin = CohortContent.objects.select_related("version").get(pk=module.quiz.pk)
    in_language([pin], get_language() or "es")
    try:
        attempt = start_attempt(enrolment=enrolment, pin=pin, at=at)
    except Refused:
        return None, None
    sheet = sheet_of(attempt)
    return {
        "attempt": str(attempt.pk),
        "title": attempt.shown.title,
        "language": attempt.shown.language,
        "questions": len(attempt.questions),
        "html": sheet.html,
        "answers": attempt.answers,
    }, sheet


def sheet_of(attempt: Attempt) -> Text:
    """Her questions with the answers given so far."""
    context = {"attempt": attempt, "form": SheetForm(attempt)}
    with written_in(attempt.shown.language):
        return with_files(render_to_string("courses/assessments/sheet.html", context))


def find_file(module: Module, enrolment: Enrolment, sha256: str) -> File | None:
    """A file of this module by its hash: of a lesson, or of her open test."""
    texts = list(texts_of(module.lessons).values())
    found = next((file for file in _files(texts) if file.sha256 == sha256), None)
    if found is None and module.quiz is not None:
        attempt = Attempt.objects.filter(
            enrolment=enrolment, quiz_key=module.quiz.key, submitted_at=None
        ).first()
        files = sheet_of(attempt).files if attempt else ()
        found = next((file for file in files if file.sha256 == sha256), None)
    return found


def read_part(file: File, part: int) -> bytes:
    """One part of a file, from 0; empty beyond its end. Raises FileNotFoundError."""
    with default_storage.open(file.name) as opened:
        opened.seek(part * PART)
        return bytes(opened.read(PART))

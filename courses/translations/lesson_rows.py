"""What stands beside each lesson in the list of all: a constant number of queries for any page of it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Locale
from wagtailmedia.models import get_media_model

from courses.canonical import canonical_json
from courses.cohorts import access
from courses.cohorts.models import CohortContent
from courses.pages.checks.rules import files_of
from courses.pages.checks.sizes import stored_bytes
from courses.pages.languages import language_name
from courses.pages.models import CoursePage, ModulePage
from courses.translations.rules import NONE
from courses.translations.status import states_of

ORIGINAL = "original"
MODELS = {
    "image": get_image_model,
    "document": get_document_model,
    "audio": get_media_model,
    "video": get_media_model,
}


def note_places(lessons: Sequence[Any]) -> None:
    """Its course and its module. Two queries."""
    courses = dict(CoursePage.objects.values_list("path", "title"))
    modules = dict(ModulePage.objects.values_list("path", "title"))
    for lesson in lessons:
        above = lesson.path[: -lesson.steplen]
        lesson.module = modules.get(above, "")
        lesson.course = courses.get(above[: -lesson.steplen], "")


def note_cohorts(lessons: Sequence[Any], user: Any) -> None:
    """How many cohorts use it, and the names of those that `user` may see. Two queries."""
    seen = set(access.visible_cohorts(user).values_list("pk", flat=True))
    keys = [lesson.translation_key for lesson in lessons]
    used: dict[UUID, list[tuple[int, str]]] = defaultdict(list)
    pins = CohortContent.objects.filter(key__in=keys).order_by("cohort__name")
    for key, pk, name in pins.values_list("key", "cohort_id", "cohort__name"):
        used[key].append((pk, name))
    for lesson in lessons:
        mine = used[lesson.translation_key]
        lesson.cohorts = len(mine)
        lesson.cohort_names = ", ".join(name for pk, name in mine if pk in seen)
        lesson.cohort_words = f"{len(mine)}: {lesson.cohort_names}" if lesson.cohort_names else len(mine)


def note_sizes(lessons: Sequence[Any]) -> None:
    """Bytes of its text and of the files that it shows, as they lie in the library. Three queries."""
    files = {lesson.pk: _files(lesson) for lesson in lessons}
    wanted: dict[Any, set[int]] = defaultdict(set)
    for shown in files.values():
        for model, pk in shown:
            wanted[model].add(pk)
    sizes = {
        (model, pk): stored_bytes(name)
        for model, pks in wanted.items()
        for pk, name in model.objects.filter(pk__in=pks).values_list("pk", "file")
    }
    for lesson in lessons:
        text = {"objectives": lesson.objectives.get_prep_value(), "body": lesson.body.get_prep_value()}
        lesson.text_bytes = len(canonical_json(text))
        lesson.file_bytes = sum(sizes.get(file, 0) for file in files[lesson.pk])
        lesson.bytes = lesson.text_bytes + lesson.file_bytes


def _files(lesson: Any) -> set[tuple[Any, int]]:
    return {(MODELS[library](), pk) for _block, library, pk in files_of(lesson.body.get_prep_value())}


def note_languages(lessons: Sequence[Any], words: dict[str, Any]) -> None:
    """The language it was written in, and how far it is in each other one."""
    known = dict(settings.WAGTAIL_CONTENT_LANGUAGES)
    locales = list(Locale.objects.filter(language_code__in=known))
    for lesson in lessons:
        lesson.tongues = {lesson.locale.language_code: words[ORIGINAL]}
    for original in locales:
        own = [lesson for lesson in lessons if lesson.locale_id == original.pk]
        for target in locales:
            if target == original or not own:
                continue
            found = states_of(own, original, target)
            for lesson in own:
                if (state := found[lesson.translation_key]) != NONE:
                    lesson.tongues[target.language_code] = words[state]
    for lesson in lessons:
        lesson.languages = "; ".join(
            f"{language_name(code)}: {state}" for code, state in lesson.tongues.items()
        )

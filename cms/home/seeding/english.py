"""The demo course in English, as far as demo/en/ goes: translations as wagtail-localize keeps them."""

from copy import deepcopy
from typing import Any

from django.db import transaction
from wagtail.models import Locale

from cms.home.models import HomePage
from cms.home.seeding.library import read
from courses.assessments.blocks import FROM_BANK
from courses.assessments.models import Quiz, Rubric
from courses.pages.library import GlossaryTerm
from courses.pages.models import CoursePage, LessonPage, ModulePage
from courses.translations.actions import translate

CALLED = {"question": "text", "alt_text": "alt"}  # part of a block → what a file of the demo calls it


@transaction.atomic
def ensure_english(course: CoursePage) -> None:
    """Front page, course, module 1 with its lessons and test, its words, the practicals of the course.

    Only what is missing is made.
    """
    english = Locale.objects.get(language_code="en")
    if course.get_translation_or_none(english) is not None:
        return
    data = read("en/course.yaml")
    home = HomePage.objects.get(pk=course.get_parent().pk)
    translate(original=home, locale=english, words=data["home"])
    for entry in read("en/glossary.yaml"):
        term = GlossaryTerm.objects.get(key=entry["key"], locale=course.locale)
        words = {name: entry[name] for name in ("term", "definition")}
        translate(original=term, locale=english, words=words)
    facts = data["course"]
    words = {
        "title": facts["internal_title"],
        "public_title": facts["title"],
        "introduction": f"<p>{facts['introduction']}</p>",
    }
    translate(original=course, locale=english, words=words)
    for entry in data["modules"]:
        _translate_module(course, entry, english)
    for entry in data["rubrics"]:
        _translate_rubric(course, entry, english)


def _translate_module(course: CoursePage, entry: dict[str, Any], english: Locale) -> None:
    module = ModulePage.objects.child_of(course).get(slug=entry["slug"])
    words = {name: entry[name] for name in ("title", "neutral_title")}
    translate(
        original=module, locale=english, words={**words, "introduction": f"<p>{entry['introduction']}</p>"}
    )
    for told in entry["lessons"]:
        lesson = LessonPage.objects.child_of(module).get(slug=told["slug"])
        words = {
            "title": told["title"],
            "seo_title": told["neutral_title"],
            "objectives": reword(lesson.objectives.get_prep_value(), told["objectives"]),
            "body": reword(lesson.body.get_prep_value(), read(told["body_file"])["body"]),
        }
        translate(original=lesson, locale=english, words=words)
    _translate_test(module, entry, english)


def _translate_test(module: ModulePage, entry: dict[str, Any], english: Locale) -> None:
    """The test of a module and the bank that it draws from, question by question."""
    quiz = Quiz.objects.get(slug=f"t-{entry['code']}", locale=module.locale)
    known = read(f"en/questions/{entry['code']}.yaml")
    told = [{name: value for name, value in one.items() if name != "tags"} for one in known]
    written, own = iter(entry["written"]), []
    for child in quiz.questions:
        if child.block_type != FROM_BANK:
            own.append(next(written))
            continue
        own.append({})
        bank = child.value["bank"]
        words = {"title": entry["bank_title"], "questions": reword(bank.questions.get_prep_value(), told)}
        translate(original=bank, locale=english, words=words)
    words = {"title": entry["quiz_title"], "questions": reword(quiz.questions.get_prep_value(), own)}
    translate(original=quiz, locale=english, words=words)


def _translate_rubric(course: CoursePage, entry: dict[str, Any], english: Locale) -> None:
    """A practical: what it is called, its levels and its steps."""
    rubric = Rubric.objects.get(code=entry["code"], locale=course.locale)
    steps = [{"text": step} for step in entry["steps"]]
    words = {
        "title": entry["title"],
        "levels": reword(rubric.levels.get_prep_value(), entry["levels"]),
        "steps": reword(rubric.steps.get_prep_value(), steps),
    }
    translate(original=rubric, locale=english, words=words)


def reword(stored: Any, told: Any) -> Any:
    """A stored value with the words of a demo file; ids, files, numbers and what is right stay.

    Raises ValueError where the two are not built alike.
    """
    if isinstance(stored, dict):
        return {name: _part(name, value, told) for name, value in stored.items()}
    if isinstance(stored, list):
        return [
            {**deepcopy(item), "value": reword(item["value"], _inside(one))}
            for item, one in zip(stored, told, strict=True)
        ]
    return told if isinstance(stored, str) else stored


def _part(name: str, stored: Any, told: dict[str, Any]) -> Any:
    """One named part of a value; what the file does not name stays."""
    called = name if name in told else CALLED.get(name, name)
    return reword(stored, told[called]) if called in told else deepcopy(stored)


def _inside(told: Any) -> Any:
    """What a file says of an item of a list: a block stands there with its type."""
    return told["value"] if isinstance(told, dict) and "type" in told else told

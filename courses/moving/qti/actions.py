"""A bank or test goes out as QTI 3; questions of another program become a bank."""

import json
import uuid
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from courses.assessments.blocks import FROM_BANK
from courses.assessments.kinds import is_words
from courses.assessments.models import QuestionBank, Quiz
from courses.assessments.rules import is_drawn, tags_of
from courses.moving.archive import Broken, Problem
from courses.moving.kinds import key_of
from courses.moving.qti.reading import NOTHING, read_questions
from courses.moving.qti.writing import Question, Section, write_package
from courses.moving.values import faults


def questions_of(stream: Any) -> list[Question]:
    """The questions of a bank or test as they are stored; what is drawn from banks is not among them."""
    stored = [child.get_prep_value() for child in stream]  # with all that its blocks have by now
    return [
        {"id": one["id"], "kind": one["type"], "value": one["value"]}
        for one in stored
        if one["type"] != FROM_BANK
    ]


def _drawn(source: Any) -> Section:
    """What a test draws from a bank: of which questions, and how many."""
    wanted = tags_of(source["tag"] or "")
    section = Section(source["bank"].title, count=source["count"])
    for question in questions_of(source["bank"].questions):
        tags = tags_of(question["value"].get("tags") or "")
        if is_drawn(tags, wanted, source["which"], is_in_words=is_words(question)):
            section.questions.append(question)
    return section


def sections_of(source: QuestionBank | Quiz) -> list[Section]:
    """The parts of a test: its own questions, and one for each bank that it draws from."""
    if isinstance(source, QuestionBank):
        return [Section(source.title, questions_of(source.questions))]
    own = Section(source.title, questions_of(source.questions), source.draw)
    banks = [
        _drawn(child.value)
        for child in source.questions
        if child.block_type == FROM_BANK and child.value["bank"] is not None
    ]
    return [section for section in (own, *banks) if section.questions]


def language_of(source: Any) -> str:
    """The language that its questions are written in."""
    locale = getattr(source, "locale", None) or getattr(getattr(source, "module", None), "locale", None)
    return str(locale.language_code) if locale else str(get_language() or "es")


def take_questions_along(source: QuestionBank | Quiz) -> bytes:
    """A bank or test as a QTI 3 package."""
    language = language_of(source)
    with override(language):
        words = (_("True"), _("False"))
    return write_package(
        identifier=f"t-{key_of(source)}",
        title=source.title,
        language=language,
        sections=sections_of(source),
        words=words,
    )


@transaction.atomic
def bring_questions_in(*, file: IO[bytes], title: str) -> tuple[QuestionBank, int]:
    """A new bank with the questions of a QTI 3 file, and how many say nothing of what to look for.

    Nothing is asked of anybody before a test draws from it. Raises Broken with all that is wrong.
    """
    told, questions = read_questions(file)
    stored = [{"type": kind, "value": value, "id": str(uuid.uuid4())} for kind, value in questions]
    field: Any = QuestionBank._meta.get_field("questions")
    stream = field.to_python(json.dumps(stored))
    try:
        field.stream_block.clean(stream)
    except ValidationError as error:
        raise Broken(
            [Problem("", place, "invalid", sentence) for place, sentence in faults(error)]
        ) from error
    bank = QuestionBank(title=(title or told or _("Questions brought in"))[:160], questions=stream)
    bank.full_clean()
    bank.save()
    return bank, sum(value.get("look_for") == NOTHING for _kind, value in questions)

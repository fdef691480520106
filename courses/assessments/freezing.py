"""What a test, a bank and a rubric say, as JSON that needs nothing else: for freezing and for trying."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.crypto import salted_hmac
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from courses.assessments.blocks import FROM_BANK
from courses.assessments.kinds import (
    MATCHING,
    NUMERIC,
    ORDERING,
    SHORT_ANSWER,
    TRUE_FALSE,
    WITH_OPTIONS,
    Question,
    is_words,
    key_of,
)
from courses.assessments.models import QuestionBank, Quiz, Rubric
from courses.assessments.rules import is_drawn, tags_of

PICTURE = "max-640x640|format-webp"
Pool = dict[str, Any]  # {"count": how many are drawn, "questions": their ids}


def quiz_content(quiz: Quiz) -> dict[str, Any]:
    """A test with its questions, those of its banks too, the answers and the settings."""
    language = quiz.locale.language_code if quiz.locale_id else ""
    questions, pools = _collect(quiz, language)
    measured = {"pass_mark": 0, "attempts": 1, "wait_hours": 0}
    return {
        "pass_mark": quiz.pass_mark,
        "draw": sum(pool["count"] for pool in pools),
        "attempts": quiz.attempts,
        "wait_hours": quiz.wait_hours,
        "allows_offline": quiz.allows_offline and quiz.counts and not any(map(is_words, questions)),
        "questions": questions,
        **({"pools": pools} if len(pools) > 1 else {}),
        **({"moment": quiz.moment} if quiz.moment else {}),
        **({} if quiz.counts else measured),
    }


def bank_content(bank: QuestionBank) -> dict[str, Any]:
    """A bank as a test that asks all it has, for trying it."""
    questions = questions_of(bank.questions, "")
    return {"pass_mark": 0, "draw": len(questions), "questions": questions}


def _collect(quiz: Quiz, language: str) -> tuple[list[dict[str, Any]], list[Pool]]:
    """All that a test may ask, each question once, and from which pools how many are drawn."""
    own = questions_of(quiz.questions, language)
    found = {question["id"]: question for question in own}
    pools: list[Pool] = [_pool(list(found), len(found) if quiz.draw is None else quiz.draw)] if found else []
    for child in quiz.questions:
        if child.block_type != FROM_BANK or child.value["bank"] is None:
            continue
        new = {one["id"]: one for one in _drawn(child.value, language) if one["id"] not in found}
        found |= new
        if new:
            pools.append(_pool(list(new), child.value["count"]))
    return list(found.values()), pools


def _pool(questions: list[str], count: int | None) -> Pool:
    return {"count": min(count or 0, len(questions)), "questions": questions}


def _drawn(source: Any, language: str) -> Iterable[dict[str, Any]]:
    """The questions of a bank that a test may draw."""
    tags = tags_of(source["tag"] or "")
    for question in questions_of(source["bank"].questions, language):
        if is_drawn(question.get("tags", ()), tags, source["which"], is_in_words=is_words(question)):
            yield question


def questions_of(stream: Any, language: str) -> list[dict[str, Any]]:
    """The questions of a stream, frozen; one that is not written to its end is left out."""
    with override(language or get_language()):
        pairs = zip(stream.get_prep_value(), stream, strict=True)
        questions = [_frozen(item, child) for item, child in pairs if child.block_type != FROM_BANK]
    return [question for question in questions if _is_whole(question)]


def _is_whole(question: Question) -> bool:
    """Whether it can be asked: a draft in the preview may lack its answer."""
    key = None if is_words(question) else key_of(question)
    return bool(question["text"]) and (key is None or bool(key.accepted and key.answer))


def _frozen(item: dict[str, Any], child: Any) -> dict[str, Any]:
    """A question with ids of its own and of its parts, its picture and its sound if it has one."""
    value, kind = item["value"], item["type"]
    return {
        "id": item["id"],
        "kind": kind,
        "text": value["question"],
        "feedback": value.get("feedback") or "",
        "options": [],
        **_own_parts(kind, item["id"], value),
        **_media(child.value),
        **({"tags": tags} if (tags := tags_of(value.get("tags") or "")) else {}),
        **({"is_anchor": True} if value.get("is_anchor") else {}),
    }


def _own_parts(kind: str, id: str, value: dict[str, Any]) -> dict[str, Any]:
    """What only this kind has."""
    if kind == TRUE_FALSE:
        said = ((True, _("True"), value["if_true"]), (False, _("False"), value["if_false"]))
        options = [
            {"id": _told_apart(id, str(one)), "text": text, "is_correct": one == bool(value["is_true"])}
            | {"feedback": feedback or ""}
            for one, text, feedback in said
        ]
        return {"options": options}
    if kind in WITH_OPTIONS:
        return {"options": [{"id": option["id"], **option["value"]} for option in value["options"]]}
    if kind == ORDERING:
        return {"items": [{"id": line["id"], "text": line["value"]} for line in value["items"]]}
    if kind == MATCHING:
        return {"pairs": _pairs(id, value["pairs"])}
    if kind == NUMERIC:
        number, tolerance = value["answer"], value["tolerance"]
        facts = {"answer": _plain(number), "tolerance": _plain(tolerance) or "0"}
        return facts | {"unit": value.get("unit") or ""}
    return {"look_for": value["look_for"]} if kind == SHORT_ANSWER else {}


def _pairs(id: str, pairs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Pairs whose sides do not tell by their ids that they belong together; the same words are one side.

    The ids are the same in every language.
    """
    first: dict[str, str] = {}
    for pair in pairs:
        first.setdefault(pair["value"]["right"].strip(), pair["id"])
    return [
        {
            "left": {"id": pair["id"], "text": pair["value"]["left"]},
            "right": {
                "id": _told_apart(id, first[pair["value"]["right"].strip()]),
                "text": pair["value"]["right"],
            },
        }
        for pair in pairs
    ]


def _told_apart(question: str, part: str) -> str:
    """An id that stays the same and from which nobody without the server's key learns anything."""
    return salted_hmac("assessments.part", f"{question} {part}", algorithm="sha256").hexdigest()[:16]


def _plain(number: Any) -> str:
    """A number as JSON keeps it: exactly, without needless zeros; "" for none."""
    text = "" if number is None else f"{Decimal(number):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _media(value: Any) -> dict[str, Any]:
    """Its sound and its picture, as a page shows them. The words of the sound are the question itself."""
    audio, picture, found = value.get("audio"), value.get("picture"), {}
    if audio is not None:
        minutes = -(-int(audio.duration or 0) // 60)
        found["audio"] = {"url": audio.url, "title": audio.title, "minutes": minutes}
    if picture is not None:
        drawn = picture.get_rendition(PICTURE)
        alt = "" if picture.decorative else picture.contextual_alt_text
        found["picture"] = {"url": drawn.url, "alt": alt or "", "width": drawn.width, "height": drawn.height}
    return found


def rubric_content(rubric: Rubric) -> dict[str, Any]:
    """A rubric with its steps, levels and pass rule."""
    levels = [str(level.value) for level in rubric.levels]
    return {
        "scale": rubric.scale,
        "pass_score": rubric.pass_score,
        "steps": [_step(item) for item in rubric.steps.get_prep_value()],
        **({"levels": levels} if levels else {}),
    }


def _step(item: dict[str, Any]) -> dict[str, Any]:
    value = dict(item["value"])
    levels = [level["value"] for level in value.pop("levels", None) or []]
    return {"id": item["id"], **value, **({"levels": levels} if levels else {})}

"""The kinds of question: what is shown, how an answer is written down, and which answers are right. Pure.

An answer is a text: the id of an option (single, true_false); ids joined by commas, sorted (multiple) or in
her order (ordering); "left:right" joined by commas (matching); a number as she typed it (numeric); her own
words (short_answer). An ordering she has not finished is kept as "item:place" joined by commas, a matching
she has not finished as the pairs that she has: nothing she touched is lost, and neither counts as answered.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random
from typing import Any

from courses.assessments.rules import WORDS, plain

SINGLE, MULTIPLE, TRUE_FALSE = "single", "multiple", "true_false"
ORDERING, MATCHING, NUMERIC, SHORT_ANSWER = "ordering", "matching", "numeric", "short_answer"
WITH_OPTIONS = frozenset({SINGLE, MULTIPLE, TRUE_FALSE})
NUMBER = 20  # characters of a number
LONGEST = 2000  # characters of any answer
ALWAYS_TOLD = ("id", "text", "picture", "audio", "unit")
BESIDE = frozenset({"feedback", "tags", "is_anchor", "is_text"})  # they make no other question
Question = Mapping[str, Any]


class Unreadable(Exception):
    """This answer cannot be given to this question; `is_too_long` for words beyond the limit."""

    def __init__(self, *, is_too_long: bool = False) -> None:
        super().__init__()
        self.is_too_long = is_too_long


def kind_of(question: Question) -> str:
    """The kind of a question; those frozen before there were kinds have one option, or words."""
    return str(question.get("kind") or (SHORT_ANSWER if question.get("is_text") else SINGLE))


def is_words(question: Question) -> bool:
    """Whether a person must read the answer."""
    return kind_of(question) == SHORT_ANSWER


def asks_the_same(one: Question, other: Question) -> bool:
    """Are these two the same question: the same words, the same parts, the same right answer?

    What is said after the answer, and how a bank sorts it, makes no other question.
    """
    return _asked(one) == _asked(other)


def _asked(question: Question) -> dict[str, Any]:
    options = [
        {name: value for name, value in option.items() if name != "feedback"}
        for option in question["options"]
    ]
    kept = {name: value for name, value in question.items() if name not in BESIDE}
    return {**kept, "kind": kind_of(question), "options": options}


# What she sees.


def told(question: Question) -> dict[str, Any]:
    """A frozen question without anything that tells what is right, but for its order."""
    kind = kind_of(question)
    found: dict[str, Any] = {name: question[name] for name in ALWAYS_TOLD if name in question}
    found |= {"kind": kind, "options": [_named(option) for option in question["options"]]}
    if kind == ORDERING:
        found["items"] = [_named(item) for item in question["items"]]
    elif kind == MATCHING:
        found["left"] = [_named(pair["left"]) for pair in question["pairs"]]
        partners = {pair["right"]["id"]: _named(pair["right"]) for pair in question["pairs"]}
        found["right"] = list(partners.values())
    return found


def shown(question: Question, dice: Random) -> dict[str, Any]:
    """A frozen question as she sees it: shuffled, but for «true» and «false»."""
    found = told(question)
    if found["kind"] == TRUE_FALSE:
        return found
    shuffled = {name: found[name] for name in ("options", "items", "right") if name in found}
    return found | {name: dice.sample(things, len(things)) for name, things in shuffled.items()}


def _named(thing: Question) -> dict[str, str]:
    return {"id": thing["id"], "text": thing["text"]}


# What she answers.


def read(question: Question, answer: str) -> str:
    """The answer to a question as shown, as it is kept; "" where she took it back. Raises Unreadable.

    One option cannot be taken back, only changed for another.
    """
    kind = kind_of(question)
    if kind == SHORT_ANSWER:
        return _read_words(answer)
    if len(answer) > LONGEST:
        raise Unreadable
    if kind == NUMERIC:
        return _read_number(answer)
    if kind in {SINGLE, TRUE_FALSE}:
        return _read_one(question, answer)
    several = {MULTIPLE: _read_several, ORDERING: _read_order, MATCHING: _read_pairs}
    return several[kind](question, answer) if answer else ""


def _read_words(answer: str) -> str:
    words = plain(answer)
    if len(words) > WORDS:
        raise Unreadable(is_too_long=True)
    return words


def _read_number(answer: str) -> str:
    typed = plain(answer)
    if len(typed) > NUMBER or "\n" in typed:
        raise Unreadable(is_too_long=True)
    return typed


def _read_one(question: Question, answer: str) -> str:
    if answer not in _ids(question["options"]):
        raise Unreadable
    return answer


def _read_several(question: Question, answer: str) -> str:
    chosen = answer.split(",")
    if len(set(chosen)) != len(chosen) or not set(chosen) <= set(_ids(question["options"])):
        raise Unreadable
    return ",".join(sorted(chosen))


def _read_order(question: Question, answer: str) -> str:
    ids = _ids(question["items"])
    if ":" not in answer:
        if sorted(answer.split(",")) != sorted(ids):
            raise Unreadable
        return answer
    known = {str(place): place for place in range(1, len(ids) + 1)}
    given = dict(_split(answer, ids))
    if not set(given.values()) <= set(known):
        raise Unreadable
    places = {item: known[place] for item, place in given.items()}
    order = sorted(places, key=lambda item: (places[item], item))
    if [places[item] for item in order] == list(known.values()):
        return ",".join(order)
    return ",".join(f"{item}:{places[item]}" for item in order)


def _read_pairs(question: Question, answer: str) -> str:
    left, right = _ids(question["left"]), set(_ids(question["right"]))
    pairs = dict(_split(answer, left))
    if not set(pairs.values()) <= right:
        raise Unreadable
    return ",".join(f"{one}:{pairs[one]}" for one in left if one in pairs)


def _split(answer: str, ids: Sequence[str]) -> list[tuple[str, str]]:
    """The pairs of an answer, whose first halves are among `ids`, each once. Raises Unreadable."""
    pairs = [pair.partition(":") for pair in answer.split(",")]
    firsts = [first for first, _colon, _second in pairs]
    if len(set(firsts)) != len(firsts) or not set(firsts) <= set(ids):
        raise Unreadable
    return [(first, second) for first, _colon, second in pairs]


def _ids(things: Sequence[Question]) -> list[str]:
    return [thing["id"] for thing in things]


def is_answered(question: Question, answer: str | None) -> bool:
    """Whether a kept answer to a question as shown can be handed in."""
    if not answer:
        return False
    kind = kind_of(question)
    if kind == NUMERIC:
        return bool(numbers(answer))
    if kind == ORDERING:
        return ":" not in answer
    if kind == MATCHING:
        return answer.count(":") == len(question["left"])
    return True


def numbers(typed: str) -> frozenset[Decimal]:
    """What a typed number may mean: a comma or a point before decimals, or between thousands; or nothing."""
    text = typed.strip().replace("\N{MINUS SIGN}", "-")
    found = set()
    if re.fullmatch(r"[+-]?[0-9]{1,12}([.,][0-9]{1,6})?", text):
        found.add(Decimal(text.replace(",", ".")))
    if re.fullmatch(r"[+-]?[0-9]{1,3}([ .,][0-9]{3}){1,3}", text):
        found.add(Decimal(re.sub("[ .,]", "", text)))
    return frozenset(found)


def places_of(question: Question, answer: str) -> dict[str, str]:
    """What she gave to each item (its place) or left side (its partner): for the fields of a sheet."""
    if kind_of(question) == ORDERING and answer and ":" not in answer:
        return {item: str(place) for place, item in enumerate(answer.split(","), start=1)}
    return dict(pair.split(":", 1) for pair in answer.split(",") if ":" in pair)


# What is right.


@dataclass(frozen=True)
class Key:
    """What is right in a question: any of `accepted`; for multiple, exactly all of these options."""

    kind: str
    accepted: frozenset[str]
    tolerance: Decimal = Decimal(0)

    def accepts(self, answer: str | None) -> bool:
        """Whether this answer is right."""
        if not answer:
            return False
        if self.kind == MULTIPLE:
            return frozenset(answer.split(",")) == self.accepted
        if self.kind == NUMERIC:
            right = {number for one in self.accepted for number in _exactly(one)}
            return any(abs(number - one) <= self.tolerance for number in numbers(answer) for one in right)
        return answer in self.accepted

    def put_right(self, accepted: frozenset[str]) -> "Key":
        """The key where these count instead."""
        return replace(self, accepted=accepted) if accepted else self

    @property
    def answer(self) -> str:
        """One answer that is right, as she would give it."""
        return ",".join(sorted(self.accepted)) if self.kind == MULTIPLE else min(self.accepted)


def key_of(question: Question) -> Key | None:
    """What is right in a frozen question; None where a person decides."""
    kind = kind_of(question)
    if kind == SHORT_ANSWER:
        return None
    if kind in WITH_OPTIONS:
        return Key(kind, frozenset(one["id"] for one in question["options"] if one["is_correct"]))
    if kind == ORDERING:
        return Key(kind, frozenset({",".join(_ids(question["items"]))}))
    if kind == MATCHING:
        pairs = (f"{pair['left']['id']}:{pair['right']['id']}" for pair in question["pairs"])
        return Key(kind, frozenset({",".join(pairs)}))
    return Key(kind, frozenset({question["answer"]}), Decimal(question["tolerance"]))


def may_accept(question: Question, accepted: frozenset[str]) -> bool:
    """Whether these could be what is right in a frozen question after all."""
    kind = kind_of(question)
    if kind in WITH_OPTIONS:
        return bool(accepted) and accepted <= set(_ids(question["options"]))
    if kind == SHORT_ANSWER:
        return not accepted
    sheet = told(question)
    try:
        kept = {read(sheet, answer) for answer in accepted}
    except Unreadable:
        return False
    return bool(accepted) and kept == accepted and all(is_answered(sheet, answer) for answer in kept)


def _exactly(right: str) -> frozenset[Decimal]:
    """A right number: a point stands before decimals, as we write it; else as women type it."""
    return frozenset({Decimal(right)}) if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", right) else numbers(right)


# In words.


def said(question: Question, answer: str) -> list[str]:
    """An answer in words, line by line: to a question as shown, or frozen."""
    kind = kind_of(question)
    if not answer:
        return []
    if kind in WITH_OPTIONS:
        chosen = set(answer.split(","))
        return [option["text"] for option in question["options"] if option["id"] in chosen]
    if kind == ORDERING:
        texts = {item["id"]: item["text"] for item in question["items"]}
        places = sorted(places_of(question, answer).items(), key=lambda pair: int(pair[1]))
        return [f"{place}. {texts[item]}" for item, place in places]
    if kind == MATCHING:
        left, right = sides(question)
        partners = places_of(question, answer)
        return [f"{left[one]} → {right[partners[one]]}" for one in left if one in partners]
    if kind == NUMERIC:
        return [f"{answer} {question.get('unit', '')}".strip()]
    return [answer]


def sides(question: Question) -> tuple[dict[str, str], dict[str, str]]:
    """The words of both sides of a matching, by id: as shown, or frozen."""
    if "pairs" in question:
        pairs = question["pairs"]
        left, right = [pair["left"] for pair in pairs], [pair["right"] for pair in pairs]
    else:
        left, right = question["left"], question["right"]
    return {one["id"]: one["text"] for one in left}, {one["id"]: one["text"] for one in right}


def draw(content: Mapping[str, Any], dice: Random) -> list[dict[str, Any]]:
    """The questions of one attempt at a frozen test, drawn from each of its pools, and shuffled.

    A test that measures what was gained always asks its anchors, as far as a pool has places.
    """
    asked = {question["id"]: question for question in content["questions"]}
    pools = content.get("pools") or [{"count": content["draw"], "questions": list(asked)}]
    drawn: list[str] = []
    for pool in pools:
        anchors = [one for one in pool["questions"] if content.get("moment") and asked[one].get("is_anchor")]
        others = [one for one in pool["questions"] if one not in anchors]
        some = dice.sample(anchors, min(pool["count"], len(anchors)))
        drawn += some + dice.sample(others, min(pool["count"] - len(some), len(others)))
    return [shown(asked[one], dice) for one in dice.sample(drawn, len(drawn))]

"""What a phone may send: the shape of a batch, of a sealed box and of the event inside. Pure.

Everything is checked before anything is done with it: types, lengths, ranges. A wrong clock is no error:
the time a phone believes is kept as advice where it makes sense, and left out where it does not.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

MAX_BOXES = 200
MAX_BYTES = 1024 * 1024
MAX_BOX = 32 * 1024  # sealed bytes; the answers of a long test take about 8 KB
MAX_NUMBER = 2**53 - 1  # what JavaScript counts exactly
MAX_PLACE = 9999
MAX_ANSWERS = 200
MAX_TEXT = 64
MAX_ANSWER = 2000  # characters: the ids of a long question
MAX_MARKS = 200  # a longer register comes in several events, each about other women
MAX_LATE = 999  # minutes
MAX_STEPS = 60
MAX_COMMENT = 200
POINT, IV, TAG = 65, 12, 16  # bytes: an uncompressed P-256 point, AES-GCM's nonce and tag
PLAUSIBLE = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))

PLACE, COMPLETED = "lesson.place", "lesson.completed"
ANSWER, SUBMITTED = "answer", "attempt.submitted"
REGISTER, OBSERVATION, OUTING = "register.confirmed", "observation.made", "outing.noted"
STAFF_KINDS = frozenset({REGISTER, OBSERVATION, OUTING})
MARKS = frozenset({"present", "late", "excused", "absent"})  # «made up» is noted at the desk only


class Malformed(Exception):
    """What arrived is not what it should be; `str(error)` is its code."""


@dataclass(frozen=True)
class Box:
    """One event, sealed by a phone to the key `kid` of this server."""

    id: UUID
    kid: str
    epk: bytes
    iv: bytes
    data: bytes


@dataclass(frozen=True)
class Event:
    """What was in a box: who (ticket), where (device), in which order there (seq), and what (kind, facts)."""

    id: UUID
    ticket: str
    device: UUID
    seq: int
    at: datetime | None
    kind: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class MarkSaid:
    """A mark of a register as a phone says it; `known`: the record in force that it knew, if any."""

    status: str
    late_by: int
    known: int | None


def read_batch(body: bytes) -> list[Any]:
    """The boxes of a body, not looked into yet. Raises Malformed (too_big, not_json, no_boxes, too_many)."""
    if len(body) > MAX_BYTES:
        raise Malformed("too_big")
    found = read_json(body)
    boxes = found.get("boxes") if isinstance(found, dict) else None
    if not isinstance(boxes, list):
        raise Malformed("no_boxes")
    if len(boxes) > MAX_BOXES:
        raise Malformed("too_many")
    return boxes


def read_json(text: bytes) -> Any:
    """Strict JSON in UTF-8: no NaN, no endless nesting. Raises Malformed."""
    try:
        return json.loads(text.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Malformed("not_json") from error


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def read_id(value: Any) -> UUID:
    """A UUID in its usual form. Raises Malformed."""
    if not isinstance(value, str) or not re.fullmatch(
        r"(?ai)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value
    ):
        raise Malformed("bad_id")
    return UUID(value)


def read_box(value: Any) -> Box:
    """A sealed box. Raises Malformed."""
    if not isinstance(value, dict):
        raise Malformed("bad_box")
    box = Box(
        id=read_id(value.get("id")),
        kid=_text(value.get("kid"), r"[0-9a-z]{1,32}"),
        epk=_base64url(value.get("epk")),
        iv=_base64url(value.get("iv")),
        data=_base64url(value.get("data")),
    )
    if len(box.epk) != POINT or len(box.iv) != IV or not TAG <= len(box.data) <= MAX_BOX:
        raise Malformed("bad_box")
    return box


def _text(value: Any, pattern: str) -> str:
    if not isinstance(value, str) or not re.fullmatch(pattern, value, re.ASCII):
        raise Malformed("bad_box")
    return value


def _base64url(value: Any) -> bytes:
    """Base64url without padding (RFC 4648 §5)."""
    text = _text(value, r"[A-Za-z0-9_-]*")
    if len(text) % 4 == 1:
        raise Malformed("bad_box")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def read_event(plain: bytes, box: UUID) -> Event:
    """The event of a box. Raises Malformed (bad_event)."""
    try:
        found = read_json(plain)
        return _event(found if isinstance(found, dict) else {}, box)
    except Malformed as error:
        raise Malformed("bad_event") from error


def read_ticket(plain: bytes) -> str:
    """The ticket in a box whose event may be broken otherwise, so that it can be kept as hers; or ""."""
    try:
        found = read_json(plain)
        return _short(found.get("ticket"), 500) if isinstance(found, dict) else ""
    except Malformed:
        return ""


def _event(found: dict[str, Any], box: UUID) -> Event:
    kind = found.get("kind")
    facts = FACTS.get(kind) if isinstance(kind, str) else None
    if facts is None or read_id(found.get("id")) != box:
        raise Malformed("bad_event")
    return Event(
        id=box,
        ticket=_short(found.get("ticket"), 500),
        device=read_id(found.get("device")),
        seq=_number(found.get("seq"), MAX_NUMBER),
        at=phone_time(found.get("at")),
        kind=str(kind),
        facts={name: read(found.get(name)) for name, read in facts.items()},
    )


def _number(value: Any, most: int) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise Malformed("bad_event")
    return value


def _short(value: Any, most: int = MAX_TEXT) -> str:
    """A short printable text without surprises: what our own ids and tickets look like."""
    if (
        not isinstance(value, str)
        or not 0 < len(value) <= most
        or not (value.isascii() and value.isprintable())
    ):
        raise Malformed("bad_event")
    return value


def _answers(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or len(value) > MAX_ANSWERS:
        raise Malformed("bad_event")
    return {_short(question): _answer(answer) for question, answer in value.items()}


def _answer(value: Any) -> str:
    """An answer as assessments.kinds writes it down; "" where she took it back."""
    if not isinstance(value, str) or len(value) > MAX_ANSWER or not value.isprintable():
        raise Malformed("bad_event")
    return value


def _id_or_none(value: Any) -> UUID | None:
    return None if value is None else read_id(value)


def _number_or_none(value: Any) -> int | None:
    return None if value is None else _number(value, MAX_NUMBER)


def _marks(value: Any) -> dict[UUID, MarkSaid]:
    """{enrolment: [status, minutes late, record known or null]}, at least one; in a fixed order."""
    if not isinstance(value, dict) or not 0 < len(value) <= MAX_MARKS:
        raise Malformed("bad_event")
    marks = {read_id(enrolment): _mark(said) for enrolment, said in sorted(value.items())}
    if len(marks) != len(value):  # the same woman twice, written differently
        raise Malformed("bad_event")
    return marks


def _mark(value: Any) -> MarkSaid:
    if not isinstance(value, list) or len(value) != 3 or not isinstance(value[0], str):
        raise Malformed("bad_event")
    status, late_by, known = value[0], _number(value[1], MAX_LATE), _number_or_none(value[2])
    if status not in MARKS or (late_by and status != "late"):
        raise Malformed("bad_event")
    return MarkSaid(status, late_by, known)


def _scores(value: Any) -> dict[str, int]:
    """{step: points}, in a fixed order; whether they fit the rubric is asked later."""
    if not isinstance(value, dict) or not 0 < len(value) <= MAX_STEPS:
        raise Malformed("bad_event")
    return {_short(step): _number(points, 99) for step, points in sorted(value.items())}


def _comment(value: Any) -> str:
    """A short line of text, or "": control characters and line breaks become spaces."""
    if not isinstance(value, str) or len(value) > MAX_COMMENT:
        raise Malformed("bad_event")
    return " ".join("".join(one if one.isprintable() else " " for one in value).split())


def _clock(value: Any) -> time:
    """A wall-clock time as HH:MM."""
    if not isinstance(value, str) or not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value, re.ASCII):
        raise Malformed("bad_event")
    return time(int(value[:2]), int(value[3:]))


def phone_time(value: Any) -> datetime | None:
    """The time a phone believes it is; None where no calendar knows it or it is plainly wrong."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment if PLAUSIBLE[0] <= moment <= PLAUSIBLE[1] else None
    except (ValueError, TypeError, OverflowError):  # no date; no time zone; beyond the calendar
        return None


FACTS: dict[str, dict[str, Callable[[Any], Any]]] = {
    PLACE: {
        "version": lambda value: _number(value, MAX_NUMBER),
        "place": lambda value: _number(value, MAX_PLACE),
    },
    COMPLETED: {"version": lambda value: _number(value, MAX_NUMBER)},
    ANSWER: {"attempt": read_id, "question": _short, "option": _answer},
    SUBMITTED: {"attempt": read_id, "answers": _answers},
    REGISTER: {"session": lambda value: _number(value, MAX_NUMBER), "marks": _marks},
    OBSERVATION: {
        "enrolment": read_id,
        "rubric": read_id,
        "scores": _scores,
        "second": _number_or_none,
        "comment": _comment,
    },
    OUTING: {
        "session": lambda value: _number(value, MAX_NUMBER),
        "enrolment": read_id,
        "pair_with": _id_or_none,
        "known": _number_or_none,
        "left": _clock,
        "back": _clock,
    },
}

"""A calendar for staff after RFC 5545, in UTC: neutral titles and place codes, nobody's name. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

WIDTH = 75  # octets of a line, RFC 5545 §3.1
ESCAPES = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}


@dataclass(frozen=True)
class Event:
    """One session. `revision` grows with each change, so that a calendar takes the newer one."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str
    revision: int = 0
    is_cancelled: bool = False


def escape(text: str) -> str:
    """A TEXT value, RFC 5545 §3.3.11; control characters are left out."""
    plain = "".join(sign for sign in text.replace("\r\n", "\n") if sign == "\n" or sign.isprintable())
    return "".join(ESCAPES.get(sign, sign) for sign in plain)


def fold(line: str) -> Iterator[str]:
    """The line in parts of at most 75 octets; the ones that go on begin with a space."""
    part = ""
    for sign in line:
        if len((part + sign).encode()) > WIDTH:
            yield part
            part = " "
        part += sign
    yield part


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _lines(event: Event, now: datetime) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        f"DTSTAMP:{_stamp(now)}",
        f"DTSTART:{_stamp(event.starts_at)}",
        f"DTEND:{_stamp(event.ends_at)}",
        f"SEQUENCE:{event.revision}",
        f"SUMMARY:{escape(event.title)}",
        f"LOCATION:{escape(event.place)}",
        f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}",
        "CLASS:PRIVATE",
        "END:VEVENT",
    ]


def calendar(events: Iterable[Event], now: datetime) -> bytes:
    """The whole file, with the line ends the standard asks for."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Promotora//ES", "CALSCALE:GREGORIAN"]
    for event in events:
        lines += _lines(event, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in fold(line)).encode()

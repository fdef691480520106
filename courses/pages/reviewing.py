"""What a reviewer approves, and until when it holds. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from courses.pages.rules import digest

APPROVED, KEEP, HIDE = "approved", "keep", "hide"
SOON = timedelta(days=30)
BLOCK = frozenset({"type", "value", "id"})


def text_digest(
    *, title: str, objectives: Sequence[Any], body: Sequence[Any], sources: Sequence[Any], language: str
) -> str:
    """SHA-256 of what a reviewer reads: not the minutes, and not the ids of blocks, which say nothing."""
    said = {"title": title, "objectives": objectives, "body": body, "sources": sources, "language": language}
    return digest(_without_ids(said))


def _without_ids(content: Any) -> Any:
    if isinstance(content, Mapping):
        is_block = set(content) == BLOCK
        return {key: _without_ids(value) for key, value in content.items() if not (is_block and key == "id")}
    if isinstance(content, list | tuple):
        return [_without_ids(one) for one in content]
    return content


def a_year_after(day: date) -> date:
    """The same day twelve months later; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)

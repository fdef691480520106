"""Frozen totals in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WOMEN = {
    "finished": gettext_lazy("met every requirement"),
    "not_finished": gettext_lazy("stayed and did not meet all"),
    "left": gettext_lazy("left"),
    "transferred": gettext_lazy("went on in another cohort"),
}
ATTENDANCE = {
    "all": gettext_lazy("came to all that count"),
    "most": gettext_lazy("came to 80 % or more"),
    "half": gettext_lazy("came to 50 % or more"),
    "few": gettext_lazy("came to fewer"),
}
MODALITIES = {
    "class": gettext_lazy("class"),
    "outing": gettext_lazy("field outing"),
    "tutoring": gettext_lazy("tutoring"),
}


@dataclass(frozen=True)
class Part:
    """A heading with lines of words and a number; the number is empty where it is hidden."""

    heading: str
    lines: list[tuple[str, str]]


def told(facts: Mapping[str, Any]) -> list[Part]:
    """The totals as they are read: only what there is."""
    gain = facts["gain"]
    met = [(one["label"], _number(one["met"])) for one in facts["requirements"]]
    enrolled = (_("enrolled"), _number(facts["enrolled"]))
    erased = (_("had themselves erased"), _number(facts.get("erased", 0)))
    parts = [
        Part(_("Women"), [enrolled, *_cells(facts["women"], WOMEN), erased]),
        Part(_("Attendance"), _cells(facts["attendance"], ATTENDANCE)),
        Part(_("Requirements that were met"), met),
        Part(_("Hours held"), _hours(facts["held"])),
        Part(_("Hours credited, of all together"), _hours(facts["received"])),
    ]
    if gain:
        before, after = (f"{gain[when].split('.')[0]} %" for when in ("before", "after"))
        lines = [(_("right before"), before), (_("right after"), after)]
        parts.append(
            Part(_("What they knew before and after"), [*lines, (_("took both tests"), str(gain["pairs"]))])
        )
    return [part for part in parts if part.lines]


def _number(count: int | None) -> str:
    return "" if count is None else str(count)


def _cells(cells: Mapping[str, int | None], words: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(str(words[name]), _number(count)) for name, count in cells.items() if count != 0]


def _hours(minutes: Mapping[str, int]) -> list[tuple[str, str]]:
    return [(str(MODALITIES[name]), f"{count // 60} h {count % 60:02d}") for name, count in minutes.items()]

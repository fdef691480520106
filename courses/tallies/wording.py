"""The reasons in words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from courses.tallies import rules

REASONS: dict[str, Any] = {
    "time": _("work or hours"),
    "care": _("children or family"),
    "health": _("health"),
    "way": _("the way to the class"),
    "safety": _("safety"),
    "moved": _("goes to live somewhere else"),
    "back": _("is back in town"),
    "invited": _("the school called"),
    "other": _("something else"),
    rules.NOT_SAID: _("rather not say"),
}


def reason_choices(kind: str) -> list[tuple[str, str]]:
    """The short list of one kind for a form, «rather not say» first."""
    listed = [rules.NOT_SAID, *(one for one in rules.REASONS[kind] if one != rules.NOT_SAID)]
    return [(value, str(REASONS[value]).capitalize()) for value in listed]

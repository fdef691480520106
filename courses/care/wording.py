"""The short lists of care in words."""

from django.utils.translation import gettext_lazy as _

from courses.care import rules

REASONS = {
    "work": _("work"),
    "family": _("children or family"),
    "health": _("health"),
    "transport": _("transport"),
    "safety": _("safety"),
    "moved": _("moved to another place"),
    "course": _("the course did not suit her"),
    "settled": _("things are settled"),
    "time": _("has time again"),
    "invited": _("the school invited her back"),
    "other": _("another reason"),
    rules.NOT_SAID: _("rather not say"),
}


def reason_choices(kind: str) -> list[tuple[str, str]]:
    """The short list of one kind for a form, «rather not say» first."""
    listed = [rules.NOT_SAID, *(one for one in rules.REASONS[kind] if one != rules.NOT_SAID)]
    return [(value, str(REASONS[value])) for value in listed]

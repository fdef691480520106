"""The short lists and the signals of care in words."""

from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from courses.care import rules
from courses.care.rules import Signal

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


def say(signal: Signal) -> str:
    """A signal as a short, kind sentence for staff. Raises KeyError for one that does not exist."""
    number = {"number": signal.number}
    match signal.what:
        case rules.IN_A_ROW:
            return gettext("Missed %(number)d sessions in a row.") % number
        case rules.OUT_OF_REACH:
            return gettext("The classes she needs are out of reach, make-ups included.")
        case rules.CLOSE if signal.number:
            return ngettext(
                "She may miss %(number)d more class.", "She may miss %(number)d more classes.", signal.number
            ) % {"number": signal.number}
        case rules.CLOSE:
            return gettext("She may miss no more class without making one up.")
        case rules.TEST:
            return ngettext(
                "%(number)d test failed twice.", "%(number)d tests failed twice.", signal.number
            ) % {"number": signal.number}
        case rules.UNSEEN:
            return gettext("Not seen for %(number)d days.") % number
    raise KeyError(signal.what)

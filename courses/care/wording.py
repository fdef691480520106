"""The short lists and the signals of care in words."""

from django.utils.translation import gettext, ngettext

from courses.care import rules
from courses.care.rules import Signal


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

"""The reasons for leaving and coming back: staff choose one, it is counted, and never kept with her."""

from django.utils.translation import gettext_lazy as _

from courses.tallies.rules import NOT_SAID

LEAVING = {
    NOT_SAID: _("She did not say, or it is not ours to know"),
    "time": _("Work or hours"),
    "care": _("Care of children or family"),
    "moved": _("She goes to live somewhere else"),
    "health": _("Health"),
    "way": _("The way to the class"),
    "other": _("Something else"),
}
RETURNING = {
    NOT_SAID: _("She did not say, or it is not ours to know"),
    "time": _("Her hours fit again"),
    "care": _("Somebody helps with children or family"),
    "back": _("She is back in town"),
    "invited": _("The school called her"),
    "other": _("Something else"),
}

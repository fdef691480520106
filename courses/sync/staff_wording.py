"""What became of the team's work, in words for the phone."""

from typing import Any

from django.utils.translation import gettext_lazy as _

KEPT = _("It is kept. The coordinator will look at it.")
NO_ROOM = _("There is no room for this at the school now. It stays on this phone: tell the coordinator.")
FOR_TEAM: dict[str, Any] = {
    "applied": _("Saved at the school."),
    "again": _("This had already arrived."),
    "superseded": _("You changed this later. The later one counts."),
    "later": _("It could not be saved now. This phone will try again."),
    "conflict": _(
        "A colleague has noted something else for somebody on this list. Both are kept: settle it together."
    ),
    "mark_waits": _(
        "The outing is saved. In the register somebody had noted something else for her, so her mark was not "
        "changed: settle it there."
    ),
    "not_yours": _("You are not in charge of this cohort now. It is kept: talk to the coordinator."),
    "not_allowed": _("This account may not note this. It is kept: talk to the coordinator."),
    "not_yet": _(
        "For the school this session has not begun yet, or this outing has not ended. "
        "It is kept: talk to the coordinator."
    ),
    "not_then": _(
        "Somebody on it was not in the cohort that day: she joined later or had left. The others count. "
        "It is kept: talk to the coordinator."
    ),
    "cancelled": _("This session was cancelled. It is kept: talk to the coordinator."),
    "enrolment_over": _("She is no longer enrolled in this cohort. It is kept: talk to the coordinator."),
    "second": _(
        "The second assessor is not one of the trainers of this cohort. It is kept: talk to the coordinator."
    ),
    "unknown": _("Somebody or something on it is not part of this cohort. It is kept."),
    "not_in_course": _("This practical is not part of this cohort. It is kept."),
    "malformed": _(
        "This phone sent something that cannot be read. It stays here: show it to the coordinator."
    ),
    "unknown_key": _("This cannot be opened at the school. It is kept there and here: tell the coordinator."),
    "unreadable": _("This arrived damaged. It is kept there and here: tell the coordinator."),
}


def for_team(status: str, code: str, *, is_kept: bool) -> str:
    """A sentence for the phone, where it is true: what is not kept at the school stays there."""
    if status == "rejected" and not is_kept:
        return str(NO_ROOM)
    return str(FOR_TEAM.get(code or status, KEPT))

"""A verdict in words: one kind sentence per requirement, the same on every screen and in the acta."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.progress.rules import Verdict


def explain(verdict: Verdict) -> str:
    """What was reached and what was asked, in the active language."""
    facts = {
        "value": verdict.value,
        "needed": verdict.needed,
        "total": verdict.total,
        "label": verdict.requirement.label,
    }
    match verdict.requirement.kind:
        case "attendance" if verdict.total == 0:
            return _("No sessions are planned yet.")
        case "attendance":
            return _("%(value)d of %(total)d sessions attended; %(needed)d are needed.") % facts
        case "quiz" if verdict.waits:
            return _("Handed in; it waits to be read.")
        case "quiz" if verdict.total == 0:
            return _("Not taken yet.")
        case "quiz":
            return _("%(value)d of %(total)d right; %(needed)d are needed.") % facts
        case "outings":
            return _("%(value)d of %(needed)d field outings done.") % facts
        case "lessons":
            return _("%(value)d of %(needed)d lessons finished.") % facts
        case "practical":
            return _("Observed and passed.") if verdict.is_met else _("Not passed yet.")
        case "ethics":
            return _("Commitment accepted.") if verdict.is_met else _("Commitment not accepted yet.")
    raise ValueError(verdict.requirement.kind)


def missing(verdict: Verdict) -> str:
    """What is still to do, or an empty string when the requirement is met."""
    if verdict.is_met:
        return ""
    left = verdict.needed - verdict.value
    match verdict.requirement.kind:
        case "attendance":
            return ngettext("%(left)d session is missing.", "%(left)d sessions are missing.", left) % {
                "left": left
            }
        case "outings":
            return ngettext("%(left)d outing is missing.", "%(left)d outings are missing.", left) % {
                "left": left
            }
        case "lessons":
            return ngettext("%(left)d lesson is missing.", "%(left)d lessons are missing.", left) % {
                "left": left
            }
    return explain(verdict)


def short_value(verdict: Verdict) -> str:
    """What was reached, as short as a cell of a table wants it."""
    if verdict.requirement.kind in {"practical", "ethics"}:
        return _("yes") if verdict.is_met else _("not yet")
    if verdict.waits:
        return _("waits to be read")
    if verdict.requirement.kind == "quiz" and not verdict.total:
        return "—"
    return f"{verdict.value}/{verdict.total}"

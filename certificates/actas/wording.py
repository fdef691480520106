"""Fixed words of the acta: posts, modalities, what is asked, exceptions, what became of a diploma."""

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from certificates.actas.models import ActaLine

POSTS = {
    "coordinator": gettext_noop("Coordinator"),
    "administrator": gettext_noop("Administrator"),
    "officer": gettext_noop("Officer of the health authority"),
}
MODALITIES = {
    "class": gettext_noop("class"),
    "lessons": gettext_noop("lessons on the phone"),
    "outings": gettext_noop("field outings"),
    "tutoring": gettext_noop("tutoring"),
}


def signatory(user: Any) -> str:
    """Who signs, as she is called, with her post in the active language."""
    name = user.get_full_name() or user.get_username()
    roles = user.groups.values_list("name", flat=True)
    posts = [_(POSTS[role]) for role in POSTS if role in set(roles)]
    return ", ".join([name, *posts[:1]])[:200]


def modality(name: str) -> str:
    """A modality in the active language."""
    return _(MODALITIES[name]) if name in MODALITIES else name


def asked(kind: str, needed: int, total: int) -> str:
    """What a requirement asks for, as a phrase for the acta."""
    facts = {"needed": needed, "total": total}
    match kind:
        case "attendance":
            return _("%(needed)d of %(total)d sessions") % facts
        case "quiz" if not total:  # nobody on it took the test: how many questions it has stands nowhere
            return _("enough right answers")
        case "quiz":
            return _("%(needed)d of %(total)d right answers") % facts
        case "outings":
            return ngettext("%(needed)d field outing", "%(needed)d field outings", needed) % facts
        case "lessons":
            return ngettext("%(needed)d lesson", "%(needed)d lessons", needed) % facts
        case "practical":
            return _("observed and passed")
        case "ethics":
            return _("commitment accepted")
    return str(needed)


def exception_of(line: ActaLine) -> str:
    """A decision against the rule: what is not met, what was decided instead, why and by whom.

    Empty where no exception was made. Prefetch `evidence` and `exception__by`.
    """
    made = getattr(line, "exception", None)
    if made is None:
        return ""
    unmet = ", ".join(row.label for row in line.evidence.all() if not row.is_met)
    facts = {"requirements": unmet, "reason": made.reason, "author": made.by.get_username()}
    if line.is_graduate:
        return _("Not met: %(requirements)s. Accepted by exception: %(reason)s (%(author)s)") % facts
    return _("Meets every requirement. By exception she does not graduate: %(reason)s (%(author)s)") % facts


def afterwards(state: str, folio: str, on: date) -> str:
    """That a diploma was revoked or replaced, with the day, in the active language."""
    facts = {"folio": folio, "day": date_format(on, "j b Y")}
    if state == "revoked":
        return _("%(folio)s revoked on %(day)s") % facts
    return _("%(folio)s replaced on %(day)s") % facts

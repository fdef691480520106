"""Fixed words of the acta: posts, modalities, and what a line waits for."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

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

"""`{% load school_tags %}`: lengths in hours and minutes."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def hours_of(minutes: int) -> str:
    """«120 h», «4 h 30 min», «45 min»."""
    hours, rest = divmod(int(minutes), 60)
    if not hours and rest:
        return _("%(minutes)d min") % {"minutes": rest}
    if rest:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
    return _("%(hours)d h") % {"hours": hours}

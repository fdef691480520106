"""`{% load theme %}`: the two tags that every screen needs."""

from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
@cache
def icon(name: str, extra_class: str = "") -> SafeString:
    """One drawing of the sprite, hidden from screen readers: always put words beside it."""
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" aria-hidden="true"><use href="{}#{}"/></svg>',
        f" {extra_class}" if extra_class else "",
        static("theme/icons.svg"),
        name,
    )


@register.filter
def percent(value: int, whole: int) -> int:
    """`value` as whole per cent of `whole`, never above 100; 0 when `whole` is 0."""
    return min(100, 100 * value // whole) if whole else 0

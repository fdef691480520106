"""`{% load languages %}`: what stays in Spanish until a native speaker has looked at its translation."""

from django import template
from django.conf import settings
from django.template.base import NodeList, Parser, Token
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


def is_reviewed(language: str) -> bool:
    """Has somebody who grew up with it approved the texts about rights and safety in this language?"""
    return language.split("-")[0] in settings.REVIEWED_LANGUAGES


@register.simple_tag
def content_lang(language: str = "es") -> SafeString:
    """` lang="es"` round what the school wrote, where the page speaks another language (WCAG 3.1.2)."""
    active = translation.get_language() or "es"
    return SafeString("") if language == active else format_html(' lang="{}"', language)


@register.simple_tag
def own_lang(language: str = "es") -> SafeString:
    """The language of the page for words of ours that stand inside what the school wrote."""
    active = translation.get_language() or "es"
    return SafeString("") if language == active else format_html(' lang="{}"', active)


class SpanishUnlessReviewed(template.Node):
    """The block, in Spanish and with a line that says so, wherever the reader's language has no reviewer."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: template.Context) -> SafeString:
        if is_reviewed(translation.get_language() or "es"):
            return self.nodelist.render(context)
        with translation.override("es"):
            content = self.nodelist.render(context)
        return render_to_string("theme/components/in_spanish.html", {"content": content})


@register.tag
def spanish_unless_reviewed(parser: Parser, _token: Token) -> SpanishUnlessReviewed:
    """`{% spanish_unless_reviewed %}…{% endspanish_unless_reviewed %}` round consent, rights and safety."""
    nodelist = parser.parse(("endspanish_unless_reviewed",))
    parser.delete_first_token()
    return SpanishUnlessReviewed(nodelist)

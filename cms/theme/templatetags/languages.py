"""`{% load languages %}`: what stays in Spanish until a native speaker has looked at its translation."""

from typing import Any

from django import template
from django.conf import settings
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from courses.pages.languages import written_in, written_language

register = template.Library()


def is_reviewed(language: str) -> bool:
    """Has somebody who grew up with it approved the texts about rights and safety in this language?"""
    return language.split("-")[0] in settings.REVIEWED_LANGUAGES


@register.simple_tag
def content_lang(language: str = "") -> SafeString:
    """` lang="es"` round what the school wrote, where the page speaks another language (WCAG 3.1.2)."""
    language = language or written_language()
    active = translation.get_language() or "es"
    return SafeString("") if language == active else format_html(' lang="{}"', language)


@register.simple_tag
def own_lang() -> SafeString:
    """The language of the page for words of ours that stand inside what the school wrote."""
    active = translation.get_language() or "es"
    return SafeString("") if written_language() == active else format_html(' lang="{}"', active)


@register.filter
def language_of(page: Any) -> str:
    """The language of a page's words: a place kept for a translation shows those of the original."""
    return str((page.alias_of or page).locale.language_code)


class WrittenIn(template.Node):
    """The block, with what the school wrote in it marked as being in that language."""

    def __init__(self, language: FilterExpression, nodelist: NodeList) -> None:
        self.language, self.nodelist = language, nodelist

    def render(self, context: template.Context) -> SafeString:
        with written_in(self.language.resolve(context)):
            return self.nodelist.render(context)


@register.tag("written_in")
def written_in_tag(parser: Parser, token: Token) -> WrittenIn:
    """`{% written_in page.locale.language_code %}…{% endwritten_in %}` round content in one language."""
    _name, language = token.split_contents()
    nodelist = parser.parse(("endwritten_in",))
    parser.delete_first_token()
    return WrittenIn(parser.compile_filter(language), nodelist)


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

"""Findings in words: what is not right, and what to do."""

from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.pages.checks.rules import Finding

WORDS: dict[str, Promise] = {
    "no_content": _("The lesson has no content. Add at least one block."),
    "no_alternative": _("The picture has no alternative text. Say what it shows, or mark it as decorative."),
    "alternative_is_name": _("The alternative text is the name of the file. Say what the picture shows."),
    "no_captions": _("The video has no captions. Add a file of captions (.vtt)."),
    "no_transcript": _("The audio has no transcript. Write the words that are heard."),
    "heading_skips": _(
        "A heading of level %(level)s comes after level %(before)s. Use the next level, or a block «Heading»."
    ),
    "heading_empty": _("Nothing stands under this heading. Write what belongs there, or take it out."),
    "no_headings": _("%(count)s blocks without a heading. Headings help to find the place again."),
    "link_malformed": _("The link «%(address)s» is not an address. Write it whole, with https://."),
    "link_page": _("A link leads to a page that is not published. Choose another page, or publish it."),
    "link_inside": _("The link «%(address)s» leads nowhere on this site. Correct it or take it out."),
    "link_outside": _("The link «%(address)s» did not answer (%(why)s). Open it yourself, and correct it."),
    "no_narration": _(
        "There is no narration in the language of the lesson. Add an audio for who reads little."
    ),
    "foreign_narration": _("This narration is also used in another language. Add one in this language."),
    "heavy_lesson": _("The text weighs %(size)s; at most %(most)s. Part the lesson in two."),
    "heavy_module": _("The module weighs %(size)s with its audio; at most %(most)s. Use shorter sounds."),
    "hard_to_read": _(
        "Hard to read: %(value)s on the INFLESZ scale, aim at %(normal)s. Shorter sentences and words help."
    ),
    "name_slug": _(
        "The address says «%(words)s», which anybody may read on her phone. Choose neutral words."
    ),
    "name_title": _("The title of the page says «%(words)s». Write a neutral one in «Name and address»."),
    "name_file": _("The file «%(name)s» says «%(words)s» in its name. Upload it again under a neutral name."),
    "no_sources": _("No source is named: the law, norm or guideline that this rests on, with its year."),
}
MEGABYTE = 1024 * 1024
SIZES = frozenset({"size", "most"})
REASONS: dict[str, Promise] = {
    "unresolved": _("its name is unknown"),
    "private": _("it leads to a private address"),
    "silent": _("no answer"),
    "insecure": _("its certificate is not valid"),
    "circles": _("too many redirections"),
    "gone": _("page not found"),
    "failed": _("the other site failed"),
    "refused": _("it lets no program in"),
}


def weight(size: int) -> str:
    """«280 KB», «5.1 MB»: with a point, as in Mexico."""
    return f"{-(-size // 1024)} KB" if size < MEGABYTE else f"{Decimal(size) / MEGABYTE:.1f} MB"


def _shown(name: str, value: Any) -> Any:
    if name in SIZES:
        return weight(value)
    return REASONS.get(value, value) if name == "why" else value


def say(finding: Finding) -> str:
    """The finding as a sentence, beginning with the number of its block."""
    facts = {name: _shown(name, value) for name, value in finding.facts.items()}
    said = str(WORDS[finding.code]) % facts if facts else str(WORDS[finding.code])
    if finding.block is None:
        return said
    return gettext("Block %(number)d: %(said)s") % {"number": finding.block, "said": said}

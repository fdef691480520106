"""Formatted text and drawings from elsewhere: only what our own editor could have written. Pure."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

TAGS: dict[str, frozenset[str]] = {
    **{name: frozenset({"data-block-key"}) for name in ("p", "ul", "ol", "li")},
    **dict.fromkeys(("b", "strong", "i", "em", "br"), frozenset()),
    "a": frozenset({"href", "linktype", "id"}),
}
SCHEMES = {"http", "https", "mailto", "tel"}
LINK = re.compile(r"<a\b([^>]*)>(.*?)</a>", re.DOTALL | re.IGNORECASE)
KIND = re.compile(r"\blinktype=\"(\w+)\"", re.IGNORECASE)
NUMBER = re.compile(r"\bid=\"([^\"]*)\"", re.IGNORECASE)
DRAWN = ["svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan"]
DRAWN += ["title", "desc", "defs", "use", "clipPath", "mask", "symbol", "pattern", "marker"]
DRAWN += ["linearGradient", "radialGradient", "stop"]
SVG = "{http://www.w3.org/2000/svg}"
# What neither XML nor paper can hold; other programs leave such signs in what is pasted from them.
UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\x7e\x80-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(value: Any) -> Any:
    """The same with a space in place of each sign that nobody can type or print, wherever it stands."""
    if isinstance(value, str):
        return UNPRINTABLE.sub(" ", value)
    if isinstance(value, dict):
        return {name: printable(inner) for name, inner in value.items()}
    return [printable(inner) for inner in value] if isinstance(value, list) else value


class _Looker(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.faults.append(f"<{tag}>")
            return
        for name, value in attrs:
            if name not in TAGS[tag] or (name == "href" and not is_safe_link(value or "")):
                self.faults.append(f"<{tag} {name}>")

    def handle_comment(self, data: str) -> None:
        self.faults.append("<!-- -->")

    def handle_decl(self, decl: str) -> None:
        self.faults.append("<!>")

    def handle_pi(self, data: str) -> None:
        self.faults.append("<?>")

    def unknown_decl(self, data: str) -> None:
        self.faults.append("<!>")


def is_safe_link(address: str) -> bool:
    """A web page, e-mail, telephone, or a place on this site; never a script."""
    if any(ord(mark) < 33 for mark in address):
        return False
    try:
        scheme = urlsplit(address).scheme.lower()
    except ValueError:
        return False
    return scheme in SCHEMES or (not scheme and address.startswith(("/", "#")))


def faults_of(html: str) -> list[str]:
    """What this formatted text has that our editor never writes, each once."""
    looker = _Looker()
    looker.feed(html)
    looker.close()
    left = ["<"] if looker.rawdata else []
    return list(dict.fromkeys([*looker.faults, *left]))


def map_links(html: str, change: Callable[[str, str], str | None]) -> str:
    """The text with what its links name changed by `change(kind, id)`; None leaves the words alone."""

    def replace(found: re.Match[str]) -> str:
        facts, words = found.groups()
        kind, number = KIND.search(facts), NUMBER.search(facts)
        if kind is None or number is None:
            return found.group(0)
        other = change(kind[1].lower(), number[1])
        if other is None:
            return words
        return f"<a{facts[: number.start(1)]}{other}{facts[number.end(1) :]}>{words}</a>"

    return LINK.sub(replace, html)


def parse_xml(content: bytes) -> etree._Element:
    """An XML document without a DTD, entities or anything fetched. Raises ValueError."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ValueError("xml") from error
    before = root.xpath("/processing-instruction()")
    if (
        root.getroottree().docinfo.doctype
        or before
        or any(isinstance(node, etree._Entity | etree._ProcessingInstruction) for node in root.iter())
    ):
        raise ValueError("doctype")
    return root


def is_plain_drawing(content: bytes) -> bool:
    """An SVG of shapes and words alone: no script, style sheet, picture, or address of anywhere else."""
    try:
        root = parse_xml(content)
    except ValueError:
        return False
    if root.tag != f"{SVG}svg":
        return False
    allowed = {f"{SVG}{name}" for name in DRAWN}
    return all(node.tag in allowed and _is_plain(node) for node in root.iter("*"))


def _is_plain(node: etree._Element) -> bool:
    for name, value in node.items():
        local = str(name).rpartition("}")[2].lower()
        told = str(value).strip().lower()
        if local.startswith("on") or (local == "href" and not told.startswith("#")):
            return False
        if "url(" in told and not re.fullmatch(r"[^(]*url\(\s*['\"]?#[^()]*\)[^(]*", told):
            return False
        if any(word in told for word in ("javascript:", "expression(", "@import", "data:")):
            return False
    return True

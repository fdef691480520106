"""What keeps a lesson from being published, and what its author should know. Pure: blocks in, findings out.

Errors stop publishing, warnings inform (docs/adr/0017-truth-over-time.md). The words are in wording.py.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from courses.pages.checks.ease import NORMAL, reading_ease
from courses.pages.checks.naming import forbidden

LESSON_BYTES = 300 * 1024  # of HTML, without media
MODULE_BYTES = 5 * 1024 * 1024  # with sounds and pictures, as a phone keeps it
LONG_WITHOUT_HEADING = 8  # blocks
INLINE = frozenset({"a", "b", "strong", "i", "em"})  # tags that end no sentence
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
FILES = {"image": ("image", "file"), "audio": ("audio", "file"), "video": ("video", "file", "captions")}
FILES["document"] = ("document", "file")
NOT_READ = frozenset(  # parts of a value that are no text of the lesson
    {"transcript", "alt", "alt_text", "name", "goes_to", "url", "id", "type", "key", "captions"}
)


@dataclass(frozen=True)
class Finding:
    """One thing that is not right: `block` counts from 1, `block_id` leads there in the editor;
    `where` is the field of the page."""

    code: str
    is_error: bool = False
    block: int | None = None
    block_id: str = ""
    where: str = "body"
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Block:
    """A block of the body, or one inside a content warning: then with the number of that one."""

    number: int
    id: str
    type: str
    value: Any


@dataclass(frozen=True)
class World:
    """What the rules must know beside the lesson."""

    words: Sequence[str] = ()
    file_names: Mapping[tuple[str, int], str] = field(
        default_factory=dict
    )  # (library, pk) → name of the file
    live_pages: Collection[int] = ()
    dead_paths: Collection[str] = ()  # addresses of this site that lead nowhere
    dead_links: Mapping[str, str] = field(default_factory=dict)  # outside address → why
    own_hosts: Collection[str] = ()
    foreign_sounds: Collection[int] = ()  # sounds that a translation of this lesson uses too


@dataclass(frozen=True)
class Draft:
    """A lesson as somebody wants to publish it."""

    title: str
    slug: str
    seo_title: str
    language: str
    body: Sequence[Mapping[str, Any]]
    sources: Sequence[Mapping[str, Any]] = ()


class _Html(HTMLParser):
    """The links, headings and words of a piece of rich text; a paragraph is one text, bold or not."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[dict[str, str]] = []
        self.levels: list[int] = []
        self.words: list[str] = []
        self.piece = ""
        self.feed(html)
        self.close()
        self._end_piece()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in INLINE:
            self._end_piece()
        if tag == "a":
            self.links.append({name: value or "" for name, value in attrs})
        elif len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.levels.append(int(tag[1]))

    def handle_endtag(self, tag: str) -> None:
        if tag not in INLINE:
            self._end_piece()

    def handle_data(self, data: str) -> None:
        self.piece += data

    def _end_piece(self) -> None:
        if self.piece.strip():
            self.words.append(self.piece.strip())
        self.piece = ""


def blocks_of(body: Sequence[Mapping[str, Any]]) -> Iterator[Block]:
    """Every block, those inside a content warning after it."""
    for number, raw in enumerate(body, start=1):
        yield Block(number, str(raw.get("id") or ""), raw["type"], raw["value"])
        inner = raw["value"].get("body") if isinstance(raw["value"], dict) else None
        for one in inner or []:
            yield Block(number, str(raw.get("id") or ""), one["type"], one["value"])


def texts(value: Any) -> Iterator[str]:
    """What is read in a stored value, piece by piece."""
    if isinstance(value, str):
        yield from _Html(value).words if "<" in value else [value]
    elif isinstance(value, dict):
        for key, part in value.items():
            if key not in NOT_READ:
                yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


def files_of(body: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Block, str, int]]:
    """Every file of the libraries that a block uses: the block, «image», «audio», …, and the pk."""
    for block in blocks_of(body):
        for part in FILES.get(block.type, ()):
            pk = block.value.get(part) if isinstance(block.value, dict) else block.value
            if isinstance(pk, int):
                yield block, "document" if part == "captions" else block.type, pk


def links_of(draft: Draft) -> Iterator[tuple[Block | None, dict[str, str]]]:
    """Every link of the texts, then those of the sources."""
    for block in blocks_of(draft.body):
        for piece in _html_in(block.value):
            for link in _Html(piece).links:
                yield block, link
    for source in draft.sources:
        if address := source["value"].get("url"):
            yield None, {"href": address}


def _html_in(value: Any) -> Iterator[str]:
    if isinstance(value, str) and "<" in value:
        yield value
    elif isinstance(value, dict) and "body" not in value:
        for part in value.values():
            yield from _html_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from _html_in(part)


def outside_links(draft: Draft, own_hosts: Collection[str]) -> set[str]:
    """The addresses of other sites that the lesson links to, those that are well formed."""
    found = set()
    for _block, link in links_of(draft):
        href = link.get("href", "")
        parts = urlsplit(href) if is_well_formed(href) else None
        if parts is not None and parts.scheme in {"http", "https"} and parts.hostname not in own_hosts:
            found.add(href)
    return found


def is_well_formed(href: str) -> bool:
    """An address that a phone can follow: of this site, of the web, of a mail box, of a telephone."""
    try:
        parts = urlsplit(href)
        host = parts.hostname
        _port = parts.port
    except ValueError:
        return False
    if not href or any(sign.isspace() for sign in href):
        return False
    if not parts.scheme:
        return href[0] in "/#" and not href.startswith("//")
    if parts.scheme in {"http", "https"}:
        return bool(host) and ("." in str(host) or host == "localhost")
    return parts.scheme in SCHEMES and bool(parts.path)


def check(draft: Draft, world: World) -> list[Finding]:
    """Everything that is not right, errors first, then in the order of the lesson."""
    found = [
        *_names(draft, world),
        *_media(draft, world),
        *_headings(draft),
        *_links(draft, world),
        *_narration(draft, world),
        *_ease(draft),
    ]
    if _is_empty(draft.body):
        found.append(Finding("no_content", is_error=True))
    if not draft.sources:
        found.append(Finding("no_sources", where="sources"))
    return sorted(found, key=lambda finding: (not finding.is_error, finding.block or 0))


def _is_empty(body: Sequence[Mapping[str, Any]]) -> bool:
    """No block at all, or only texts without a word."""
    return not any(not isinstance(raw["value"], str) or "".join(texts(raw["value"])).strip() for raw in body)


def weigh(lesson: int, module: int) -> list[Finding]:
    """Findings about bytes: of the lesson without media, of its module with them."""
    found = []
    if lesson > LESSON_BYTES:
        found.append(Finding("heavy_lesson", is_error=True, facts={"size": lesson, "most": LESSON_BYTES}))
    if module > MODULE_BYTES:
        found.append(Finding("heavy_module", facts={"size": module, "most": MODULE_BYTES}))
    return found


def _at(block: Block, code: str, *, is_error: bool = False, **facts: Any) -> Finding:
    return Finding(code, is_error=is_error, block=block.number, block_id=block.id, facts=facts)


def _names(draft: Draft, world: World) -> Iterator[Finding]:
    """Slug, title of the page and names of files; what is read inside a lesson may say everything."""
    seen = {"slug": draft.slug, "seo_title": draft.seo_title or draft.title}
    for name, text in seen.items():
        if words := forbidden(text, world.words):
            code = "name_slug" if name == "slug" else "name_title"
            yield Finding(code, is_error=True, where=name, facts={"words": ", ".join(words)})
    for block, library, pk in files_of(draft.body):
        name = world.file_names.get((library, pk), "")
        if words := forbidden(name, world.words):
            yield _at(block, "name_file", is_error=True, words=", ".join(words), name=name)


def _media(draft: Draft, world: World) -> Iterator[Finding]:
    for block in blocks_of(draft.body):
        value = block.value if isinstance(block.value, dict) else {}
        if block.type == "image" and not value.get("decorative") and not value.get("is_decorative"):
            alternative = str(value.get("alt_text") or value.get("alt") or "").strip()
            name = _file_name(block, world)
            if not alternative:
                yield _at(block, "no_alternative", is_error=True)
            elif name and alternative.lower() in {name.lower(), name.rpartition(".")[0].lower()}:
                yield _at(block, "alternative_is_name")
        elif block.type == "video" and not value.get("captions"):
            yield _at(block, "no_captions", is_error=True)
        elif block.type == "audio" and not str(value.get("transcript") or "").strip():
            yield _at(block, "no_transcript", is_error=True)


def _file_name(block: Block, world: World) -> str:
    return next(
        (
            world.file_names.get((library, pk), "")
            for _block, library, pk in files_of([{"type": block.type, "value": block.value}])
        ),
        "",
    )


def _headings(draft: Draft) -> Iterator[Finding]:
    """A heading is of the second level; none may be skipped, and under each there is something to read."""
    level, before = 1, None
    for block in blocks_of(draft.body):
        levels = (
            [2]
            if block.type == "heading"
            else [n for html in _html_in(block.value) for n in _Html(html).levels]
        )
        for one in levels:
            if one == 1 or one > level + 1:
                yield _at(block, "heading_skips", is_error=True, level=one, before=level)
            level = one
        if before is not None and block.type == "heading":
            yield _at(before, "heading_empty")
        before = block if block.type == "heading" else None
    if before is not None:
        yield _at(before, "heading_empty")
    if len(draft.body) > LONG_WITHOUT_HEADING and level == 1:
        yield Finding("no_headings", facts={"count": len(draft.body)})


def _links(draft: Draft, world: World) -> Iterator[Finding]:
    for block, link in links_of(draft):
        code, is_error, shown = _link(link, world)
        if not code:
            continue
        if block is None:
            yield Finding(code, is_error=is_error, where="sources", facts=shown)
        else:
            yield _at(block, code, is_error=is_error, **shown)


def _link(link: Mapping[str, str], world: World) -> tuple[str, bool, dict[str, str]]:
    """What is wrong with one link: code, whether it stops, what to show. Nothing: an empty code."""
    if link.get("linktype") == "page":
        is_live = link.get("id", "").isdigit() and int(link["id"]) in world.live_pages
        return ("", False, {}) if is_live else ("link_page", True, {})
    if "linktype" in link:
        return "", False, {}
    href = link.get("href", "")
    shown = {"address": href[:80]}
    if not is_well_formed(href):
        return "link_malformed", True, shown
    parts = urlsplit(href)
    if href in world.dead_paths:
        return "link_inside", True, shown
    if parts.scheme in {"http", "https"} and href in world.dead_links:
        return "link_outside", False, {**shown, "why": world.dead_links[href]}
    return "", False, {}


def _narration(draft: Draft, world: World) -> Iterator[Finding]:
    sounds = [(block, pk) for block, library, pk in files_of(draft.body) if library == "audio"]
    if not sounds:
        yield Finding("no_narration")
    elif all(pk in world.foreign_sounds for _block, pk in sounds):
        yield _at(sounds[0][0], "foreign_narration")


def _ease(draft: Draft) -> Iterator[Finding]:
    """Only Spanish has this index."""
    if not draft.language.startswith("es"):
        return
    value = reading_ease(piece for raw in draft.body for piece in texts(raw["value"]))
    if value is not None and value < NORMAL:
        yield Finding("hard_to_read", facts={"value": value, "normal": NORMAL})

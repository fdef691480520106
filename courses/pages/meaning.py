"""What a text means, whatever the language: which versions say the same. Pure."""

from typing import Any

from courses.pages.rules import SAID, digest

# What a version keeps beside its words: another reviewer or another size of a file is no other text.
BESIDE = frozenset({"credited_minutes", "is_reviewed", "review_again_by", "sources", "files"})
SOUND = "audio"  # read aloud in each language, shorter or longer
EMPTY: tuple[Any, ...] = (None, "", [], {})
NAMES = frozenset({"id", "type", "kind", "answer", "tolerance"})


def meaning_of(title: str, content: dict[str, Any]) -> str:
    """SHA-256 of a title and what is said under it, in the language in which it was written."""
    words = {name: value for name, value in content.items() if name not in BESIDE}
    return digest({"title": title, "content": _own_words(words)})


def _own_words(content: Any) -> Any:
    """The same without what shared words said, and without what is empty: left out or empty is one."""
    if isinstance(content, dict):
        return {
            name: _own_words(value)
            for name, value in content.items()
            if name != SAID and value is not False and value not in EMPTY
        }
    if isinstance(content, list):
        return [_own_words(value) for value in content]
    return content


def bones_of(content: Any) -> Any:
    """Content without its words: ids, kinds, numbers, what is right. A translation has the same."""
    if isinstance(content, dict):
        return {
            name: value if name in NAMES else bones_of(value)
            for name, value in content.items()
            if name not in {SAID, SOUND} and value is not False and value not in EMPTY
        }
    if isinstance(content, list):
        return [bones_of(value) for value in content]
    return "" if isinstance(content, str) else content

"""JSON-LD that can be signed: contexts bundled here, nothing fetched, nothing left out of the signature.

A JSON-LD processor drops in silence what the contexts do not define. Dropped data is not signed, and could be
changed afterwards without breaking the signature: so a document that loses anything is refused instead.
"""

import json
import re
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from pyld import jsonld
from pyld.context_resolver import ContextResolver

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
BUNDLED = {
    CREDENTIALS: "credentials-v2.json",
    OPEN_BADGES: "open-badges-3.0.3.json",
    EXTENSIONS: "open-badges-extensions.json",
}
RELATIVE = "relative:"  # the scheme that relative names get, whatever their form; none may be left
ONE_AT_A_TIME = Lock()  # PyLD's cache of parsed contexts is not made for threads
ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|^`\\]*\Z")


class ContextNotBundled(Exception):
    """A document asks for a context that is not one of ours. Nothing is ever fetched."""


class UndefinedTerm(Exception):
    """A document says something that its contexts do not define: it would stay outside the signature."""


def canonical(document: dict[str, Any]) -> bytes:
    """The canonical N-Quads (RDFC-1.0) of a document, of which nothing was dropped.

    Raises UndefinedTerm or ContextNotBundled.
    """
    options = {**_options(), "algorithm": "URDNA2015", "format": "application/n-quads"}
    with ONE_AT_A_TIME:
        text: str = jsonld.normalize(_expanded(document), options)
    return text.encode()


def _expanded(document: dict[str, Any]) -> list[Any]:
    """The document with every term written out. Raises UndefinedTerm or ContextNotBundled."""
    body = {key: value for key, value in document.items() if key != "@context"}
    _refuse_keywords(body)
    contexts = document.get("@context")
    if not isinstance(contexts, list) or not all(isinstance(url, str) for url in contexts):
        raise ContextNotBundled("Contexts are a list of addresses.")
    for url in contexts:
        _load(url)
    try:
        expanded: list[Any] = jsonld.expand(document, _options(), on_property_dropped=_refuse)
    except jsonld.JsonLdError as error:
        raise UndefinedTerm(str(error.type)) from error
    if _leaves(body) != _leaves_expanded(expanded):
        raise UndefinedTerm("A value is not covered by the contexts.")
    return expanded


def load(url: str, _options: object = None) -> dict[str, Any]:
    """The bundled context of an address, as PyLD's document loader. Raises ContextNotBundled."""
    return {
        "contextUrl": None,
        "documentUrl": url,
        "document": _load(url),
        "contentType": "application/ld+json",
    }


@cache
def _load(url: str) -> dict[str, Any]:
    if url not in BUNDLED:
        raise ContextNotBundled(url)
    context: dict[str, Any] = json.loads((Path(__file__).parent / "contexts" / BUNDLED[url]).read_bytes())
    return context


@cache
def _options() -> dict[str, Any]:
    """One resolver per process: it keeps the contexts parsed, which is most of the work."""
    return {
        "base": f"{RELATIVE}//name/",
        "documentLoader": load,
        "contextResolver": ContextResolver({}, load),
    }


def _refuse(term: str | None) -> None:
    raise UndefinedTerm(str(term))


def _refuse_keywords(value: Any) -> None:
    """Plain terms only: no inline context, no JSON-LD keyword, no term spelled out as an address."""
    if isinstance(value, dict):
        for key, item in value.items():
            if "@" in key or ":" in key:
                raise UndefinedTerm(key)
            _refuse_keywords(item)
    elif isinstance(value, list):
        for item in value:
            _refuse_keywords(item)


def _leaves(value: Any) -> int:
    """How many facts a document states: its strings, numbers and truth values, and nothing (`null`)."""
    if isinstance(value, dict):
        return sum(_leaves(item) for item in value.values())
    if isinstance(value, list):
        return sum(_leaves(item) for item in value)
    return 1


def _leaves_expanded(value: Any) -> int:
    """How many of them are left after expansion; raises UndefinedTerm for a relative name."""
    if isinstance(value, list):
        return sum(_leaves_expanded(item) for item in value)
    if "@value" in value:
        return 1
    total = 0
    for key, item in value.items():
        if key in {"@id", "@type"}:
            names = item if isinstance(item, list) else [item]
            for name in names:
                if name.startswith(RELATIVE) or not ABSOLUTE.match(name):
                    raise UndefinedTerm(name)
            total += len(names)
        else:
            total += _leaves_expanded(item)
    return total

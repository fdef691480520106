"""One sample address for every pattern of the URL conf, with values that name nothing."""

import re
from collections.abc import Iterator
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver

SAMPLES = {
    "numbers": "1",
    "int": "1",
    "uuid": str(UUID(int=7)),
    "slug": "ninguna",
    "str": "ninguna",
    "path": "ninguna",
}


def addresses(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """Each of them, without the slash at its beginning."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, route)
        elif isinstance(entry, URLPattern):
            yield sample(route)


def sample(route: str) -> str:
    """An address that a route matches."""
    route = re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES[found[1] or "str"], route)
    route = re.sub(r"\(\?P<\w+>[^)]*\)", "1", route)
    return re.sub(r"[\^$\\]|\.\*|\(\?:|\)|\?|\[.*?\][*+]?", "", route)


ADDRESSES = sorted(set(addresses()))

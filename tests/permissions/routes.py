"""Every address of the URL conf, ours and Wagtail's, and which methods its view knows."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.views.generic.edit import ProcessFormView

ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")
MORE = ("PUT", "PATCH", "DELETE")  # asked for where a view says that it knows them
# Wagtail lays these where DEBUG is on as its address list is read: a picture of each error page.
DEVELOPMENT = {"admin/test404/", "admin/failwhale/"}


@dataclass(frozen=True)
class Route:
    """A pattern as the URL conf has it, its name, and the methods that may reach its view."""

    pattern: str
    name: str
    methods: tuple[str, ...]

    @property
    def arguments(self) -> list[str]:
        return ARGUMENT.findall(self.pattern)


@cache
def routes() -> tuple[Route, ...]:
    """All of them, in order. Of two with one pattern the first answers: the second is no address."""
    found: dict[str, Route] = {}
    for pattern, name, view in _walk(get_resolver(), "", ""):
        if pattern not in DEVELOPMENT:
            found.setdefault(pattern, Route(pattern, name, _methods(view)))
    return tuple(found[pattern] for pattern in sorted(found))


def _walk(resolver: URLResolver, prefix: str, space: str) -> Iterator[tuple[str, str, Callable[..., Any]]]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inside = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry, pattern, inside)
        elif isinstance(entry, URLPattern):
            yield pattern, f"{space}{entry.name}" if entry.name else "", entry.callback


def _methods(view: Any) -> tuple[str, ...]:
    """GET and POST, unless a class says that it has none; others where it says that it has."""
    while hasattr(view, "__wrapped__") and not hasattr(view, "view_class"):
        view = view.__wrapped__
    kind = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if kind is None:
        return ("GET", "POST")
    actions = getattr(view, "actions", None)  # of a view set of REST framework
    known = set(actions) if actions else {name for name in kind.http_method_names if hasattr(kind, name)}
    if getattr(kind, "put", None) is ProcessFormView.put:
        known.discard("put")  # Django's way of saying: the same as POST
    told = tuple(name for name in ("GET", "POST", *MORE) if name.lower() in known)
    return told or ("GET", "POST")  # a class that answers every method by itself names none

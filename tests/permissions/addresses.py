"""From the routes to addresses that can be asked: each argument gets its thing (samples.py)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.contrib.settings.registry import registry as settings_registry

from tests.permissions.routes import ARGUMENT, Route
from tests.permissions.samples import BY_NAME, BY_PREFIX, CHOSEN, EXPRESSIONS, QUERIES, SPELT
from tests.permissions.things import Things

WHERE = "tests/permissions/samples.py"
# Of what stands under one address for many models: one row for each that Wagtail knows.
BULK = "admin/bulk/<str:app_label>/<str:model_name>/<str:action>/"
SETTINGS = "admin/settings/<slug:app_name>/<slug:model_name>/"


class NoSample(Exception):
    """An argument that nothing stands for."""


@dataclass(frozen=True)
class Ask:
    """One line of the table to be: how its address is written, and the address with its question."""

    pattern: str
    methods: tuple[str, ...]
    address: str


def asks(route: Route, things: Things) -> Iterator[Ask]:
    """Every way in which a route is asked. Raises NoSample."""
    for spelt in _spelt(route):
        pattern = _written(route.pattern, spelt)
        data = {key: value.format(**things) for key, value in QUERIES.get(route.pattern, {}).items()}
        if route.pattern == BULK:
            data["id"] = str(things.get(CHOSEN.get(spelt["model_name"], ""), 0))
        address = "/" + _address(route, spelt, things)
        yield Ask(pattern, route.methods, f"{address}?{urlencode(data)}" if data else address)


def _written(pattern: str, spelt: dict[str, str]) -> str:
    """The pattern with the words that are spelt out in it."""
    return ARGUMENT.sub(lambda found: spelt.get(found[1], found[0]), pattern)


def _spelt(route: Route) -> list[dict[str, str]]:
    pattern = route.pattern
    if pattern == BULK:
        return [
            {"app_label": app, "model_name": model, "action": action}
            for app, models in _bulk_actions().items()
            for model, actions in models.items()
            for action in actions
        ]
    if pattern.startswith(SETTINGS):
        kinds = [model._meta for model in settings_registry]
        return [{"app_name": kind.app_label, "model_name": kind.model_name} for kind in kinds]
    return SPELT.get(route.name) or SPELT.get(pattern, [{}])


def _bulk_actions() -> dict[str, dict[str, dict[str, Any]]]:
    bulk_action_registry.get_bulk_actions_for_model("wagtailcore", "page")  # looks for all when first asked
    found: dict[str, dict[str, dict[str, Any]]] = bulk_action_registry.actions
    return found


def _address(route: Route, spelt: dict[str, str], things: Things) -> str:
    pattern = route.pattern
    told = EXPRESSIONS.get(route.name) or EXPRESSIONS.get(pattern)
    if told is not None:
        return told.format(**things)
    if re.search(r"[(\\]", pattern):
        raise NoSample(f"/{pattern} is a regular expression: add an address for it to EXPRESSIONS in {WHERE}")
    address = ARGUMENT.sub(lambda found: _value(pattern, found[1], spelt, things), pattern)
    return address.replace("^", "").replace("$", "")


def things_of(pattern: str) -> set[str]:
    """The names of the things that stand in this address."""
    return {name for name in (_thing(pattern, argument) for argument in ARGUMENT.findall(pattern)) if name}


def _thing(pattern: str, argument: str) -> str | None:
    fitting = [name for name in BY_PREFIX if pattern.startswith(name) and argument in BY_PREFIX[name]]
    return BY_PREFIX[max(fitting, key=len)][argument] if fitting else BY_NAME.get(argument)


def _value(pattern: str, argument: str, spelt: dict[str, str], things: Things) -> str:
    if argument in spelt:
        return spelt[argument]
    name = _thing(pattern, argument)
    if name is None:
        raise NoSample(
            f"/{pattern}: nothing stands for <{argument}>. Add a line to BY_PREFIX in {WHERE} that names "
            "one of the things in things.py, papers.py or pages.py beside it"
        )
    return str(things[name])

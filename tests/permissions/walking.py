"""The walk: a house laid once, then every address asked by each role."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tests.permissions import cast, pages, papers, things
from tests.permissions.addresses import Ask, NoSample, asks
from tests.permissions.asking import Answer, Asker, undrawn
from tests.permissions.routes import routes
from tests.permissions.samples import UNANSWERED
from tests.permissions.table import IN, Key


@dataclass
class House:
    """Who asks, and for what."""

    cast: cast.Cast
    things: things.Things

    @cached_property
    def asks(self) -> list[Ask]:
        """Every address with its things in it. Raises NoSample with all that nothing stands for."""
        found, missing = [], []
        for route in routes():
            try:
                found += list(asks(route, self.things))
            except NoSample as one:
                missing.append(str(one))
        if missing:
            raise NoSample("\n".join(["", *missing]))
        return found

    def asker(self, role: str, **how: Any) -> Asker:
        return Asker(self.cast.users[role], **how)


def lay() -> House:
    """Needs a database with the ground of tests/conftest.py."""
    who = cast.gather()
    hers = things.of_a_cohort(who, who.cohort, who.woman, who.users["trainer"])
    return House(
        who,
        hers
        | things.of_the_school(who)
        | papers.of_actas(who)
        | papers.of_the_log(who)
        | pages.of_wagtail(who),
    )


def walk(house: House, roles: Iterable[str]) -> dict[Key, dict[str, Answer]]:
    """What each address answers each role, by its GET, its POST and what else its view knows."""
    told: dict[Key, dict[str, Answer]] = {}
    with undrawn():
        for role in roles:
            asker = house.asker(role)
            for ask in house.asks:
                for method in ask.methods:
                    told.setdefault((ask.pattern, method), {})[role] = asker.ask(method, ask.address)
    return told


def wrote_and_refused(told: dict[Key, dict[str, Answer]]) -> list[str]:
    """Answers that let nobody in and yet wrote something."""
    return [
        f"{role}: {method} /{pattern} → {answer.word}, and wrote {sorted(answer.written)}"
        for (pattern, method), answers in sorted(told.items())
        for role, answer in answers.items()
        if answer.written and answer.word not in IN
    ]


def failed(told: dict[Key, dict[str, Answer]]) -> list[str]:
    """Answers with an error page, but for those that samples.UNANSWERED explains."""
    return [
        f"{role}: {method} /{pattern} → {answer.status}"
        for (pattern, method), answers in sorted(told.items())
        for role, answer in answers.items()
        if answer.status >= 500 and not (method != "GET" and pattern.startswith(UNANSWERED))
    ]

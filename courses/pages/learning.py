"""Who is learning a lesson now. Pages know nothing of cohorts: courses/wagtail_hooks.py answers."""

import uuid
from dataclasses import dataclass
from typing import Any

from wagtail import hooks

HOOK = "courses_learning_now"


@dataclass(frozen=True)
class Learning:
    """The running cohorts that use a lesson: how many, the names that this person may read."""

    count: int
    names: tuple[str, ...] = ()


def learning_now(key: uuid.UUID, user: Any) -> Learning:
    """Who learns the content of this key now, as `user` may know it."""
    for answer in hooks.get_hooks(HOOK):
        found: Learning = answer(key, user)
        return found
    return Learning(0)

"""Stored bodies of lessons as blocks, ready for a template."""

from collections.abc import Mapping, Sequence
from itertools import chain, islice
from typing import Any

from wagtail.blocks import StreamBlock

from courses.pages.blocks import LESSON_BLOCKS

BODY = StreamBlock(LESSON_BLOCKS)


def shown_blocks(bodies: Sequence[Sequence[Mapping[str, Any]]]) -> list[list[Any]]:
    """The blocks of each body, but for kinds that are no more; pictures are asked for once for all."""
    known = [[one for one in body if one["type"] in BODY.child_blocks] for body in bodies]
    made = iter(BODY.to_python(list(chain(*known))))
    return [list(islice(made, len(body))) for body in known]

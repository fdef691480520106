"""Fields of a row as JSON, and back: whatever names another row names its part of the package instead.

Streams are walked along Wagtail's own block definitions, so that a new block needs nothing here.
"""

import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from taggit.managers import TaggableManager
from wagtail.blocks import (
    BaseStreamBlock,
    BaseStructBlock,
    Block,
    ChooserBlock,
    FieldBlock,
    ListBlock,
    RawHTMLBlock,
    RichTextBlock,
)
from wagtail.documents import get_document_model
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from courses.pages.addresses import plain_address

ID = re.compile(r"[A-Za-z0-9_-]{1,64}")  # of a block: letters that an address may end in
LINKED: dict[str, Any] = {"page": Page, "document": get_document_model()}


class Wrong(ValueError):
    """A value that is not what its field holds: a code of moving/wording.py, and where inside the field."""

    def __init__(self, code: str, inside: str = "", about: str = "") -> None:
        super().__init__(code)
        self.code, self.inside, self.about = code, inside, about


class Exchange(Protocol):
    """How rows are named on the other side."""

    def row(self, model: Any, name: Any) -> Any:
        """The name of a row there. Raises Wrong; None leaves the place empty."""

    def html(self, html: str) -> str:
        """Formatted text with its links named for there. Raises Wrong."""


# --- fields ------------------------------------------------------------------------------------------
def to_json(row: Any, name: str, exchange: Exchange) -> Any:
    """What a field of `row` holds, as it stands in a package."""
    field = row._meta.get_field(name)
    if isinstance(field, StreamField):
        return walk(field.stream_block, getattr(row, name).get_prep_value(), exchange)
    if isinstance(field, TaggableManager):
        return sorted(getattr(row, name).names())
    if isinstance(field, models.ForeignKey):
        return exchange.row(field.related_model, getattr(row, field.attname))
    value = getattr(row, name)
    if isinstance(field, RichTextField):
        return exchange.html(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | UUID) else value


def from_json(model: type[models.Model], name: str, value: Any, exchange: Exchange) -> Any:
    """What a field of `model` should hold, from a package. Raises Wrong."""
    field = model._meta.get_field(name)
    if isinstance(field, StreamField):
        raw = walk(field.stream_block, value, exchange)
        return field.to_python(json.dumps(raw))
    if isinstance(field, TaggableManager):
        return _tags(value)
    if isinstance(field, models.ForeignKey):
        return exchange.row(field.related_model, value)
    if isinstance(field, RichTextField):
        return exchange.html(_typed(value, str))
    return _plain(field, value)


def _tags(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(tag, str) and 0 < len(tag) <= 100 for tag in value):
        raise Wrong("wrong")
    return value


def _typed(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise Wrong("wrong")
    return value


def _plain(field: Any, value: Any) -> Any:
    """A text, number, yes or no, or day. Raises Wrong."""
    if value is None:
        if field.null:
            return None
        raise Wrong("wrong")
    wanted: type = str
    if isinstance(field, models.BooleanField):
        wanted = bool
    elif isinstance(field, models.IntegerField):
        wanted = int
    elif isinstance(field, models.FloatField):
        wanted = float if isinstance(value, float) else int
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise Wrong("wrong")
    try:
        if isinstance(field, models.SlugField) and isinstance(value, str) and value:
            plain_address(value)
        return field.clean(value, None)
    except ValidationError as error:
        raise Wrong("invalid", about=" ".join(error.messages)) from error


# --- streams -----------------------------------------------------------------------------------------
def walk(block: Block, value: Any, exchange: Exchange, inside: str = "") -> Any:
    """A stored value with every row in it named for the other side. Raises Wrong if it is built otherwise."""
    if isinstance(block, BaseStreamBlock):
        return [
            _child(block, item, exchange, f"{inside}[{n}]") for n, item in enumerate(_list(value, inside))
        ]
    if isinstance(block, ListBlock):
        items = enumerate(_list(value, inside))
        return [_item(block, item, exchange, f"{inside}[{n}]") for n, item in items]
    if isinstance(block, BaseStructBlock):
        return _struct(block, value, exchange, inside)
    return _leaf(block, value, exchange, inside)


def _list(value: Any, inside: str) -> list[Any]:
    if not isinstance(value, list):
        raise Wrong("wrong", inside)
    return value


def _envelope(item: Any, inside: str) -> Any:
    """An item of a stream or list: what kind it is, its value and its id."""
    if not isinstance(item, dict) or not item.keys() <= {"type", "value", "id"} or "value" not in item:
        raise Wrong("wrong", inside)
    if item.get("id") is not None and not (isinstance(item["id"], str) and ID.fullmatch(item["id"])):
        raise Wrong("wrong", f"{inside}.id")
    return item


def _child(block: BaseStreamBlock, item: Any, exchange: Exchange, inside: str) -> dict[str, Any]:
    told = _envelope(item, inside)
    kind = told.get("type")
    if not isinstance(kind, str) or kind not in block.child_blocks:
        raise Wrong("block", inside, str(kind))
    return {**told, "value": walk(block.child_blocks[kind], told["value"], exchange, f"{inside}.{kind}")}


def _item(block: ListBlock, item: Any, exchange: Exchange, inside: str) -> dict[str, Any]:
    told = _envelope(item, inside)
    if told.get("type") != "item" or not told.get("id"):  # without one, Wagtail takes it for a value
        raise Wrong("wrong", inside)
    return {**told, "value": walk(block.child_block, told["value"], exchange, inside)}


def _struct(block: BaseStructBlock, value: Any, exchange: Exchange, inside: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Wrong("wrong", inside)
    unknown = sorted(value.keys() - block.child_blocks.keys())
    if unknown:
        raise Wrong("unknown", f"{inside}.{unknown[0]}"[:80])
    return {
        name: walk(block.child_blocks[name], inner, exchange, f"{inside}.{name}".lstrip("."))
        for name, inner in value.items()
    }


def _leaf(block: Block, value: Any, exchange: Exchange, inside: str) -> Any:
    try:
        if isinstance(block, ChooserBlock):
            return None if value is None else exchange.row(block.model_class, value)
        if isinstance(block, RichTextBlock):
            return exchange.html(_typed(value, str))
    except Wrong as error:
        raise Wrong(error.code, inside, error.about) from error
    if isinstance(block, RawHTMLBlock) or not isinstance(block, FieldBlock):
        raise Wrong("block", inside)
    if value is not None and not isinstance(value, str | int | float | bool):
        raise Wrong("wrong", inside)
    try:
        block.to_python(value)
    except (ValueError, TypeError, ArithmeticError, ValidationError) as error:
        raise Wrong("wrong", inside) from error
    return value


# --- what Wagtail says of a value that is built rightly ----------------------------------------------
def faults(error: ValidationError, inside: str = "") -> Iterator[tuple[str, str]]:
    """The sentences of a nested error of blocks, each with its place."""
    nested: dict[Any, ValidationError] = getattr(error, "block_errors", {})
    for name, inner in nested.items():
        place = f"{inside}[{name}]" if isinstance(name, int) else f"{inside}.{name}".lstrip(".")
        yield from faults(inner, place)
    own = getattr(error, "non_block_errors", [] if nested else error.messages)
    yield from ((inside, str(sentence)) for sentence in own)

"""Why a migration would break the release before, which still serves while it runs. One sentence each."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import migrations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED, Field, ManyToManyField

TAKES_AWAY = (
    migrations.RemoveField,
    migrations.RenameField,
    migrations.DeleteModel,
    migrations.RenameModel,
    migrations.AlterModelTable,
)


def problems(operations: Iterable[Operation], app: str, before: ProjectState, new: set[str]) -> Iterator[str]:
    """What the old version could not live with. `new`: models it does not know, which may change freely."""
    for operation in operations:
        yield from _of(operation, app, before, new)
        operation.state_forwards(app, before)


def _of(operation: Any, app: str, before: ProjectState, new: set[str]) -> Iterator[str]:
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        yield from problems(operation.database_operations, app, before.clone(), new)
        return
    if isinstance(operation, migrations.CreateModel):
        new.add(f"{app}.{operation.name.lower()}")
        return
    if isinstance(operation, migrations.RunPython | migrations.RunSQL):
        if not operation.reversible:
            yield f"{type(operation).__name__} cannot be taken back: give it a reverse"
        return
    model: str = getattr(operation, "model_name", "") or getattr(operation, "name", "")
    if f"{app}.{model.lower()}" in new:
        return
    named = ".".join(filter(None, (getattr(operation, "model_name", ""), getattr(operation, "name", ""))))
    if isinstance(operation, TAKES_AWAY):
        yield f"{type(operation).__name__} {named}: the old version still uses it; a release later"
    elif isinstance(operation, migrations.AddField) and is_missed(operation.field):
        yield f"AddField {named}: the old version inserts rows without it; give it db_default or null"
    elif isinstance(operation, migrations.AlterField):
        was = before.models[app, model.lower()].fields[operation.name]
        yield from (f"AlterField {named}: {why}" for why in narrower(was, operation.field))
    elif isinstance(operation, migrations.AddConstraint | migrations.AlterUniqueTogether):
        yield f"{type(operation).__name__} {model}: the old version may write what it forbids"


def is_missed(field: Field[Any, Any]) -> bool:
    """Would a row that is inserted without it be refused."""
    return not (field.null or field.db_default is not NOT_PROVIDED or isinstance(field, ManyToManyField))


def narrower(was: Field[Any, Any], now: Field[Any, Any]) -> Iterator[str]:
    """What the old version may write and the column would refuse."""
    if was.null and is_missed(now):
        yield "it may no longer be empty"
    if now.unique and not was.unique:
        yield "it becomes unique"
    if was.get_internal_type() != now.get_internal_type():
        yield "it becomes another type"
    elif (now.max_length or 0) < (was.max_length or 0):
        yield "it becomes shorter"

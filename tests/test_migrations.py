"""Migrations run while the release before still serves: expand, migrate, contract (docs/operations.md)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState

from tests.online_migrations import problems

BASELINE = Path(__file__).with_name("migrations-0.1.0.txt")
# Migration → why it may do what it does all the same. The sentence is for whoever upgrades.
ALLOWED: dict[str, str] = {}


def is_ours(label: str) -> bool:
    return Path(apps.get_app_config(label).path).is_relative_to(settings.BASE_DIR / "cms") or label in {
        "certificates",
        "courses",
    }


def ours_since_the_release(loader: MigrationLoader) -> Iterator[tuple[str, str]]:
    """The later migrations of our own apps, in the order in which they run."""
    baseline = {line for line in BASELINE.read_text().splitlines() if not line.startswith("#")}
    seen: set[tuple[str, str]] = set()
    for leaf in sorted(loader.graph.leaf_nodes()):
        for app, name in loader.graph.forwards_plan(leaf):
            if (app, name) not in seen and is_ours(app) and f"{app}.{name}" not in baseline:
                yield app, name
            seen.add((app, name))


def test_no_migration_breaks_the_release_before(settings: Any, db: None) -> None:
    settings.MIGRATION_MODULES = {}  # the suite runs without them
    loader = MigrationLoader(None)
    new: set[str] = set()
    found = {
        f"{app}.{name}": told
        for app, name in ours_since_the_release(loader)
        if (
            told := list(
                problems(
                    loader.graph.nodes[app, name].operations,
                    app,
                    loader.project_state((app, name), at_end=False),
                    new,
                )
            )
        )
    }
    assert {name: told for name, told in found.items() if name not in ALLOWED} == {}
    assert ALLOWED.keys() <= found.keys(), "what is allowed and not needed any more"


def test_the_baseline_is_what_the_release_held(settings: Any, db: None) -> None:
    settings.MIGRATION_MODULES = {}
    on_disk = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    listed = {line for line in BASELINE.read_text().splitlines() if not line.startswith("#")}
    assert listed <= on_disk, "a migration that was released is gone"


def before() -> ProjectState:
    state = ProjectState()
    fields: list[tuple[str, models.Field[Any, Any]]] = [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", models.CharField(max_length=40)),
        ("note", models.CharField(max_length=40, null=True)),
    ]
    state.add_model(ModelState("app", "Old", fields))
    return state


def add(field: Any, model: str = "old") -> Any:
    return migrations.AddField(model, "further", field)


def alter(name: str, field: Any) -> Any:
    return migrations.AlterField("old", name, field)


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (migrations.RemoveField("old", "name"), "RemoveField old.name"),
        (migrations.RenameField("old", "name", "title"), "RenameField"),
        (migrations.DeleteModel("Old"), "DeleteModel Old"),
        (migrations.RenameModel("Old", "Newer"), "RenameModel"),
        (add(models.CharField(max_length=9, default="")), "inserts rows without it"),
        (add(models.CharField(max_length=9, db_default="")), ""),
        (add(models.IntegerField(null=True)), ""),
        (alter("note", models.CharField(max_length=40)), "no longer be empty"),
        (alter("name", models.CharField(max_length=39)), "shorter"),
        (alter("name", models.CharField(max_length=80)), ""),
        (alter("name", models.TextField()), "another type"),
        (alter("name", models.CharField(max_length=40, unique=True)), "unique"),
        (alter("name", models.CharField("other words", max_length=40)), ""),
        (migrations.RunPython(print), "cannot be taken back"),
        (migrations.RunPython(print, migrations.RunPython.noop), ""),
        (migrations.RunSQL("SELECT 1"), "cannot be taken back"),
        (
            migrations.AddConstraint("old", models.UniqueConstraint(fields=["name"], name="once")),
            "may write what it forbids",
        ),
        (
            migrations.SeparateDatabaseAndState(database_operations=[migrations.RemoveField("old", "name")]),
            "RemoveField old.name",
        ),
    ],
)
def test_what_the_old_version_could_not_live_with(operation: Any, why: str) -> None:
    told = list(problems([operation], "app", before(), set()))
    assert bool(told) is bool(why)
    assert all(why in one for one in told)


def test_what_the_old_version_does_not_know_may_change_freely() -> None:
    create = migrations.CreateModel("New", [("id", models.BigAutoField(primary_key=True))])
    further = [create, add(models.IntegerField(), "new"), migrations.DeleteModel("New")]
    assert list(problems(further, "app", before(), set())) == []

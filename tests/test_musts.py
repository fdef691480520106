"""Every must of the house has a test, and every test that the table names is there (docs/musts.md)."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import resolve

ROOT = Path(__file__).resolve().parents[1]
MUSTS = range(1, 14)
ROWS = re.findall(r"^\| (\d+) \|(.*)\|$", (ROOT / "docs/musts.md").read_text(), re.MULTILINE)
NAMED = {int(number): re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", row) for number, row in ROWS}
PLAN = (ROOT / "docs/incident-plan.md").read_text()


@cache
def named_in(file: str) -> set[str]:
    """The functions of a file of tests; none where there is no such file."""
    path = ROOT / file
    tree = ast.parse(path.read_text()) if path.is_file() else ast.Module([], [])
    return {
        node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_all_thirteen_are_in_the_table_once() -> None:
    assert [int(number) for number, _row in ROWS] == list(MUSTS)


@pytest.mark.parametrize("must", MUSTS)
def test_each_must_has_a_test_that_is_there(must: int) -> None:
    assert NAMED[must], "a must without a test is a wish"
    assert not [f"{file}::{name}" for file, name in NAMED[must] if name not in named_in(file)]


def test_the_incident_plan_says_who_when_and_how() -> None:
    for words in (
        "Lead",
        "Deputy",
        "First hour",
        "24 hours",
        "safe channel",
        "Raid or seizure",
        "Drill",
        "Lessons",
    ):
        assert words in PLAN
    assert PLAN.count("______________") >= 5, "names are filled in by hand, never kept here"


def test_the_incident_plan_names_commands_and_screens_that_are_there() -> None:
    commands = set(re.findall(r"manage\.py (\w+)", PLAN))
    assert {"audit_log", "raid", "recheck_acta", "retain"} <= commands
    assert commands <= get_commands().keys()
    screens = set(re.findall(r"`(/[a-z/]+/)`", PLAN))
    assert screens
    for screen in screens:
        found = resolve(screen)  # the desk and the site answer 404 to what falls through to them
        assert found.url_name not in {None, "wagtail_serve"}, f"{screen} is no page of ours"

"""A course of every kind of block, its package, and ways to damage it."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from cms.home.seeding.content import ensure_home
from courses.assessments.blocks import FROM_BANK
from courses.assessments.models import QuestionBank, Quiz
from courses.moving import work
from courses.moving.actions import bring_in, confirm
from courses.moving.models import CourseMove
from courses.moving.writing import collect, write_package
from courses.pages.models import CoursePage, ModulePage
from tests.factories.courses import OPENED, CourseFactory
from tests.factories.kinds import WORDS, every_kind
from tests.factories.lessons import every_block, publish_lesson


def packed(course: CoursePage) -> bytes:
    """The package of a course."""
    out = io.BytesIO()
    write_package(collect(course), out)
    return out.getvalue()


def elsewhere(make: Callable[[], CoursePage]) -> bytes:
    """The package of a course that `make` built in a house of which nothing is left here but files."""
    with transaction.atomic():
        raw = packed(make())
        transaction.set_rollback(True)
    return raw


def contents(raw: bytes) -> dict[str, bytes]:
    """What each entry of a package holds."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def given(raw: bytes, by: Any) -> CourseMove:
    """A package that was given and looked at by a worker."""
    move = bring_in(package=io.BytesIO(raw), by=by, at=OPENED)
    work.carry(move.pk)
    move.refresh_from_db()
    return move


def brought(raw: bytes, by: Any, *, as_copy: bool = False) -> CourseMove:
    """A package given, confirmed and saved by a worker."""
    move = given(raw, by)
    assert move.state == "checked", json.dumps(move.report, indent=1, ensure_ascii=False)[:4000]
    confirm(move=move, as_copy=as_copy, at=OPENED)
    work.carry(move.pk)
    move.refresh_from_db()
    return move


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Path) -> None:
    """A library of files of its own: others test beside it."""
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def by(coordinator: Any) -> Any:
    return coordinator


def _small_course() -> CoursePage:
    """A course with a lesson of every block, a lesson linked from another one, a bank, a test, a rubric."""
    course: CoursePage = CourseFactory()
    module = course.modules()[0]
    lesson = publish_lesson(module, every_block())
    linked = module.lessons()[0]
    linked.body = [("text", f'<p>Lee <a linktype="page" id="{lesson.pk}">la otra</a>.</p>')]
    linked.save_revision().publish()
    bank = QuestionBank.objects.create(title="Banco", questions=json.dumps([*every_kind(), WORDS]))
    bank.tags.set(["plazos", "condón"])
    other = ModulePage(title="Otro módulo", slug="m-otro", neutral_title="Otro")
    course.add_child(instance=other)
    other.save_revision().publish()
    drawn = [(FROM_BANK, {"bank": bank, "count": 2})]
    Quiz.objects.create(module=other, title="Prueba", slug="t-otra", questions=drawn)
    return course


_KEPT: list[bytes] = []


@pytest.fixture
def raw(by: Any) -> bytes:
    """The package of a small course of which nothing is here."""
    if not _KEPT:
        _KEPT.append(elsewhere(_small_course))
    ensure_home()
    return _KEPT[0]

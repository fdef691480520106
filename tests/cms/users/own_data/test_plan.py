"""Nothing about a person is kept outside her copy, unless somebody wrote down why."""

from collections import Counter, deque
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.test import Client
from django.utils import timezone
from django.utils.functional import Promise

from certificates.awards.models import Certificate
from cms.users.own_data import copying, plan, reading
from courses.people.models import Person

OURS = {"courses", "certificates", "users", "home"}
LOOSE = {"person_id", "person", "enrolment_id", "enrolment", "person_key"}


def leads_to_her() -> set[str]:
    """Every model with a way of foreign keys to a person, or that belongs to an account, or holds her id."""
    found: set[type[models.Model]] = {Person}
    waiting: deque[type[models.Model]] = deque([Person])
    while waiting:
        for relation in waiting.popleft()._meta.get_fields(include_hidden=True):
            if relation.auto_created and not relation.concrete and relation.is_relation:
                model: Any = relation.related_model
                if model not in found and not model._meta.auto_created:
                    found.add(model)
                    waiting.append(model)
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            belongs = field.related_model is get_user_model() and (
                field.remote_field.on_delete is models.CASCADE
            )
            if belongs or (field.name in LOOSE and model._meta.app_label in OURS):
                found.add(model)
    return {model._meta.label for model in found} | {get_user_model()._meta.label}


def test_every_model_that_leads_to_a_person_is_in_her_copy_or_left_out_with_a_reason() -> None:
    assert leads_to_her() - {one.label for one in plan.PLAN} == leads_to_her() & set(plan.LEFT_OUT)


def test_nothing_is_planned_twice_or_under_no_heading() -> None:
    labels = [one.label for one in plan.PLAN]
    assert len(labels) == len(set(labels))
    assert not set(labels) & set(plan.LEFT_OUT)
    assert {one.section for one in plan.PLAN} == {section.code for section in plan.SECTIONS}


@pytest.mark.parametrize("one", plan.PLAN, ids=lambda one: one.label)
def test_what_is_hidden_is_there_and_is_another_person_a_secret_or_a_hash(one: plan.Kept) -> None:
    fields = {field.name: field for field in one.model._meta.concrete_fields}
    assert set(one.hides) <= set(fields)
    people = {name for name, field in fields.items() if field.related_model is get_user_model()}
    assert people <= set(one.hides)
    binaries = {name for name, field in fields.items() if isinstance(field, models.BinaryField)}
    assert binaries <= set(one.hides)


@pytest.mark.django_db
def test_whatever_is_kept_of_her_is_in_the_copy(person: Person, diploma: Certificate, hers: Client) -> None:
    hers.get("/hoy/")
    told = copying.data_of(person, timezone.now())["sections"]
    here = {label for section in told.values() for label, rows in section.items() if rows}
    kept = {one.label for one in plan.PLAN if one.rows(person).exists()}
    assert kept <= here
    courses = {one.label for one in plan.PLAN if one.label.startswith("courses.")}
    assert courses - kept == {"courses.Consent", "courses.DataRequest", "courses.RegradeLine"}


def columns() -> Iterator[tuple[str, Any, str]]:
    """Every column that she reads: where it stands, what it is called, and of which model."""
    for one in plan.PLAN:
        for field in one.model._meta.concrete_fields:
            if field.name not in one.hides and reading.is_for_people(one.model, field.name):
                yield f"{one.label}.{field.name}", reading.head(one.model, field.name), one.label


def test_every_column_that_she_reads_has_words_of_her_language() -> None:
    bare = [place for place, words, _label in columns() if not isinstance(words, Promise)]
    assert not bare, "give the field a verbose_name, or words or a reason in reading.py"
    assert not [one.label for one in plan.PLAN if not isinstance(reading.title(one.model), Promise)]


def test_what_is_renamed_or_left_to_machines_is_there() -> None:
    fields = {f"{one.label}.{field.name}" for one in plan.PLAN for field in one.model._meta.concrete_fields}
    assert {*reading.HEADS, *reading.FOR_MACHINES} <= fields
    assert not reading.HEADS.keys() & reading.FOR_MACHINES


def test_no_two_columns_of_a_table_are_called_the_same() -> None:
    twice = Counter((label, str(words)) for _place, words, label in columns())
    assert {key for key, count in twice.items() if count > 1} <= {("courses.RegradeLine", "antes")}


def test_she_reads_every_entry_on_her_screen(person: Person, diploma: Certificate, hers: Client) -> None:
    hers.get("/hoy/")  # this session is noted now
    listed = hers.get("/mis-datos/").content.decode()
    for section, count in plan.counts(person):
        address = f"/mis-datos/ver/{section.code}/"
        assert (address in listed) is bool(count)
        page = hers.get(address)
        assert sum(len(table["rows"]) for table in page.context["tables"]) >= count
    assert hers.get("/mis-datos/ver/todo/").status_code == 404

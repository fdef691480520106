"""Practicals observed on the page, and tests and rubrics that freeze when they are saved."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from courses.assessments.actions import observe
from courses.assessments.models import Observation, Quiz, Rubric
from courses.assessments.viewsets import QuizViewSet
from courses.cohorts.models import Cohort
from courses.pages.models import ContentVersion, ModulePage
from courses.people.models import Person
from tests.courses.cohorts.test_viewsets import said
from tests.factories.courses import OPENED, CourseFactory, enrolled, pin

pytestmark = pytest.mark.django_db


def observe_url(cohort: Cohort, woman: Any) -> str:
    return reverse("practicals:observe", args=[cohort.pk, pin(cohort, "rubric").slug, woman.pk])


def test_a_trainer_observes_a_practical(client: Client, trainer: Any, cohort: Cohort) -> None:
    [woman] = enrolled(cohort)
    client.force_login(trainer)
    assert client.get(observe_url(cohort, woman)).status_code == 200
    response = client.post(observe_url(cohort, woman), {f"step-step-{n}": "1" for n in range(5)})
    assert response.status_code == 302
    assert Observation.objects.get().has_passed


def test_the_names_of_a_large_cohort_come_fifty_to_a_page_and_are_found_without_accents(
    client: Client, trainer: Any, cohort: Cohort, queries_of: Callable[[str], int]
) -> None:
    address = reverse("practicals:index", args=[cohort.pk])
    client.force_login(trainer)
    enrolled(cohort, 2)
    few = queries_of(address)
    Cohort.objects.filter(pk=cohort.pk).update(seats=200)
    women = enrolled(cohort, 98)
    assert queries_of(address) <= few
    for woman in (women[0], women[-1]):
        scores = {f"step-{n}": 1 for n in range(5)}
        observe(enrolment=woman, pin=pin(cohort, "rubric"), scores=scores, by=trainer, at=OPENED)
    first, last = client.get(address), client.get(f"{address}?p=2")
    assert [len(page.context["groups"][0]["women"]) for page in (first, last)] == [50, 50]
    assert first.context["groups"][0]["passed"] == 2
    Person.objects.filter(pk=women[-1].person_id).update(name="Ondina Núñez")
    found = client.post(address, {"q": "nunez"})
    assert [woman for woman, _state in found.context["groups"][0]["women"]] == [women[-1]]
    assert "pm-empty" in client.post(address, {"q": "nadie"}).content.decode()


def test_a_critical_step_at_zero_is_explained(client: Client, trainer: Any, cohort: Cohort) -> None:
    [woman] = enrolled(cohort)
    client.force_login(trainer)
    response = client.post(observe_url(cohort, woman), {f"step-step-{n}": str(min(n, 1)) for n in range(5)})
    assert not Observation.objects.get().has_passed
    assert "Paso 0" in said(response)


@pytest.mark.parametrize(
    "points", ["9", "-1", "x", None], ids=["too many", "negative", "no number", "missing"]
)
def test_wrong_points_save_nothing(client: Client, trainer: Any, cohort: Cohort, points: str | None) -> None:
    [woman] = enrolled(cohort)
    client.force_login(trainer)
    data = {f"step-step-{n}": "1" for n in range(1, 5)} | ({"step-step-0": points} if points else {})
    response = client.post(observe_url(cohort, woman), data)
    assert response.status_code == 200
    assert said(response)
    assert not Observation.objects.exists()


def test_another_trainer_observes_nobody_here(client: Client, other_trainer: Any, cohort: Cohort) -> None:
    [woman] = enrolled(cohort)
    client.force_login(other_trainer)
    assert client.post(observe_url(cohort, woman), {}).status_code == 404


def rubric_form(module: ModulePage, *, is_critical: bool) -> dict[str, Any]:
    """A rubric of one step as Wagtail's form sends it."""
    step = {"steps-0-value-text": "Pide permiso", "steps-0-value-is_critical": "on" if is_critical else ""}
    return {
        "module": module.pk,
        "code": "r-nueva",
        "title": "Práctica nueva",
        "scale": "1",
        "pass_score": "1",
        "levels-count": "0",
        "steps-0-value-levels-count": "0",
        "steps-count": "1",
        "steps-0-deleted": "",
        "steps-0-order": "0",
        "steps-0-type": "step",
        "steps-0-id": "",
        **{key: value for key, value in step.items() if value},
    }


def test_a_saved_rubric_is_frozen(client: Client, trainer: Any) -> None:
    module = ModulePage.objects.child_of(CourseFactory()).get()
    client.force_login(trainer)
    client.post(reverse("wagtailsnippets_courses_rubric:add"), rubric_form(module, is_critical=True))
    rubric = Rubric.objects.get(code="r-nueva")
    assert ContentVersion.objects.get(key=rubric.key).content["steps"][0]["text"] == "Pide permiso"


def test_a_rubric_without_critical_steps_is_refused(client: Client, trainer: Any) -> None:
    module = ModulePage.objects.child_of(CourseFactory()).get()
    client.force_login(trainer)
    response = client.post(
        reverse("wagtailsnippets_courses_rubric:add"), rubric_form(module, is_critical=False)
    )
    assert response.status_code == 200
    told = json.dumps("Marque al menos un paso como crítico.").strip('"')  # Wagtail draws it beside the steps
    assert told in response.content.decode()
    assert not Rubric.objects.filter(code="r-nueva").exists()


def test_an_address_that_tells_something_is_refused(client: Client, trainer: Any) -> None:
    module = ModulePage.objects.child_of(CourseFactory()).get()
    client.force_login(trainer)
    data = {**rubric_form(module, is_critical=True), "code": "r-vih"}
    answer = client.post(reverse("wagtailsnippets_courses_rubric:add"), data)
    assert "«vih»" in answer.content.decode()
    assert not Rubric.objects.filter(code="r-vih").exists()
    editor = QuizViewSet.edit_handler.bind_to_model(Quiz).get_form_class()
    sent = {"slug": "prueba-condones", "questions-count": "0"}
    told = editor(sent, for_user=trainer, instance=Quiz(module=module))
    assert "«condon*»" in str(told.errors["slug"])


def test_a_changed_rubric_does_not_reach_an_open_cohort(client: Client, trainer: Any, cohort: Cohort) -> None:
    used = pin(cohort, "rubric")
    rubric = Rubric.objects.get(translation_key=used.key)
    client.force_login(trainer)
    data = {**rubric_form(rubric.module, is_critical=True), "code": rubric.code, "title": "Otro título"}
    client.post(reverse("wagtailsnippets_courses_rubric:edit", args=[rubric.pk]), data)
    assert ContentVersion.objects.filter(key=used.key).count() == 2
    assert pin(cohort, "rubric").version_id == used.version_id

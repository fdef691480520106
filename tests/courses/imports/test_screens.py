"""The screens of bringing a list: who may, what they show, and that nothing is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from courses.cohorts.models import Cohort, Enrolment
from courses.imports import work
from courses.imports.lines import ends_in_words, lines_of
from courses.imports.models import PeopleImport
from courses.people.models import Person
from tests.courses.imports.conftest import inside, looked_at, saved
from tests.factories.courses import FIRST_DAY, CohortFactory, PersonFactory

pytestmark = pytest.mark.django_db


def give(client: Client, cohort: Cohort, raw: bytes = b"", **more: str) -> Any:
    data: dict[str, Any] = dict(more)
    if raw:
        data["file"] = SimpleUploadedFile("lista-de-alumnas.csv", raw)
    return client.post(reverse("imports:index", args=[cohort.pk]), data)


def test_from_a_file_to_a_full_cohort_and_back(client: Client, coordinator: Any, cohort: Cohort) -> None:
    PersonFactory(name="Ana Luz")
    client.force_login(coordinator)
    answer = give(client, cohort, "Nombre;Teléfono\nana luz;961\nEva;962\n=1;963\n".encode("latin-1"))
    batch = PeopleImport.objects.get()
    look = reverse("imports:look", args=[cohort.pk, batch.pk])
    assert answer["Location"] == look
    page = client.get(look)
    assert "Teléfono" in page.content.decode(), "what is not read is named"
    keep = reverse("imports:answer", args=[cohort.pk, batch.pk])
    assert page.content.decode().count(f'action="{keep}') == 1
    assert page.context["has_answers"]
    assert not client.get(look, {"show": "bad"}).context["has_answers"], (
        "nothing to keep where nothing is asked"
    )
    assert [line["row"].fate for line in page.context["lines"]] == ["doubt", "new", "bad"]
    confirm, sent = (
        reverse("imports:confirm", args=[cohort.pk, batch.pk]),
        {
            "starts_on": FIRST_DAY.isoformat(),
            "on_error": "keep",
        },
    )
    client.post(confirm, sent)
    batch.refresh_from_db()
    assert batch.state == "checked", "a question is open"
    client.post(reverse("imports:answer", args=[cohort.pk, batch.pk]), {"all": "same", "line-2": ""})
    client.post(confirm, sent)
    running = client.get(look)
    assert running["Refresh"] == "2"
    assert "<progress" in running.content.decode()
    work.bring_in(batch.pk)
    done = client.get(look)
    assert "Refresh" not in done
    assert Enrolment.objects.active().filter(cohort=cohort).count() == Person.objects.count() == 2
    undo = reverse("imports:undo", args=[cohort.pk, batch.pk])
    assert client.get(undo).status_code == 200
    assert Person.objects.count() == 2, "asking undoes nothing"
    client.post(undo)
    assert [person.name for person in Person.objects.all()] == ["Ana Luz"]


def test_a_doubtful_line_says_whom_it_resembles_and_what_can_be_answered(
    client: Client, coordinator: Any, cohort: Cohort
) -> None:
    inside(cohort, "Belkis Moreno")
    elsewhere = inside(CohortFactory(), "Ana Cruz")
    batch = looked_at(cohort, coordinator, "Nombre\nBelkys Moreno\nAna Crus\nEva Soto\nSoto Eva\n")
    client.force_login(coordinator)
    with translation.override("en"):
        lines = lines_of(batch, list(batch.rows.all()))
    here, known, new, twice = (
        ([one.said for one in line["resembles"]], [words for _value, words in line["options"]])
        for line in lines
    )
    same = "The same woman, she is here already: leave this line out"
    another = "Another woman: add her"
    assert here == ([f"Belkis Moreno, {cohort.name}"], [same, another])
    hers = f"Ana Cruz, {elsewhere.cohort.name}"
    assert known == ([hers], ["Leave this line out", f"The same woman: {hers}", another])
    assert new == ([], [])
    assert twice == (["Eva Soto, line 4"], [same, another])
    page = client.get(reverse("imports:look", args=[cohort.pk, batch.pk])).content.decode()
    assert f"Belkis Moreno, {cohort.name}" in page
    assert page.count('name="line-2"') == 2


def test_a_question_that_was_answered_is_no_question_any_more(
    client: Client, coordinator: Any, cohort: Cohort
) -> None:
    for name in ("Ana Cruz", "Luz Paz"):
        PersonFactory(name=name)
    batch = looked_at(cohort, coordinator, "Nombre\nAna Cruz\nLuz Paz\nEva\n")
    client.force_login(coordinator)
    look = reverse("imports:look", args=[cohort.pk, batch.pk])

    def sums() -> dict[str, str]:
        return {one["value"]: one["words"][0] for one in client.get(look).context["sums"]}

    assert sums() == {"new": "1", "doubt": "2"}
    keep = reverse("imports:answer", args=[cohort.pk, batch.pk])
    client.post(keep, {"line-2": "skip"})
    assert sums() == {"new": "1", "doubt": "1", "answered": "1"}
    for group, number in (("doubt", 3), ("answered", 2)):
        lines = client.get(look, {"show": group}).context["lines"]
        assert [line["row"].number for line in lines] == [number]
    client.post(keep, {"line-3": "skip"})
    assert sums() == {"new": "1", "answered": "2"}
    assert len(client.get(look, {"show": "doubt"}).context["lines"]) == 3, "no empty page after the last one"
    saved(batch)
    assert sums() == {"new": "1", "answered": "2"}


@pytest.mark.parametrize(("count", "words"), [(1, "1 line was left out."), (2, "2 lines were left out.")])
def test_what_became_of_the_lines_is_counted_in_words(count: int, words: str) -> None:
    with translation.override("en"):
        assert ends_in_words("skipped", count) == words


def test_names_may_be_pasted(client: Client, coordinator: Any, cohort: Cohort) -> None:
    client.force_login(coordinator)
    give(client, cohort, pasted="Ana\nEva\n")
    assert PeopleImport.objects.get().total == 2


def test_what_is_no_list_is_told_and_keeps_what_was_written(
    client: Client, coordinator: Any, cohort: Cohort
) -> None:
    client.force_login(coordinator)
    assert give(client, cohort).status_code == 200
    assert give(client, cohort, b"%PDF-1.7").status_code == 200
    answer = give(client, cohort, pasted="Ana,es\nEva,es")
    assert "Ana,es" in answer.content.decode()
    assert not PeopleImport.objects.exists()


def test_a_list_is_thrown_away(client: Client, coordinator: Any, cohort: Cohort) -> None:
    batch = looked_at(cohort, coordinator, "Nombre\nAna\n")
    client.force_login(coordinator)
    url = reverse("imports:throw_away", args=[cohort.pk, batch.pk])
    assert client.get(url).status_code == 405
    client.post(url)
    batch.refresh_from_db()
    assert batch.state == "cancelled"
    assert client.get(reverse("imports:look", args=[cohort.pk, batch.pk])).status_code == 200


def test_hostile_answers_change_nothing(client: Client, coordinator: Any, cohort: Cohort) -> None:
    batch = looked_at(cohort, coordinator, "Nombre\nAna\n")
    client.force_login(coordinator)
    url = reverse("imports:answer", args=[cohort.pk, batch.pk])
    for data in ({"line-2": "x"}, {"line-999999999999999999": "new"}, {"line-x": "new"}, {"all": "alles"}):
        assert client.post(url, data).status_code == 302
    confirm = reverse("imports:confirm", args=[cohort.pk, batch.pk])
    assert client.post(confirm, {"starts_on": "mañana"}).status_code == 200
    batch.refresh_from_db()
    assert batch.state == "checked"


@pytest.mark.parametrize("name", ["index", "look", "undo"])
def test_lists_are_for_the_coordinator(
    client: Client, coordinator: Any, trainer: Any, administrator: Any, cohort: Cohort, name: str
) -> None:
    batch = looked_at(cohort, coordinator, "Nombre\nAna\n")
    url = reverse(f"imports:{name}", args=[cohort.pk, *([batch.pk] if name != "index" else [])])
    for user, status in ((coordinator, 200), (trainer, 302), (administrator, 302)):
        client.force_login(user)
        assert client.get(url).status_code == status


def test_a_list_is_not_found_below_another_cohort(client: Client, coordinator: Any, cohort: Cohort) -> None:
    batch = looked_at(cohort, coordinator, "Nombre\nAna\n")
    client.force_login(coordinator)
    assert client.get(reverse("imports:look", args=[CohortFactory().pk, batch.pk])).status_code == 404


def test_the_lines_hold_their_queries(
    client: Client, coordinator: Any, cohort: Cohort, queries_of: Callable[[str], int]
) -> None:
    client.force_login(coordinator)
    counts = []
    for size in (2, 40):
        names = [f"Persona {chr(97 + n // 20)}{chr(97 + n % 20)}" for n in range(size)]
        for name in names:
            PersonFactory(name=name)
        batch = looked_at(cohort, coordinator, "\n".join(["Nombre", *names]))
        counts.append(queries_of(reverse("imports:look", args=[cohort.pk, batch.pk])))
    assert counts[0] == counts[1]

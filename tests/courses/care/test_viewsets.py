"""The staff's screens of care: who gets in, what is kept, and nothing by looking."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.attendance.actions import Mark, mark_register
from courses.attendance.excuses import ask_excuse, excused_ids
from courses.attendance.models import AttendanceRecord, Excuse
from courses.care.make_ups import assign_make_up
from courses.care.models import CareNote, MakeUp
from courses.cohorts.models import Cohort, Enrolment
from courses.tallies.actions import count_reason
from tests.courses.care.conftest import classes
from tests.courses.cohorts.test_viewsets import said
from tests.factories.courses import enrolled

pytestmark = pytest.mark.django_db


@pytest.fixture
def woman(running: Cohort, trainer: Any) -> Enrolment:
    """She missed the last two classes."""
    [her] = enrolled(running)
    missed(her, trainer)
    return her


def missed(her: Enrolment, by: Any) -> None:
    for session in classes(her.cohort)[4:6]:
        mark_register(session=session, marks={her.pk: Mark("absent")}, by=by, at=session.ends_at)


@pytest.fixture
def excuse(woman: Enrolment, trainer: Any) -> Excuse:
    session = classes(woman.cohort)[-1]
    return ask_excuse(enrolment=woman, session=session, reason="care", by=trainer, at=timezone.now())


@pytest.fixture
def make_up(woman: Enrolment, trainer: Any) -> MakeUp:
    session, now = classes(woman.cohort)[4], timezone.now()
    day = woman.cohort.today(now) + timedelta(days=4)
    return assign_make_up(enrolment=woman, session=session, task="tutoring", due_on=day, by=trainer, at=now)


def pages(woman: Enrolment, excuse: Excuse, make_up: MakeUp) -> dict[str, str]:
    """Every address of care about one cohort."""
    cohort, hers = [woman.cohort_id], [woman.cohort_id, woman.pk]
    return {
        "index": reverse("care:index", args=cohort),
        "woman": reverse("care:woman", args=hers),
        "ask": reverse("care:ask", args=hers),
        "make_up": reverse("care:make_up", args=hers),
        "excuses": reverse("care:excuses", args=cohort),
        "decide": reverse("care:decide", args=[*cohort, excuse.pk]),
        "make_ups": reverse("care:make_ups", args=cohort),
        "done": reverse("care:done", args=[*cohort, make_up.pk]),
        "drop": reverse("care:drop", args=[*cohort, make_up.pk]),
    }


def test_a_trainer_sees_all_but_the_answer_and_looking_changes_nothing(
    client: Client, trainer: Any, woman: Enrolment, excuse: Excuse, make_up: MakeUp
) -> None:
    client.force_login(trainer)
    records = AttendanceRecord.objects.count()
    for name, url in pages(woman, excuse, make_up).items():
        answer = client.get(url)
        assert answer.status_code == (302 if name == "decide" else 200), name
    assert client.get(reverse("care:all")).status_code == 200
    assert not CareNote.objects.exists()
    assert (Excuse.objects.waiting().count(), MakeUp.objects.waiting().count()) == (1, 1)
    assert AttendanceRecord.objects.count() == records


def test_a_trainer_of_another_cohort_finds_nothing(
    client: Client, other_trainer: Any, woman: Enrolment, excuse: Excuse, make_up: MakeUp
) -> None:
    client.force_login(other_trainer)
    for url in pages(woman, excuse, make_up).values():
        assert client.get(url).status_code == 404
        assert client.post(url, {"what": "called", "answer": "yes"}).status_code == 404
    assert woman.person.name not in client.get(reverse("care:all")).content.decode()


@pytest.mark.parametrize("role", ["administrator", "officer", "trainee", "stranger"])
def test_who_keeps_no_register_calls_nobody(
    client: Client,
    role: str,
    request: pytest.FixtureRequest,
    woman: Enrolment,
    excuse: Excuse,
    make_up: MakeUp,
) -> None:
    client.force_login(request.getfixturevalue(role))
    for url in [*pages(woman, excuse, make_up).values(), reverse("care:all")]:
        assert client.get(url).status_code in {302, 403, 404}
        assert client.post(url, {"what": "called", "answer": "yes"}).status_code in {302, 403, 404, 405}
    assert not CareNote.objects.exists()
    excuse.refresh_from_db()
    assert excuse.is_approved is None


def test_a_woman_of_another_cohort_is_not_found_under_mine(
    client: Client, coordinator: Any, cohort: Cohort, excuse: Excuse, make_up: MakeUp
) -> None:
    client.force_login(coordinator)
    for name, thing in (
        ("woman", excuse.enrolment_id),
        ("woman", uuid.uuid4()),
        ("decide", excuse.pk),
        ("done", make_up.pk),
        ("drop", make_up.pk),
    ):
        assert client.post(reverse(f"care:{name}", args=[cohort.pk, thing])).status_code == 404


def test_what_was_done_is_noted_from_the_list(client: Client, trainer: Any, woman: Enrolment) -> None:
    client.force_login(trainer)
    index = reverse("care:index", args=[woman.cohort_id])
    for listed in (index, reverse("care:all")):
        html = client.get(listed).content.decode()
        assert woman.person.name in html
        assert html.count('name="what"') == 5
        assert "csrfmiddlewaretoken" in html
    url = reverse("care:woman", args=[woman.cohort_id, woman.pk])
    answer = client.post(url, {"what": "called", "back": "list", "by": "1", "text": "gossip"})
    assert answer["Location"] == index
    note = CareNote.objects.get()
    assert (note.what, note.by_id) == ("called", trainer.pk)
    page = client.get(index)
    assert page.context["rows"][0]["last"] == note
    client.post(url, {"what": "later", "back": "all"})
    assert client.get(index).context["rows"] == []
    aside = client.get(f"{index}?aside").context["rows"]
    assert [row["call"].enrolment for row in aside] == [woman.pk]


@pytest.mark.parametrize("what", ["", "gossip", "x" * 100_000])
def test_free_text_is_refused(client: Client, trainer: Any, woman: Enrolment, what: str) -> None:
    client.force_login(trainer)
    answer = client.post(reverse("care:woman", args=[woman.cohort_id, woman.pk]), {"what": what})
    assert answer.status_code == 302
    assert said(answer)
    assert not CareNote.objects.exists()


def test_a_back_that_leads_elsewhere_leads_to_her_page(
    client: Client, trainer: Any, woman: Enrolment
) -> None:
    client.force_login(trainer)
    url = reverse("care:woman", args=[woman.cohort_id, woman.pk])
    assert client.post(url, {"what": "called", "back": "https://elsewhere.example/"})["Location"] == url


def test_the_coordinator_answers_a_notice_once(client: Client, coordinator: Any, excuse: Excuse) -> None:
    client.force_login(coordinator)
    cohort = excuse.enrolment.cohort_id
    assert client.get(reverse("care:excuses", args=[cohort])).context["may_approve"]
    url = reverse("care:decide", args=[cohort, excuse.pk])
    assert said(client.post(url, {"answer": "maybe"}))
    client.post(url, {"answer": "yes"})
    client.post(url, {"answer": "no"})
    excuse.refresh_from_db()
    assert (excuse.is_approved, excuse.decided_by_id) == (True, coordinator.pk)
    assert excused_ids(excuse.session) == {excuse.enrolment_id}


def test_a_trainer_asks_for_her_and_answers_nothing(client: Client, trainer: Any, woman: Enrolment) -> None:
    client.force_login(trainer)
    session = classes(woman.cohort)[-2]
    url = reverse("care:ask", args=[woman.cohort_id, woman.pk])
    assert client.post(url, {"session": session.pk, "reason": "way"}).status_code == 302
    excuse = Excuse.objects.get()
    assert excuse.asked_by_id == trainer.pk
    client.post(reverse("care:decide", args=[woman.cohort_id, excuse.pk]), {"answer": "yes"})
    excuse.refresh_from_db()
    assert excuse.is_approved is None


def test_a_make_up_from_agreeing_to_credited(client: Client, trainer: Any, woman: Enrolment) -> None:
    client.force_login(trainer)
    session = classes(woman.cohort)[4]
    url = reverse("care:make_up", args=[woman.cohort_id, woman.pk])
    facts = {"session": session.pk, "task": "lesson"}
    bad = client.post(url, {**facts, "due_on": "31/02/2026"})
    assert (bad.status_code, bad.context["form"]["task"].value()) == (200, "lesson")
    past = client.post(url, {**facts, "due_on": "2020-01-01"})
    assert past.status_code == 200
    assert said(past)
    client.post(url, {**facts, "due_on": str(woman.cohort.today() + timedelta(days=3))})
    make_up = MakeUp.objects.get()
    done = reverse("care:done", args=[woman.cohort_id, make_up.pk])
    for _ in range(2):
        client.post(done)
    make_up.refresh_from_db()
    assert make_up.minutes == 180
    assert AttendanceRecord.objects.current().get(session=session).status == "made_up"


def test_what_is_settled_stands_behind_a_link(
    client: Client, coordinator: Any, excuse: Excuse, make_up: MakeUp
) -> None:
    client.force_login(coordinator)
    cohort = excuse.enrolment.cohort_id
    client.post(reverse("care:decide", args=[cohort, excuse.pk]), {"answer": "no"})
    client.post(reverse("care:done", args=[cohort, make_up.pk]))
    for name, link, thing in (("excuses", "answered", excuse), ("make_ups", "done", make_up)):
        url = reverse(f"care:{name}", args=[cohort])
        assert list(client.get(url).context["page"]) == []
        assert list(client.get(f"{url}?{link}").context["page"]) == [thing]


def test_a_make_up_is_called_off(client: Client, trainer: Any, make_up: MakeUp) -> None:
    client.force_login(trainer)
    client.post(reverse("care:drop", args=[make_up.enrolment.cohort_id, make_up.pk]))
    make_up.refresh_from_db()
    assert make_up.dropped_by_id == trainer.pk


def test_small_numbers_of_reasons_are_not_told(client: Client, coordinator: Any, running: Cohort) -> None:
    for _ in range(5):
        count_reason(cohort=running, kind="excuse", reason="care")
    count_reason(cohort=running, kind="excuse", reason="health")
    client.force_login(coordinator)
    [kind] = client.get(reverse("care:excuses", args=[running.pk])).context["tallies"]
    assert [count for _word, count in kind["shown"]] == [5]
    assert kind["has_hidden"]


@pytest.mark.parametrize("page", ["0", "-3", "x", "999999999999"])
def test_a_page_that_does_not_exist_shows_the_nearest(
    client: Client, trainer: Any, woman: Enrolment, page: str
) -> None:
    client.force_login(trainer)
    for name in ("care:index", "care:excuses", "care:make_ups"):
        assert client.get(reverse(name, args=[woman.cohort_id]), {"p": page}).status_code == 200
    assert client.get(reverse("care:all"), {"p": page}).status_code == 200


@pytest.mark.parametrize("page", ["care:index", "care:excuses", "care:make_ups", "care:all"])
def test_the_lists_hold_their_queries(
    client: Client, coordinator: Any, running: Cohort, queries_of: Callable[[str], int], page: str
) -> None:
    def fill(count: int) -> None:
        now = timezone.now()
        day = running.today(now) + timedelta(days=2)
        for her in enrolled(running, count):
            missed(her, coordinator)
            last, missed_one = classes(running)[-1], classes(running)[4]
            facts: dict[str, Any] = {"enrolment": her, "by": coordinator, "at": now}
            ask_excuse(session=last, reason="care", **facts)
            assign_make_up(session=missed_one, task="lesson", due_on=day, **facts)

    client.force_login(coordinator)
    url = reverse(page, args=[] if page == "care:all" else [running.pk])
    fill(2)
    few = queries_of(url)
    fill(18)
    assert queries_of(url) <= few

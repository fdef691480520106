"""A school is opened in five steps; each is kept, and nothing is created before the last."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from courses.cohorts.models import Cohort
from courses.errors import Refused
from courses.pages.models import CoursePage
from courses.school import wizard
from courses.school.actions import choose_rule, open_school
from courses.school.models import ChosenRule, SchoolChange, SchoolDraft
from courses.school.plan import holidays_around
from tests.courses.cohorts.test_viewsets import said
from tests.factories.courses import (
    AuthorityFactory,
    CohortFactory,
    CourseFactory,
    OrganisationFactory,
    UserFactory,
    enrolled,
    lay_out,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 8, 1, 15, tzinfo=UTC)
FIRST = date(2026, 9, 7)  # a Monday; the Wednesday of the next week is a day of rest


@pytest.fixture
def course() -> CoursePage:
    return CourseFactory()


def basics(**kwargs: Any) -> dict[str, Any]:
    return {
        "name": "Generación nueva",
        "starts_on": FIRST.isoformat(),
        "time_zone": "America/Tijuana",
        "place_code": "Sede 02",
        "seats": "30",
        "issuer": OrganisationFactory().pk,
        "authority": AuthorityFactory().pk,
        **kwargs,
    }


def week(**kwargs: Any) -> dict[str, Any]:
    patterns = {"class": (24, ["1", "3"], "11:00", 180, 1, 1), "outing": (6, ["4"], "16:00", 240, 6, 1)}
    patterns["tutoring"] = (6, ["2"], "12:00", 60, 2, 2)
    data: dict[str, Any] = {"mexican": "on", "own_days": ""}
    for name, (count, weekdays, starts, minutes, first_week, every) in patterns.items():
        data |= {
            f"{name}-count": count,
            f"{name}-weekdays": weekdays,
            f"{name}-starts": starts,
            f"{name}-minutes": minutes,
            f"{name}-first_week": first_week,
            f"{name}-every": every,
        }
    return {**data, **kwargs}


def table(draft: SchoolDraft, **changes: Any) -> dict[str, Any]:
    """The table of sessions as the browser sends it back, two empty rows at its end."""
    rows = SchoolDraft.objects.get(pk=draft.pk).answers["meetings"]
    data: dict[str, Any] = {"form-TOTAL_FORMS": len(rows) + 2, "form-INITIAL_FORMS": len(rows)}
    for number, row in enumerate(rows):
        data |= {f"form-{number}-{name}": value for name, value in row.items()}
    for number in (len(rows), len(rows) + 1):
        data[f"form-{number}-modality"] = "class"
    return {**data, **changes}


def rule(draft: SchoolDraft, client: Client) -> dict[str, Any]:
    """The targets as the page shows them."""
    form = client.get(url("rule", draft)).context["form"]
    return {name: field.initial for name, field in form.fields.items()}


def url(step: str, draft: SchoolDraft) -> str:
    return reverse(f"opening:{step}", args=[draft.pk])


@pytest.fixture
def draft(client: Client, coordinator: Any, course: CoursePage) -> SchoolDraft:
    """A draft that the coordinator has just begun, signed in."""
    client.force_login(coordinator)
    answer = client.post(reverse("opening:index"), {"course": course.pk})
    found = SchoolDraft.objects.get()
    assert answer["Location"] == url("basics", found)
    return found


@pytest.fixture
def laid_out(client: Client, draft: SchoolDraft) -> SchoolDraft:
    """A draft with its place and its sessions."""
    assert client.post(url("basics", draft), basics()).status_code == 302
    assert client.post(url("week", draft), week()).status_code == 302
    return SchoolDraft.objects.get()


def test_a_school_of_24_sessions_and_6_outings_is_opened_in_five_steps(
    client: Client, laid_out: SchoolDraft, coordinator: Any
) -> None:
    assert client.get(url("plan", laid_out)).status_code == 200
    assert client.post(url("plan", laid_out), table(laid_out))["Location"] == url("rule", laid_out)
    targets = rule(laid_out, client)
    targets["target-0"] = "90"
    assert client.post(url("rule", laid_out), targets)["Location"] == url("summary", laid_out)
    assert client.get(url("summary", laid_out)).status_code == 200
    assert not Cohort.objects.exists()

    answer = client.post(url("summary", laid_out))
    cohort = Cohort.objects.get()
    assert answer["Location"] == reverse("school:cohort", args=[cohort.pk])
    sessions = list(cohort.sessions.all())
    kinds = [session.modality for session in sessions]
    assert (kinds.count("class"), kinds.count("outing"), kinds.count("tutoring")) == (24, 6, 6)
    local = [session.starts_at.astimezone(cohort.zone) for session in sessions]
    assert {at.hour for at in local} == {11, 12, 16}  # although the clocks of Tijuana change in November
    assert not {at.date() for at in local} & holidays_around(FIRST)
    assert cohort.opened_at is None
    assert not SchoolDraft.objects.exists()

    opened = open_school(cohort=cohort, by=coordinator, at=NOW)
    assert opened.requirements.get(kind="attendance").target == 90
    assert [change.kind for change in SchoolChange.objects.order_by("pk")] == ["rule", "opened"]


def test_the_summary_sent_twice_makes_one_cohort(client: Client, laid_out: SchoolDraft) -> None:
    client.post(url("plan", laid_out), table(laid_out))
    client.post(url("rule", laid_out), rule(laid_out, client))
    client.post(url("summary", laid_out))
    answer = client.post(url("summary", laid_out))
    assert answer["Location"] == reverse("opening:index")
    assert said(answer)
    assert Cohort.objects.count() == 1


@pytest.mark.parametrize("step", ["week", "plan", "rule", "summary"])
def test_who_comes_too_early_is_led_to_the_open_step(client: Client, draft: SchoolDraft, step: str) -> None:
    for answer in (client.get(url(step, draft)), client.post(url(step, draft), {})):
        assert answer["Location"] == url("basics", draft)
    assert not Cohort.objects.exists()


def test_leaving_loses_nothing_and_going_back_shows_what_was_said(
    client: Client, laid_out: SchoolDraft
) -> None:
    index = client.get(reverse("opening:index")).content.decode()
    assert "Generación nueva" in index
    assert "Sede 02" in client.get(url("basics", laid_out)).content.decode()
    again = client.get(url("week", laid_out)).context["forms"]
    assert [form.initial["count"] for form in again] == [24, 6, 6]
    assert [form.initial["weekdays"] for form in again] == [[1, 3], [4], [2]]


def test_a_new_first_day_moves_the_sessions_with_it(client: Client, laid_out: SchoolDraft) -> None:
    before = wizard.meetings_of(laid_out.answers["meetings"])
    later = FIRST + timedelta(weeks=20)
    client.post(url("basics", laid_out), basics(starts_on=later.isoformat()))
    after = wizard.meetings_of(SchoolDraft.objects.get().answers["meetings"])
    assert len(after) == len(before)
    assert all(meeting.day >= later for meeting in after)
    assert [m.day.weekday() for m in before].count(4) == [m.day.weekday() for m in after].count(4)


def test_a_row_is_changed_removed_and_added(client: Client, laid_out: SchoolDraft) -> None:
    count = len(laid_out.answers["meetings"])
    new = {"day": "2026-09-10", "starts": "18:00", "minutes": "45", "title": "Repaso", "modality": "tutoring"}
    data = table(laid_out, **{f"form-{count}-{name}": value for name, value in new.items()}, stay="1")
    data |= {"form-0-starts": "10:15", "form-1-DELETE": "on", "form-1-day": ""}
    assert client.post(url("plan", laid_out), data)["Location"] == url("plan", laid_out)
    rows = SchoolDraft.objects.get().answers["meetings"]
    assert len(rows) == count
    assert rows[0]["starts"] == "10:15"
    assert new["title"] in [row["title"] for row in rows]


@pytest.mark.parametrize(
    "change",
    [
        {"form-0-day": ""},
        {"form-0-day": "31/02/2026"},
        {"form-0-day": "2026-08-01"},
        {"form-0-day": "2099-01-01", "ends_on": "2027-01-01"},
        {"form-0-minutes": "100000"},
        {"form-0-title": "x" * 161},
        {"form-0-modality": "party"},
        {"form-0-starts": "25:00"},
        {"form-0-day": "2027-03-14", "form-0-starts": "02:30"},
        {"ends_on": "2026-09-08"},
        {"form-TOTAL_FORMS": "9999"},
        {"form-TOTAL_FORMS": "x"},
    ],
)
def test_a_table_that_is_wrong_is_told_and_changes_nothing(
    client: Client, laid_out: SchoolDraft, change: dict[str, str]
) -> None:
    answer = client.post(url("plan", laid_out), table(laid_out, **change))
    assert answer.status_code == 200
    assert SchoolDraft.objects.get().answers["meetings"] == laid_out.answers["meetings"]


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "x" * 81},
        {"starts_on": "9999-12-31"},
        {"starts_on": "mañana"},
        {"seats": "0"},
        {"seats": "99999999"},
        {"time_zone": "Mars/Olympus"},
        {"issuer": "999999"},
        {"trainers": ["999999"]},
    ],
)
def test_a_place_that_makes_no_sense_is_told(
    client: Client, draft: SchoolDraft, change: dict[str, Any]
) -> None:
    assert client.post(url("basics", draft), basics(**change)).status_code == 200
    assert "name" not in SchoolDraft.objects.get().answers


def test_a_name_that_is_taken_is_told_at_once(client: Client, draft: SchoolDraft) -> None:
    CohortFactory(name="Generación nueva", course=CourseFactory())
    assert client.post(url("basics", draft), basics()).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"class-weekdays": []},
        {"class-count": "-1"},
        {"class-count": "1000"},
        {"class-starts": ""},
        {"own_days": "el lunes"},
        {"own_days": "10/04/2026 - 30/03/2026"},
        {"own_days": "01/01/2026 - 31/12/2026"},
        {"own_days": "1\n" * 3000},
        {"class-count": "0", "outing-count": "0", "tutoring-count": "0"},
    ],
)
def test_a_week_that_makes_no_sense_is_told(
    client: Client, draft: SchoolDraft, change: dict[str, Any]
) -> None:
    client.post(url("basics", draft), basics())
    assert client.post(url("week", draft), week(**change)).status_code == 200
    assert "meetings" not in SchoolDraft.objects.get().answers


def test_her_own_free_days_are_skipped_and_the_count_is_kept(client: Client, draft: SchoolDraft) -> None:
    client.post(url("basics", draft), basics())
    client.post(url("week", draft), week(own_days="08/09/2026\n21/09/2026 - 02/10/2026"))
    meetings = wizard.meetings_of(SchoolDraft.objects.get().answers["meetings"])
    days = {meeting.day for meeting in meetings}
    assert not days & {date(2026, 9, 8), date(2026, 9, 22), date(2026, 9, 24), date(2026, 10, 1)}
    assert sum(meeting.modality == "class" for meeting in meetings) == 24
    client.post(url("week", draft), {"keep": "1", "mexican": "on", "own_days": "10/09/2026"})
    kept = wizard.meetings_of(SchoolDraft.objects.get().answers["meetings"])
    assert len(kept) == len(meetings)
    assert date(2026, 9, 10) not in {meeting.day for meeting in kept}


def test_a_copy_takes_place_trainers_sessions_and_rule_to_new_dates_but_no_woman(
    client: Client, coordinator: Any, trainer: Any, cohort: Cohort
) -> None:
    enrolled(cohort, 3)
    lay_out(cohort, 2, modality="outing")
    client.force_login(coordinator)
    client.post(reverse("opening:index"), {"former": cohort.pk})
    draft = SchoolDraft.objects.get()
    shown = client.get(url("basics", draft)).context["form"].initial
    answers = {name: "" if value is None else value for name, value in shown.items()}
    answers |= {"name": "Generación copia", "starts_on": FIRST.isoformat()}
    client.post(url("basics", draft), answers)
    assert cohort.name in client.get(url("week", draft)).content.decode()
    client.post(url("week", draft), {"keep": "1", "mexican": "on", "own_days": ""})
    client.post(url("plan", draft), table(draft))
    client.post(url("rule", draft), rule(draft, client))
    client.post(url("summary", draft))
    copy = Cohort.objects.get(name="Generación copia")
    assert (copy.place_code, copy.seats, list(copy.trainers.all())) == ("Sede 01", cohort.seats, [trainer])
    assert not copy.enrolments.exists()

    def seen(one: Cohort) -> list[tuple[Any, ...]]:
        moments = [(s.starts_at.astimezone(one.zone), s) for s in one.sessions.all()]
        return sorted((s.modality, at.weekday(), at.time(), s.minutes, s.title) for at, s in moments)

    assert seen(copy) == seen(cohort)
    assert min(session.starts_at for session in copy.sessions.all()).date() >= FIRST


def test_the_rule_of_a_former_cohort_is_taken_over(
    client: Client, laid_out: SchoolDraft, course: CoursePage, coordinator: Any
) -> None:
    former = CohortFactory(course=course, opened=False)
    facts = [{"kind": "attendance", "label": "x", "target": 70, "subject": None, "make_up_limit": 1}]
    choose_rule(cohort=former, facts=facts, by=coordinator, at=NOW)
    open_school(cohort=former, at=NOW)
    client.post(url("plan", laid_out), table(laid_out))
    client.post(url("rule", laid_out), {"take": "1", "source": former.pk})
    found = {fact["kind"]: fact["target"] for fact in SchoolDraft.objects.get().answers["facts"]}
    assert found["attendance"] == 70
    assert "outings" not in found
    for source in ("999999", "x", "-1"):
        assert client.post(url("rule", laid_out), {"take": "1", "source": source}).status_code == 404


@pytest.mark.parametrize("target", ["0", "101", "-5", "", "x"])
def test_a_target_that_makes_no_sense_is_told(client: Client, laid_out: SchoolDraft, target: str) -> None:
    client.post(url("plan", laid_out), table(laid_out))
    data = {**rule(laid_out, client), "target-0": target}
    assert client.post(url("rule", laid_out), data).status_code == 200
    assert "facts_seen" not in SchoolDraft.objects.get().answers


def test_the_draft_of_somebody_else_is_not_found(
    client: Client, laid_out: SchoolDraft, trainer: Any, administrator: Any
) -> None:
    for other in (trainer, administrator):
        client.force_login(other)
        for step in ("basics", "week", "plan", "rule", "summary"):
            assert client.get(url(step, laid_out)).status_code in {302, 403}
        assert client.post(reverse("opening:forget", args=[laid_out.pk])).status_code in {302, 403}
    assert SchoolDraft.objects.count() == 1


def test_another_coordinator_does_not_see_my_draft(client: Client, laid_out: SchoolDraft) -> None:
    client.force_login(UserFactory(username="otra-coordinadora", role="coordinator"))
    assert client.get(url("plan", laid_out))["Location"] == reverse("opening:index")
    client.post(reverse("opening:forget", args=[laid_out.pk]))
    assert SchoolDraft.objects.count() == 1


def test_a_draft_is_put_away_and_an_old_one_goes_by_itself(
    client: Client, draft: SchoolDraft, coordinator: Any, course: CoursePage
) -> None:
    forget = reverse("opening:forget", args=[draft.pk])
    assert forget in client.get(reverse("opening:index")).content.decode()
    assert client.get(forget).status_code == 200  # it asks first
    assert SchoolDraft.objects.exists()
    client.post(forget)
    assert not SchoolDraft.objects.exists()
    wizard.start_draft(course=course, former=None, by=coordinator, at=NOW - timedelta(days=31))
    wizard.start_draft(course=course, former=None, by=coordinator, at=NOW)
    assert SchoolDraft.objects.count() == 1


def test_nothing_chosen_is_told(client: Client, coordinator: Any) -> None:
    client.force_login(coordinator)
    assert client.post(reverse("opening:index"), {}).status_code == 200
    assert not SchoolDraft.objects.exists()


def test_the_targets_change_until_the_cohort_is_opened(client: Client, coordinator: Any) -> None:
    cohort = CohortFactory(opened=False)
    client.force_login(coordinator)
    address = reverse("school:choose_rule", args=[cohort.pk])
    form = client.get(address).context["form"]
    targets = {name: field.initial for name, field in form.fields.items()}
    client.post(address, {**targets, "target-0": "75"})
    assert ChosenRule.objects.get().facts[0]["target"] == 75
    assert "75 %" in client.get(reverse("school:rules", args=[cohort.pk])).content.decode()
    open_school(cohort=cohort, at=NOW)
    client.post(address, {**targets, "target-0": "10"})
    assert cohort.requirements.get(kind="attendance").target == 75
    with pytest.raises(Refused):
        choose_rule(cohort=cohort, facts=[], by=coordinator, at=NOW)


def test_the_steps_hold_their_queries(
    client: Client, laid_out: SchoolDraft, course: CoursePage, queries_of: Any
) -> None:
    client.post(url("plan", laid_out), table(laid_out))
    client.post(url("rule", laid_out), rule(laid_out, client))
    steps = ("basics", "week", "plan", "rule", "summary")
    few = [queries_of(url(step, laid_out)) for step in steps]
    CohortFactory.create_batch(8, course=course)
    OrganisationFactory.create_batch(8)
    assert [queries_of(url(step, laid_out)) for step in steps] == few

"""What the team notes without signal: counted once, in her phone's order, and never over another's word."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.assessments.models import Observation
from courses.assessments.outings.models import OutingNote
from courses.attendance.actions import Mark, cancel_session, mark_register, settle_conflict
from courses.attendance.models import AttendanceRecord, ClassSession, MarkConflict
from courses.cohorts.actions import withdraw
from courses.cohorts.models import Cohort, Enrolment
from courses.sync import rules
from courses.sync.models import SyncEvent
from tests.courses.sync.phone import Phone, new_id
from tests.courses.sync.staff_phone import StaffPhone, held
from tests.factories.courses import CohortFactory, enrolled, pin

pytestmark = pytest.mark.django_db


@pytest.fixture
def tablet(trainer: Any) -> StaffPhone:
    return StaffPhone(trainer)


@pytest.fixture
def women(cohort: Cohort) -> list[Enrolment]:
    return enrolled(cohort, 3)


@pytest.fixture
def session(cohort: Cohort) -> ClassSession:
    return held(cohort, "class")


@pytest.fixture
def outing(cohort: Cohort) -> ClassSession:
    return held(cohort, "outing")


def marks_of(session: ClassSession) -> dict[Any, str]:
    return {
        record.enrolment_id: record.status
        for record in AttendanceRecord.objects.current().filter(session=session)
    }


def test_a_register_an_observation_and_an_outing_arrive_and_count_as_hers(
    tablet: StaffPhone, session: ClassSession, outing: ClassSession, women: list[Enrolment], cohort: Cohort
) -> None:
    marks = {women[0]: "present", women[1]: ("late", 15, None), women[2]: "absent"}
    sent = [
        tablet.register(session, marks),
        tablet.observation(women[0], pin(cohort, "rubric")),
        tablet.outing(outing, women[0], women[1].pk),
        tablet.outing(outing, women[1], women[0].pk, back="11:00"),
    ]
    assert tablet.send(*sent) == ["applied"] * 4
    assert list(marks_of(session).values()) == ["present", "late", "absent"]
    assert AttendanceRecord.objects.get(session=session, status="late").minutes == 165
    assert dict(AttendanceRecord.objects.filter(session=outing).values_list("enrolment", "minutes")) == {
        women[0].pk: 180,
        women[1].pk: 120,
    }
    assert Observation.objects.get().has_passed is True
    assert {record.by for record in AttendanceRecord.objects.all()} == {tablet.staff}
    assert Observation.objects.get().by == tablet.staff
    events = SyncEvent.objects.all()
    assert {(one.staff, one.person, one.session, one.enrolment, one.version, one.box) for one in events} == {
        (tablet.staff, None, None, None, None, None)
    }


def test_the_same_three_times_in_any_order_counts_once(
    tablet: StaffPhone, session: ClassSession, outing: ClassSession, women: list[Enrolment], cohort: Cohort
) -> None:
    boxes = [
        tablet.seal(tablet.register(session, dict.fromkeys(women, "present"))),
        tablet.seal(tablet.observation(women[0], pin(cohort, "rubric"))),
        tablet.seal(tablet.outing(outing, women[0])),
    ]
    assert [one["status"] for one in tablet.post(boxes).json()["results"]] == ["applied"] * 3
    for order in ([2, 0, 1], [1, 2, 0]):
        results = tablet.post([boxes[place] for place in order]).json()["results"]
        assert [one["status"] for one in results] == ["again"] * 3
    assert (AttendanceRecord.objects.count(), Observation.objects.count()) == (4, 1)


def test_what_she_changed_on_the_way_counts_whatever_arrives_first(
    tablet: StaffPhone, session: ClassSession, women: list[Enrolment]
) -> None:
    first = tablet.register(session, dict.fromkeys(women, "present"))
    second = tablet.register(session, {**dict.fromkeys(women, "present"), women[1]: "absent"})
    assert tablet.send(first, second) == ["applied", "applied"], "her own word is no contradiction"
    assert marks_of(session)[women[1].pk] == "absent"
    assert AttendanceRecord.objects.filter(session=session).count() == 4
    third = tablet.register(session, {**dict.fromkeys(women, "present"), women[2]: "excused"})
    fourth = tablet.register(session, dict.fromkeys(women, "present"))
    assert tablet.send(fourth, third) == ["applied", "superseded"]
    assert set(marks_of(session).values()) == {"present"}


def test_a_colleagues_other_word_is_not_overwritten_and_the_rest_counts(
    tablet: StaffPhone, coordinator: Any, session: ClassSession, women: list[Enrolment]
) -> None:
    mark_register(session=session, marks={women[0].pk: Mark("absent")}, by=coordinator, at=timezone.now())
    event = tablet.register(session, dict.fromkeys(women, "present"))
    assert tablet.send(event) == ["conflict"]
    assert [marks_of(session)[woman.pk] for woman in women] == ["absent", "present", "present"]
    assert tablet.send(event) == ["conflict"], "the same answer each time"
    conflict = MarkConflict.objects.open().get()
    assert (conflict.enrolment, conflict.status, conflict.by) == (women[0], "present", tablet.staff)
    assert conflict.device.startswith("teléfono ")
    settle_conflict(conflict=conflict, keep="second", by=coordinator, at=timezone.now())
    record = AttendanceRecord.objects.current().get(session=session, enrolment=women[0])
    assert (record.status, record.supersedes.by) == ("present", coordinator)
    assert tablet.send(event) == ["conflict"], "and changes nothing any more"
    assert not MarkConflict.objects.open().exists()


def test_an_outing_leaves_a_colleagues_mark_alone_and_changes_her_own_and_what_she_knew(
    tablet: StaffPhone, coordinator: Any, outing: ClassSession, women: list[Enrolment]
) -> None:
    [known] = mark_register(
        session=outing, marks={women[0].pk: Mark("absent")}, by=coordinator, at=timezone.now()
    )
    assert tablet.send(tablet.outing(outing, women[0]), tablet.outing(outing, women[1])) == [
        "mark_waits",
        "applied",
    ]
    assert marks_of(outing) == {women[0].pk: "absent", women[1].pk: "present"}
    assert OutingNote.objects.current().count() == 2, "both outings are noted"
    assert MarkConflict.objects.open().get().enrolment == women[0]
    assert not SyncEvent.objects.waiting().exists(), "nothing is left for the desk of offline work"
    again = tablet.outing(outing, women[1], back="10:00")
    assert tablet.send(again, tablet.outing(outing, women[0], known=known.pk)) == ["applied", "applied"]
    assert marks_of(outing) == {women[0].pk: "present", women[1].pk: "late"}
    assert not MarkConflict.objects.open().exists(), "her later word settles her earlier one"
    record = AttendanceRecord.objects.current().get(enrolment=women[0])
    assert (record.how, record.supersedes.by, record.noted_at is None) == ("outing", coordinator, False)
    assert record.device.startswith("teléfono ")
    desk = Client()
    desk.force_login(coordinator)
    history = desk.get(reverse("register:history", args=[outing.pk])).content.decode()
    assert record.device.split()[1] in history, "which phone"


def test_what_she_knew_she_may_change_and_what_says_the_same_is_no_conflict(
    tablet: StaffPhone, coordinator: Any, session: ClassSession, women: list[Enrolment]
) -> None:
    marks = {women[0].pk: Mark("absent"), women[1].pk: Mark("late", 20)}
    known, _late = mark_register(session=session, marks=marks, by=coordinator, at=timezone.now())
    event = tablet.register(session, {women[0]: ("present", 0, known.pk), women[1]: ("late", 20, None)})
    assert tablet.send(event) == ["applied"]
    assert marks_of(session)[women[0].pk] == "present"
    assert AttendanceRecord.objects.filter(session=session).count() == 3


@pytest.mark.parametrize("kind", ["register", "observation", "outing"])
def test_who_left_the_trainers_meanwhile_waits_for_a_human(
    tablet: StaffPhone,
    session: ClassSession,
    outing: ClassSession,
    women: list[Enrolment],
    cohort: Cohort,
    coordinator: Any,
    kind: str,
) -> None:
    event = {
        "register": lambda: tablet.register(session, dict.fromkeys(women, "present")),
        "observation": lambda: tablet.observation(women[0], pin(cohort, "rubric")),
        "outing": lambda: tablet.outing(outing, women[0]),
    }[kind]()
    cohort.trainers.clear()
    assert tablet.send(event) == ["not_yours"]
    assert (AttendanceRecord.objects.count(), Observation.objects.count()) == (0, 0)
    desk = Client()
    desk.force_login(coordinator)
    desk.post(reverse("offline:accept", args=[SyncEvent.objects.waiting().get().pk]))
    assert AttendanceRecord.objects.count() + Observation.objects.count() == (3 if kind == "register" else 1)
    assert tablet.send(event) == ["again"]


def test_an_account_that_was_closed_counts_nothing_and_loses_nothing(
    tablet: StaffPhone, session: ClassSession, women: list[Enrolment]
) -> None:
    tablet.staff.is_active = False
    tablet.staff.save()
    assert tablet.send(tablet.register(session, {women[0]: "present"})) == ["not_yours"]
    assert SyncEvent.objects.waiting().get().staff == tablet.staff


def test_a_trainer_of_another_cohort_and_who_studies_note_nothing(
    other_trainer: Any,
    phone: Phone,
    tablet: StaffPhone,
    session: ClassSession,
    women: list[Enrolment],
    cohort: Cohort,
) -> None:
    stranger = StaffPhone(other_trainer)
    rubric = pin(cohort, "rubric")
    assert (
        stranger.send(
            stranger.register(session, {women[0]: "present"}), stranger.observation(women[0], rubric)
        )
        == ["not_yours"] * 2
    )
    hers = phone.event(
        "register.confirmed", session=session.pk, marks={str(women[0].pk): ["present", 0, None]}
    )
    assert phone.send(hers) == ["not_allowed"]
    lesson = tablet.event("lesson.completed", version=pin(cohort, "lesson").version_id)
    assert tablet.send(lesson) == ["not_allowed"]
    forged = {**tablet.register(session, {women[0]: "present"}), "device": new_id()}
    assert tablet.send(forged) == ["bad_ticket"]
    assert (AttendanceRecord.objects.count(), Observation.objects.count()) == (0, 0)


def test_women_and_sessions_of_other_cohorts_are_refused_whole(
    tablet: StaffPhone, session: ClassSession, outing: ClassSession, women: list[Enrolment], cohort: Cohort
) -> None:
    foreign = enrolled(CohortFactory())[0]
    rubric = pin(cohort, "rubric")
    assert tablet.send(
        tablet.register(session, {women[0]: "present", foreign: "present"}),
        tablet.register(ClassSession(pk=2**40), {women[0]: "present"}),
        tablet.outing(session, women[0]),
        tablet.outing(outing, foreign),
        tablet.outing(outing, women[0], foreign.pk),
        tablet.outing(outing, women[0], women[0].pk),
        tablet.outing(outing, women[0], left="12:00", back="09:00"),
        tablet.observation(women[0], rubric, rubric=new_id()),
        tablet.observation(women[0], rubric, enrolment=new_id()),
        tablet.observation(women[0], rubric, scores={"step-0": 1}),
        tablet.observation(women[0], rubric, points=2),
        tablet.observation(women[0], rubric, second=tablet.staff.pk),
        tablet.observation(women[0], rubric, second=2**40),
    ) == ["refused", "unknown", "unknown", "unknown", "unknown", "refused", "refused", "not_in_course",
          "unknown", "refused", "refused", "second", "second"]  # fmt: skip
    assert (AttendanceRecord.objects.count(), Observation.objects.count()) == (0, 0)
    assert SyncEvent.objects.waiting().filter(staff=tablet.staff).count() == 13


def test_an_outing_that_has_not_ended_yet_waits(
    tablet: StaffPhone, cohort: Cohort, women: list[Enrolment]
) -> None:
    now = timezone.now().astimezone(cohort.zone)
    begun = held(cohort, "outing", now.replace(hour=0, minute=0, second=0, microsecond=0))
    assert tablet.send(tablet.outing(begun, women[0], left="00:00", back="23:59")) == ["not_yet"]


def test_before_the_session_or_after_it_was_cancelled_nothing_counts(
    tablet: StaffPhone, session: ClassSession, women: list[Enrolment], cohort: Cohort, coordinator: Any
) -> None:
    soon = held(cohort, "tutoring", timezone.now() + timedelta(hours=2))
    assert tablet.send(tablet.register(soon, {women[0]: "present"})) == ["not_yet"]
    assert tablet.send(tablet.register(soon, {women[0]: "excused"})) == ["applied"]
    cancel_session(session=session, by=coordinator, at=timezone.now())
    assert tablet.send(tablet.register(session, {women[0]: "present"})) == ["cancelled"]


def test_an_observation_of_one_who_left_waits_and_her_mark_of_that_day_counts(
    tablet: StaffPhone, session: ClassSession, women: list[Enrolment], cohort: Cohort
) -> None:
    withdraw(enrolment=women[0], on=session.day)
    observation, register = (
        tablet.observation(women[0], pin(cohort, "rubric")),
        tablet.register(session, {women[0]: "present"}),
    )
    assert tablet.send(observation, register) == ["enrolment_over", "applied"]


def test_a_mark_of_who_joined_later_or_had_left_waits_and_the_others_count(
    tablet: StaffPhone, coordinator: Any, session: ClassSession, women: list[Enrolment]
) -> None:
    there, later, gone = women
    Enrolment.objects.filter(pk=later.pk).update(starts_on=session.day + timedelta(days=1))
    withdraw(enrolment=gone, on=session.day - timedelta(days=1))
    event = tablet.register(session, dict.fromkeys(women, "present"))
    assert tablet.send(event) == ["not_then"]
    assert marks_of(session) == {there.pk: "present"}
    assert tablet.send(tablet.register(session, {later: "present"})) == ["not_then"]
    desk = Client()
    desk.force_login(coordinator)
    waiting = SyncEvent.objects.waiting()
    assert desk.get(reverse("offline:index")).status_code == 200
    desk.post(reverse("offline:accept", args=[waiting.order_by("pk")[0].pk]))
    assert set(marks_of(session)) == {woman.pk for woman in women}, "a person may count it"
    assert waiting.count() == 1


def test_whom_a_person_has_noted_that_day_a_phone_may_correct(
    tablet: StaffPhone, coordinator: Any, session: ClassSession, women: list[Enrolment]
) -> None:
    Enrolment.objects.filter(pk=women[0].pk).update(starts_on=session.day + timedelta(days=1))
    marks = {women[0].pk: Mark("absent")}
    [known] = mark_register(session=session, marks=marks, by=coordinator, at=timezone.now())
    assert tablet.send(tablet.register(session, {women[0]: ("late", 20, known.pk)})) == ["applied"]


def test_an_outing_of_who_joined_later_waits_whoever_of_the_pair_it_is(
    tablet: StaffPhone, outing: ClassSession, women: list[Enrolment]
) -> None:
    Enrolment.objects.filter(pk=women[0].pk).update(starts_on=outing.day + timedelta(days=1))
    alone, together = tablet.outing(outing, women[0]), tablet.outing(outing, women[1], women[0].pk)
    assert tablet.send(alone, together) == ["not_then"] * 2
    assert not OutingNote.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"session": "1"}, {"session": -1}, {"marks": {}}, {"marks": []},
        {"marks": {"x": ["present", 0, None]}},
        {"marks": {new_id(): ["made_up", 0, None]}}, {"marks": {new_id(): ["present", 5, None]}},
        {"marks": {new_id(): ["late", 1000, None]}}, {"marks": {new_id(): ["late", True, None]}},
        {"marks": {new_id(): ["late", 1]}}, {"marks": {new_id(): "present"}},
        {"marks": {new_id(): ["present", 0, "1"]}}, {"marks": {new_id(): [["present"], 0, None]}},
        {"marks": {new_id(): ["present", 0, None] for _number in range(201)}},
        {"marks": {"AAAAAAAA-0000-4000-8000-000000000000": ["present", 0, None],
                   "aaaaaaaa-0000-4000-8000-000000000000": ["absent", 0, None]}},
    ],
)  # fmt: skip
def test_a_register_that_is_none_is_refused_and_kept_as_hers(
    tablet: StaffPhone, session: ClassSession, women: list[Enrolment], changes: dict[str, Any]
) -> None:
    event = {**tablet.register(session, {women[0]: "present"}), **changes}
    assert tablet.send(event) == ["bad_event"]
    assert SyncEvent.objects.get().staff == tablet.staff


@pytest.mark.parametrize(
    "changes",
    [
        {"scores": {}}, {"scores": {"s": -1}}, {"scores": {"s": 1.0}}, {"scores": {"": 1}},
        {"scores": {"á": 1}},
        {"scores": {f"s{number}": 1 for number in range(61)}}, {"second": "1"}, {"comment": None},
        {"comment": "x" * 201}, {"comment": ["x"]},
        {"rubric": None}, {"enrolment": 7},
    ],
)  # fmt: skip
def test_an_observation_that_is_none_is_refused(
    tablet: StaffPhone, women: list[Enrolment], cohort: Cohort, changes: dict[str, Any]
) -> None:
    event = {**tablet.observation(women[0], pin(cohort, "rubric")), **changes}
    assert tablet.send(event) == ["bad_event"]


@pytest.mark.parametrize(
    "changes", [{"left": "9:00"}, {"left": "24:00"}, {"back": "12:60"}, {"back": None}, {"left": "٠٩:٠٠"},
                {"pair_with": "x"}, {"pair_with": 3}, {"known": "1"}]
)  # fmt: skip
def test_an_outing_that_is_none_is_refused(
    tablet: StaffPhone, outing: ClassSession, women: list[Enrolment], changes: dict[str, Any]
) -> None:
    assert tablet.send({**tablet.outing(outing, women[0]), **changes}) == ["bad_event"]


def test_the_words_are_the_teams_and_a_full_house_says_so(
    tablet: StaffPhone, session: ClassSession, women: list[Enrolment], settings: Any, cohort: Cohort
) -> None:
    cohort.trainers.clear()
    settings.SYNC_KEPT_PER_OWNER = 1
    boxes = [tablet.seal(tablet.register(session, {woman: "present"})) for woman in women[:2]]
    first, second = tablet.post(boxes).json()["results"]
    assert (first["code"], first["kept"], second["kept"]) == ("not_yours", True, False)
    assert first["message"] != second["message"]


def test_a_register_of_200_takes_the_same_few_queries_as_one_of_three(
    tablet: StaffPhone, session: ClassSession, cohort: Cohort, django_assert_max_num_queries: Any
) -> None:
    Cohort.objects.filter(pk=cohort.pk).update(seats=300)
    cohort.refresh_from_db()
    everybody = enrolled(cohort, 200)
    box = tablet.seal(tablet.register(session, dict.fromkeys(everybody, "present")))
    with django_assert_max_num_queries(35):
        assert tablet.post([box]).json()["results"][0]["status"] == "applied"
    assert AttendanceRecord.objects.count() == 200


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("", ""),
        ("  Muy clara. ", "Muy clara."),
        ("a\nb\x00c", "a b c"),
        ("\u202eabc\u00a0d", "abc d"),
        ("ñ" * 200, "ñ" * 200),
    ],
)
def test_a_comment_is_one_plain_line(
    tablet: StaffPhone, women: list[Enrolment], cohort: Cohort, said: str, read: str
) -> None:
    event = tablet.observation(women[0], pin(cohort, "rubric"), comment=said)
    found = rules.read_event(json.dumps(event).encode(), UUID(event["id"]))
    assert found.facts["comment"] == read
    assert tablet.send(event) == ["applied"]

"""Role × address of the desk that runs the school: who gets in where, and no address is left out."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from courses.attendance.actions import Mark, mark_register, take_in_marks
from courses.attendance.models import ClassSession, Excuse, MarkConflict
from courses.care.models import MakeUp
from courses.cohorts.actions import wait_for_seat
from courses.cohorts.models import Cohort, CohortContent, Enrolment, WaitingEntry
from courses.imports.actions import look_at_list
from courses.imports.models import PeopleImport
from courses.school import wizard
from courses.school.models import SchoolDraft
from courses.sync.models import SyncEvent
from tests.cms.test_permissions import refused
from tests.courses.assessments.conftest import quiz, written
from tests.courses.assessments.grading.test_actions import sit
from tests.factories.courses import OPENED, CohortFactory, PersonFactory, enrolled, lay_out, pin

pytestmark = pytest.mark.django_db
__all__ = ["quiz", "refused", "written"]  # fixtures of other tests
DESK: tuple[str, ...] = (
    "cards",
    "cohorts",
    "school",
    "opening",
    "glance",
    "register",
    "practicals",
    "outings",
    "grading",
)
DESK += ("items", "care", "imports", "offline", "people")
ROLES = ["trainee", "trainer", "other_trainer", "coordinator", "administrator", "officer", "stranger"]
BOSS, TEAM, ALL = {"coordinator"}, {"trainer", "coordinator"}, {"trainer", "coordinator", "administrator"}
OFFICE = {"coordinator", "administrator"}
ONE, WOMAN, SESSION = ("cohort",), ("cohort", "woman"), ("cohort", "session")
TABLE: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "cards:index": ((), OFFICE),
    "cards:cohort": (ONE, OFFICE),
    "cards:attendance": (ONE, TEAM),
    "cards:attendance_pdf": (ONE, TEAM),
    "cards:woman": (("account",), OFFICE),
    "cohorts:index": ((), {*ALL, "other_trainer"}),
    "cohorts:index_results": ((), {*ALL, "other_trainer"}),
    "cohorts:add": ((), BOSS),
    "cohorts:edit": (ONE, BOSS),
    "cohorts:joining": (ONE, ALL),
    "cohorts:enrol": (ONE, BOSS),
    "cohorts:withdraw": (WOMAN, BOSS),
    "cohorts:take_back": (("cohort", "left"), BOSS),
    "cohorts:transfer": (WOMAN, BOSS),
    "cohorts:waiting": (ONE, BOSS),
    "cohorts:ethics": (WOMAN, TEAM),
    "school:cohort": (ONE, ALL),
    "school:people": (ONE, ALL),
    "school:woman": (WOMAN, ALL),
    "school:add_sessions": (ONE, BOSS),
    "school:rules": (ONE, ALL),
    "school:choose_rule": (("closed",), BOSS),
    "school:open": (("closed",), BOSS),
    "school:session": (SESSION, ALL),
    "school:move_session": (SESSION, BOSS),
    "school:cancel_session": (SESSION, TEAM),
    "school:substitute": (SESSION, BOSS),
    "school:trainers": (ONE, BOSS),
    "school:part_trainer": (("cohort", "teacher"), BOSS),
    "school:history": (ONE, ALL),
    "school:calendar": (ONE, ALL),
    "school:my_calendar": ((), {*ALL, "other_trainer"}),
    "glance:exports": (ONE, BOSS),
    "opening:index": ((), BOSS),
    "opening:basics": (("draft",), BOSS),
    "opening:week": (("draft",), BOSS),
    "opening:plan": (("draft",), BOSS),
    "opening:rule": (("draft",), BOSS),
    "opening:summary": (("draft",), BOSS),
    "register:mark": (("session",), TEAM),
    "register:from_sheet": (("session",), TEAM),
    "register:sheet": (("session",), TEAM),
    "register:history": (("session",), TEAM),
    "register:scan": (("session",), TEAM),
    "register:code": (("session",), TEAM),
    "register:woman": (WOMAN, TEAM),
    "practicals:index": (ONE, TEAM),
    "practicals:observe": (("cohort", "rubric", "woman"), TEAM),
    "outings:index": (ONE, TEAM),
    "outings:note": (("cohort", "outing"), TEAM),
    "grading:index": (ONE, TEAM),
    "grading:results": (("cohort", "quiz"), TEAM),
    "grading:question": (("cohort", "quiz", "question_in_words"), TEAM),
    "grading:override": (("cohort", "attempt"), BOSS),
    "items:index": (ONE, TEAM),
    "items:quiz": (("cohort", "quiz"), TEAM),
    "items:fix": (("cohort", "quiz", "question"), BOSS),
    "care:all": ((), {*TEAM, "other_trainer"}),  # another trainer sees those of her own cohorts: nobody
    "care:index": (ONE, TEAM),
    "care:woman": (WOMAN, TEAM),
    "care:ask": (WOMAN, TEAM),
    "care:make_up": (WOMAN, TEAM),
    "care:excuses": (ONE, TEAM),
    "care:decide": (("cohort", "excuse"), BOSS),
    "care:make_ups": (ONE, TEAM),
    "care:done": (("cohort", "make_up"), TEAM),
    "care:drop": (("cohort", "make_up"), TEAM),
    "imports:index": (ONE, BOSS),
    "imports:look": (("cohort", "batch"), BOSS),
    "imports:undo": (("cohort", "batch"), BOSS),
    "offline:index": ((), OFFICE),
    "offline:accept": (("refused",), OFFICE),
    "offline:note": (("refused",), OFFICE),
    "people:index": ((), OFFICE),
    "people:index_results": ((), OFFICE),
    "people:add": ((), BOSS),
    "people:edit": (("person",), BOSS),
    "people:legal_name": (("person",), OFFICE),
}
# What is only ever sent: looking at the address changes nothing, and sending is refused to everybody else.
POSTS: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "cards:print": (ONE, OFFICE),
    "cards:make": (("account",), OFFICE),
    "cards:revoke": (("account",), OFFICE),
    "cohorts:give_seat": (("cohort", "entry"), BOSS),
    "cohorts:stop_waiting": (("cohort", "entry"), BOSS),
    "glance:register_xlsx": (ONE, BOSS),
    "glance:register_pdf": (ONE, BOSS),
    "glance:results_xlsx": (ONE, BOSS),
    "glance:results_pdf": (ONE, BOSS),
    "imports:answer": (("cohort", "batch"), BOSS),
    "imports:confirm": (("cohort", "batch"), BOSS),
    "imports:throw_away": (("cohort", "batch"), BOSS),
    "opening:forget": (("draft",), BOSS),
    "register:settle": (("session", "conflict"), TEAM),
}


def names(resolver: URLResolver | None = None, space: str = "") -> Iterator[str]:
    """Every address of the desk by its name."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from names(entry, entry.namespace or space)
        elif space in DESK:
            yield f"{space}:{entry.name}"


def test_no_address_of_the_desk_is_left_out() -> None:
    assert set(names()) == {*TABLE, *POSTS}


@pytest.fixture
def batch(cohort: Cohort, coordinator: Any) -> PeopleImport:
    """A list of `cohort` that was looked at and not confirmed."""
    return look_at_list(cohort=cohort, raw=b"Nombre\nAna\n", by=coordinator, at=OPENED)


@pytest.fixture
def draft(cohort: Cohort, coordinator: Any) -> SchoolDraft:
    """A school that the coordinator prepared to the last step, as a copy of `cohort`."""
    made = wizard.start_draft(course=cohort.course, former=cohort, by=coordinator, at=OPENED)
    told = made.answers
    more = {
        "name": "Generación preparada",
        "starts_on": told["was_first"],
        "ends_on": cohort.ends_on.isoformat(),
        "meetings": told["former"],
        "facts_seen": True,
    }
    return wizard.keep_answers(draft=made, answers=more, at=OPENED)


@pytest.fixture
def sessions(cohort: Cohort, enrolment: Enrolment, trainer: Any) -> list[ClassSession]:
    """Missed, free, missed, and two ahead."""
    first, second, third = cohort.sessions.order_by("starts_at")
    for session in (first, third):
        mark_register(session=session, marks={enrolment.pk: Mark("absent")}, by=trainer, at=session.ends_at)
    Cohort.objects.filter(pk=cohort.pk).update(ends_on=timezone.localdate() + timedelta(days=60))
    ahead = [
        ClassSession.objects.create(
            cohort=cohort,
            number=number,
            title=f"Tema {number}",
            minutes=180,
            starts_at=timezone.now() + timedelta(days=number),
            ends_at=timezone.now() + timedelta(days=number, hours=3),
        )
        for number in (4, 5)
    ]
    return [first, second, third, *ahead]


@pytest.fixture
def make_up(enrolment: Enrolment, sessions: list[ClassSession], trainer: Any) -> MakeUp:
    return MakeUp.objects.create(
        enrolment=enrolment,
        session=sessions[0],
        task="tutoring",
        due_on=timezone.localdate(),
        assigned_by=trainer,
        assigned_at=timezone.now(),
    )


@pytest.fixture
def conflict(sessions: list[ClassSession], coordinator: Any) -> MarkConflict:
    """Two who said different things of one woman on the day of the session."""
    [her] = enrolled(sessions[1].cohort, 1)
    told = sessions[1].ends_at
    mark_register(session=sessions[1], marks={her.pk: Mark("present")}, by=coordinator, at=told)
    taken = take_in_marks(
        session=sessions[1],
        marks={her.pk: Mark("absent")},
        seen={},
        by=coordinator,
        at=told,
        device="d",
        noted_at=told,
    )
    return taken.conflicts[0]


@pytest.fixture
def things(
    cohort: Cohort,
    enrolment: Enrolment,
    trainee: Any,
    trainer: Any,
    coordinator: Any,
    sessions: list[ClassSession],
    written: CohortContent,
    batch: PeopleImport,
    draft: SchoolDraft,
    make_up: MakeUp,
    conflict: MarkConflict,
    refused: SyncEvent,
) -> dict[str, Any]:
    """What the addresses are about."""
    [left] = enrolled(cohort, 1)
    Enrolment.objects.filter(pk=left.pk).update(status="withdrawn", ends_on=cohort.starts_on)
    entry: WaitingEntry = wait_for_seat(person=PersonFactory(), cohort=cohort, by=coordinator, at=OPENED)
    excuse = Excuse.objects.create(
        enrolment=enrolment, session=sessions[3], asked_by=trainer, asked_at=timezone.now()
    )
    return {
        "account": trainee.key,
        "attempt": sit(enrolment, written).pk,
        "batch": batch.pk,
        "closed": CohortFactory(course=cohort.course, opened=False).pk,
        "cohort": cohort.pk,
        "conflict": conflict.pk,
        "draft": draft.pk,
        "entry": entry.pk,
        "excuse": excuse.pk,
        "left": left.pk,
        "make_up": make_up.pk,
        "outing": lay_out(cohort, 1, modality=ClassSession.Modality.OUTING)[0].pk,
        "person": enrolment.person.pk,
        "question": "q0",
        "question_in_words": "w0",
        "quiz": written.slug,
        "refused": refused.pk,
        "rubric": pin(cohort, "rubric").slug,
        "session": sessions[1].pk,
        "teacher": trainer.key,
        "woman": enrolment.pk,
    }


@pytest.mark.parametrize("name", TABLE)
def test_each_page_opens_for_its_roles_and_for_no_other(
    client: Client, things: dict[str, Any], request: pytest.FixtureRequest, name: str
) -> None:
    arguments, allowed = TABLE[name]
    address = reverse(name, args=[things[argument] for argument in arguments])
    told = {}
    for role in ROLES:
        client.force_login(request.getfixturevalue(role))
        told[role] = client.get(address).status_code
    assert {role for role, status in told.items() if status == 200} == allowed, told
    assert all(status in {302, 403, 404} for role, status in told.items() if role not in allowed), told


@pytest.mark.parametrize("name", POSTS)
def test_what_is_sent_is_taken_from_its_roles_only(
    client: Client, things: dict[str, Any], request: pytest.FixtureRequest, name: str
) -> None:
    arguments, allowed = POSTS[name]
    address = reverse(name, args=[things[argument] for argument in arguments])
    for role in ROLES:
        client.force_login(request.getfixturevalue(role))
        assert client.get(address).status_code != 200, role
        if role in allowed:
            assert client.get(address).status_code == 405
        else:
            answer = client.post(address)
            assert answer.status_code in {403, 404} or (
                answer.status_code == 302 and answer["Location"].startswith(("/entrar/", "/admin/", "/hoy/"))
            ), (role, answer.status_code)
            assert "Content-Disposition" not in answer

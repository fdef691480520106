"""What each kind of event does, and why it may not. The clock is the server's; the order is the phone's own.

`find` says what an event is about, so that it can be shown to a human even when it is refused; `act` does it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.crypto import salted_hmac

from courses.assessments.actions import save_answer, submit_attempt
from courses.assessments.kinds import Unreadable, is_answered, is_words, read
from courses.assessments.models import Attempt
from courses.cohorts.access import can_study
from courses.cohorts.models import CohortContent, Enrolment
from courses.pages.models import ContentVersion
from courses.people.models import Person
from courses.progress.actions import complete_lesson, keep_place
from courses.sync import rules
from courses.sync.models import SyncEvent
from courses.sync.rules import Event

Status = SyncEvent.Status
BY_HAND = frozenset(  # a human may accept these
    {
        "enrolment_over",
        "not_started",
        "older_than_cohort",
        "failed",
        "not_yours",
        "not_yet",
        "not_then",
        "conflict",
    }
)


class NotCounted(Exception):
    """An event is refused; `str(error)` is its code."""


@dataclass(frozen=True)
class Subject:
    """What an event is about. `slot` names it in the order of a phone; `after` is what closes that slot."""

    enrolment: Enrolment
    version: ContentVersion
    slot: str = ""
    after: str = ""
    pin: CohortContent | None = None
    attempt: Attempt | None = None


def find(event: Event, person: Person) -> Subject:
    """What this event of hers is about. Raises NotCounted (unknown, not_in_course)."""
    if event.kind in {rules.PLACE, rules.COMPLETED}:
        return _lesson(event, person)
    return _attempt(event, person)


def _lesson(event: Event, person: Person) -> Subject:
    version = ContentVersion.objects.filter(
        pk=event.facts["version"], kind=ContentVersion.Kind.LESSON
    ).first()
    if version is None:
        raise NotCounted("unknown")
    pins = CohortContent.objects.filter(
        key=version.key, kind=ContentVersion.Kind.LESSON, cohort__enrolments__person=person
    )
    cohorts = {pin.cohort_id: pin for pin in pins.select_related("version")}
    enrolments = (
        Enrolment.objects.filter(person=person, cohort__in=cohorts)
        .select_related("cohort")
        .order_by("-starts_on")
    )
    best = sorted(enrolments, key=lambda enrolment: enrolment.status != Enrolment.Status.ACTIVE)
    if not best:
        raise NotCounted("not_in_course")
    pin = cohorts[best[0].cohort_id]
    slot = slot_of(event.kind, str(version.key)) if event.kind == rules.PLACE else ""
    return Subject(enrolment=best[0], version=version, slot=slot, pin=pin)


def _attempt(event: Event, person: Person) -> Subject:
    attempt = (
        Attempt.objects.select_for_update(of=("self",))
        .filter(pk=event.facts["attempt"], enrolment__person=person)
        .select_related("enrolment__cohort", "version")
        .first()
    )
    if attempt is None:
        raise NotCounted("unknown")
    whole = slot_of(rules.SUBMITTED, str(attempt.pk))
    is_answer = event.kind == rules.ANSWER
    return Subject(
        enrolment=attempt.enrolment,
        version=attempt.version,
        slot=slot_of(rules.ANSWER, f"{attempt.pk} {event.facts['question']}") if is_answer else whole,
        after=whole if is_answer else "",
        attempt=attempt,
    )


def slot_of(kind: str, about: str) -> str:
    """A keyed hash of what an event is about: it keeps the order and tells nothing."""
    return salted_hmac("sync.slot", f"{kind} {about}", algorithm="sha256").hexdigest()


def act(event: Event, subject: Subject, at: datetime, *, by_hand: bool = False) -> str:
    """Do what the event says; applied or again. Raises NotCounted. By hand: also where she may not study."""
    if not by_hand:
        _check_time(subject, at)
    if subject.attempt is not None:
        return _act_on_attempt(event, subject.attempt, at)
    assert subject.pin is not None  # find() gives one of the two
    if event.kind == rules.PLACE:
        if subject.version.meaning != subject.pin.version.meaning:
            return (
                Status.APPLIED
            )  # the blocks of another version are other blocks; in another language, the same
        keep_place(enrolment=subject.enrolment, pin=subject.pin, place=event.facts["place"], at=at)
    else:
        complete_lesson(enrolment=subject.enrolment, pin=subject.pin, at=at, version=subject.version)
    return Status.APPLIED


def _check_time(subject: Subject, at: datetime) -> None:
    """Her enrolment is active, her cohort has begun, and the attempt is not older than the cohort."""
    cohort = subject.enrolment.cohort
    if subject.enrolment.status != Enrolment.Status.ACTIVE:
        raise NotCounted("enrolment_over")
    if not can_study(subject.enrolment, cohort.has_started(at)):
        raise NotCounted("not_started")
    if subject.attempt and cohort.opened_at and subject.attempt.started_at < cohort.opened_at:
        raise NotCounted("older_than_cohort")


def _act_on_attempt(event: Event, attempt: Attempt, at: datetime) -> str:
    is_answer = event.kind == rules.ANSWER
    said = {event.facts["question"]: event.facts["option"]} if is_answer else dict(event.facts["answers"])
    given = _on_sheet(attempt, said)
    if attempt.submitted_at is not None:
        if any(attempt.answers.get(question, "") != answer for question, answer in given.items()):
            raise NotCounted("handed_in")
        return Status.AGAIN
    if is_answer:
        question, answer = next(iter(given.items()))
        save_answer(attempt=attempt, question=question, answer=answer, at=at)
        return Status.APPLIED
    whole = {**attempt.answers, **given}
    if not all(is_answered(question, whole.get(question["id"])) for question in attempt.questions):
        raise NotCounted("incomplete")
    submit_attempt(attempt=attempt, answers=given, at=at)
    return Status.APPLIED


def _on_sheet(attempt: Attempt, given: Mapping[str, str]) -> dict[str, str]:
    """These answers as they are kept. Raises NotCounted for one that is not on her sheet, or in words."""
    sheet = {question["id"]: question for question in attempt.questions if not is_words(question)}
    try:
        return {question: read(sheet[question], answer) for question, answer in given.items()}
    except (KeyError, Unreadable) as error:
        raise NotCounted("not_on_sheet") from error

"""Two workers on one list, two coordinators on one seat: at the same moment, each on its own connection."""

from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from courses.cohorts.actions import give_seat, transfer, wait_for_seat
from courses.cohorts.models import Cohort, Enrolment
from courses.imports import work
from courses.imports.actions import answer_all, confirm
from courses.imports.models import PeopleImport
from courses.people.models import Person
from tests.at_once import at_once
from tests.courses.imports.conftest import looked_at
from tests.factories.courses import FIRST_DAY, OPENED, PersonFactory, enrolled

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("school")]


def test_three_workers_save_a_list_once(cohort: Cohort, coordinator: Any) -> None:
    cohort.seats = 400
    cohort.save()
    names = [f"{a}{b} {c}{d}" for a in "BDFG" for b in "aeou" for c in "LMNR" for d in "aeou"]
    batch = looked_at(cohort, coordinator, "\n".join(["Nombre", *names]))
    answer_all(batch=batch, as_new=True)
    confirm(batch=batch, keeps_good=True, starts_on=FIRST_DAY, at=OPENED)
    at_once([partial(work.bring_in, batch.pk)] * 3)
    work.sweep(timezone.now())
    work.bring_in(batch.pk)
    assert PeopleImport.objects.get().state == "done"
    assert Person.objects.count() == Enrolment.objects.count() == len(names)


def test_confirming_from_two_tabs_counts_once(cohort: Cohort, coordinator: Any) -> None:
    batch = looked_at(cohort, coordinator, "Nombre\nAna\n")
    act = partial(confirm, batch=batch, keeps_good=True, starts_on=FIRST_DAY, at=OPENED)
    assert at_once([act, act]) == {"done": 1, "refused": 1}


def test_the_last_seat_is_given_once(cohort: Cohort, coordinator: Any, course_twin: Cohort) -> None:
    moving = [
        partial(transfer, enrolment=one, cohort=course_twin, on=FIRST_DAY, by=coordinator, at=OPENED)
        for one in enrolled(cohort, 2)
    ]
    entry = wait_for_seat(person=PersonFactory(), cohort=course_twin, by=coordinator, at=OPENED)
    course_twin.seats = 1
    course_twin.save()
    waiting = partial(give_seat, entry=entry, starts_on=FIRST_DAY, at=OPENED)
    assert at_once([*moving, waiting]) == {"done": 1, "refused": 2}
    assert course_twin.enrolments.active().count() == 1

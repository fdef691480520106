"""One account of each role: the one whose things are asked for, and another of the same role."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from cms.users import roles
from courses.cohorts.actions import enrol
from courses.cohorts.models import Cohort, Enrolment
from courses.people.models import Organisation
from tests.factories.courses import (
    PIN,
    AuthorityFactory,
    CohortFactory,
    OrganisationFactory,
    PersonFactory,
    UserFactory,
    enrolled,
)

STAFF = {
    "trainer": roles.TRAINER,
    "trainer2": roles.TRAINER,
    "reviewer": roles.REVIEWER,
    "coord": roles.COORDINATOR,
    "admin": roles.ADMINISTRATOR,
    "officer": roles.OFFICER,
    "officer2": roles.OFFICER,
    "observer": roles.OBSERVER,
}


@dataclass
class Cast:
    """Who asks: role → account, nobody has none. `cohort` is the trainer's, `other` another trainer's."""

    users: dict[str, Any] = field(default_factory=dict)
    cohort: Any = None
    other: Any = None
    woman: Any = None  # the enrolment of `trainee` in `cohort`
    stranger_woman: Any = None  # somebody in `other`


def woman(name: str) -> Any:
    """An account of a trainee with its person."""
    account = UserFactory(username=name, role=roles.TRAINEE, pin=PIN)
    PersonFactory(name=name.capitalize(), account=account)
    return account


def gather() -> Cast:
    """Everybody, two cohorts of one course and two authorities."""
    cast = Cast()
    cast.users = {"nobody": None, "stranger": UserFactory(username="ajena")}
    cast.users |= {name: UserFactory(username=f"equipo-{name}", role=role) for name, role in STAFF.items()}
    cast.users |= {"trainee": woman("lucia"), "woman2": woman("otra")}
    authority = AuthorityFactory()
    authority.officers.add(cast.users["officer"])
    elsewhere = OrganisationFactory(name="Otra jurisdicción", kind=Organisation.Kind.AUTHORITY)
    elsewhere.officers.add(cast.users["officer2"])
    cast.cohort = CohortFactory(trainers=[cast.users["trainer"]], sessions=3)
    Cohort.objects.filter(pk=cast.cohort.pk).update(ally=OrganisationFactory(kind=Organisation.Kind.ALLY))
    cast.other = CohortFactory(course=cast.cohort.course, trainers=[cast.users["trainer2"]], sessions=3)
    Cohort.objects.filter(pk__in=[cast.cohort.pk, cast.other.pk]).update(
        ends_on=timezone.localdate() + timedelta(days=60)
    )
    cast.woman = _join(cast.users["trainee"], cast.cohort)
    _join(cast.users["woman2"], cast.cohort)
    [cast.stranger_woman] = enrolled(cast.other, 1)
    return cast


def _join(account: Any, cohort: Cohort) -> Enrolment:
    return enrol(person=account.person, cohort=cohort, starts_on=cohort.starts_on)

"""A diploma outlives the records that it rests on: it verifies, and its holder gets at it."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from certificates.actas import actions as actas
from certificates.actas.corrections import correct_line
from certificates.actas.models import Acta, ActaLine
from certificates.actas.recheck import recheck
from certificates.audit import actions as audit
from certificates.awards.models import Certificate
from certificates.errors import Refused
from cms.retention import actions, rules
from cms.retention.models import CohortTotals
from cms.users.models import User
from cms.users.roles import TRAINEE
from courses import api
from courses.cohorts.models import Cohort, Enrolment
from courses.people.models import Person
from tests.factories.awards import acta_of, made
from tests.factories.courses import UserFactory
from tests.factories.decisions import class_of

pytestmark = pytest.mark.django_db
LONG_AGO = {"starts_on": date(2022, 1, 10), "ends_on": date(2022, 6, 10)}


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, settings: Any) -> None:
    """Private storage of this test alone."""
    private = {**settings.STORAGES["private"], "OPTIONS": {"location": tmp_path, "base_url": None}}
    settings.STORAGES = {**settings.STORAGES, "private": private}


def run() -> None:
    actions.run(timezone.now(), seconds=60)


def open_account(line: ActaLine) -> User:
    """An account for the woman of this line."""
    account: User = UserFactory(username=f"luz{line.pk}", role=TRAINEE)
    Person.objects.filter(pk=line.person_id).update(account=account)
    return account


@pytest.fixture
def acta(coordinator: Any, administrator: Any) -> Acta:
    """One woman with a diploma that was made, one without; each has an account. It is years ago."""
    found = acta_of(1, others=1, coordinator=coordinator, administrator=administrator)
    made(found, administrator)
    for line in found.lines.all():
        open_account(line)
    Cohort.objects.filter(pk=found.cohort_id).update(**LONG_AGO)
    found.refresh_from_db()
    return found


def test_a_diploma_still_verifies_and_its_holder_downloads_it(acta: Acta, client: Client) -> None:
    diploma = Certificate.objects.get(acta=acta)
    name = diploma.name
    run()
    assert CohortTotals.objects.filter(cohort=acta.cohort).exists()
    page = client.get(f"/v/{diploma.code}/").content.decode()
    assert diploma.folio in page
    asked = client.post(f"/v/{diploma.code}/", {"name": name}).content.decode()
    assert asked != page
    account = User.objects.get(person__pk=diploma.line.person_id)
    client.force_login(account)
    answer = client.get(f"/mi-diploma/{diploma.pk}.pdf")
    assert answer.status_code == 200
    assert Person.objects.get(account=account).name == name


def test_the_acta_keeps_what_was_decided_and_no_longer_who_did_not_graduate(acta: Acta) -> None:
    line = acta.lines.get(is_graduate=False)
    name = line.name
    run()
    line = ActaLine.objects.select_related("key").get(pk=line.pk)
    assert line.name != name
    assert line.key.wrapped is None
    assert line.enrolment_id is None
    assert line.evidence.exists()
    assert not Person.objects.filter(pk=line.person_id).exists()
    assert not User.objects.filter(username=f"luz{line.pk}").exists()
    assert acta.lines.get(is_graduate=True).name == Person.objects.get().name


def test_acta_register_log_and_files_still_agree(acta: Acta) -> None:
    audit.audit(timezone.now())
    run()
    assert recheck(acta) == []
    report = audit.audit(timezone.now(), is_deep=True)
    assert [one.sentence for one in report.findings] == []


def test_nothing_is_decided_or_corrected_from_records_that_are_gone(
    acta: Acta, coordinator: Any, administrator: Any
) -> None:
    with pytest.raises(Refused):
        correct_line(
            line=acta.lines.get(is_graduate=False), reason="Otra vez.", by=coordinator, at=timezone.now()
        )
    cohort = class_of(2)
    assert (cohort.pk, cohort.name) in api.proposable_cohorts(coordinator, [])
    Cohort.objects.filter(pk=cohort.pk).update(**LONG_AGO)
    assert api.proposable_cohorts(coordinator, []) == []
    with pytest.raises(Refused):
        actas.propose_acta(cohort_id=cohort.pk, by=coordinator, at=timezone.now())


def test_a_cohort_whose_acta_or_diploma_is_on_its_way_waits(coordinator: Any, administrator: Any) -> None:
    acta = acta_of(1, others=1, coordinator=coordinator, administrator=administrator)
    Cohort.objects.filter(pk=acta.cohort_id).update(**LONG_AGO)
    run()
    assert Enrolment.objects.filter(cohort=acta.cohort).count() == 2
    made(acta, administrator)
    assert rules.ended(timezone.now()).ids == [acta.cohort_id]
    run()
    assert Enrolment.objects.filter(cohort=acta.cohort).count() == 1, "hers who has a diploma"


def test_a_part_costs_the_same_however_many_women(
    coordinator: Any, administrator: Any, django_assert_max_num_queries: Any
) -> None:
    def cost(women: int) -> int:
        cohort = class_of(0, women)
        Cohort.objects.filter(pk=cohort.pk).update(**LONG_AGO)
        going = rules.ended(timezone.now())
        actions.freeze_totals(going.going, timezone.now(), float("inf"))
        [due] = rules.people(timezone.now(), going.ids)
        with django_assert_max_num_queries(200) as context:
            assert actions._forget_people(due, timezone.now()) == women
        return len(context)

    assert cost(2) == cost(20)

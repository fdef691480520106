"""Before it is issued a woman chooses which of the allowed names stands on her diploma."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from certificates.awards import choices
from certificates.awards.models import HolderChoice
from certificates.errors import Refused
from courses.cohorts.actions import enrol
from courses.cohorts.models import Cohort
from courses.people.models import Organisation
from tests.factories.certificates import ActaLineFactory, CertificateFactory
from tests.factories.courses import CohortFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
ALIAS = "Centro de Formación 12"


@pytest.fixture
def hers(trainee: Any) -> Cohort:
    """Her cohort: its issuer has another name, and there is an ally."""
    cohort: Cohort = CohortFactory(
        issuer=OrganisationFactory(aliases=[ALIAS]),
        ally=OrganisationFactory(kind=Organisation.Kind.ALLY),
    )
    enrol(person=trainee.person, cohort=cohort, starts_on=cohort.starts_on)
    return cohort


@pytest.fixture
def browser(client: Client, trainee: Any) -> Client:
    client.force_login(trainee)
    return client


def address(cohort: Cohort) -> str:
    return f"/mi-diploma/emisora/{cohort.pk}/"


def names_of(cohort: Cohort) -> list[str]:
    assert cohort.ally is not None
    assert cohort.authority is not None
    return [cohort.issuer.name, ALIAS, cohort.ally.name, cohort.authority.name]


def test_she_may_choose_issuer_ally_authority_and_their_other_names(browser: Client, hers: Cohort) -> None:
    page = browser.get(address(hers)).content.decode()
    assert all(f'value="{name}"' in page for name in names_of(hers))
    assert address(hers) in browser.get("/curso/diploma/").content.decode()


def test_a_choice_is_confirmed_before_it_is_kept(browser: Client, hers: Cohort) -> None:
    page = browser.post(address(hers), {"issuer": ALIAS}).content.decode()
    assert ALIAS in page
    assert not HolderChoice.objects.exists()
    browser.post(address(hers), {"issuer": ALIAS, "is_confirmed": "1"})
    assert HolderChoice.objects.get().issuer == ALIAS
    browser.post(address(hers), {"issuer": hers.issuer.name, "is_confirmed": "1"})
    assert HolderChoice.objects.get().issuer == ""


def test_a_name_that_is_not_allowed_is_refused(browser: Client, hers: Cohort, trainee: Any) -> None:
    browser.post(address(hers), {"issuer": "Universidad de Harvard", "is_confirmed": "1"})
    with pytest.raises(Refused):
        choices.choose_issuer(
            cohort_id=hers.pk, issuer="Universidad de Harvard", by=trainee, at=timezone.now()
        )
    assert not HolderChoice.objects.exists()


def test_once_issued_the_choice_is_over(browser: Client, hers: Cohort, trainee: Any) -> None:
    line = ActaLineFactory(person_id=trainee.person.pk, acta__cohort=hers)
    CertificateFactory(line=line)
    assert browser.get(address(hers)).status_code == 404
    with pytest.raises(Refused):
        choices.choose_issuer(cohort_id=hers.pk, issuer=ALIAS, by=trainee, at=timezone.now())


def test_nobody_chooses_for_another(client: Client, hers: Cohort, stranger: Any, administrator: Any) -> None:
    for user in (stranger, administrator):
        client.force_login(user)
        assert client.get(address(hers)).status_code == 404
        with pytest.raises(Refused):
            choices.choose_issuer(cohort_id=hers.pk, issuer=ALIAS, by=user, at=timezone.now())


def test_a_cohort_that_is_not_hers_offers_nothing(browser: Client, hers: Cohort) -> None:
    assert browser.get(address(CohortFactory())).status_code == 404


def test_with_one_name_alone_there_is_nothing_to_choose(browser: Client, trainee: Any) -> None:
    cohort = CohortFactory(authority=None)
    enrol(person=trainee.person, cohort=cohort, starts_on=cohort.starts_on)
    assert browser.get(address(cohort)).status_code == 404

"""Several people and workers at the same moment, each on a connection of its own. Also run on PostgreSQL
(tests/services/test_awards_on_postgresql.py), where they really meet inside the database."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from certificates.actas.models import Acta
from certificates.awards import actions as awards
from certificates.awards import batches, erasure, handover, jobs, life, register
from certificates.awards.models import Certificate, Delivery, Document, Erasure, Job, Registration
from certificates.awards.production import Product
from certificates.credentials import status
from certificates.log.models import LogEntry
from cms.users.roles import ADMINISTRATOR
from tests.at_once import at_once
from tests.factories.awards import acta_of, made
from tests.factories.certificates import CertificateFactory
from tests.factories.courses import UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("school")]
State = Job.State


@pytest.fixture
def other(school: None) -> Any:
    """Another administrator."""
    return UserFactory(role=ADMINISTRATOR)


@pytest.fixture
def ready(coordinator: Any, administrator: Any) -> Acta:
    return acta_of(5, coordinator=coordinator, administrator=administrator)


@pytest.fixture
def diploma(coordinator: Any, administrator: Any) -> Certificate:
    return made(acta_of(1, coordinator=coordinator, administrator=administrator), administrator)[0]


def now() -> Any:
    return timezone.now()


def test_two_administrators_press_issue_and_one_reads_that_it_was_done(
    ready: Acta, administrator: Any, other: Any
) -> None:
    outcome = at_once(
        [partial(awards.issue_acta, acta=ready, by=by, at=now()) for by in (administrator, other)]
    )
    assert outcome == {"done": 1, "refused": 1}
    assert Certificate.objects.count() == Job.objects.count() == Registration.objects.count() == 5
    assert sorted(Registration.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]


def test_registering_and_issuing_at_once_give_each_line_one_folio(
    ready: Acta, administrator: Any, coordinator: Any
) -> None:
    at_once(
        [
            lambda: register.register_acta(acta=ready, by=coordinator, at=now()),
            lambda: awards.issue_acta(acta=ready, by=administrator, at=now()),
        ]
    )
    assert Registration.objects.count() == Certificate.objects.count() == 5


def test_two_cohorts_issued_at_once_share_the_register_without_a_gap(
    ready: Acta, coordinator: Any, administrator: Any, other: Any
) -> None:
    second = acta_of(4, coordinator=coordinator, administrator=administrator)
    outcome = at_once(
        [
            lambda: awards.issue_acta(acta=ready, by=administrator, at=now()),
            lambda: awards.issue_acta(acta=second, by=other, at=now()),
        ]
    )
    assert outcome == {"done": 2}
    assert sorted(Registration.objects.values_list("number", flat=True)) == list(range(1, 10))
    assert len(status.taken()) == 9


def test_many_workers_claim_every_job_once(school: None) -> None:
    CertificateFactory.create_batch(12)
    claimed: list[jobs.Claim] = []

    def work() -> None:
        while (claim := jobs.claim_next(now())) is not None:
            claimed.append(claim)

    at_once([work] * 6)
    assert Counter(claim.certificate_id for claim in claimed) == dict.fromkeys(
        Certificate.objects.values_list("pk", flat=True), 1
    )


def test_many_workers_finish_at_once_and_the_log_has_no_gap(school: None) -> None:
    CertificateFactory.create_batch(8)
    claims = [claim for _job in range(8) if (claim := jobs.claim_next(now()))]

    def finish(claim: jobs.Claim) -> None:
        product = Product(claim.certificate_id.hex * 2, "b" * 64, 1)
        assert jobs.finish(claim, product, now())

    at_once([partial(finish, claim) for claim in claims])
    assert Document.objects.count() == 8
    assert list(LogEntry.objects.values_list("index", flat=True)) == list(range(8))


@pytest.mark.parametrize("name", ["revoke", "replace", "suspend"])
def test_two_press_the_same_act_on_one_diploma(
    diploma: Certificate, administrator: Any, other: Any, name: str
) -> None:
    doing: dict[str, Callable[[Any], Any]] = {
        "revoke": lambda by: life.revoke_certificate(certificate=diploma, reason="error", by=by, at=now()),
        "replace": lambda by: life.replace_certificate(
            certificate=diploma, name=f"Nombre de {by.pk}", by=by, at=now()
        ),
        "suspend": lambda by: life.suspend_certificate(certificate=diploma, by=by, at=now()),
    }
    outcome = at_once([partial(doing[name], by) for by in (administrator, other)])
    assert outcome == {"done": 1, "refused": 1}


def test_a_diploma_is_never_both_revoked_and_replaced(
    diploma: Certificate, administrator: Any, other: Any
) -> None:
    outcome = at_once(
        [
            lambda: life.revoke_certificate(certificate=diploma, reason="error", by=administrator, at=now()),
            lambda: life.replace_certificate(certificate=diploma, name="Nombre Nuevo", by=other, at=now()),
        ]
    )
    assert outcome == {"done": 1, "refused": 1}


def test_one_paper_is_handed_over_once_however_many_press(
    diploma: Certificate, administrator: Any, coordinator: Any
) -> None:
    outcome = at_once(
        [
            lambda: handover.deliver(certificate=diploma, by=administrator, at=now()),
            lambda: handover.deliver_many(acta=diploma.acta, awards=[diploma.pk], by=coordinator, at=now()),
        ]
    )
    assert outcome == {"done": 1, "refused": 1}
    assert Delivery.objects.count() == 1


def test_erasing_twice_at_once_erases_once(diploma: Certificate, administrator: Any, other: Any) -> None:
    outcome = at_once(
        [partial(erasure.erase, certificate=diploma, by=by, at=now()) for by in (administrator, other)]
    )
    assert outcome == {"done": 1, "refused": 1}
    assert Erasure.objects.count() == 1


def test_pausing_while_workers_claim_leaves_nothing_between(ready: Acta, administrator: Any) -> None:
    awards.issue_acta(acta=ready, by=administrator, at=now())
    claimed: list[jobs.Claim | None] = []
    at_once(
        [
            lambda: batches.pause_batch(acta=ready, by=administrator),
            *[lambda: claimed.append(jobs.claim_next(now()))] * 3,
        ]
    )
    tally = Job.objects.tally()
    assert tally[State.RUNNING] == len([claim for claim in claimed if claim])
    assert tally[State.PAUSED] == 5 - tally[State.RUNNING]

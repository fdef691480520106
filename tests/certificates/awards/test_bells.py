"""A bell says that there is work; how many ring does not depend on how much work there is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from certificates import tasks
from certificates.awards import bells, jobs
from certificates.awards.models import Job
from tests.factories.certificates import ISSUED, CertificateFactory

pytestmark = pytest.mark.django_db
Heard = Callable[[], int]
State = Job.State
LEASE = timedelta(seconds=settings.RENDER_LEASE_SECONDS + 1)


def test_ten_thousand_diplomas_ring_as_few_bells_as_there_may_be_workers(bells_heard: Heard) -> None:
    assert bells.ring(10_000) == settings.RENDER_BELLS
    assert bells_heard() == settings.RENDER_BELLS
    assert bells.ring(2) == 2
    assert bells_heard() == 2


def test_a_dead_broker_delays_and_never_raises() -> None:
    CertificateFactory()
    started = timezone.now()
    assert bells.ring(28) == 0
    assert timezone.now() - started < timedelta(seconds=15)
    assert Job.objects.get().state == State.QUEUED


def test_the_sweep_rings_while_something_is_due_and_nobody_is_at_work(bells_heard: Heard) -> None:
    CertificateFactory(job__run_after=ISSUED)
    CertificateFactory(job__run_after=ISSUED + timedelta(hours=1))
    CertificateFactory(is_rendered=True)
    assert jobs.sweep(ISSUED) == settings.RENDER_BELLS
    assert bells_heard() == settings.RENDER_BELLS
    assert jobs.claim_next(ISSUED) is not None
    assert jobs.sweep(ISSUED) == 0  # the other one is not due yet


def test_the_sweep_rings_for_those_only_who_are_not_at_work(bells_heard: Heard) -> None:
    CertificateFactory.create_batch(4)
    for _worker in range(3):
        assert jobs.claim_next(ISSUED) is not None
    assert jobs.sweep(ISSUED) == settings.RENDER_BELLS - 3


def test_the_sweep_takes_work_back_from_a_worker_that_died(bells_heard: Heard) -> None:
    CertificateFactory()
    assert jobs.claim_next(ISSUED) is not None
    assert jobs.sweep(ISSUED) == 0
    assert jobs.sweep(ISSUED + LEASE) == settings.RENDER_BELLS
    job = Job.objects.get()
    assert (job.state, job.lease, job.attempts) == (State.QUEUED, None, 1)


def test_the_sweep_costs_the_same_with_many_queued_as_with_few(
    bells_heard: Heard, django_assert_num_queries: Any
) -> None:
    first = CertificateFactory()
    with django_assert_num_queries(3):
        jobs.sweep(ISSUED)
    CertificateFactory.create_batch(20, line__acta=first.acta)
    with django_assert_num_queries(3):
        jobs.sweep(ISSUED)


def test_one_bell_makes_everything_that_waits(bells_heard: Heard) -> None:
    CertificateFactory.create_batch(3)
    tasks.work()
    assert Job.objects.tally()[State.DONE] == 3
    assert bells_heard() == 0


def test_a_worker_stops_after_its_slice_and_rings_for_the_rest(bells_heard: Heard, settings: Any) -> None:
    settings.RENDER_SLICE_SECONDS = 0
    CertificateFactory.create_batch(2)
    tasks.work()
    assert Job.objects.tally()[State.DONE] == 1
    assert bells_heard() == 1


def test_a_bell_for_nothing_is_quiet(bells_heard: Heard, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        tasks.work()
    assert bells_heard() == 0


def test_a_single_reissue_goes_before_a_batch_that_came_first(bells_heard: Heard) -> None:
    CertificateFactory.create_batch(9)
    urgent = CertificateFactory(job__is_urgent=True, job__run_after=ISSUED + timedelta(minutes=1))
    claimed = jobs.claim_next(ISSUED + timedelta(minutes=2))
    assert claimed is not None
    assert claimed.certificate == urgent


def test_the_oldest_few_go_first() -> None:
    batch = [
        CertificateFactory(job__run_after=ISSUED + timedelta(minutes=number)).pk
        for number in range(jobs.CHOICES + 3)
    ]
    claimed = jobs.claim_next(ISSUED + timedelta(hours=1))
    assert claimed is not None
    assert claimed.certificate.pk in batch[: jobs.CHOICES]


def test_workers_that_claim_one_after_the_other_never_get_the_same() -> None:
    CertificateFactory.create_batch(7)
    claims = [jobs.claim_next(ISSUED) for _worker in range(8)]
    assert claims[-1] is None
    assert len({claim.certificate_id for claim in claims if claim}) == 7

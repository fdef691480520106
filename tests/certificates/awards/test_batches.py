"""Holding a batch, letting it go on, trying again what failed, and how far it is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import override

from certificates import tasks
from certificates.actas.models import Acta
from certificates.awards import batches, jobs, progress
from certificates.awards.models import Job
from certificates.errors import Refused
from tests.factories.certificates import ActaFactory, CertificateFactory, DocumentFactory

pytestmark = pytest.mark.django_db
State = Job.State


def batch(waiting: int = 0, failed: int = 0, made: int = 0) -> Acta:
    acta = ActaFactory()
    CertificateFactory.create_batch(waiting, line__acta=acta)
    CertificateFactory.create_batch(failed, line__acta=acta, job__state=State.FAILED, job__last_error="…")
    CertificateFactory.create_batch(made, line__acta=acta, is_rendered=True)
    return acta


def told(acta: Acta) -> progress.Progress:
    return progress.of_acta(acta, timezone.now())


def test_a_paused_batch_waits_until_it_is_let_go(administrator: Any) -> None:
    acta, other = batch(waiting=2), batch(waiting=1)
    assert batches.pause_batch(acta=acta, by=administrator) == 2
    tasks.work()
    assert (told(acta).paused, told(acta).done) == (2, 0)
    assert told(other).done == 1
    assert told(acta).is_paused
    batches.resume_batch(acta=acta, by=administrator, at=timezone.now())
    tasks.work()
    assert (told(acta).paused, told(acta).done) == (0, 2)


def test_what_a_worker_has_in_hand_is_finished_when_its_batch_is_paused(administrator: Any) -> None:
    acta = batch(waiting=2)
    claimed = jobs.claim_next(timezone.now())
    assert claimed is not None
    batches.pause_batch(acta=acta, by=administrator)
    assert jobs.make(claimed)
    assert (told(acta).done, told(acta).paused) == (1, 1)


def test_what_fails_while_its_batch_is_paused_waits_with_it(administrator: Any) -> None:
    acta = batch(waiting=2)
    claimed = jobs.claim_next(timezone.now())
    assert claimed is not None
    batches.pause_batch(acta=acta, by=administrator)
    jobs.fail(claimed, RuntimeError(), timezone.now())
    assert told(acta).paused == 2


def test_nothing_to_pause_resume_or_retry_is_said(administrator: Any) -> None:
    acta = batch(made=1)
    acts: list[Callable[[], int]] = [
        lambda: batches.pause_batch(acta=acta, by=administrator),
        lambda: batches.resume_batch(acta=acta, by=administrator, at=timezone.now()),
        lambda: batches.retry_failed(acta=acta, by=administrator, at=timezone.now()),
    ]
    for act in acts:
        with pytest.raises(Refused):
            act()


def test_only_who_may_issue_holds_a_batch(coordinator: Any) -> None:
    acta = batch(waiting=1, failed=1)
    acts: list[Callable[[], int]] = [
        lambda: batches.pause_batch(acta=acta, by=coordinator),
        lambda: batches.resume_batch(acta=acta, by=coordinator, at=timezone.now()),
        lambda: batches.retry_failed(acta=acta, by=coordinator, at=timezone.now()),
    ]
    for act in acts:
        with pytest.raises(Refused):
            act()


def test_all_failed_ones_are_tried_again_with_all_their_attempts(administrator: Any) -> None:
    acta, other = batch(failed=2), batch(failed=1)
    Job.objects.update(attempts=settings.RENDER_MAX_ATTEMPTS)
    assert batches.retry_failed(acta=acta, by=administrator, at=timezone.now()) == 2
    assert (told(acta).waiting, told(other).failed) == (2, 1)
    assert set(Job.objects.filter(acta=acta).values_list("attempts", "last_error")) == {(0, "")}


def test_each_reason_is_told_once_with_how_many() -> None:
    acta = batch(failed=3, waiting=2)
    Job.objects.filter(acta=acta, state=State.QUEUED).update(last_error="Falta la llave.")
    assert [(one.words, one.count, one.is_final) for one in told(acta).reasons] == [
        ("…", 3, True),
        ("Falta la llave.", 2, False),
    ]


def test_the_time_left_comes_from_the_pace_of_the_last_minute() -> None:
    acta, now = batch(waiting=20), timezone.now()
    assert told(acta).seconds_left is None
    for number in range(10):
        DocumentFactory(
            certificate__line__acta=acta,
            certificate__job__state=State.DONE,
            issued_at=now - timedelta(seconds=10 - number),
        )
    found = progress.of_acta(acta, now)
    assert found.seconds_left == 20
    with override("en"):
        assert found.words == "Less than a minute left."
    assert progress.of_acta(acta, now + timedelta(minutes=5)).seconds_left is None


def test_what_is_being_made_elsewhere_does_not_count_as_its_pace() -> None:
    acta = batch(waiting=5)
    for _other in range(5):
        DocumentFactory(issued_at=timezone.now())
    assert told(acta).seconds_left is None


def test_the_progress_of_many_costs_as_many_queries_as_that_of_few(django_assert_num_queries: Any) -> None:
    few, many = batch(waiting=1, failed=1), batch(waiting=10, failed=10)
    for acta in (few, many):
        with django_assert_num_queries(3):
            told(acta)


def test_counting_claiming_and_sweeping_read_an_index() -> None:
    acta, now = batch(waiting=3), timezone.now()
    for name, rows in (
        ("job_of_an_acta", Job.objects.filter(acta=acta).order_by().values("state")),
        ("job_due", Job.objects.waiting(now)[:5]),
        ("job_due", Job.objects.filter(state=State.RUNNING, run_after__lte=now)),
        ("job_with_a_reason", Job.objects.filter(acta=acta).exclude(last_error="")),
    ):
        if connection.vendor == "sqlite":
            assert name in rows.explain()

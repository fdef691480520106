"""Alive, ready, and figures: what machines ask, what they are told, and who is told more."""

import threading
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from celery import Celery
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from certificates.awards.models import Job
from cms.monitoring import actions, figures, probes, readiness, views
from cms.monitoring.models import Heartbeat
from cms.monitoring.readiness import Check, Readiness
from tests.factories.certificates import CertificateFactory

TOKEN = "monitoring-token-of-this-test-0123456789"
NOW = timezone.now()


@pytest.fixture
def outside() -> Client:
    """Somebody who came past the proxy."""
    return Client(headers={"X-Forwarded-For": "198.51.100.7"})


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Readiness with one check that fails, vital or not."""

    def set_up(*, is_vital: bool) -> None:
        def look(_now: Any) -> str:
            raise OSError("password authentication failed for user planted")

        one = Readiness(checks=[Check("database", look, is_vital=is_vital)])
        monkeypatch.setattr(readiness, "of_this_process", one)

    return set_up


# --- alive and ready -------------------------------------------------------------------------------
def test_alive_asks_no_database(client: Client, django_assert_num_queries: Any, db: None) -> None:
    with django_assert_num_queries(0):
        response = client.get("/health/")
    assert (response.status_code, response.content) == (200, b"ok")


def test_what_pages_need_makes_a_host_unready(outside: Client, broken: Any) -> None:
    broken(is_vital=True)
    response = outside.get("/health/ready/")
    assert response.status_code == 503
    assert response.json() == {"status": "failed"}


def test_what_only_delays_diplomas_does_not(outside: Client, broken: Any) -> None:
    broken(is_vital=False)
    assert outside.get("/health/ready/").status_code == 200
    assert outside.get("/health/ready/").json() == {"status": "warning"}
    assert outside.get("/health/ready/?strict").status_code == 503


def test_details_are_for_this_machine_and_for_the_token(outside: Client, broken: Any, settings: Any) -> None:
    broken(is_vital=True)
    settings.MONITORING_TOKEN = TOKEN
    here = Client().get("/health/ready/").json()
    assert here["checks"]["database"]["detail"] == "OSError"
    assert "planted" not in str(here)
    told = outside.get("/health/ready/", headers={"Authorization": f"Bearer {TOKEN}"}).json()
    assert told["checks"].keys() == {"database"}
    for wrong in (f"Bearer {TOKEN}x", "Bearer ", f"Basic {TOKEN}", TOKEN):
        assert outside.get("/health/ready/", headers={"Authorization": wrong}).json() == {"status": "failed"}


def test_an_empty_token_opens_nothing(outside: Client, settings: Any) -> None:
    settings.MONITORING_TOKEN = ""
    assert outside.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("name", ["X-Forwarded-Proto", "Forwarded", "X-Real-IP", "Via"])
def test_a_proxy_that_hides_who_asks_is_not_this_machine(name: str, db: None) -> None:
    assert Client(headers={name: "https"}).get("/metrics").status_code == 404
    assert Client(REMOTE_ADDR="198.51.100.7").get("/metrics").status_code == 404


def test_a_thousand_questions_are_one() -> None:
    asked: list[datetime] = []

    def look(now: datetime) -> str:
        asked.append(now)
        return ""

    one = Readiness(checks=[Check("x", look, kept=60)])
    for _time in range(1000):
        one.findings(NOW)
    assert len(asked) == 1


def test_a_check_that_hangs_is_told_and_not_asked_twice() -> None:
    hangs, begun = threading.Event(), []

    def look(_now: Any) -> str:
        begun.append(1)
        hangs.wait(30)
        return "late"

    one = Readiness(
        checks=[Check("slow", look, is_vital=True), Check("quick", lambda _now: "ok")], patience=0.05
    )
    started = time.monotonic()
    slow, quick = one.findings(NOW)
    one.findings(NOW)
    assert (slow.state, slow.detail) == ("failed", "no answer")
    assert quick.state == "ok"
    assert len(begun) == 1
    assert time.monotonic() - started < 10
    hangs.set()
    one.patience = 30
    assert one.findings(NOW)[0].detail == "late"


# --- what it asks ------------------------------------------------------------------------------------
def test_the_real_checks_answer(db: None, outside: Client) -> None:
    found = {one.name: one for one in Readiness(patience=30).findings(NOW)}
    assert {name for name, one in found.items() if one.state == "ok"} >= {"database", "storage", "disk"}
    assert found["broker"].state == "warning"  # there is none in this suite
    assert found["broker"].detail == "cannot be reached, or refuses us (ConnectionError): work waits"


def test_a_broker_of_the_other_kind_that_is_away_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    away = Celery(broker="amqp://planted:secret@127.0.0.1:1//")
    monkeypatch.setattr(probes, "current_app", away)
    with pytest.raises(probes.Trouble, match=r"refuses us \(ConnectionRefusedError\): work"):
        probes.broker(NOW)


def test_a_database_that_is_away_is_told_in_words() -> None:
    def look(_now: Any) -> str:
        raise OperationalError("password authentication failed for user planted")

    found = readiness.look(Check("migrations", look, is_vital=True), NOW)
    assert (found.state, found.detail) == ("failed", "the database does not answer (OperationalError)")


def test_a_migration_that_was_not_applied_is_named() -> None:
    newest = {"courses": "0031_new", "users": "0002_old"}
    assert probes.unapplied(newest, [("courses", "0030"), ("users", "0002_old")]) == ["courses.0031_new"]
    assert probes.unapplied(newest, [("courses", "0031_new"), ("users", "0002_old"), ("x", "1")]) == []


def test_the_newest_migrations_are_found(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.MIGRATION_MODULES = {}
    newest = probes.newest_of_apps()
    assert newest["monitoring"].startswith("0001_")
    assert {"courses", "certificates", "users", "wagtailcore", "auth"} <= newest.keys()
    assert not any("squashed" in name for name in newest.values())


def test_a_clock_that_stopped_is_told(db: None) -> None:
    with pytest.raises(probes.Trouble, match="never heard"):
        probes.beat(NOW)
    actions.note_heartbeat(name=actions.BEAT, at=NOW - timedelta(seconds=30))
    assert probes.beat(NOW) == "heard 30 s ago"
    actions.note_heartbeat(name=actions.BEAT, at=NOW - timedelta(minutes=10))
    with pytest.raises(probes.Trouble, match="not heard for 10 minutes"):
        probes.beat(NOW)
    assert Heartbeat.objects.count() == 1


def test_work_that_waits_while_nothing_is_made_is_told(db: None) -> None:
    job = CertificateFactory().job
    Job.objects.filter(pk=job.pk).update(state=Job.State.QUEUED, run_after=NOW - timedelta(minutes=5))
    assert probes.queue(NOW) == "300 s"
    Job.objects.filter(pk=job.pk).update(run_after=NOW - timedelta(hours=1))
    with pytest.raises(probes.Trouble, match="60 minutes"):
        probes.queue(NOW)


def test_a_storage_that_returns_something_else_is_told(settings: Any, tmp_path: Any) -> None:
    assert probes.storage(NOW) == "written, read, deleted"
    settings.STORAGES = settings.STORAGES | {
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": "/proc/nowhere"},
        }
    }
    with pytest.raises(OSError):
        probes.storage(NOW)


def test_a_full_disk_is_told(settings: Any) -> None:
    settings.DISK_FREE_MB = 10**9
    with pytest.raises(probes.Trouble, match="MB free"):
        probes.disk(NOW)


# --- figures -----------------------------------------------------------------------------------------
def values(client: Client) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    figures.kept.forget()
    response = client.get("/metrics")
    assert response.status_code == 200
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(response.content.decode())
        for sample in family.samples
    }


def test_figures_count_what_there_is(client: Client, db: None) -> None:
    job = CertificateFactory().job
    Job.objects.filter(pk=job.pk).update(state=Job.State.QUEUED, run_after=NOW - timedelta(minutes=2))
    actions.note_heartbeat(name=actions.BEAT, at=timezone.now())
    told = values(client)
    assert told["promotora_jobs", (("state", "queued"),)] == 1
    assert told["promotora_jobs_due", ()] == 1
    assert told["promotora_oldest_waiting_seconds", ()] >= 120
    assert told["promotora_heartbeat_age_seconds", (("name", "beat"),)] < 60
    assert told["promotora_key_days_left", (("purpose", "log"),)] >= 0
    assert told["promotora_figures_missing", (("part", "queue"),)] == 1  # there is no broker in this suite


def test_answers_are_counted_by_verdict_and_route(client: Client, db: None) -> None:
    verdict = ("promotora_occurrences_total", (("kind", "verification"), ("outcome", "unknown")))
    route = (("method", "GET"), ("route", "certificates:verify_code"), ("status", "4xx"))
    before = values(client)
    client.get("/v/150T042K0KYPSY9E/")
    after = values(client)
    assert after[verdict] == before.get(verdict, 0) + 1
    assert after["promotora_requests_total", route] == before.get(("promotora_requests_total", route), 0) + 1


def test_no_label_holds_what_a_visitor_sends(client: Client, db: None) -> None:
    client.get("/v/150T042K0KYPSY9E/?q=planted-query")
    client.get("/planted-path/")
    client.generic("PLANTED", "/health/")
    client.get("/health/", headers={"User-Agent": "planted-agent", "X-Request-ID": "planted-id"})
    figures.kept.forget()
    told = client.get("/metrics").content.decode()
    assert "planted" not in told.lower()
    assert "150T042K0KYPSY9E" not in told
    assert 'method="OTHER"' in told


def test_asking_often_counts_once(client: Client, db: None, django_assert_max_num_queries: Any) -> None:
    values(client)
    with django_assert_max_num_queries(0):
        client.get("/metrics")


def test_a_database_that_is_away_hides_nothing_else(client: Client) -> None:
    figures.kept.forget()  # this test may not ask the database: pytest-django refuses it
    told = client.get("/metrics").content.decode()
    figures.kept.forget()
    assert 'promotora_figures_missing{part="jobs"} 1.0' in told
    assert "promotora_disk_free_bytes" in told
    assert "promotora_requests_total" in told


def test_only_reading_is_allowed(client: Client) -> None:
    for path in ("/health/", "/health/ready/", "/metrics"):
        assert client.post(path).status_code == 405
    assert views.NOT_KEPT["Cache-Control"] == client.get("/health/")["Cache-Control"]

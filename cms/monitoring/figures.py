"""How much there is to do and what is wrong, counted in the database when Prometheus asks; totals only."""

import logging
import shutil
import threading
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from celery import current_app
from django.conf import settings
from django.db.models import Count
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from certificates.awards.models import Certificate, Document, Job, Revocation
from certificates.keys import keyfiles, sources
from certificates.keys.errors import KeyProblem
from certificates.log.models import AuditRun, HeadMail, LogState, TreeHead
from cms.monitoring import counters, probes
from cms.monitoring.models import Heartbeat
from cms.users.models import WrongTry
from cms.users.rules import WAITS
from courses.sync.models import SyncEvent

KEPT_SECONDS = 10  # an answer is given again, so that asking often costs nothing
DAY = 86_400
YEARLY = ("credential", "qr", "log")
Part = Callable[[datetime], Iterable[Metric]]
log = logging.getLogger(__name__)


def jobs(now: datetime) -> Iterator[Metric]:
    """Diplomas to be made, and how long the oldest piece of work waits."""
    states = GaugeMetricFamily("promotora_jobs", "Diplomas by state of their making", labels=["state"])
    for state, number in Job.objects.tally().items():
        states.add_metric([state], number)
    yield states
    waiting = Job.objects.waiting(now).count()
    yield GaugeMetricFamily("promotora_jobs_due", "Diplomas that a worker could make now", value=waiting)
    age = probes.oldest_waiting(now).total_seconds()
    yield GaugeMetricFamily("promotora_oldest_waiting_seconds", "Age of the oldest waiting work", value=age)


def awards(_now: datetime) -> Iterator[Metric]:
    """What was issued, by kind, and what was revoked."""
    issued = CounterMetricFamily("promotora_issued", "Awards issued", labels=["kind"])
    counts = Document.objects.values_list("certificate__kind").annotate(Count("pk")).order_by()
    numbers = dict.fromkeys(Certificate.Kind.values, 0) | dict(counts)
    for kind, number in numbers.items():
        issued.add_metric([kind], number)
    yield issued
    yield CounterMetricFamily("promotora_revoked", "Awards revoked", value=Revocation.objects.count())


def register(now: datetime) -> Iterator[Metric]:
    """The transparency log: its size, its last signed head and check, mails that were given up."""
    size = LogState.objects.values_list("size", flat=True).first() or 0
    yield GaugeMetricFamily("promotora_log_entries", "Entries of the log", value=size)
    signed = TreeHead.objects.order_by("-signed_at").values_list("signed_at", flat=True).first()
    if signed is not None:
        age = (now - signed).total_seconds()
        yield GaugeMetricFamily("promotora_log_head_age_seconds", "Age of the last signed head", value=age)
    run = AuditRun.objects.order_by("-at").first()
    if run is not None:
        found = run.findings_count
        yield GaugeMetricFamily(
            "promotora_audit_findings", "What the last check of the log found", value=found
        )
        age = (now - run.at).total_seconds()
        yield GaugeMetricFamily("promotora_audit_age_seconds", "Age of the last check of the log", value=age)
    lost = HeadMail.objects.filter(sent_at=None, attempts__gte=HeadMail.MAX_ATTEMPTS).count()
    yield GaugeMetricFamily("promotora_head_mails_given_up", "Heads that no witness got", value=lost)


def phones(_now: datetime) -> Iterator[Metric]:
    """Offline work that could not be counted: by reason, and what waits for a human."""
    refused = CounterMetricFamily("promotora_sync_refused", "Offline events refused", labels=["code"])
    rows = SyncEvent.objects.filter(status=SyncEvent.Status.REJECTED)
    for code, number in rows.order_by().values_list("code").annotate(Count("pk")):
        refused.add_metric([code or "other"], number)
    yield refused
    waiting = SyncEvent.objects.waiting().count()
    yield GaugeMetricFamily("promotora_sync_waiting", "Offline events that wait for a human", value=waiting)


def doors(_now: datetime) -> Iterator[Metric]:
    """Wrong tries to sign in that are slowed down; who and where are keyed hashes and stay in their table."""
    slowed = WrongTry.objects.filter(count__gte=min(start for start, _seconds in WAITS)).count()
    yield GaugeMetricFamily("promotora_sign_in_slowed", "Accounts and places that must wait", value=slowed)


def heartbeats(now: datetime) -> Iterator[Metric]:
    """When the clock, a backup and their like were heard last."""
    ages = GaugeMetricFamily("promotora_heartbeat_age_seconds", "Seconds since it was heard", labels=["name"])
    for beat in Heartbeat.objects.order_by("name"):
        ages.add_metric([beat.name], (now - beat.at).total_seconds())
    yield ages


def keys(now: datetime) -> Iterator[Metric]:
    """Days until a key should be followed by the next one; 0 when there is none."""
    left = GaugeMetricFamily("promotora_key_days_left", "Days until a new key is due", labels=["purpose"])
    for purpose in YEARLY:
        years = [file.year for file in keyfiles.found(Path(settings.KEYS_DIR), purpose)]
        ends = datetime(max(years) + 1, 1, 1, tzinfo=UTC) if years else now
        left.add_metric([purpose], max(0, (ends - now).days))
    if settings.PDF_KEY and "pkcs11_module" not in settings.PDF_KEY:  # a token is opened by who signs alone
        try:
            ends = sources.load(settings.PDF_KEY).certificate.not_valid_after_utc
        except KeyProblem:
            ends = now
        left.add_metric(["pdf"], max(0, (ends - now).days))
    yield left


def machine(_now: datetime) -> Iterator[Metric]:
    """Room for data, and which version this is."""
    free = shutil.disk_usage(settings.DATA_DIR).free
    yield GaugeMetricFamily("promotora_disk_free_bytes", "Room where the data lie", value=free)
    about = GaugeMetricFamily("promotora_version", "The version that runs", labels=["version"])
    about.add_metric([_version()], 1)
    yield about


def queue(_now: datetime) -> Iterator[Metric]:
    """Bells that no worker has heard yet."""
    with probes.broker_connection() as asked:
        try:
            declared: Any = asked.default_channel
            name = current_app.conf.task_default_queue
            count = declared.queue_declare(queue=name, passive=True).message_count
        except asked.channel_errors:  # nobody has rung yet: there is no queue
            count = 0
    yield GaugeMetricFamily("promotora_queue_messages", "Messages in the broker's queue", value=count)


PARTS: tuple[Part, ...] = (jobs, awards, register, phones, doors, heartbeats, keys, machine, queue)


@cache
def _version() -> str:
    told = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    return str(told["project"]["version"])


class Figures(Collector):
    """Every part that can be told; one that cannot is left out and named in a figure of its own."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[Metric]:
        """The parts, asked now."""
        missing = GaugeMetricFamily("promotora_figures_missing", "Figures not to be had", labels=["part"])
        for part in PARTS:
            try:
                yield from list(part(self.now))
            except Exception as error:  # a database or broker that is away must not hide the others
                log.warning("figures of %s are missing: %s", part.__name__, type(error).__name__)
                missing.add_metric([part.__name__], 1)
        yield missing


class _Kept:
    """The last answer and when it was made: who asks often is given it again."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.at = float("-inf")
        self.content = b""

    def get(self, now: datetime) -> bytes:
        """The figures of the database, at most KEPT_SECONDS old."""
        with self.lock:
            if time.monotonic() - self.at >= KEPT_SECONDS:
                registry = CollectorRegistry()
                registry.register(Figures(now))
                self.content, self.at = generate_latest(registry), time.monotonic()
            return self.content

    def forget(self) -> None:
        """Count anew."""
        self.at = float("-inf")


kept = _Kept()


def text(now: datetime) -> bytes:
    """All figures in Prometheus's text format: of the database, and of every process of this machine."""
    return kept.get(now) + generate_latest(counters.collected())

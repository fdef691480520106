"""Years later, in a school where everything happened: records go, diplomas and totals stay."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from cms.retention import actions, report, rules
from cms.retention.models import CohortTotals, RetentionEntry
from courses.attendance.models import AttendanceRecord
from courses.cohorts.models import Cohort, Enrolment
from courses.people.models import Person
from courses.progress.totals import totals_of
from courses.trail.models import TrailEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("school")]
LATER = timedelta(days=3 * 366)


@pytest.fixture(scope="module")
def demo(lasting: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The demo school, made once for all of these tests."""
    folder = tmp_path_factory.mktemp("demo")
    with override_settings(DATA_DIR=folder):
        call_command("seed_demo")
        yield folder


def rows() -> dict[str, int]:
    """How many rows there are of everything of ours, but of what this app writes."""
    ours = {"courses", "certificates", "users"}
    models = [model for model in apps.get_models() if model._meta.app_label in ours and model != TrailEntry]
    return {model._meta.label: model._base_manager.count() for model in models}


def planned(now: datetime) -> dict[str, int]:
    """What the dry run says would go: kind → how many."""
    found = report.dry_run(now, rules.ended(now).ids)
    return {kind.code: kind.count for one in found for kind in one.found}


def test_today_nothing_goes_from_a_school_that_runs(demo: Path) -> None:
    before = rows()
    now = timezone.now()
    assert planned(now) == {}
    assert actions.run(now, seconds=60).total() == 0
    assert rows() == before
    assert not CohortTotals.objects.exists()


def test_years_later_the_dry_run_says_exactly_what_then_goes_and_once_is_enough(demo: Path) -> None:
    now = timezone.now() + LATER
    done, running = Cohort.objects.order_by("pk")
    before, women, went = rows(), running.enrolments.count(), Counter[str]()
    said = planned(now)
    assert said["person"] == women
    assert said["attendancerecord"] > 300
    assert rows() == before, "a dry run changes nothing"

    actions.run(now, seconds=60)

    after = rows()
    for _rule, counts in RetentionEntry.objects.values_list("rule", "counts"):
        for kind, count in counts.items():
            went[kind] += count
    accounts = went.pop("user", 0)
    assert went == said, "what went is what was said"
    assert accounts == before["users.User"] - after["users.User"]
    gone = {label: before[label] - after[label] for label in before if before[label] != after[label]}
    assert sum(gone.values()) == sum(went.values()) + accounts + women, "her enrolment goes with each"
    assert not Enrolment.objects.filter(cohort=running).exists()
    assert done.enrolments.exists(), "its diplomas are not made yet: it waits"
    entries = RetentionEntry.objects.count()
    actions.run(now, seconds=60)
    assert rows() == after
    assert RetentionEntry.objects.count() == entries + 1, "only that it ran"
    assert planned(now) == {}


def test_totals_stay_and_point_at_nobody(demo: Path) -> None:
    cohort = Cohort.objects.latest("pk")
    women = cohort.enrolments.count()
    names = set(Person.objects.filter(enrolments__cohort=cohort).values_list("name", flat=True))
    actions.run(timezone.now() + LATER, seconds=60)
    facts = CohortTotals.objects.get(cohort=cohort).facts
    assert facts["enrolled"] == women
    assert facts["held"]["class"] == 24 * 180
    assert facts["received"]["class"] > 0
    cells = [facts["women"], facts["attendance"], *facts["requirements"]]
    shown = [value for part in cells for key, value in part.items() if key != "label" and value]
    assert shown
    assert min(shown) >= 5
    for part in cells:  # nothing can be subtracted
        hidden = [key for key, value in part.items() if value is None]
        assert len(hidden) != 1
    assert not [name for name in names if name in str(facts)]


def test_a_run_that_is_cut_goes_on_and_the_totals_were_frozen_first(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, cohort = timezone.now() + LATER, Cohort.objects.latest("pk")
    whole = totals_of(cohort)
    monkeypatch.setattr(actions, "PART", 50)
    assert _run_parts(now) > 4, "it was cut several times"
    assert not AttendanceRecord.objects.filter(enrolment__cohort=cohort).exists()
    assert CohortTotals.objects.get(cohort=cohort).facts == whole | {"erased": 0}


def _run_parts(now: datetime) -> int:
    """Runs until it says that it is done, each cut after its first part."""
    for runs in range(1, 500):
        parts = iter(range(1000))

        def check(_until: float, parts: Iterator[int] = parts) -> None:
            if next(parts) > 1:
                raise actions.OutOfTime

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(actions, "_check", check)
            actions.run(now, seconds=60)
        if RetentionEntry.objects.filter(rule=RetentionEntry.DONE).exists():
            return runs
    raise AssertionError

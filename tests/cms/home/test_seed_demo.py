"""The demo school."""

import stat
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from certificates.actas.models import Acta
from certificates.awards.models import Certificate, Job
from courses.assessments.models import Quiz, Rubric
from courses.cohorts.models import Cohort, Enrolment
from courses.pages.models import ContentVersion, LessonPage, ModulePage
from courses.people.models import Organisation, Person
from courses.progress.evidence import standings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("school")]


@pytest.fixture
def demo(tmp_path: Path, settings: Any) -> Path:
    settings.DATA_DIR = tmp_path
    call_command("seed_demo")
    return tmp_path


def test_the_whole_course_is_built_with_neutral_addresses(demo: Path) -> None:
    assert ModulePage.objects.count() == 5
    assert LessonPage.objects.count() == 18
    assert Quiz.objects.count() == 4
    assert sorted(Rubric.objects.values_list("code", flat=True)) == ["o1", "o2", "o3"]
    assert LessonPage.objects.filter(slug="m3-l13").exists()
    forbidden = ("vih", "sexual", "violencia", "its", "condon", "trata")
    slugs = list(LessonPage.objects.values_list("slug", flat=True))
    assert not [slug for slug in slugs for word in forbidden if word in slug]


def test_the_six_lessons_of_the_third_module_are_written_in_full(demo: Path) -> None:
    for lesson in LessonPage.objects.filter(slug__startswith="m3-"):
        kinds = {block.block_type for block in lesson.body}
        assert {"heading", "text", "image", "audio", "key_message", "steps", "self_check"} <= kinds, (
            lesson.slug
        )


def test_the_course_lasts_one_hundred_and_twenty_hours(demo: Path) -> None:
    assert sum(module.minutes for module in ModulePage.objects.all()) == 120 * 60
    cohort = Cohort.objects.get(name__startswith="Generación A")
    by_modality: dict[str, int] = {}
    for session in cohort.sessions.all():
        by_modality[session.modality] = by_modality.get(session.modality, 0) + session.minutes
    assert by_modality == {"class": 72 * 60, "outing": 24 * 60, "tutoring": 6 * 60}


def test_organisations_are_fictional_and_say_so(demo: Path) -> None:
    assert all(o.is_demo and "ficticia" in o.name for o in Organisation.objects.all())


def test_twenty_eight_enrolled_and_each_who_does_not_graduate_has_another_reason(demo: Path) -> None:
    cohort = Cohort.objects.get(name__startswith="Generación A")
    assert cohort.enrolments.count() == 28
    found = standings(cohort, list(Enrolment.objects.for_register(cohort)))
    missing = [{v.requirement.kind for v in s.verdicts if not v.is_met} for s in found if not s.is_complete]
    assert sorted(map(sorted, missing)) == [["attendance"], ["outings"], ["practical"], ["quiz"]]
    assert Certificate.objects.count() == Job.objects.tally()["queued"] == 23
    acta = Acta.objects.get()
    assert acta.proposed_by_id != acta.decided_by_id


def test_one_cohort_is_in_its_sixth_week(demo: Path) -> None:
    cohort = Cohort.objects.get(name__startswith="Generación B")
    assert cohort.week() == 6
    assert 0 < cohort.sessions.filter(records__isnull=False).distinct().count() < 24


def test_seeding_again_changes_nothing(demo: Path) -> None:
    models = (Person, Cohort, Certificate, ContentVersion, LessonPage)
    before = [model.objects.count() for model in models]
    accounts = (demo / "demo-accounts.txt").read_text()
    call_command("seed_demo")
    assert [model.objects.count() for model in models] == before
    assert (demo / "demo-accounts.txt").read_text() == accounts


def test_the_accounts_open_and_their_list_is_for_the_owner_only(demo: Path) -> None:
    path = demo / "demo-accounts.txt"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    lines = [line.split("\t") for line in path.read_text().splitlines()]
    assert len(lines) == 9
    for _role, username, password in lines:
        assert authenticate(username=username, password=password) is not None


def test_lost_accounts_are_written_anew(demo: Path) -> None:
    (demo / "demo-accounts.txt").unlink()
    call_command("seed_demo")
    assert len((demo / "demo-accounts.txt").read_text().splitlines()) == 9


def test_a_finished_cohort_of_any_size_is_made_on_request(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("seed_demo", trainees=3)
    cohort = Cohort.objects.get(pk=int(capsys.readouterr().out.split("\t")[0]))
    found = standings(cohort, list(Enrolment.objects.for_register(cohort)))
    assert [s.is_complete for s in found] == [True] * 3
    call_command("seed_demo", trainees=2, issue=True)
    assert Certificate.objects.count() == 25


@pytest.mark.parametrize("count", [0, -1, 100_000])
def test_a_senseless_size_is_refused(count: int) -> None:
    with pytest.raises(CommandError):
        call_command("seed_demo", trainees=count)


def test_the_test_suite_never_writes_into_the_repository() -> None:
    assert not Path(settings.DATA_DIR).is_relative_to(settings.BASE_DIR)

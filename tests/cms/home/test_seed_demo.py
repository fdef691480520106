"""The demo school."""

import itertools
import stat
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.test import override_settings

from certificates.actas.models import Acta
from certificates.awards.models import Certificate, Job
from cms.home.seeding.attendance_plan import session_plans
from cms.home.seeding.content import calendar
from cms.users.models import User
from courses.assessments.blocks import QUESTION_BLOCKS
from courses.assessments.grading.models import AnswerReading
from courses.assessments.grading.queue import lines
from courses.assessments.grading.sheets import gain_of
from courses.assessments.models import Observation, QuestionBank, Quiz, Rubric
from courses.assessments.outings.models import OutingNote
from courses.assessments.practicals import practicals_of
from courses.attendance.models import AttendanceRecord, Excuse
from courses.care.models import CareNote, MakeUp
from courses.cohorts.models import Cohort, Enrolment, Requirement
from courses.pages.models import ContentVersion, LessonPage, ModulePage
from courses.people.models import Organisation, Person
from courses.progress.evidence import standings
from courses.school.plan import holidays_around

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("school")]
SPANISH = {"locale__language_code": "es"}


@pytest.fixture(scope="module")
def demo(lasting: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a house with the demo school, made once for all of these tests."""
    folder = tmp_path_factory.mktemp("demo")
    with override_settings(DATA_DIR=folder):
        call_command("seed_demo")
        yield folder


def test_the_whole_course_is_built_with_neutral_addresses(demo: Path) -> None:
    assert ModulePage.objects.filter(**SPANISH).count() == 5
    assert LessonPage.objects.filter(**SPANISH).count() == 18
    assert Quiz.objects.filter(**SPANISH).count() == 6
    assert sorted(Rubric.objects.filter(**SPANISH).values_list("code", flat=True)) == ["o1", "o2", "o3"]
    assert LessonPage.objects.filter(slug="m3-l13").exists()
    forbidden = ("vih", "sexual", "violencia", "its", "condon", "trata")
    slugs = list(LessonPage.objects.values_list("slug", flat=True))
    assert not [slug for slug in slugs for word in forbidden if word in slug]


def test_each_module_has_a_bank_of_every_kind_and_the_diagnostics_share_its_anchors(demo: Path) -> None:
    banks = list(QuestionBank.objects.filter(**SPANISH))
    assert [len(bank.questions) >= 10 for bank in banks] == [True] * 4
    assert {one.block_type for bank in banks for one in bank.questions} == {
        name for name, _ in QUESTION_BLOCKS
    }
    before, after = (Quiz.objects.get(slug=slug) for slug in ("t-d1", "t-d2"))
    contents = [ContentVersion.objects.get(key=quiz.key).content for quiz in (before, after)]
    asked = [{one["id"] for one in content["questions"] if one.get("is_anchor")} for content in contents]
    assert [content["draw"] for content in contents] == [12, 12]
    assert len(asked[0]) == 12
    assert asked[0] == asked[1]
    assert not Requirement.objects.filter(subject__in=[before.key, after.key]).exists()


def test_every_lesson_is_written_in_full_with_its_sources_and_somebody_who_looks_after_it(demo: Path) -> None:
    whole = {"heading", "text", "image", "key_message", "steps", "self_check"}
    for lesson in LessonPage.objects.select_related("owner"):
        kinds = {block.block_type for block in lesson.body}
        assert whole <= kinds, lesson.slug
        assert ("audio" in kinds) == lesson.slug.startswith("m3-")
        assert all(source.value["year"] for source in lesson.sources)
        assert len(lesson.sources) >= 3, lesson.slug
        assert lesson.owner.username == "formadora"
    version = ContentVersion.objects.newest([lesson.translation_key], "es")[lesson.translation_key]
    assert len(version.content["sources"]) == len(lesson.sources)


def test_the_course_lasts_one_hundred_and_twenty_hours(demo: Path) -> None:
    assert sum(module.minutes for module in ModulePage.objects.filter(**SPANISH)) == 120 * 60
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


def test_answers_in_words_wait_to_be_read_and_one_for_a_second_reader(demo: Path) -> None:
    cohort = Cohort.objects.get(name__startswith="Generación B")
    trainer, coordinator = (User.objects.get(username=name) for name in ("formadora", "coordinadora"))
    [line] = lines(cohort, trainer.pk)
    assert (line.for_reader, line.elsewhere, line.differ) == (8, 1, 0)
    assert lines(cohort, coordinator.pk)[0].for_reader == 9
    finished = Cohort.objects.get(name__startswith="Generación A")
    [line] = lines(finished, trainer.pk)
    assert line.answers == line.done >= 27


def test_the_finished_cohort_gained_between_its_two_tests(demo: Path) -> None:
    gain = gain_of(Cohort.objects.get(name__startswith="Generación A"))
    assert gain is not None
    assert gain.pairs == 27
    assert gain.after - gain.before > 15


def test_some_show_a_practical_twice_and_the_second_time_to_two(demo: Path) -> None:
    her = Enrolment.objects.get(person__account__username="egresada")
    practical = next(one for one in practicals_of(her) if len(one.times) == 2)
    first, second = (time.observation for time in practical.times)
    assert (first.has_passed, second.has_passed) == (False, True)
    assert second.second == User.objects.get(username="formadora2")
    assert Observation.objects.filter(second__isnull=False).count() > 3


def test_an_outing_is_noted_in_pairs_and_the_odd_one_goes_with_a_trainer(demo: Path) -> None:
    notes = OutingNote.objects.current()
    assert notes.count() == 27
    assert notes.filter(pair_with__isnull=True).count() == 1
    assert not AttendanceRecord.objects.filter(session__modality="outing", supersedes__isnull=False).exists()


def test_absences_are_cared_for(demo: Path) -> None:
    cohort = Cohort.objects.get(name__startswith="Generación B")
    excuses = Excuse.objects.filter(session__cohort=cohort)
    assert sorted(excuses.values_list("is_approved", flat=True), key=str) == [None, True]
    assert MakeUp.objects.count() == 2
    assert MakeUp.objects.waiting().count() == 1
    assert {note.what for note in CareNote.objects.all()} == {"called"}
    made_up = AttendanceRecord.objects.current().filter(session__cohort=cohort, status="made_up")
    assert made_up.count() == 1


def test_no_session_falls_on_a_day_of_rest_or_on_another() -> None:
    for monday in (date(2026, 1, 5) + timedelta(weeks=number) for number in range(52 * 12)):
        plans = session_plans(monday, ZoneInfo("America/Mexico_City"), calendar())
        free = holidays_around(monday)
        days = [plan.starts_at.date() for plan in plans]
        assert len(plans) == 36
        assert not [day for day in days if day in free], monday
        assert monday <= days[0] <= days[-1] < monday + timedelta(weeks=12)
        for before, after in itertools.pairwise(plans):
            assert before.starts_at + timedelta(minutes=before.minutes) <= after.starts_at, monday


def test_seeding_again_changes_nothing(demo: Path) -> None:
    models = (Person, Cohort, Certificate, ContentVersion, LessonPage, AnswerReading, CareNote, Excuse)
    before = [model.objects.count() for model in models]
    accounts = (demo / "demo-accounts.txt").read_text()
    call_command("seed_demo")
    assert [model.objects.count() for model in models] == before
    assert (demo / "demo-accounts.txt").read_text() == accounts


def test_the_accounts_open_and_their_list_is_for_the_owner_only(demo: Path) -> None:
    path = demo / "demo-accounts.txt"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    lines = [line.split("\t") for line in path.read_text().splitlines()]
    assert len(lines) == 10
    for _role, username, password in lines:
        assert authenticate(username=username, password=password) is not None


def test_lost_accounts_are_written_anew(demo: Path) -> None:
    (demo / "demo-accounts.txt").unlink()
    call_command("seed_demo")
    assert len((demo / "demo-accounts.txt").read_text().splitlines()) == 10


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

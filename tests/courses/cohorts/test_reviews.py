"""«Por revisar»: the list, its file, deciding to keep or hide, and what trainees then see."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from courses.cohorts.models import Cohort, Enrolment
from courses.pages.actions import decide_overdue, freeze
from courses.pages.checks.actions import ask_links, note_answer, note_links
from courses.pages.checks.links import Answer
from courses.pages.checks.models import OutsideLink
from courses.pages.models import LessonPage, LessonReview, State
from courses.progress.actions import complete_lesson
from courses.progress.outline import lessons_of
from courses.sync.package import modules_of
from tests.courses.pages.writing import NOON
from tests.factories.courses import OPENED, CourseFactory, pin

pytestmark = pytest.mark.django_db
INDEX = "reviews:index"


def lessons(cohort: Cohort) -> list[LessonPage]:
    return list(LessonPage.objects.descendant_of(cohort.course).order_by("path"))


def overdue(lesson: LessonPage, days: int = 1) -> LessonPage:
    """As it stands long after its approval."""
    yesterday = timezone.localdate() - timedelta(days=days)
    LessonPage.objects.filter(pk=lesson.pk).update(
        reviewed_by="Dra. Ficticia",
        reviewed_on=yesterday - timedelta(days=365),
        review_again_by=yesterday,
        reviewed_digest=lesson.text_digest(),
    )
    return lesson


def hide(lesson: LessonPage, by: Any) -> LessonReview:
    return decide_overdue(
        lesson=lesson, kind="hide", until=None, note="Cambió la ley", by=by, at=timezone.now()
    )


def test_the_list_filters_by_state_and_names_who_and_when(
    client: Client, cohort: Cohort, reviewer: Any
) -> None:
    first, second = lessons(cohort)
    overdue(second)
    client.force_login(reviewer)
    both = client.get(reverse(INDEX)).content.decode()
    assert both.index(second.title) < both.index(first.title)
    one = client.get(reverse(INDEX), {"state": State.OVERDUE}).content.decode()
    assert second.title in one.partition("<table")[2]
    assert first.title not in one.partition("<table")[2]
    module = first.get_parent()
    assert first.title in client.get(reverse(INDEX), {"module": module.pk}).content.decode()


def test_a_workbook_says_the_same_and_takes_no_title_for_a_formula(
    client: Client, cohort: Cohort, coordinator: Any
) -> None:
    first, _second = lessons(cohort)
    LessonPage.objects.filter(pk=first.pk).update(title="=1+1")
    client.force_login(coordinator)
    answer = client.get(reverse(INDEX), {"export": "xlsx"})
    written = b"".join(answer)
    rows = list(load_workbook(BytesIO(written)).active.iter_rows(values_only=True))
    assert len(rows) == 3
    assert {row[1] for row in rows[1:]} == {"'=1+1", "Lección m1-l2"}


def test_the_list_takes_the_same_queries_for_two_and_for_twenty(
    client: Client, trainer: Any, queries_of: Callable[[str], int]
) -> None:
    client.force_login(trainer)
    CourseFactory(lessons=2)
    few = queries_of(reverse(INDEX))
    CourseFactory(lessons=20)
    assert queries_of(reverse(INDEX)) == few


def test_the_first_page_of_staff_says_what_is_overdue(
    client: Client, cohort: Cohort, reviewer: Any, trainer: Any, officer: Any
) -> None:
    overdue(lessons(cohort)[0])
    for who in (reviewer, trainer):
        client.force_login(who)
        assert 'id="pm-reviews"' in client.get(reverse("wagtailadmin_home")).content.decode()
    client.force_login(officer)
    assert client.get(reverse(INDEX)).status_code == 302


def test_overdue_content_stays_with_trainees_until_somebody_decides(
    client: Client, cohort: Cohort, trainee: Any, enrolment: Enrolment
) -> None:
    overdue(lessons(cohort)[0], days=900)
    client.force_login(trainee)
    assert "Lo más importante." in client.get("/curso/m1-l1/").content.decode()


def test_hidden_it_is_not_read_and_what_she_finished_stays(
    client: Client, cohort: Cohort, trainee: Any, enrolment: Enrolment, reviewer: Any
) -> None:
    first, _second = lessons(cohort)
    complete_lesson(enrolment=enrolment, pin=pin(cohort, "lesson"), at=OPENED)
    hide(first, reviewer)
    client.force_login(trainee)
    assert "Lo más importante." not in client.get("/curso/m1-l1/").content.decode()
    assert client.post("/curso/m1-l1/").status_code == 200
    found = lessons_of(enrolment)
    assert (found.lessons_done, len(found.lessons)) == (1, 2)
    assert 'href="/curso/m1-l1/"' not in client.get("/curso/").content.decode()
    [module] = modules_of(RequestFactory().get("/"), enrolment)
    assert [one.slug for one in module.lessons] == ["m1-l2"]


def test_a_hidden_lesson_is_not_what_comes_next_and_comes_back_when_it_is_kept(
    cohort: Cohort, enrolment: Enrolment, reviewer: Any
) -> None:
    first, second = lessons(cohort)
    hide(first, reviewer)
    following = lessons_of(enrolment).next_lesson
    assert following is not None
    assert following.key == second.translation_key
    until = timezone.localdate() + timedelta(days=20)
    decide_overdue(lesson=first, kind="keep", until=until, note="Ya", by=reviewer, at=timezone.now())
    following = lessons_of(enrolment).next_lesson
    assert following is not None
    assert following.key == first.translation_key


def test_a_decision_is_written_down_with_who_and_why(client: Client, cohort: Cohort, reviewer: Any) -> None:
    first, _second = lessons(cohort)
    overdue(first)
    client.force_login(reviewer)
    address = reverse("reviews:decide", args=[first.pk])
    client.get(address, {"kind": "hide", "note": "x"})
    assert not LessonReview.objects.exists()
    assert client.post(address, {"kind": "keep", "note": "Sigue vigente"}).status_code == 200  # until when?
    until = (timezone.localdate() + timedelta(days=30)).isoformat()
    client.post(address, {"kind": "keep", "until": until, "note": "Sigue vigente"})
    made = LessonReview.objects.get()
    assert (made.kind, made.by, made.by_name, made.note) == ("keep", reviewer, "revisora", "Sigue vigente")
    page = client.get(reverse("reviews:lesson", args=[first.pk])).content.decode()
    assert "Sigue vigente" in page


def test_links_of_published_lessons_are_noted_asked_and_forgotten(cohort: Cohort, reviewer: Any) -> None:
    first, second = lessons(cohort)
    for lesson, url in ((first, "https://gone.org/"), (second, "https://who.int/")):
        lesson.sources = [("source", {"title": "OMS", "year": 2021, "url": url})]
        lesson.save_revision().publish()
    assert note_links() == 2
    answers = {"https://gone.org/": Answer(True, "gone"), "https://who.int/": Answer(False)}
    assert ask_links(at=NOON, ask=answers.__getitem__) == 2
    assert ask_links(at=NOON + timedelta(days=6), ask=answers.__getitem__) == 0
    assert OutsideLink.objects.get(is_dead=True).why == "gone"
    first.sources = []
    first.save_revision().publish()
    assert note_links() == 1


def dead(url: str = "https://who.int/") -> bool:
    return OutsideLink.objects.get(url=url).is_dead


def test_silence_counts_the_second_time_and_a_server_without_a_way_out_judges_nobody(school: None) -> None:
    link = OutsideLink.objects.create(url="https://who.int/")
    said = []
    for answer in (Answer(True, "silent"), Answer(True, "silent"), Answer(False)):
        note_answer(link, answer, NOON)
        said.append(dead())
    assert said == [False, True, False]
    for number in range(4):
        OutsideLink.objects.create(url=f"https://who.int/{number}")
    assert ask_links(at=NOON, ask=lambda _url: Answer(True, "unresolved")) == 0
    assert not OutsideLink.objects.filter(is_dead=True).exists()


def test_a_translation_is_no_newer_text_of_what_a_cohort_learns(
    client: Client, cohort: Cohort, coordinator: Any
) -> None:
    lesson, used = lessons(cohort)[0], pin(cohort, "lesson")
    Cohort.objects.filter(pk=cohort.pk).update(ends_on=timezone.localdate())
    client.force_login(coordinator)

    def learned(language: str) -> tuple[str, str]:
        words = used.version.content
        made = freeze(kind="lesson", key=used.key, language=language, title="Otro título", content=words)
        shown = client.get(reverse("reviews:lesson", args=[lesson.pk])).content.decode()
        return shown, reverse("reviews:reach", args=[made.pk])

    shown, address = learned("en")
    assert address not in shown
    assert "un texto anterior" not in shown
    shown, address = learned("es")
    assert address in shown
    assert "un texto anterior" in shown

"""A course goes from one house to an empty one and is the same there."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.utils.html import escape
from hypothesis import HealthCheck
from hypothesis import given as draws
from hypothesis import settings as rules
from hypothesis import strategies as st
from wagtail.fields import StreamField
from wagtail.models import Locale

from cms.home.seeding.content import ensure_course, ensure_home
from courses.assessments.models import QuestionBank, Quiz
from courses.errors import Refused
from courses.moving import work
from courses.moving.actions import confirm, shelf, take_along
from courses.moving.kinds import KINDS, key_of
from courses.moving.writing import collect
from courses.pages.library import GlossaryTerm, ReferralService
from courses.pages.models import ContentVersion, CoursePage, LessonPage
from tests.courses.moving.conftest import brought, contents, elsewhere, given, packed
from tests.factories.courses import OPENED, CourseFactory
from tests.factories.lessons import every_block, publish_lesson, service, sound, term

pytestmark = pytest.mark.django_db


def course_of(lessons: int = 2) -> Any:
    """A course of one module."""
    return CourseFactory(lessons=lessons)


def test_the_demo_course_arrives_as_it_was(by: Any) -> None:
    raw = elsewhere(ensure_course)
    ensure_home()
    assert not CoursePage.objects.exists()
    move = brought(raw, by)
    assert move.state == "done", move.report
    there = packed(CoursePage.objects.get())
    assert contents(there) == contents(raw)
    assert there == raw, "the file itself is the same, byte by byte"


def test_every_block_arrives_as_it_was_and_is_published(raw: bytes, by: Any) -> None:
    for _number in range(3):
        term(f"otra-{_number}")  # so that no row has the number that it had
        service(f"otro-{_number}")
    move = brought(raw, by)
    assert packed(CoursePage.objects.get()) == raw
    assert move.file == ""
    lesson = LessonPage.objects.get(slug="m1-l8")
    assert lesson.live
    assert lesson.owner == by
    assert ContentVersion.objects.filter(key=lesson.translation_key).exists(), "cohorts can use it at once"
    assert ContentVersion.objects.filter(key=Quiz.objects.get(slug="t-otra").key).exists()
    linking = LessonPage.objects.get(slug="m1-l1")
    assert f'id="{lesson.pk}"' in str(linking.body.get_prep_value()), "links name the pages of this house"


ANY_LINE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30).map(
    "a{}".format
)


@st.composite
def bodies(draw: st.DrawFn) -> list[tuple[str, Any]]:
    """Any body that an author could save, whatever she pasted."""
    lines = st.lists(ANY_LINE, min_size=2, max_size=3)
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "heading": ANY_LINE,
        "key_message": ANY_LINE,
        "text": ANY_LINE.map(lambda line: f'<p data-block-key="a1">{escape(line)}</p>'),
        "steps": st.fixed_dictionaries({"title": ANY_LINE, "steps": lines}),
        "flip_cards": st.fixed_dictionaries(
            {"title": ANY_LINE, "cards": lines.map(lambda two: [{"front": one, "back": one} for one in two])}
        ),
    }
    some = st.sampled_from(sorted(kinds)).flatmap(lambda kind: st.tuples(st.just(kind), kinds[kind]))
    return draw(st.lists(some, min_size=1, max_size=8))


@rules(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@draws(title=ANY_LINE, body=bodies())
def test_whatever_an_author_pasted_arrives_as_it_was(
    by: Any, title: str, body: list[tuple[str, Any]]
) -> None:
    def make() -> CoursePage:
        course = course_of(lessons=1)
        lesson = LessonPage(title=title, slug="m1-l9", body=body)
        course.modules()[0].add_child(instance=lesson)
        lesson.save_revision().publish()
        return course

    raw = elsewhere(make)
    with transaction.atomic():
        ensure_home()
        move = brought(raw, by)
        assert move.state == "done", move.report
        assert packed(CoursePage.objects.get()) == raw
        transaction.set_rollback(True)


def test_a_file_whose_name_begins_with_a_dash_travels(by: Any) -> None:
    def make() -> CoursePage:
        course = course_of(lessons=1)
        told = {"audio": sound(name="-voz.mp3"), "transcript": "Palabra\x0bpalabra"}
        lesson = LessonPage(title="L\x0b1", slug="m1-l9", body=[("audio", told)])
        course.modules()[0].add_child(instance=lesson)
        lesson.save_revision().publish()
        return course

    move = brought(elsewhere(make), by)
    assert move.state == "done", move.report
    lesson = LessonPage.objects.get(slug="m1-l9")
    assert lesson.title == "L 1"
    assert lesson.body[0].value["transcript"] == "Palabra palabra"
    assert lesson.body[0].value["audio"].file.name.endswith("voz.mp3")


def test_the_same_course_is_the_same_file(by: Any) -> None:
    course = course_of()
    assert packed(course) == packed(course)


def _numbers(raw: Any) -> Iterator[tuple[str, Any]]:
    for name, content in contents(raw).items():
        if name.endswith(".json"):
            yield name, json.loads(content)


def test_no_number_of_a_row_and_no_account_is_in_the_file(by: Any) -> None:
    course = course_of()
    lesson = publish_lesson(course.modules()[0], every_block())
    LessonPage.objects.filter(pk=lesson.pk).update(owner=by)
    text = b" ".join(contents(packed(course)).values())
    assert by.get_username().encode() not in text
    bundle = collect(course)
    for row in (lesson, *LessonPage.objects.all()):
        for field in (one for one in row._meta.fields if isinstance(one, StreamField)):
            references = field.extract_references(getattr(row, field.name))
            named = {(model, str(pk)) for model, pk, *_path in references}
            parts = bundle.parts[f"lessons/{row.translation_key}.es.json"]["fields"][field.name]
            found = json.dumps(parts)
            for model, _pk in named:
                kind = next(kind for kind in KINDS.values() if kind.model is model)
                assert f'"{kind.name}/' in found, "Wagtail and we see the same references"
            assert found.count(".json") >= len(named)


def test_reviewed_facts_travel_as_a_note_and_this_house_reviews_again(by: Any) -> None:
    def make() -> CoursePage:
        course = course_of()
        LessonPage.objects.update(reviewed_by="Dra. Ejemplo", reviewed_on="2026-03-01")
        return course

    raw = elsewhere(make)
    ensure_home()
    move = brought(raw, by)
    assert move.report["reviewed"] == 2
    lesson = LessonPage.objects.first()
    assert (lesson.reviewed_by, lesson.reviewed_on) == ("Dra. Ejemplo, 2026-03-01", None)
    version = ContentVersion.objects.get(key=lesson.translation_key)
    assert version.content["is_reviewed"] is False
    assert packed(CoursePage.objects.get()) == raw


def test_translations_arrive_under_the_front_page_of_their_language(by: Any) -> None:
    def make() -> CoursePage:
        english, _made = Locale.objects.get_or_create(language_code="en")
        course = course_of(lessons=1)
        home = course.get_parent().specific
        if not home.has_translation(english):
            home.copy_for_translation(english)
        module = course.modules()[0]
        for page, title in ((course, "Course"), (module, "Module"), (module.lessons()[0], "Lesson")):
            twin = page.copy_for_translation(english)
            twin.title = title
            twin.save_revision().publish()
        publish_lesson(module, every_block())
        told = GlossaryTerm.objects.get(key="consentimiento")
        GlossaryTerm.objects.create(
            key=told.key,
            locale=english,
            translation_key=told.translation_key,
            term="Consent",
            definition="A free yes.",
        )
        return course

    raw = elsewhere(make)
    ensure_home()
    Locale.objects.exclude(language_code="es").delete()
    without = given(raw, by)
    assert [one["code"] for one in without.report["notices"]] == ["language_out"]
    english = Locale.objects.create(language_code="en")
    brought(raw, by)
    lesson = LessonPage.objects.get(locale=english)
    assert (lesson.title, lesson.live) == ("Lesson", True)
    assert lesson.translation_key in LessonPage.objects.exclude(locale=english).values_list(
        "translation_key", flat=True
    )
    assert GlossaryTerm.objects.get(locale=english).term == "Consent"
    original = CoursePage.objects.order_by("pk").first()
    assert original.locale.language_code == "es", "the original is made first"
    assert packed(original) == raw


def test_drafts_stay_and_a_page_never_published_arrives_as_a_draft(by: Any) -> None:
    def make() -> CoursePage:
        course = course_of()
        [module] = course.modules()
        published, hidden = module.lessons()
        published.title = "Aún no"
        published.save_revision()
        hidden.unpublish()
        hidden = LessonPage.objects.get(pk=hidden.pk)
        hidden.title = "Borrador"
        hidden.save_revision()
        return course

    raw = elsewhere(make)
    ensure_home()
    brought(raw, by)
    first, second = LessonPage.objects.order_by("path")
    assert first.title != "Aún no"
    assert first.live
    assert not second.live
    assert second.get_latest_revision_as_object().title == "Borrador"
    assert packed(CoursePage.objects.get()) == raw


def test_a_course_that_is_here_comes_in_as_a_copy_only(raw: bytes, by: Any) -> None:
    brought(raw, by)
    before = packed(CoursePage.objects.get())
    again = given(raw, by)
    assert again.report["here"]
    with pytest.raises(Refused):
        confirm(move=again, as_copy=False, at=OPENED)
    move = brought(raw, by, as_copy=True)
    assert move.state == "done", move.report
    first, second = CoursePage.objects.order_by("pk")
    assert packed(first) == before, "what was here is untouched"
    assert second.translation_key != first.translation_key
    assert second.slug == f"{first.slug}-2"
    assert Quiz.objects.filter(slug="t-otra-2").exists()
    assert len(set(QuestionBank.objects.values_list("title", flat=True))) == 2, "a copy is called one"
    assert (GlossaryTerm.objects.count(), ReferralService.objects.count()) == (2, 1), "shared by all courses"
    kinds = sorted(part["kind"] for part in collect(second).parts.values())
    assert kinds == sorted(part["kind"] for part in collect(first).parts.values())


def test_words_and_services_of_the_house_are_never_overwritten(raw: bytes, by: Any) -> None:
    mine = term(definition="Lo que decimos aquí.")
    phone = service(phone="111 111 1111")
    move = brought(raw, by)
    assert {one["about"] for one in move.report["notices"]} == {str(mine), str(phone)}
    mine.refresh_from_db()
    phone.refresh_from_db()
    assert (mine.definition, phone.phone) == ("Lo que decimos aquí.", "111 111 1111")
    lesson = LessonPage.objects.get(slug="m1-l8")
    [glossary] = [block for block in lesson.body if block.block_type == "glossary"]
    assert mine in list(glossary.value["terms"])


def test_a_worker_writes_the_file_and_it_is_put_away_after_a_day(by: Any) -> None:
    course = course_of()
    move = take_along(course=course, by=by, at=OPENED)
    assert work.carry(move.pk)
    assert not work.carry(move.pk), "the second worker has nothing to do"
    move.refresh_from_db()
    assert (move.state, move.report["counts"]["lessons"]) == ("done", 2)
    with shelf().open(move.file) as file:
        assert file.read() == packed(course)
    work.sweep(OPENED + work.LEASE * 200)
    move.refresh_from_db()
    assert (move.state, move.file) == ("expired", "")


def test_a_picture_whose_file_is_gone_stops_the_taking_along(by: Any) -> None:
    course = course_of()
    lesson = publish_lesson(course.modules()[0], every_block())
    [image, *_others] = [block.value for block in lesson.body if block.block_type == "image"]
    default_storage.delete(image.file.name)
    move = take_along(course=course, by=by, at=OPENED)
    work.carry(move.pk)
    move.refresh_from_db()
    assert (move.state, move.report["problems"][0]["code"]) == ("refused", "no_file")


def test_every_field_that_travels_is_a_field_and_every_key_is_kept() -> None:
    for kind in KINDS.values():
        for name in kind.fields:
            field = kind.model._meta.get_field(name)
            assert not isinstance(field, models.AutoField)
            assert name not in {"owner", "path", "collection"}
    assert key_of(service()) == key_of(service())

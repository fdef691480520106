"""A test with every kind of question: frozen, taken with and without signal, measured, put right."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtailmedia.models import get_media_model

from courses.assessments.actions import answer_key, freeze_bank, freeze_quiz, start_attempt, submit_attempt
from courses.assessments.grading.actions import apply_fix, try_fix
from courses.assessments.grading.models import result_in_force
from courses.assessments.grading.rules import Fix
from courses.assessments.grading.sheets import gain_of
from courses.assessments.models import Attempt, QuestionBank, Quiz
from courses.cohorts.actions import enrol
from courses.cohorts.models import Cohort, CohortContent, Enrolment, Requirement
from courses.pages.models import ContentVersion, ModulePage
from courses.progress.outline import outline_of
from courses.school.actions import open_school
from courses.sync.package import sheet_of
from tests.courses.sync.phone import Phone
from tests.factories.courses import OPENED, CohortFactory, CourseFactory, enrolled, question
from tests.factories.kinds import WORDS, every_kind, stored

pytestmark = pytest.mark.django_db
NOW = OPENED + timedelta(weeks=3)
WRONG = {"order": "order-1,order-0,order-2", "number": "9"}


@pytest.fixture
def kinds(quiz: CohortContent) -> CohortContent:
    """The test of `cohort`, with one question of each kind that is counted at once."""
    source = Quiz.objects.get(translation_key=quiz.key)
    source.questions = every_kind()
    source.full_clean()
    source.save()
    quiz.version = freeze_quiz(quiz=Quiz.objects.get(pk=source.pk))
    quiz.save()
    return quiz


@pytest.fixture
def browser(client: Client, trainee: Any) -> Client:
    client.force_login(trainee)
    return client


@pytest.fixture
def attempt(enrolment: Enrolment, kinds: CohortContent, browser: Client) -> Attempt:
    browser.post(reverse("courses:quiz", args=[kinds.slug]), {"sheet": "all"})
    return Attempt.objects.get()


def fields(attempt: Attempt) -> dict[str, Any]:
    """The right answers as the fields of the sheet send them."""
    key = answer_key(attempt)
    order = {f"order:{one}": str(place) for place, one in enumerate(key["order"].split(","), start=1)}
    match = {f"match:{pair.split(':')[0]}": pair.split(":")[1] for pair in key["match"].split(",")}
    return {
        "one": key["one"],
        "many": ["", *key["many"].split(",")],
        "tf": key["tf"],
        "number": "2,4",
        **order,
        **match,
    }


def address(attempt: Attempt) -> str:
    return reverse("courses:attempt", args=[attempt.pk])


def test_a_version_holds_all_it_needs_and_the_sheet_no_answer(attempt: Attempt, browser: Client) -> None:
    content = attempt.version.content
    assert [one["kind"] for one in content["questions"]] == [one["type"] for one in every_kind()]
    page = browser.get(address(attempt)).content.decode()
    assert "Porque" not in page
    assert "Sobre" not in page
    for pair in content["questions"][4]["pairs"]:
        assert pair["left"]["id"] not in pair["right"]["id"]
    assert [option["text"] for option in content["questions"][2]["options"]] == ["Verdadero", "Falso"]


def test_a_whole_sheet_is_graded_and_explained(attempt: Attempt, browser: Client) -> None:
    response = browser.post(address(attempt), fields(attempt), follow=True)
    attempt.refresh_from_db()
    assert (attempt.correct, attempt.total, attempt.has_passed) == (6, 6, True)
    assert attempt.answers["order"] == "order-0,order-1,order-2"
    assert all(answer["is_correct"] for answer in response.context["answers"])
    assert "Porque order." in response.content.decode()


def test_wrong_answers_are_shown_beside_the_right_ones(attempt: Attempt, browser: Client) -> None:
    sent = fields(attempt) | {"number": "9", "many": ["", "many-a", "many-c"]}
    sent |= {"order:order-0": "2", "order:order-1": "1"}
    page = browser.post(address(attempt), sent, follow=True).content.decode()
    attempt.refresh_from_db()
    assert attempt.correct == 3
    assert "2.5 días" in page
    assert "1. primero" in page
    assert "1. segundo" in page
    assert "Sobre c" in page


def test_what_is_half_done_is_kept_and_missing_until_it_is_whole(attempt: Attempt, browser: Client) -> None:
    sent = fields(attempt) | {"order:order-1": "1", "number": "dos"}
    response = browser.post(address(attempt), sent)
    attempt.refresh_from_db()
    assert response.status_code == 200
    assert attempt.submitted_at is None
    assert attempt.answers["order"] == "order-0:1,order-1:1,order-2:3"
    assert attempt.answered == 4
    assert 'value="dos"' in response.content.decode()
    assert {one["name"] for one in response.context["missing"]} == {"order", "number"}
    browser.post(address(attempt), {"many": "", "save": "1"})
    attempt.refresh_from_db()
    assert "many" not in attempt.answers


def test_one_question_at_a_time_and_the_look_over(attempt: Attempt, browser: Client) -> None:
    browser.post(address(attempt), {"go": "one"})
    for place, name in enumerate([one["id"] for one in attempt.questions], start=1):
        page = browser.get(address(attempt), {"p": str(place)})
        assert f'data-question="{name}"' in page.content.decode()
        mine = {key: value for key, value in fields(attempt).items() if key.partition(":")[0] == name}
        browser.post(address(attempt), {**mine, "go": str(place + 1)})
    review = browser.get(address(attempt), {"p": "7"})
    assert review.context["missing"] == []
    assert "2,4 días" in review.content.decode()


@pytest.mark.parametrize(
    "sent",
    [
        {"many": ["many-a", "one-a"]},
        {"order:order-0": "4"},
        {"order:inventada": "1"},
        {"match:match-0": "match-1"},
        {"tf": "True"},
        {"number": "1" * 5000},
        {"one:one-a": "1"},
    ],
)
def test_hostile_fields_are_refused_and_keep_nothing(
    attempt: Attempt, browser: Client, sent: dict[str, Any]
) -> None:
    assert browser.post(address(attempt), {**sent, "save": "1"}).status_code == 400
    assert browser.post(address(attempt), sent).status_code == 200
    attempt.refresh_from_db()
    assert attempt.answers == {}


def test_a_picture_and_a_sound_stand_with_their_question_and_travel_with_it(
    quiz: CohortContent, enrolment: Enrolment
) -> None:
    picture = get_image_model().objects.create(title="Dibujo", file=get_test_image_file(size=(1200, 900)))
    sound = get_media_model().objects.create(
        title="Leída", type="audio", duration=61, file=ContentFile(b"sonido", "leida.mp3")
    )
    source = Quiz.objects.get(translation_key=quiz.key)
    shown = {"image": picture.pk, "alt_text": "Un brazo con una curita", "decorative": False}
    [one] = every_kind()[:1]
    one["value"] |= {"picture": shown, "audio": sound.pk}
    source.questions = [one]
    source.save()
    quiz.version = freeze_quiz(quiz=Quiz.objects.get(pk=source.pk))
    quiz.save()
    [frozen] = quiz.version.content["questions"]
    assert (frozen["picture"]["width"], frozen["picture"]["alt"]) == (640, "Un brazo con una curita")
    assert frozen["audio"]["minutes"] == 2
    sheet = sheet_of(start_attempt(enrolment=enrolment, pin=quiz, at=NOW))
    assert 'alt="Un brazo con una curita"' in sheet.html
    assert {file.type for file in sheet.files} == {"image/webp", "audio/mpeg"}


# Without signal.


def test_every_kind_is_answered_without_signal(attempt: Attempt) -> None:
    phone, key = Phone(attempt.enrolment.person), answer_key(attempt)
    html = sheet_of(attempt).html
    assert "Porque" not in html
    half = phone.event("answer", attempt=str(attempt.pk), question="order", option="order-2:1")
    taken = phone.event("answer", attempt=str(attempt.pk), question="many", option="")
    sent = {**key, "many": "many-b,many-a", "order": "order-2:3,order-0:1,order-1:2", "number": "2.4"}
    whole = phone.event("attempt.submitted", attempt=str(attempt.pk), answers=sent)
    assert phone.send(half, taken, whole) == ["applied"] * 3
    attempt.refresh_from_db()
    assert (attempt.correct, attempt.answers["many"]) == (6, "many-a,many-b")
    again = phone.event("attempt.submitted", attempt=str(attempt.pk), answers=sent)
    assert phone.send(again) == ["again"]


# Measured, and put right.


def sit(woman: Enrolment, quiz: CohortContent, **wrong: str) -> Attempt:
    made = start_attempt(enrolment=woman, pin=quiz, at=NOW)
    return submit_attempt(attempt=made, answers={**answer_key(made), **wrong}, at=NOW)


def test_the_page_of_questions_counts_every_kind(
    client: Client, cohort: Cohort, kinds: CohortContent, trainer: Any
) -> None:
    women = enrolled(cohort, 6)
    for woman in women[:4]:
        sit(woman, kinds, **WRONG)
    for woman in women[4:]:
        sit(woman, kinds, many="many-a")
    client.force_login(trainer)
    rows = client.get(reverse("items:quiz", args=[cohort.pk, kinds.slug])).context["rows"]
    found = {row["question"]["id"]: row for row in rows}
    assert [one["count"] for one in found["many"]["answers"]] == [6, 4, 0]
    assert [(one["count"], one["is_right"]) for one in found["order"]["answers"]] == [(2, True), (4, False)]
    assert found["order"]["answers"][1]["lines"][0] == "1. segundo"
    assert [one["count"] for one in found["number"]["answers"]] == [2, 4]


def test_another_order_counts_after_all_and_several_may_be_marked_anew(
    cohort: Cohort, kinds: CohortContent, coordinator: Any
) -> None:
    [woman] = enrolled(cohort)
    made = sit(woman, kinds, many="many-a", **WRONG)
    assert made.correct == 3
    for name, accepted in (
        ("order", {"order-0,order-1,order-2", WRONG["order"]}),
        ("many", {"many-a"}),
        ("number", {"2.5", "9"}),
    ):
        fix = Fix(accepted=frozenset(accepted))
        seen = try_fix(version=kinds.version, question=name, fix=fix)
        assert seen.gained == 1
        apply_fix(version=kinds.version, question=name, fix=fix, seen=seen.digest, by=coordinator, at=NOW)
    assert result_in_force([made])[made.pk].correct == 6
    made.refresh_from_db()
    assert made.correct == 3


def test_the_page_to_put_right_offers_the_answers_that_were_given(
    client: Client, cohort: Cohort, kinds: CohortContent, coordinator: Any
) -> None:
    for woman in enrolled(cohort, 2):
        sit(woman, kinds, **WRONG)
    client.force_login(coordinator)
    page = reverse("items:fix", args=[cohort.pk, kinds.slug, "order"])
    assert [one["id"] for one in client.get(page).context["options"]] == [
        "order-0,order-1,order-2",
        WRONG["order"],
    ]
    tried = client.post(page, {"accepted": ["order-0,order-1,order-2", WRONG["order"]], "try": "1"})
    assert tried.context["preview"].gained == 2


# Banks.


@pytest.fixture
def bank() -> QuestionBank:
    made = QuestionBank(title="Banco", questions=[*every_kind(), WORDS])
    made.full_clean()
    made.save()
    return made


def draw_from(bank: QuestionBank, quiz: CohortContent, **how: Any) -> dict[str, Any]:
    """What the test of a cohort says when it draws from a bank."""
    source = Quiz.objects.get(translation_key=quiz.key)
    facts = {"bank": bank.pk, "count": 2, "tag": "", "which": "counted", **how}
    source.questions = [question("q0"), {"type": "from_bank", "id": "draws", "value": facts}]
    source.draw = None
    source.full_clean()
    source.save()
    version = freeze_quiz(quiz=Quiz.objects.get(pk=source.pk))
    content: dict[str, Any] = version.content
    return content


@pytest.mark.parametrize(
    ("how", "pool"),
    [
        ({}, {"one", "many", "tf", "order", "match", "number"}),
        ({"tag": "PLAZOS"}, {"many", "number"}),
        ({"which": "words", "count": 1}, {"words"}),
        ({"which": "any", "count": 3}, {"one", "many", "tf", "order", "match", "number", "words"}),
    ],
)
def test_a_test_draws_from_a_bank_and_asks_its_own(
    bank: QuestionBank, quiz: CohortContent, how: dict[str, Any], pool: set[str]
) -> None:
    content = draw_from(bank, quiz, **how)
    assert content["draw"] == 1 + how.get("count", 2)
    assert [set(one["questions"]) for one in content["pools"]] == [{"q0"}, pool]
    assert content["allows_offline"] is ("words" not in pool)


def test_a_changed_bank_reaches_the_next_cohort_and_no_open_one(
    bank: QuestionBank, quiz: CohortContent, enrolment: Enrolment
) -> None:
    draw_from(bank, quiz)
    before = ContentVersion.objects.filter(key=quiz.key).count()
    assert freeze_bank(bank=bank) == [ContentVersion.objects.newest([quiz.key], "es")[quiz.key]]
    assert ContentVersion.objects.filter(key=quiz.key).count() == before
    bank.questions = [stored("true_false", "nueva", is_true=True, if_true="", if_false="")]
    bank.save()
    [version] = freeze_bank(bank=bank)
    assert [one["id"] for one in version.content["questions"]] == ["q0", "nueva"]
    assert start_attempt(enrolment=enrolment, pin=quiz, at=NOW).version == quiz.version


def test_saving_a_bank_freezes_the_tests_that_draw_from_it(
    bank: QuestionBank, quiz: CohortContent, client: Client, trainer: Any
) -> None:
    draw_from(bank, quiz)
    before = ContentVersion.objects.filter(key=quiz.key).count()
    client.force_login(trainer)
    form = {
        "title": "Banco",
        "tags": "",
        "questions-count": "1",
        "questions-0-deleted": "",
        "questions-0-order": "0",
        "questions-0-type": "short_answer",
        "questions-0-id": "otra",
        "questions-0-value-question": "¿Qué dices?",
        "questions-0-value-look_for": "Permiso.",
    }
    client.post(reverse("wagtailsnippets_courses_questionbank:edit", args=[bank.pk]), form)
    assert ContentVersion.objects.filter(key=quiz.key).count() == before + 1


# Before and after.


def measured(course: Any) -> None:
    """A test before and one after that share the anchors of a bank; the module's own test stays."""
    bank = QuestionBank.objects.create(
        title="Anclas",
        questions=[{**one, "value": {**one["value"], "is_anchor": True}} for one in every_kind()],
    )
    module = ModulePage.objects.child_of(course).get()
    for moment in (Quiz.Moment.BEFORE, Quiz.Moment.AFTER):
        quiz = Quiz.objects.create(
            module=module,
            title=f"Diagnóstico {moment}",
            slug=f"d-{moment}",
            moment=moment,
            is_required=False,
            questions=[{"type": "from_bank", "id": moment, "value": {"bank": bank.pk, "count": 6}}],
        )
        freeze_quiz(quiz=Quiz.objects.get(pk=quiz.pk))


@pytest.fixture
def pair() -> Cohort:
    cohort = CohortFactory(course=CourseFactory(), opened=False)
    measured(cohort.course.specific)
    return open_school(cohort=cohort, at=OPENED)


def test_what_measures_is_pinned_and_asked_of_nobody(pair: Cohort) -> None:
    slugs = list(CohortContent.objects.filter(cohort=pair).values_list("slug", flat=True))
    assert slugs[0] == "d-before"
    assert slugs.index("d-after") > slugs.index("m1-l2")
    assert Requirement.objects.filter(cohort=pair, kind="quiz").count() == 1


def test_the_test_before_comes_first_once_and_blocks_nothing(pair: Cohort) -> None:
    [woman] = enrolled(pair)
    outline = outline_of(woman)
    first = outline.next_step
    assert first is not None
    assert first.slug == "d-before"
    assert [len(module.needed) for module in outline.modules()] == [3]
    before = CohortContent.objects.select_related("version").get(cohort=pair, slug="d-before")
    made = sit(woman, before, **WRONG)
    assert made.has_passed
    after_it = outline_of(woman).next_step
    assert after_it is not None
    assert after_it.is_lesson


def test_the_result_of_the_test_before_gives_no_answer_away(
    pair: Cohort, client: Client, trainee: Any
) -> None:
    woman = enrol(person=trainee.person, cohort=pair, starts_on=pair.starts_on)
    before = CohortContent.objects.select_related("version").get(cohort=pair, slug="d-before")
    made = sit(woman, before, **WRONG)
    client.force_login(trainee)
    page = client.get(address(made))
    assert page.status_code == 200
    assert "Porque" not in page.content.decode()
    assert page.context["result"].correct == 4
    assert not client.get(reverse("courses:quiz", args=["d-before"])).context["chances"].may_start


def test_the_gain_is_counted_over_the_anchors_alone(pair: Cohort) -> None:
    before, after = (
        CohortContent.objects.select_related("version").get(cohort=pair, slug=slug)
        for slug in ("d-before", "d-after")
    )
    for woman in enrolled(pair, 5):
        sit(woman, before, **WRONG, many="many-a")
        sit(woman, after)
    found = gain_of(pair)
    assert found is not None
    assert (found.pairs, int(found.before), int(found.after)) == (5, 50, 100)


# Tried out.


def draft(*questions: dict[str, str]) -> dict[str, str]:
    """Questions as the editor sends them while they are written."""
    found = {"questions-count": str(len(questions))}
    for place, one in enumerate(questions):
        found |= {f"questions-{place}-{name}": value for name, value in one.items()}
        found |= {f"questions-{place}-deleted": "", f"questions-{place}-order": str(place)}
    return found


TRUE = {"type": "true_false", "id": "tf", "value-question": "¿Sí?", "value-is_true": "on"}
NUMBER = {"type": "numeric", "id": "n", "value-question": "¿Cuántos?", "value-answer": "28"}
NUMBER |= {"value-tolerance": "0", "value-feedback": "Porque sí."}
UNFINISHED = {"type": "numeric", "id": "u", "value-question": "¿Y esta?", "value-answer": ""}


def previewed(client: Client, kind: str, pk: int, form: dict[str, Any]) -> str:
    """The preview of a test or a bank in the editor, with what is not saved yet."""
    address = reverse(f"wagtailsnippets_courses_{kind}:preview_on_edit", args=[pk])
    assert client.post(address, form).json()["is_valid"]
    response = client.get(address)
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    return response.content.decode()


def sealed_in(page: str) -> str:
    return page.partition('name="sealed" value="')[2].partition('"')[0]


def test_a_test_is_tried_in_the_preview_before_it_is_saved_and_leaves_no_trace(
    client: Client, quiz: CohortContent, trainer: Any
) -> None:
    source = Quiz.objects.get(translation_key=quiz.key)
    versions = ContentVersion.objects.count()
    client.force_login(trainer)
    facts = {"module": source.module_id, "title": "Sin guardar", "slug": source.slug, "pass_mark": "70"}
    facts |= {"attempts": "3", "wait_hours": "12", **draft(TRUE, NUMBER, UNFINISHED)}
    page = previewed(client, "quiz", source.pk, facts)
    assert page.count("data-question=") == 2
    assert "Porque" not in page
    assert "csrfmiddlewaretoken" in page
    answers = {"sealed": sealed_in(page), "tf": "x", "n": "28"}
    graded = client.post(reverse("trial:index"), answers)
    assert (graded.context["correct"], graded.context["counted"]) == (1, 2)
    assert "Porque sí." in graded.content.decode()
    again = client.post(reverse("trial:index"), {"sealed": sealed_in(graded.content.decode()), "again": "1"})
    assert again.content.decode().count("data-question=") == 2
    source.refresh_from_db()
    assert source.title != "Sin guardar"
    assert not Attempt.objects.exists()
    assert ContentVersion.objects.count() == versions


def test_a_bank_is_tried_with_all_it_has(client: Client, bank: QuestionBank, trainer: Any) -> None:
    client.force_login(trainer)
    page = previewed(client, "questionbank", bank.pk, {"title": "Banco", **draft(TRUE, NUMBER)})
    assert page.count("data-question=") == 2


@pytest.mark.parametrize("sealed", ["", "x", json.dumps({"content": {}})])
def test_a_trial_that_is_not_ours_is_not_there(client: Client, trainer: Any, sealed: str) -> None:
    client.force_login(trainer)
    assert client.post(reverse("trial:index"), {"sealed": sealed}).status_code == 404


def test_nobody_else_tries_tests(client: Client, officer: Any) -> None:
    client.force_login(officer)
    assert client.post(reverse("trial:index"), {"sealed": "x"}).status_code in {302, 403}

"""What a phone takes along: whole, weighed, hers, and without the answers."""

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction
from wagtailmedia.models import get_media_model

from courses.assessments.models import Attempt
from courses.cohorts.actions import enrol, withdraw
from courses.cohorts.changing import apply_version
from courses.cohorts.models import Cohort, CohortContent, Enrolment
from courses.pages.actions import freeze
from courses.pages.models import LessonPage
from courses.sync.package import PART
from tests.courses.sync.phone import Phone
from tests.factories.courses import CohortFactory, CourseFactory, PersonFactory, UserFactory, pin
from tests.factories.lessons import service

pytestmark = pytest.mark.django_db
MODULES = "/sync/v1/modules/"


@pytest.fixture
def browser(trainee: Any, enrolment: Enrolment) -> Client:
    client = Client()
    client.force_login(trainee)
    return client


def listed(client: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(MODULES).json()["modules"]
    return found


def fetch(client: Client, phone: Phone, number: int = 0) -> dict[str, Any]:
    """A module as this phone gets it."""
    address = f"{MODULES}{listed(client)[number]['key']}/"
    packed: dict[str, Any] = client.get(address, headers={"X-Device": str(phone.device)}).json()
    return packed


def give_sound(lesson: CohortContent, size: int) -> bytes:
    """A sound of `size` bytes in the lesson that the cohort uses."""
    content = bytes(range(256)) * (size // 256)
    sound = get_media_model().objects.create(
        title="Voz", type="audio", duration=60, file=ContentFile(content, "voz.mp3")
    )
    block = {"type": "audio", "id": "sound", "value": {"audio": sound.pk, "transcript": "Lo que se oye."}}
    body = [block, *lesson.version.content["body"]]
    content_now = {**lesson.version.content, "body": body}
    lesson.version = freeze(
        kind="lesson", key=lesson.key, language="es", title=lesson.version.title, content=content_now
    )
    lesson.save()
    return content


def test_the_list_says_what_there_is_and_what_it_weighs(browser: Client, phone: Phone) -> None:
    module = listed(browser)[0]
    packed = fetch(browser, phone)
    assert (module["number"], module["title"], module["lessons"], module["has_test"]) == (
        1,
        "Módulo 1",
        2,
        True,
    )
    assert module["revision"] == packed["revision"]
    assert module["bytes"] == sum(len(lesson["html"].encode()) for lesson in packed["lessons"])
    assert packed["bytes"] == module["bytes"] + len(packed["test"]["html"].encode())


def test_a_package_has_the_lessons_and_her_open_test_but_no_answers(
    browser: Client, phone: Phone, cohort: Cohort
) -> None:
    packed = fetch(browser, phone)
    assert [lesson["title"] for lesson in packed["lessons"]] == ["Lección m1-l1", "Lección m1-l2"]
    assert "Lo más importante." in packed["lessons"][0]["html"]
    attempt = Attempt.objects.get()
    assert packed["test"]["attempt"] == str(attempt.pk)
    assert all(question["text"] in packed["test"]["html"] for question in attempt.questions)
    said = json.dumps(packed["test"])
    assert not any(word in said for word in ("is_correct", "feedback", "Así es.", "csrf"))


def test_fetching_twice_opens_one_attempt_and_brings_the_saved_answers(browser: Client, phone: Phone) -> None:
    attempt = fetch(browser, phone)["test"]["attempt"]
    phone.send(phone.answer(Attempt.objects.get(), "q0", "b"))
    again = fetch(browser, phone)["test"]
    assert (again["attempt"], again["answers"]) == (attempt, {"q0": "q0-b"})


def test_the_list_says_which_sheet_could_be_brought(browser: Client, phone: Phone) -> None:
    assert listed(browser)[0]["test_open"] == ""
    attempt = fetch(browser, phone)["test"]["attempt"]
    assert listed(browser)[0]["test_open"] == attempt
    phone.send(phone.hand_in(Attempt.objects.get(), "b"))
    assert Attempt.objects.get().submitted_at is not None
    assert listed(browser)[0]["test_open"] is None  # one must wait between two
    assert fetch(browser, phone)["test"] is None
    Attempt.objects.update(submitted_at=timezone.now() - timedelta(days=9))
    assert listed(browser)[0]["test_open"] == ""


def test_a_test_that_must_stay_is_neither_listed_nor_opened(
    browser: Client, phone: Phone, cohort: Cohort
) -> None:
    quiz = pin(cohort, "quiz")
    stays = {**quiz.version.content, "allows_offline": False}
    quiz.version = freeze(kind="quiz", key=quiz.key, language="es", title="Prueba", content=stays)
    quiz.save()
    assert listed(browser)[0]["has_test"] is False
    assert fetch(browser, phone)["test"] is None
    assert not Attempt.objects.exists()


def test_after_handing_in_nothing_is_opened_until_the_wait_is_over(browser: Client, phone: Phone) -> None:
    fetch(browser, phone)
    phone.send(phone.hand_in(Attempt.objects.get(), "b"))
    assert fetch(browser, phone)["test"] is None


def test_a_new_version_gives_another_revision(browser: Client, phone: Phone, lesson: CohortContent) -> None:
    before = listed(browser)[0]["revision"]
    give_sound(lesson, 256)
    assert listed(browser)[0]["revision"] != before


def test_the_ticket_of_a_package_hands_in_work_from_that_phone(
    browser: Client, phone: Phone, lesson: CohortContent
) -> None:
    packed = fetch(browser, phone)
    event = phone.event("lesson.completed", version=packed["lessons"][0]["version"])
    assert phone.send({**event, "ticket": packed["ticket"]}) == ["applied"]
    assert fetch(browser, phone)["lessons"][0]["is_done"] is True


def test_a_package_says_that_there_is_something_new_until_it_was_read_without_signal(
    browser: Client, phone: Phone, cohort: Cohort, lesson: CohortContent, trainer: Any
) -> None:
    Cohort.objects.filter(pk=cohort.pk).update(ends_on=timezone.localdate() + timedelta(days=30))

    def first() -> tuple[bool, bool]:
        told = fetch(browser, phone)["lessons"][0]
        return told["is_done"], told["has_news"]

    def finish() -> None:
        version = fetch(browser, phone)["lessons"][0]["version"]
        assert phone.send(phone.event("lesson.completed", version=version)) == ["applied"]

    assert first() == (False, False)
    finish()
    assert first() == (True, False)
    other = {**lesson.version.content, "objectives": ["Lo nuevo"]}
    version = freeze(kind="lesson", key=lesson.key, language="es", title="Otra", content=other)
    apply_version(version=version, needs_rereading=True, by=trainer, at=timezone.now())
    assert first() == (True, True)
    finish()
    assert first() == (True, False)


def test_a_phone_that_does_not_say_which_it_is_gets_nothing_opened(browser: Client) -> None:
    response = browser.get(f"{MODULES}{listed(browser)[0]['key']}/")
    assert (response.status_code, response.json()["error"]) == (400, "no_device")
    assert not Attempt.objects.exists()


def test_her_name_on_a_phone_is_another_on_another_phone(browser: Client, phone: Phone) -> None:
    names = {
        browser.get(MODULES, headers={"X-Device": device}).json()["person"]
        for device in (str(phone.device), str(Phone(phone.person).device))
    }
    assert len(names) == 2
    assert not any(phone.person.pk.hex in name for name in names)


def test_a_sound_comes_in_parts_that_make_the_whole(
    browser: Client, phone: Phone, lesson: CohortContent
) -> None:
    content = give_sound(lesson, 2 * PART + 512)
    packed = fetch(browser, phone)
    (file,) = packed["files"]
    assert (file["bytes"], file["parts"], file["type"]) == (len(content), 3, "audio/mpeg")
    assert file["sha256"] == hashlib.sha256(content).hexdigest()
    assert f'src="{file["src"]}"' in packed["lessons"][0]["html"]
    address = f"{MODULES}{packed['key']}/files/{file['sha256']}/"
    parts = [browser.get(f"{address}{part}/") for part in range(3)]
    assert b"".join(part.content for part in parts) == content
    assert {part["Cache-Control"] for part in parts} == {"no-store"}
    assert browser.get(f"{address}3/").status_code == 404
    assert browser.get(f"{address}99999999999999999999/").status_code == 404
    assert browser.get(f"{MODULES}{packed['key']}/files/{'0' * 64}/0/").status_code == 404


def test_a_sound_that_is_gone_is_left_out(browser: Client, phone: Phone, lesson: CohortContent) -> None:
    give_sound(lesson, 512)
    default_storage.delete(get_media_model().objects.get().file.name)
    assert fetch(browser, phone)["files"] == []


def test_only_a_trainee_who_may_study_gets_in(
    browser: Client, phone: Phone, enrolment: Enrolment, trainer: Any, stranger: Any, lesson: CohortContent
) -> None:
    give_sound(lesson, 512)
    packed = fetch(browser, phone)
    addresses = [MODULES, f"{MODULES}{packed['key']}/"]
    addresses += [f"{MODULES}{packed['key']}/files/{packed['files'][0]['sha256']}/0/"]
    headers = {"X-Device": str(phone.device)}
    withdraw(enrolment=enrolment, on=enrolment.starts_on)
    for address in addresses:
        assert Client().get(address, headers=headers).status_code == 401
        assert browser.get(address, headers=headers).status_code == 403
        for other in (trainer, stranger):
            client = Client()
            client.force_login(other)
            assert client.get(address, headers=headers).status_code == 403
        assert browser.post(address).status_code in {403, 405}


def test_the_module_of_another_cohort_does_not_exist(browser: Client, phone: Phone) -> None:
    person, cohort = PersonFactory(account=UserFactory()), CohortFactory()
    enrol(person=person, cohort=cohort, starts_on=cohort.starts_on)
    other = Client()
    other.force_login(person.account)
    address = f"{MODULES}{listed(other)[0]['key']}/"
    assert browser.get(address, headers={"X-Device": str(phone.device)}).status_code == 404


def test_a_lesson_behind_a_view_restriction_is_left_out_at_once(browser: Client, phone: Phone) -> None:
    assert len(fetch(browser, phone)["lessons"]) == 2
    page = LessonPage.objects.get(slug="m1-l1")
    closed = PageViewRestriction.objects.create(page=page, restriction_type="groups")
    closed.groups.add(Group.objects.get(name="trainer"))
    assert [lesson["title"] for lesson in fetch(browser, phone)["lessons"]] == ["Lección m1-l2"]
    assert listed(browser)[0]["lessons"] == 1


@pytest.mark.parametrize("lessons", [2, 8])
def test_a_package_takes_the_same_few_queries_however_many_lessons_it_has(
    trainee: Any, phone: Phone, lessons: int
) -> None:
    cohort = CohortFactory(course=CourseFactory(lessons=lessons))
    Enrolment.objects.all().update(status="transferred")
    enrol(person=phone.person, cohort=cohort, starts_on=cohort.starts_on)
    for one in CohortContent.objects.filter(cohort=cohort, kind="lesson").select_related("version"):
        give_sound(one, 512)
    client = Client()
    client.force_login(trainee)
    key = listed(client)[0]["key"]
    counts = []
    for _time in range(2):
        with CaptureQueriesContext(connection) as queries:
            packed = client.get(f"{MODULES}{key}/", headers={"X-Device": str(phone.device)}).json()
        counts.append(len(queries))
    assert len(packed["lessons"]) == lessons
    assert max(counts) <= 20, counts


def test_the_letterbox_key_is_public_and_stays_the_same(
    client: Client, queries_of: Callable[[str], int]
) -> None:
    first = client.get("/sync/v1/key/").json()
    assert first == client.get("/sync/v1/key/").json()
    assert first["public_key"]["crv"] == "P-256"
    assert len(base64.urlsafe_b64decode(first["public_key"]["x"] + "=")) == 32
    assert queries_of("/sync/v1/key/") == 1


def test_a_new_number_of_a_service_is_another_revision_and_reaches_the_phone(
    browser: Client, phone: Phone, lesson: CohortContent
) -> None:
    made = service()
    block = {"type": "referral", "id": "r", "value": {"service": made.pk, "said": made.said()}}
    content = {**lesson.version.content, "body": [block, *lesson.version.content["body"]]}
    lesson.version = freeze(kind="lesson", key=lesson.key, language="es", title="Uno", content=content)
    lesson.save()
    before = listed(browser)[0]["revision"]
    assert "tel:0000000000" in fetch(browser, phone)["lessons"][0]["html"]
    type(made).objects.update(phone="911")
    assert listed(browser)[0]["revision"] != before
    assert "tel:911" in fetch(browser, phone)["lessons"][0]["html"]

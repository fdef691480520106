"""In flight mode and back: what a woman does on her phone arrives, once, whatever happens on the way."""

import json
import random
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.e2e import sheet
from tests.e2e.phone import Phone, Woman, facts_of, make_women, phones, work_without_signal
from tests.e2e.test_accessibility import faults_everywhere
from tests.house import House, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.processes]
GetPhone = Callable[[], Phone]


@pytest.fixture(scope="module")
def women(house: House) -> Iterator[Woman]:
    """A woman for each story, so that none disturbs another."""
    return iter(make_women(house, 7))


@pytest.fixture
def get_phone(browser: Browser, house: House, tmp_path: Path) -> Iterator[GetPhone]:
    """`get_phone()`: a new phone."""
    with phones(browser, house, tmp_path) as make:
        yield make


def check_that_all_is_there_once(
    house: House, woman: Woman, answers: dict[str, str], lessons: int = 1
) -> None:
    """One attempt with these answers; each event applied, none refused."""
    facts = facts_of(house, woman)
    assert [json.loads(str(given)) for _correct, given in facts["attempts"]] == [answers]
    assert facts["events"] == [("applied", len(answers) + 1 + lessons)]
    assert len(answers) == 5


def test_a_module_is_studied_in_flight_mode_and_all_arrives_once(
    women: Iterator[Woman], house: House, get_phone: GetPhone
) -> None:
    woman, phone, found = next(women), get_phone(), []
    page = phone.open(woman)
    found += faults_everywhere(page)
    phone.set_up()
    phone.download()
    found += faults_everywhere(page)
    phone.offline()
    phone.open_module()
    phone.open_lesson(0)
    found += faults_everywhere(page)
    page.locator("[data-help]").click()
    card = page.locator("dialog.help-card")
    expect(card).to_contain_text("911")
    card.locator("[data-close]").first.click()
    expect(card).to_have_count(0)
    lesson = phone.view("lesson")
    phone.expect_sound()
    heard = page.evaluate(
        """async () => {
            const audio = document.querySelector("[data-body] audio");
            audio.muted = true;
            await audio.play();
            const isOn = done => () => audio.currentTime > 0.2 && done();
            await new Promise(done => audio.addEventListener("timeupdate", isOn(done)));
            return audio.duration;
        }"""
    )
    assert heard > 5
    assert page.evaluate(
        "(async () => { const image = document.querySelector('[data-body] img'); "
        "image.loading = 'eager'; await image.decode(); return image.naturalWidth; })()"
    )
    check = lesson.locator(".check").first
    check.locator("label").first.click()
    if not check.locator("details[open]").count():  # the judge of accessibility has unfolded it
        check.locator("summary").click()
    expect(check.locator(".feedback:visible")).to_have_count(1)
    phone.back()
    phone.open_lesson(5)
    phone.finish_lesson()
    phone.back()
    phone.open_test()
    phone.view("test").locator("form [type=submit]").click()
    expect(phone.view("test").locator("[data-error]")).to_contain_text("5")
    answers = phone.do_test()
    found += faults_everywhere(page)
    phone.page.locator("[data-status] [data-do=waits]").click()
    found += faults_everywhere(page)
    phone.close()

    page = phone.open(offline=True)
    expect(phone.view("door")).to_be_visible()
    found += faults_everywhere(page)
    phone.unlock(woman.user)
    phone.open_module()
    phone.open_test()
    expect(phone.view("test").locator("[data-when=here-only]")).to_be_visible()
    questions = phone.view("test").locator(sheet.QUESTION).all()
    assert {one.get_attribute("data-question"): sheet.answer_of(one) for one in questions} == answers
    phone.expect_status("waiting")
    phone.offline(False)
    phone.expect_status("arrived")
    expect(phone.view("test").locator("[data-when=arrived]").first).to_be_visible()
    check_that_all_is_there_once(house, woman, answers, lessons=2)  # one by its self-checks
    assert page.evaluate("[location.pathname, document.title]") == ["/telefono/", "Promotora"]
    assert found == []


def test_the_server_dies_in_the_middle_of_sync_and_nothing_counts_twice(
    women: Iterator[Woman], house: House, get_phone: GetPhone
) -> None:
    woman, phone = next(women), get_phone()
    answers, killed = work_without_signal(phone, woman), []

    def die(route: Route) -> None:
        route.fetch()  # it takes everything in, and dies before its answer is heard
        killed.append(house.kill("granian"))
        route.abort()

    phone.page.route("**/sync/v1/events/", die, times=1)
    phone.offline(False)
    phone.wait_until(lambda: bool(killed))
    assert killed[0] > 0
    assert facts_of(house, woman)["events"] == [("applied", 7)]
    phone.expect_status("waiting")
    assert len(phone.boxes()) >= 7
    wait_until(house.answers, "the site is back")
    # On a slow machine the phone has tried again by itself meanwhile, and the button is gone.
    phone.page.locator("[data-status] [data-do=send]").dispatch_event("click")
    phone.expect_status("arrived")
    assert phone.boxes() == []
    check_that_all_is_there_once(house, woman, answers)


def test_the_same_batch_three_times_in_any_order_counts_once(
    women: Iterator[Woman], house: House, get_phone: GetPhone
) -> None:
    woman, phone = next(women), get_phone()
    answers = work_without_signal(phone, woman)
    boxes, dice = phone.boxes(), random.Random(4)
    for _time in range(3):
        dice.shuffle(boxes)
        body = json.dumps({"boxes": boxes}).encode()
        request = urllib.request.Request(
            f"{house.url}/sync/v1/events/", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            told = json.load(answer)["results"]
        assert {result["status"] for result in told} <= {"applied", "again", "superseded", "later"}
    phone.offline(False)
    phone.expect_status("arrived")
    facts = facts_of(house, woman)
    assert [json.loads(str(given)) for _correct, given in facts["attempts"]] == [answers]
    assert sum(int(count) for _status, count in facts["events"]) == 7  # places apart


def test_two_phones_of_one_woman_hand_in_once_and_the_second_is_told(
    women: Iterator[Woman], house: House, get_phone: GetPhone
) -> None:
    woman, first, second = next(women), get_phone(), get_phone()
    answers = work_without_signal(first, woman, option=0)
    work_without_signal(second, woman, option=1)
    first.offline(False)
    first.expect_status("arrived")
    second.offline(False)
    second.expect_status("refused")
    second.page.locator("[data-status] [data-do=waits]").click()
    expect(second.view("waits").locator("li")).not_to_have_count(0)
    second.back()  # to the test that she handed in
    expect(second.view("test").locator("[data-refusal]")).to_be_visible()
    expect(second.view("test").locator("[data-when=arrived]").first).to_be_hidden()
    facts = facts_of(house, woman)
    assert [json.loads(str(given)) for _correct, given in facts["attempts"]] == [answers]


def test_a_clock_that_is_wrong_by_years_stops_nothing(
    women: Iterator[Woman], house: House, get_phone: GetPhone
) -> None:
    woman, phone = next(women), get_phone()
    phone.open(woman)
    phone.page.clock.set_system_time("1999-12-31T23:59:00Z")
    phone.page.reload()
    phone.set_up()
    phone.download()
    phone.open_module()
    phone.open_test()
    phone.page.clock.set_system_time("2093-05-01T00:00:00Z")
    answers = phone.do_test()
    phone.page.locator("[data-status] [data-do=send]").click()
    phone.expect_status("arrived")
    facts = facts_of(house, woman)
    assert [json.loads(str(given)) for _correct, given in facts["attempts"]] == [answers]


def test_a_busy_school_is_asked_again_later_and_not_at_once(
    women: Iterator[Woman], house: House, get_phone: GetPhone
) -> None:
    woman, phone, asked = next(women), get_phone(), []
    answers = work_without_signal(phone, woman)

    def later(route: Route) -> None:
        boxes = json.loads(str(route.request.post_data))["boxes"]
        asked.append(len(boxes))
        told = [{"id": box["id"], "status": "later", "code": "later", "message": ""} for box in boxes]
        route.fulfill(json={"results": told})

    phone.page.route("**/sync/v1/events/", later)
    phone.offline(False)
    phone.wait_until(lambda: bool(asked))
    phone.page.wait_for_timeout(500)
    assert len(asked) == 1
    phone.expect_status("waiting")
    phone.page.unroute("**/sync/v1/events/")
    phone.page.locator("[data-status] [data-do=send]").click()
    phone.expect_status("arrived")
    check_that_all_is_there_once(house, woman, answers)


def test_another_page_says_what_waits_and_sends_it(
    women: Iterator[Woman], house: House, get_phone: GetPhone
) -> None:
    woman, phone = next(women), get_phone()
    answers = work_without_signal(phone, woman)
    phone.page.route("**/sync/v1/events/", lambda route: route.abort(), times=1)
    phone.offline(False)
    phone.page.goto("/hoy/")
    phone.page.evaluate("import('/static/theme/offline/status.js')")
    line = phone.page.locator("main > .note[role=status]")
    expect(line).to_be_visible()
    expect(line.locator("a")).to_be_hidden(timeout=20_000)  # all has arrived
    phone.page.goto("/curso/")
    modules = phone.page.locator("[data-module]")
    expect(modules.nth(2)).to_have_attribute("data-state", "here")
    expect(modules.nth(0)).to_have_attribute("data-state", "")
    check_that_all_is_there_once(house, woman, answers)

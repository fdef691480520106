"""A test on her phone: answers that are kept whatever happens, with and without JavaScript."""

import json
import sqlite3
from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.e2e import sheet
from tests.e2e.test_accessibility import faults_everywhere
from tests.house import House

pytestmark = [pytest.mark.browser, pytest.mark.processes]
Visit = Callable[..., Page]
SAVED = "[data-saved][data-now=saved]"
WAITING = "[data-saved][data-now=waiting]"
SHEET = "form[data-sheet]"


HERS = (
    "enrolment_id in (select e.id from courses_enrolment e join courses_person p on p.id = e.person_id "
    "join users_user u on u.id = p.account_id where u.username = 'promotora') "
    "and version_id in (select id from courses_contentversion where title like '%4')"
)  # her attempts at the test of module 4


def write(house: House, query: str, *values: str) -> None:
    """Change the database behind the back of the house."""
    with sqlite3.connect(house.data_dir / "db.sqlite3", timeout=30) as database:
        database.execute(query, values)


@pytest.fixture(autouse=True)
def fresh(house: House) -> None:
    """Nobody has begun."""
    write(house, f"delete from courses_attempt where {HERS}")


def begin(page: Page, way: str = "all") -> str:
    """Begin the test of module 4, or go on with it; the address of its sheet."""
    page.goto("/curso/prueba/t-m4/")
    button = page.locator(f"main form button[value={way}]")
    (button if button.count() else page.locator("main form button").first).click()
    page.locator(SHEET).wait_for()
    return page.url.partition("?")[0]


def choose(page: Page, question: int, option: int = 0) -> None:
    """Touch an answer of the sheet."""
    sheet.answer(page.locator(f"{SHEET} {sheet.QUESTION}").nth(question), option)


def kept(house: House) -> int:
    """How many answers the server has of this test."""
    rows = house.ask(f"select answers from courses_attempt where {HERS}")
    return sum(len(json.loads(str(row[0]))) for row in rows)


def test_three_answers_a_killed_page_and_all_are_there(house: House, visit: Visit) -> None:
    page = visit("promotora")
    begin(page)
    for question in range(3):
        choose(page, question, 1)
    page.locator(SAVED).wait_for()
    expect(page.locator("[data-answered]")).to_contain_text("3")
    page.context.close()
    assert kept(house) == 3
    again = visit("promotora")
    begin(again)
    expect(again.locator(".place--answered")).to_have_count(3)


def test_answers_given_without_signal_are_saved_when_it_is_back(house: House, visit: Visit) -> None:
    page = visit("promotora")
    address = begin(page)
    page.context.set_offline(True)
    for question in range(5):
        choose(page, question)
    page.locator(WAITING).wait_for()
    assert kept(house) == 0
    page.get_by_role("button", name="Entregar").click()  # held: the page stays, and so do the answers
    expect(page.locator(WAITING)).to_be_visible()
    assert page.url == address
    page.context.set_offline(False)
    page.locator(SAVED).wait_for()
    assert kept(house) == 5
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_a_page_with_waiting_answers_asks_before_it_closes_but_the_quick_exit_never(visit: Visit) -> None:
    page = visit("promotora")
    address = begin(page, "none")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.context.set_offline(True)
    choose(page, 0)
    page.locator(WAITING).wait_for()
    page.locator("main .button--next").click()
    assert page.url == address
    page.close(run_before_unload=True)
    expect(page.locator(WAITING)).to_be_visible()
    assert asked == ["beforeunload"]
    page.locator("[data-exit]").click()
    page.wait_for_url(lambda url: url != address)
    assert asked == ["beforeunload"]


def test_two_tabs_and_an_impatient_thumb_hand_in_once(house: House, visit: Visit) -> None:
    page = visit("promotora")
    address = begin(page)
    other = page.context.new_page()
    other.goto(address)
    for question in range(5):
        choose(page, question)
    page.locator(SAVED).wait_for()
    page.get_by_role("button", name="Entregar").dblclick()
    page.locator(".ring").wait_for()
    told = page.locator(".ring").inner_text()
    choose(other, 0, 1)  # the older tab notices by itself, and changes nothing
    other.locator(".ring").wait_for()
    assert other.locator(".ring").inner_text() == told
    assert house.ask(f"select count(*), count(submitted_at) from courses_attempt where {HERS}") == [(1, 1)]


def test_a_whole_test_with_javascript_off(house: House, plain: Page) -> None:
    page = plain
    address = begin(page, "none")
    for place in range(1, 6):
        expect(page.locator(f"{SHEET} {sheet.QUESTION}")).to_have_count(1)
        if place != 3:
            choose(page, 0)
        page.locator("main .button--next").click()
    expect(page.get_by_role("button", name="Entregar")).to_have_count(0)
    page.locator("main .button--next").click()
    assert page.url == f"{address}?p=3"
    choose(page, 0)
    page.locator(f"{SHEET} button[value='6']").click()
    page.get_by_role("button", name="Entregar").click()
    expect(page.locator(".ring")).to_be_visible()
    assert kept(house) == 5


def test_the_keyboard_alone_answers_and_hands_nothing_in_by_accident(house: House, visit: Visit) -> None:
    page = visit("promotora")
    address = begin(page, "none")
    place = 1
    while not page.locator(f"{SHEET} input[type=radio]").count():  # which kinds are drawn is chance
        place += 1
        page.goto(f"{address}?p={place}")
    page.locator(f"{SHEET} input[type=radio]").first.focus()
    page.keyboard.press("ArrowDown")
    page.locator(SAVED).wait_for()
    page.keyboard.press("Enter")
    expect(page.locator(f"{SHEET} button[aria-current=step]")).to_contain_text(str(place))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}?p={place + 1}")
    assert kept(house) == 1


def test_the_sound_of_a_question_plays(house: House, visit: Visit) -> None:
    page = visit("promotora")
    begin(page)
    sound = house.ask("select file from wagtailmedia_media limit 1")[0][0]
    audio = json.dumps({"url": f"/media/{sound}", "title": "Pregunta", "minutes": 1})
    write(
        house,
        f"update courses_attempt set questions = json_set(questions, '$[0].audio', json(?)) where {HERS}",
        audio,
    )
    page.reload()
    player = page.locator(f"{SHEET} audio")
    expect(player).to_have_count(1)
    player.evaluate("player => { player.muted = true; return player.play(); }")
    page.wait_for_function("document.querySelector('form audio').currentTime > 0")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_screen_of_a_test_has_an_accessibility_error(visit: Visit, scheme: str) -> None:
    page = visit("promotora")
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    address = begin(page, "none")
    found = faults_everywhere(page)
    page.goto(f"{address}?p=6")
    found += faults_everywhere(page)
    begin(page)
    found += faults_everywhere(page)
    page.context.set_offline(True)
    for question in range(5):
        choose(page, question)
    page.locator(WAITING).wait_for()
    page.context.set_offline(False)
    page.locator(SAVED).wait_for()
    found += faults_everywhere(page)
    page.locator("button[value=one]").click()
    page.get_by_role("button", name="Entregar").wait_for()
    found += faults_everywhere(page)
    page.get_by_role("button", name="Entregar").click()
    page.locator(".ring").wait_for()
    found += faults_everywhere(page)
    page.goto("/curso/prueba/t-m4/")
    assert found + faults_everywhere(page) == []


def test_a_test_is_light(visit: Visit) -> None:
    page = visit("promotora")
    address = begin(page)
    page.goto("about:blank")
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(address, wait_until="networkidle")
    assert len(sizes) <= 6
    assert sum(sizes) <= 40_000

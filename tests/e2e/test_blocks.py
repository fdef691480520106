"""A lesson of every block kind in a real browser: by axe, without script, in flight mode, at the desk."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.phone import make_women, phones
from tests.e2e.test_accessibility import ZOOMED, faults, faults_everywhere
from tests.house import House

pytestmark = [pytest.mark.browser, pytest.mark.processes]
Visit = Callable[..., Page]
LESSON = "/curso/m1-l01/"
SHOW = "from tests.factories.lessons import show_to_cohorts; print(show_to_cohorts('m1-l01'))"


@pytest.fixture(scope="module", autouse=True)
def lesson(house: House) -> None:
    """Every block in the place of the first lesson, for every cohort."""
    assert LESSON in house.manage("shell", "-c", SHOW)


def decide(story: Locator, words: str) -> Locator:
    """Take a choice of the part that is shown; what then opens."""
    way = story.locator(".way:visible", has_text=words)
    way.locator("summary").click()
    expect(way.locator(".note")).to_be_visible()
    return way


def tell_yolanda(story: Locator) -> None:
    """Through the case to its end, with one grave error on the way."""
    expect(story.locator(".scene:visible")).to_have_count(1)
    grave = decide(story, "grabar audio")
    expect(grave.locator(".note--error")).to_be_visible()
    grave.locator("a").click()
    expect(story.locator(".scene:visible")).to_contain_text("¿Qué haces primero?")
    for right, question in (
        ("no es su culpa", "¿Qué plazo es el más urgente?"),
        ("52 de 72", "Teme a migración"),
        ("no depende de sus papeles", "¿Qué anotas?"),
    ):
        decide(story, right).locator("a").click()
        expect(story.locator(".scene:visible")).to_have_count(1)
        expect(story.locator(".scene:visible")).to_contain_text(question)
    end = decide(story, "1 contacto")
    end.locator("a").click()
    expect(story.locator(".scene:visible")).to_contain_text("¿Qué haces primero?")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_block_is_accessible_on_a_small_phone(visit: Visit, scheme: str) -> None:
    page = visit("promotora")
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
    page.goto(LESSON)
    expect(page.locator("[data-block]")).to_have_count(14)  # the narration stands above
    assert faults(page) == []


def test_every_block_is_accessible_zoomed_and_on_a_laptop(visit: Visit) -> None:
    for screen in (ZOOMED, {"width": 1280, "height": 800}):
        page = visit("promotora", screen)
        page.goto(LESSON)
        assert faults(page) == []


def test_every_part_of_a_story_is_accessible(visit: Visit) -> None:
    page = visit("promotora")
    page.goto(LESSON)
    page.locator(".scene").evaluate_all("scenes => scenes.forEach(scene => (scene.hidden = false))")
    assert faults(page) == []


def test_the_story_is_told_without_a_trace_in_the_address(visit: Visit) -> None:
    page = visit("promotora")
    page.goto(LESSON)
    before = page.evaluate("history.length")
    tell_yolanda(page.locator(".scenario"))
    assert (page.url.endswith(LESSON), page.evaluate("history.length")) == (True, before)


def test_the_story_is_told_without_javascript(plain: Page) -> None:
    plain.goto(LESSON)
    tell_yolanda(plain.locator(".scenario"))


def test_the_story_is_told_by_keyboard(visit: Visit) -> None:
    page = visit("promotora")
    page.goto(LESSON)
    page.locator(".way summary").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".scene:visible")).to_contain_text("¿Qué plazo es el más urgente?")
    expect(page.locator(".scene:focus")).to_have_count(1)


def test_a_warning_stays_closed_and_can_be_left_out(plain: Page, visit: Visit) -> None:
    for page in (plain, visit("promotora")):
        page.goto(LESSON)
        expect(page.get_by_text("Lo difícil.")).to_be_hidden()
        page.locator(".note--warning a[href^='#after-']").click()
        expect(page.get_by_text("Nunca es su culpa.")).to_be_in_viewport()
        page.locator(".veil summary").click()
        expect(page.get_by_text("Lo difícil.")).to_be_visible()


def test_nothing_plays_or_loads_by_itself(visit: Visit) -> None:
    page = visit("promotora")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(LESSON)
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if re.search(r"\.(mp4|mp3|pdf)$", url)]


def test_the_lesson_on_paper_has_what_was_folded_but_not_what_may_hurt(visit: Visit) -> None:
    page = visit("promotora")
    page.goto(LESSON)
    page.emulate_media(media="print")
    expect(page.locator(".referral .printed")).to_be_visible()
    expect(page.get_by_text("Lo difícil.")).to_be_hidden()


def test_every_block_works_in_flight_mode(browser: Browser, house: House, tmp_path: Path) -> None:
    [woman] = make_women(house, 1)
    with phones(browser, house, tmp_path) as make:
        phone = make()
        phone.open(woman)
        phone.set_up()
        phone.download("1")
        phone.offline()
        phone.open_module("1")
        phone.open_lesson(0)
        lesson = phone.view("lesson")
        phone.expect_sound()
        expect(lesson.locator("figure.figure img").first).to_have_attribute("src", re.compile("^blob:"))
        expect(lesson.locator("video track")).to_have_attribute("src", re.compile("^blob:"))
        tell_yolanda(lesson.locator(".scenario"))
        lesson.locator(".note--warning a[href^='#after-']").click()
        expect(lesson.get_by_text("Nunca es su culpa.")).to_be_in_viewport()
        assert faults_everywhere(phone.page) == []
        phone.back()
        expect(phone.view("module")).to_be_visible()


def test_the_editor_shows_a_preview_of_each_block_in_our_look(visit: Visit, house: House) -> None:
    page = visit("formadora", {"width": 1280, "height": 900})
    [[address]] = house.ask("select max(page_ptr_id) from courses_lessonpage")
    page.goto(f"/admin/pages/{address}/edit/")
    page.locator("button.c-sf-add-button:visible").last.click()
    eyes = page.locator(".w-combobox__option-preview")
    expect(eyes).to_have_count(15)
    for place in (4, 11):
        eyes.nth(place).click()
        shown = page.frame_locator("[data-tippy-root] iframe")
        expect(shown.locator("main .block > *").first).to_be_visible()

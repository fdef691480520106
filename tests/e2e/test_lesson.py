"""A woman with a phone: reading, listening, leaving at once, and the page that hides itself."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Page, Request, expect

from tests.house import House

pytestmark = [pytest.mark.browser, pytest.mark.processes]
Visit = Callable[..., Page]
LESSON = "/curso/m3-l13/"


class Elsewhere(BaseHTTPRequestHandler):
    """Where the quick exit leads: it answers, but slowly."""

    def do_GET(self) -> None:
        time.sleep(2)
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        with suppress(BrokenPipeError):  # a visitor who went on
            self.wfile.write(b"<p>Otra cosa</p>")

    def log_message(self, *_arguments: object) -> None:
        """Says nothing."""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


# Said by the page itself: while another one is on its way, Playwright does not look into it.
WATCH = """new MutationObserver(() => setTimeout(() => console.log(
  `after 300 ms: display ${getComputedStyle(document.documentElement).display}, `
  + `${document.body.children.length} parts, title of ${document.title.length}`), 300)
).observe(document.documentElement, { attributes: true })"""


def press_shift_three_times(page: Page) -> None:
    for _ in range(3):
        page.keyboard.press("Shift")


def touch_leave(page: Page) -> None:
    page.locator("[data-exit]").click(no_wait_after=True)


@pytest.mark.parametrize("leave", [touch_leave, press_shift_three_times])
def test_leaving_blanks_the_page_before_the_slow_answer_and_back_shows_nothing(
    visit: Visit, elsewhere: str, leave: Callable[[Page], None]
) -> None:
    page = visit("promotora")
    page.context.add_init_script(  # every page of ours leads to the slow place
        "addEventListener('DOMContentLoaded', () => document.querySelectorAll('[data-exit]')"
        f".forEach((link) => link.href = '{elsewhere}'), {{capture: true}})"
    )
    page.goto("/curso/")
    page.goto(LESSON)
    page.evaluate(WATCH)
    with page.expect_console_message(lambda line: line.text.startswith("after")) as line:
        leave(page)
    assert line.value.text == "after 300 ms: display none, 0 parts, title of 1"
    page.wait_for_url(elsewhere)
    # A page of ours that "back" finds leaves before anything could change its link.
    page.context.route("https://www.google.com/**", lambda route: route.fulfill(body="Otra cosa"))
    page.evaluate("setTimeout(() => history.back())")
    page.wait_for_url("https://www.google.com/")
    page.goto("/hoy/")
    assert "/entrar/" in page.url, "who left is signed out"


def test_back_after_signing_out_shows_nothing_of_hers(visit: Visit) -> None:
    page = visit("promotora")
    page.goto("/hoy/")
    page.goto("/curso/")
    page.locator("[data-menu] summary").click()
    page.get_by_role("button", name="Cerrar sesión").click()
    page.wait_for_url(re.compile("/entrar/"))
    for _ in range(2):
        page.go_back()
        assert "/entrar/" in page.url
        assert "Susana" not in page.content()


def test_a_page_that_nobody_uses_asks_then_hides_and_signs_out(visit: Visit) -> None:
    page = visit("promotora")
    page.clock.install()
    page.goto(LESSON)
    page.clock.fast_forward("09:10")
    still = page.get_by_role("button", name=re.compile("Sigo aquí|still here"))
    expect(still).to_be_focused()
    still.click()
    expect(still).to_be_hidden()
    page.clock.fast_forward("08:00")
    expect(still).to_be_hidden()
    with page.expect_navigation(url=re.compile("/entrar/")):
        page.clock.fast_forward("02:10")
    page.goto("/hoy/")
    assert "/entrar/" in page.url


def test_without_signal_the_page_still_hides_itself(visit: Visit) -> None:
    page = visit("promotora")
    page.clock.install()
    page.goto(LESSON)
    page.context.set_offline(True)
    page.clock.fast_forward("10:10")
    page.locator(".cover").wait_for()
    assert "ventana" not in page.locator("body").inner_text()
    assert "ventana" not in page.title()


def test_the_help_card_leaves_no_trace(visit: Visit) -> None:
    page = visit("promotora")
    page.goto(LESSON)
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    length = page.evaluate("history.length")
    page.locator("[data-help]").click()
    expect(page.locator("dialog.help-card")).to_contain_text("911")
    assert (page.url.endswith(LESSON), page.evaluate("history.length")) == (True, length)
    cards = [request for request in asked if "/ayuda/" in request.url]
    assert [request.all_headers().get("cookie") for request in cards] == [None]
    page.keyboard.press("Escape")
    expect(page.locator("dialog.help-card")).to_have_count(0)
    expect(page.locator("[data-help]")).to_be_focused()


def test_a_lesson_by_keyboard_alone_is_answered_heard_and_finished(visit: Visit, house: House) -> None:
    page = visit("promotora")
    page.goto("/curso/m3-l12/")
    seen: list[str] = []
    for _ in range(80):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.outerHTML.slice(0, 80)"))
        if 'type="radio"' in seen[-1]:
            break
    assert any("data-play" in element for element in seen)
    assert any("text_size" in element for element in seen)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    status = page.locator("[data-check] [role=status]").first
    expect(status).to_contain_text(re.compile(r"\w{4,}"))
    for check in page.locator("[data-check]").all()[1:]:
        check.locator("input").first.focus()
        page.keyboard.press("Space")
        check.locator("summary").focus()
        page.keyboard.press("Enter")
    expect(page.locator("[data-finished]").first).to_be_visible()
    assert page.url.endswith("/curso/m3-l12/"), "she stays where she is"
    page.reload()
    expect(page.locator("[data-finish]")).to_have_count(0)


def test_no_sound_is_loaded_before_she_asks_and_its_size_is_told(visit: Visit) -> None:
    page = visit("promotora")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(LESSON)
    figure = page.locator("[data-player]").first
    expect(figure.locator("figcaption")).to_contain_text(re.compile(r"minuto.*(KB|MB)", re.DOTALL))
    assert not [url for url in asked if url.endswith(".mp3")]
    figure.locator("[data-speed]").select_option("0.8")
    with page.expect_request(re.compile(r"\.mp3")):
        figure.locator("[data-play]").click()
    assert figure.locator("audio").evaluate("audio => audio.playbackRate") == 0.8


def test_she_goes_on_where_she_stopped(visit: Visit) -> None:
    page = visit("promotora")
    page.goto("/curso/m3-l14/")
    with page.expect_response(re.compile("/lugar/")):
        page.locator("[data-block]").nth(5).scroll_into_view_if_needed()
        page.mouse.wheel(0, 600)
    page.goto("/curso/m3-l14/")
    link = page.locator(".resume a")
    link.click()
    block = page.locator(str(link.get_attribute("href")))
    expect(block).to_be_in_viewport()


def test_a_lesson_without_javascript(plain: Page) -> None:
    page = plain
    page.goto("/curso/m3-l15/")
    page.locator("button[name=text_size][value=large]").click()
    assert page.locator("html.text-large").count() == 1
    page.locator("noscript button, button[name=place]").nth(1).click()
    assert "#block-" in page.url
    page.goto("/curso/m3-l15/")
    assert page.locator(".resume a").count() == 1
    assert page.locator("audio[controls]").count() == 1
    check = page.locator("[data-check]").first
    check.locator("label").first.click()
    check.locator("summary").click()
    assert check.locator(".feedback:visible").count() == 1
    page.locator("[data-finish] button").click()
    page.goto("/curso/m3-l15/")
    assert page.locator("[data-finish]").count() == 0
    page.locator("[data-help]").click()
    assert page.url.endswith("/ayuda/")
    assert "911" in page.locator("main").inner_text()

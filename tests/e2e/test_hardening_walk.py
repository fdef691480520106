"""Every public page and every page of a trainee, found from the URL conf: without JavaScript, by keyboard,
and with nobody told; and the screens of staff, whose policy no script or style of theirs breaks."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Error, Page, expect

from tests.addresses import sample
from tests.e2e.conftest import PHONE
from tests.e2e.test_accessibility import DESK, EVERY_BLOCK, LAPTOP, OLDER
from tests.house import House

pytestmark = [pytest.mark.browser, pytest.mark.processes]
Visit = Callable[..., Page]
WATCH = """
window.broken = [];
document.addEventListener('securitypolicyviolation', event =>
  window.broken.push(event.effectiveDirective + ' ' + event.blockedURI + ' ' + event.sourceFile));
"""
NO_PAGE: tuple[str, ...] = (
    "admin/",
    "api/",
    "log/",
    "sync/",
    ".well-known/",
    "status/",
    "media/",
    "_util/",
    "static/",
)
# Scripts, lists for programs and answers to a button: their addresses are no pages.
NO_PAGE += ("sw.js", "telefono/equipo/sw.js", "manifest.webmanifest", "health/", "favicon.ico")
NEEDS_SCRIPT = {"telefono/", "telefono/equipo/"}  # work without signal is done by a script; both say so
WAGTAILS = [
    "/admin/pages/{module}/",
    "/admin/pages/{lesson}/edit/",
    "/admin/pages/{lesson}/history/",
    "/admin/images/",
    "/admin/images/{image}/",
    "/admin/images/multiple/add/",
    "/admin/documents/multiple/add/",
    "/admin/media/audio/add/",
    "/admin/reports/site-history/",
    "/admin/reports/aging-pages/",
    "/admin/reports/workflow/",
    "/admin/snippets/courses/quiz/add/",
    "/admin/account/",
]


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        elif isinstance(entry, URLPattern):
            yield route


@pytest.fixture(scope="module")
def pages(house: House) -> list[str]:
    """An address for each pattern that is no program's, with values of the demo school where it has some."""
    code = str(house.ask("select code from certificates_certificate order by folio limit 1")[0][0])
    known = {"<str:code>": code, "<slug:slug>": "m1-l01"}
    found = []
    for route in routes():
        if route.lstrip("^").startswith(NO_PAGE):
            continue
        for name, value in known.items():
            route = route.replace(name, value)
        found.append("/" + sample(route))
    return sorted({*found, "/curso/prueba/t-m1/", "/curso/m3-l13/", "/no-existe/"})


def is_page(answer: Any) -> bool:
    """A page that is shown; what leads on, is refused or comes as a file is not one."""
    return answer is not None and answer.headers.get("content-type", "").startswith("text/html")


def opened(page: Page, address: str) -> bool:
    """Go there; False where a download begins instead."""
    try:
        return is_page(page.goto(address))
    except Error as error:
        if "Download is starting" in str(error) or "ERR_ABORTED" in str(error):
            return False
        raise


@pytest.mark.parametrize("who", [None, "promotora", "egresada"])
def test_every_page_says_what_it_is_without_javascript(
    visit: Visit, pages: list[str], who: str | None
) -> None:
    page, seen = visit(who, script=False), 0
    for address in pages:
        if not opened(page, address) or address.strip("/") + "/" in NEEDS_SCRIPT:
            continue
        seen += 1
        expect(page.locator("h1")).to_have_count(1)
        expect(page.locator("h1")).to_be_visible()
        assert page.title(), address
        assert page.locator("html").get_attribute("lang"), address
        for form in page.locator("main form:visible").all():
            if form.locator("input:visible, select:visible, textarea:visible").count():
                assert form.locator("button:visible, input[type=submit]:visible").count(), (
                    f"{address} cannot be sent"
                )
    assert seen > 15


FOCUSED = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  const style = getComputedStyle(here), box = here.getBoundingClientRect();
  const label = here.closest('label') || document.querySelector(`label[for="${here.id}"]`);
  const holder = here.parentElement;
  const around = [style, label && getComputedStyle(label), holder && getComputedStyle(holder)];
  const ring = around.some(one => one && (one.outlineStyle !== 'none' || one.boxShadow !== 'none'));
  here.dataset.reached = 'yes';
  return {html: here.outerHTML.slice(0, 120), ring, seen: box.width > 0 && box.height > 0};
}"""
UNREACHED = """() => [...document.querySelectorAll(
    'a[href], button:not([disabled]), input:not([type=hidden]):not([disabled]), select, textarea, summary')]
  .filter(one => one.checkVisibility({visibilityProperty: true}) && one.tabIndex >= 0 && !one.dataset.reached)
  .filter(one => !(one.type === 'radio' && document.querySelector(`input[name="${one.name}"][data-reached]`)))
  .filter(one => !one.closest('[inert], dialog:not([open])'))
  .map(one => one.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("who", [None, "promotora"])
def test_every_page_is_walked_by_keyboard(visit: Visit, pages: list[str], who: str | None) -> None:
    """Tab reaches whatever can be used, shows where it is, and leaves the page again."""
    page, wrong = visit(who), []
    for address in pages:
        if not opened(page, address):
            continue
        rounds, is_begun = 0, False  # two: a page may begin at its first field, below what leads past it
        for step in range(600):
            page.keyboard.press("Tab")
            here = page.evaluate(FOCUSED)
            is_begun |= here is not None or step > 2  # a slow browser has not heard the first key yet
            rounds += here is None and is_begun
            if rounds == 2:
                break
            if here is None:
                continue
            if not here["ring"] and 'tabindex="-1"' not in here["html"]:  # else a script put her there
                wrong.append(f"{address} nobody sees where she is: {here['html']}")
        else:
            wrong.append(f"{address} keeps her")
        wrong += [f"{address} is not reached: {html}" for html in page.evaluate(UNREACHED)]
    assert wrong == []


def watched(page: Page, house: House) -> set[str]:
    """Whatever is asked of another host from now on; it is not let out."""
    elsewhere: set[str] = set()

    def judge(route: Any) -> None:
        if route.request.url.startswith((house.url, "data:", "blob:")):
            route.fallback()
        else:
            elsewhere.add(route.request.url)
            route.abort()

    page.route("**/*", judge)
    page.add_init_script(WATCH)
    return elsewhere


@pytest.mark.parametrize("who", [None, "promotora"])
def test_no_page_breaks_its_policy_or_asks_another_host(
    visit: Visit, house: House, pages: list[str], who: str | None
) -> None:
    page = visit(who, PHONE)
    elsewhere, broken = watched(page, house), []
    for address in pages:
        if opened(page, address):
            page.wait_for_load_state("networkidle")
            broken += [f"{address} {one}" for one in page.evaluate("window.broken")]
    assert (broken, elsewhere) == ([], set())


def test_no_screen_of_staff_breaks_its_policy_or_asks_another_host(visit: Visit, house: House) -> None:
    cohort, session = house.ask(
        "select s.cohort_id, s.id from courses_classsession s join courses_attendancerecord r "
        "on r.session_id = s.id order by s.starts_at desc limit 1"
    )[0]
    there = {
        "cohort": cohort,
        "session": session,
        "version": house.manage("shell", "-c", OLDER).split()[-1],
        "lesson": house.manage("shell", "-c", EVERY_BLOCK).split()[-1],
        "module": house.ask("select min(page_ptr_id) from courses_modulepage")[0][0],
        "image": house.ask("select min(id) from wagtailimages_image")[0][0],
    }
    asked: set[str] = set()
    broken, elsewhere = [], set()
    for who, addresses in (
        ("formadora", WAGTAILS),
        ("coordinadora", DESK),
        ("administradora", WAGTAILS[-4:]),
    ):
        page = visit(who, LAPTOP)
        elsewhere = watched(page, house)
        for address in addresses:
            address = address.format(**there)
            if opened(page, address):
                page.wait_for_load_state("load")
                page.wait_for_timeout(200)  # Wagtail's scripts draw after the page is there
                broken += [f"{address} {one}" for one in page.evaluate("window.broken")]
        asked |= elsewhere
    assert (broken, asked) == ([], set())

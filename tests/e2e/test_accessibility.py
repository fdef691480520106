"""No accessibility error on any trainee or public page, on a small phone, in light and in dark."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.house import House

pytestmark = [pytest.mark.browser, pytest.mark.processes]
Visit = Callable[..., Page]
SCHEMES = ["light", "dark"]
PUBLIC = ["/", "/entrar/", "/entrar/equipo/", "/entrar/tarjeta/", "/v/", "/v/0000/", "/no-existe/", "/ayuda/"]
ZOOMED = {"width": 320, "height": 500}  # a window of 640 by 1000 at 200 %
LEARNER = [
    "/hoy/",
    "/curso/",
    "/curso/m1-l01/",
    "/curso/m3-l13/",
    "/curso/prueba/t-m1/",
    "/curso/prueba/t-m3/",
    "/curso/asistencia/",
    "/curso/diploma/",
    "/curso/compromiso/",
    "/curso/mis-datos/",
    "/clave/",
    "/sesiones/",
]


def open_everything(page: Page) -> None:
    """Unfold what is folded, so that its inside is judged too."""
    page.evaluate("document.querySelectorAll('main details').forEach(part => part.open = true)")


def faults(page: Page) -> list[str]:
    """Each accessibility error of the page as it stands, and whether it is wider than the phone."""
    open_everything(page)
    report: dict[str, list[dict[str, Any]]] = Axe().run(page).response
    assert report["passes"], "axe judged nothing"
    found = [
        f"{page.url} {fault['id']}: {node['html'][:160]} {node.get('failureSummary', '')}"
        for fault in report["violations"]
        for node in fault["nodes"]
    ]
    width = page.evaluate("document.documentElement.scrollWidth")
    screen = page.viewport_size or {"width": 0}
    return [*found, *([f"{page.url} is {width} px wide"] if width > screen["width"] else [])]


def faults_everywhere(page: Page) -> list[str]:
    """The faults of the page as it stands: in light and dark, and zoomed to 200 per cent."""
    usual = page.viewport_size
    found = []
    looks: list[tuple[Any, Any]] = [("dark", usual), ("light", ZOOMED), ("light", usual)]
    for scheme, screen in looks:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(screen)
        found += faults(page)
    return found


def judge(page: Page, addresses: list[str], scheme: Any) -> list[str]:
    """The faults of every address."""
    page.emulate_media(color_scheme=scheme)
    found = []
    for address in addresses:
        page.goto(address)
        found += faults(page)
    return found


@pytest.mark.parametrize("scheme", SCHEMES)
def test_public_pages_have_no_accessibility_error(visit: Visit, house: House, scheme: str) -> None:
    code = str(house.ask("select code from certificates_certificate order by folio limit 1")[0][0])
    assert judge(visit(), [*PUBLIC, f"/v/{code}/"], scheme) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_pages_of_a_trainee_have_no_accessibility_error(visit: Visit, scheme: str) -> None:
    assert judge(visit("promotora"), LEARNER, scheme) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_pages_of_a_trainee_zoomed_to_200_per_cent_have_no_accessibility_error(
    visit: Visit, scheme: str
) -> None:
    assert judge(visit("promotora", ZOOMED), [*LEARNER, "/ayuda/"], scheme) == []


def test_pages_of_a_trainee_with_large_letters_have_no_accessibility_error(visit: Visit) -> None:
    page = visit("promotora")
    page.goto("/curso/m3-l13/")
    page.locator("[data-sizes] button[value=large]").click()
    page.locator("html.text-large").wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    assert judge(page, LEARNER, "light") == []
    assert page.locator("html.text-large").count() == 1


def test_the_help_card_and_the_question_before_hiding_have_no_accessibility_error(visit: Visit) -> None:
    page = visit("promotora")
    page.clock.install()
    page.goto("/curso/m3-l13/")
    page.locator("[data-help]").click()
    page.locator("dialog.help-card").wait_for()
    found = faults(page)
    page.keyboard.press("Escape")
    page.clock.fast_forward("09:10")
    page.locator("dialog[data-lock]").wait_for()
    assert found + faults(page) == []


def test_nothing_moves_for_who_asked_for_less_motion(visit: Visit) -> None:
    page = visit("promotora")
    page.emulate_media(reduced_motion="reduce")
    for address in LEARNER:
        page.goto(address)
        assert page.evaluate("document.getAnimations().length") == 0
        assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_pages_of_a_graduate_have_no_accessibility_error(visit: Visit, scheme: str) -> None:
    assert (
        judge(visit("egresada"), ["/hoy/", "/curso/", "/curso/asistencia/", "/curso/diploma/"], scheme) == []
    )


def test_a_test_with_missing_answers_and_its_result_have_no_accessibility_error(visit: Visit) -> None:
    page = visit("promotora")
    page.goto("/curso/prueba/t-m4/")
    page.locator("main form button[value=all]").click()
    found = faults(page)
    hand_in = page.locator("main form button").last
    hand_in.click()
    assert page.locator("[role=alert]").count() == 1
    found += faults(page)
    for group in page.locator("main form fieldset").all():
        group.locator("label").first.click()
    hand_in.click()
    page.locator(".ring").wait_for()  # the result
    assert found + faults(page) == []

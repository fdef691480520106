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
PUBLIC = ["/", "/entrar/", "/v/", "/v/0000/", "/no-existe/"]
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
    return [*found, *([f"{page.url} is {width} px wide"] if width > 360 else [])]


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
def test_pages_of_a_graduate_have_no_accessibility_error(visit: Visit, scheme: str) -> None:
    assert (
        judge(visit("egresada"), ["/hoy/", "/curso/", "/curso/asistencia/", "/curso/diploma/"], scheme) == []
    )


def test_a_test_with_missing_answers_and_its_result_have_no_accessibility_error(visit: Visit) -> None:
    page = visit("promotora")
    page.goto("/curso/prueba/t-m4/")
    page.locator("main form button").click()
    found = faults(page)
    page.locator("main form button").click()
    assert page.locator("[role=alert]").count() == 1
    found += faults(page)
    for group in page.locator("main form fieldset").all():
        group.locator("label").first.click()
    page.locator("main form button").click()
    page.get_by_role("heading", level=1).wait_for()
    assert found + faults(page) == []

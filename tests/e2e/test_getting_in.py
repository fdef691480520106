"""A card on paper, a shared phone, and the back button: the doors in a real browser."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from pyzbar import pyzbar

pytestmark = [pytest.mark.browser, pytest.mark.processes]
Visit = Callable[..., Page]
NEW = "580273"


def make_card(visit: Visit, username: str) -> Page:
    """A coordinator's browser that shows a new card."""
    page = visit("coordinadora", {"width": 1280, "height": 800})
    page.goto(f"/admin/entrance/?q={username}")
    page.locator("table.listing a").click()
    page.get_by_role("button", name="tarjeta").or_(
        page.locator("form[action$='/make/'] button")
    ).first.click()
    page.wait_for_url(re.compile("/make/"))
    return page


def address_on(page: Page) -> str:
    """What a camera reads from the card."""
    picture = Image.open(BytesIO(page.locator(".signcard svg").screenshot(scale="device")))
    (found,) = pyzbar.decode(picture.resize((picture.width * 2, picture.height * 2)))
    return str(found.data.decode())


def choose_pin(page: Page, first_pin: str, pin: str) -> None:
    page.locator("input[name=first_pin]").fill(first_pin)
    page.locator("input[name=new_pin]").fill(pin)
    page.locator("input[name=new_pin_again]").fill(pin)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(re.compile("/hoy/"))


def test_she_scans_her_card_and_its_secret_stays_out_of_addresses_and_requests(visit: Visit) -> None:
    paper = make_card(visit, "egresada")
    address, first_pin = address_on(paper), paper.locator(".told").inner_text()
    token = address.partition("#")[2]
    assert len(token) == 28
    page, asked = visit(), []
    page.on("request", lambda request: asked.append(f"{request.url} {request.headers.get('referer', '')}"))
    page.goto(address)
    expect(page.locator("[data-card-read]")).to_be_visible()
    expect(page.locator("input[name=code]")).to_be_hidden()
    assert token not in page.url
    choose_pin(page, first_pin, NEW)
    assert not [line for line in asked if token in line]
    page.go_back()
    assert token not in page.url


def test_without_script_she_types_the_code(visit: Visit) -> None:
    paper = make_card(visit, "egresada")
    code = " ".join(paper.locator(".signcard__code span").all_inner_texts())
    first_pin = paper.locator(".told").inner_text()
    page = visit(script=False)
    page.goto("/entrar/")
    page.locator("main a[href='/entrar/tarjeta/']").click()
    page.locator("input[name=code]").fill(code.lower())
    choose_pin(page, first_pin, "580274")


def test_the_back_button_shows_nothing_after_she_signed_out(visit: Visit) -> None:
    page = visit("promotora")
    page.goto("/curso/mis-datos/")
    name = page.locator("main dd").first.inner_text()
    page.locator("main form[action='/salir/'] button").click()
    page.wait_for_url(re.compile("/entrar/"))
    for _ in range(2):
        page.go_back()
        expect(page).to_have_url(re.compile("/entrar/"))
        expect(page.locator("body")).not_to_contain_text(name)


def test_a_pin_is_shown_on_request_and_hidden_when_it_is_sent(visit: Visit) -> None:
    page = visit()
    page.goto("/entrar/")
    pin = page.locator("input[name=pin]")
    pin.fill(NEW)
    button = page.locator("[data-reveal]")
    button.click()
    expect(pin).to_have_attribute("type", "text")
    button.click()
    expect(pin).to_have_attribute("type", "password")

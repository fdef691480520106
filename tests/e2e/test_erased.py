"""After she erased everything she is shown what her phone keeps, and erases hers there and nobody else's."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.phone import PIN, Phone, Woman, make_women, phones
from tests.e2e.test_accessibility import faults_everywhere
from tests.house import House

pytestmark = [pytest.mark.browser, pytest.mark.processes]
LEFT = """async () => [
    await indexedDB.databases(), await caches.keys(), Object.keys(localStorage),
    (await navigator.serviceWorker.getRegistrations()).length,
]"""


@pytest.fixture
def get_phone(browser: Browser, house: House, tmp_path: Path) -> Iterator[Callable[[], Phone]]:
    with phones(browser, house, tmp_path) as make:
        yield make


def erase_everything(phone: Phone, woman: Woman) -> Page:
    """At the server: she has no account any more."""
    phone.sign_in(woman)
    page = phone.page
    page.goto("/mis-datos/borrar/")
    page.locator("[name=is_sure]").check()
    page.locator("[name=pin]").fill(PIN)
    page.locator("main form [type=submit]").last.click()
    expect(page.locator("[data-erased]")).to_be_visible()
    return page


def test_of_two_on_one_phone_each_erases_her_own_and_the_last_leaves_nothing(
    house: House, get_phone: Callable[[], Phone]
) -> None:
    first, second = make_women(house, 2)
    phone = get_phone()
    for woman in (first, second):
        phone.open(woman) if phone.context is None else phone.sign_in(woman)
        phone.page.goto("/telefono/")
        phone.set_up()
        phone.download()
    mine, all_parts = len(phone.rows("parts")) // 2, len(phone.rows("parts"))

    page = erase_everything(phone, first)
    assert page.locator("[data-erased]").get_attribute("data-user") is None
    expect(page.locator("[data-here]")).to_be_visible()
    assert faults_everywhere(page) == []
    assert len(phone.rows("parts")) == all_parts, "nothing goes before she says so"
    page.locator("[data-erase]").click()
    expect(page.locator("[data-done]")).to_be_visible()
    assert len(phone.rows("vaults")) == 1
    assert len(phone.rows("parts")) == all_parts - mine
    page.goto("/telefono/")
    phone.unlock(second.user)
    expect(phone.row().locator("[data-state=here]")).to_be_visible()

    page = erase_everything(phone, second)
    page.locator("[data-erase]").click()
    expect(page.locator("[data-done]")).to_be_visible()
    assert page.evaluate(LEFT) == [[], [], [], 0]


def test_a_phone_that_keeps_nothing_of_hers_is_told_where_to_look(
    house: House, get_phone: Callable[[], Phone]
) -> None:
    [woman] = make_women(house, 1)
    phone = get_phone()
    phone.open(woman)
    page = erase_everything(phone, woman)
    expect(page.locator("[data-other] a")).to_be_visible()
    expect(page.locator("[data-here]")).to_be_hidden()
    assert page.evaluate(LEFT)[0] == []
    page.locator("[data-other] a").click()
    expect(phone.view("outside")).to_be_visible()

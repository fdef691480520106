"""The bar of a batch in a real browser: it moves by itself, is paused, goes on, and ends."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from certificates import tasks
from certificates.actas.models import Acta
from certificates.awards import actions as awards
from certificates.awards import jobs
from certificates.awards.models import Job
from tests.factories.awards import acta_of
from tests.factories.certificates import ISSUED

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("school")]
WAIT = 15_000


@pytest.fixture
def issued(coordinator: Any, administrator: Any) -> Acta:
    """Four diplomas that wait to be made."""
    acta = acta_of(4, coordinator=coordinator, administrator=administrator)
    awards.issue_acta(acta=acta, by=administrator, at=ISSUED)
    return acta


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, administrator: Any) -> Iterator[Page]:
    """The administrator's browser, signed in."""
    client = Client()
    client.force_login(administrator)
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 800})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    yield context.new_page()
    context.close()


def make_one() -> None:
    claimed = jobs.claim_next(ISSUED)
    assert claimed is not None
    assert jobs.make(claimed)


def test_the_bar_moves_is_paused_and_goes_on(page: Page, issued: Acta) -> None:
    address = f"/admin/actas/{issued.pk}/"
    page.goto(address)
    page.evaluate("window.isTheSamePage = true")
    done = page.locator("[data-done]")
    expect(done).to_have_text("0")
    make_one()
    expect(done).to_have_text("1", timeout=WAIT)
    assert page.evaluate("window.isTheSamePage")  # it moved without a reload
    page.locator(f'form[action="{address}pause/"] button').click()
    expect(page.locator("[data-paused]")).to_have_text("3")
    tasks.work()
    assert Job.objects.tally()[Job.State.PAUSED] == 3
    page.locator(f'form[action="{address}resume/"] button').click()
    expect(page.locator("[data-paused]")).to_be_hidden()
    Job.objects.filter(state=Job.State.QUEUED).update(run_after=ISSUED)
    for _diploma in range(3):
        make_one()
    expect(page.locator(f'form[action="{address}pause/"]')).to_have_count(0, timeout=WAIT)
    expect(done).to_have_text("4")


def test_without_a_script_a_press_shows_how_far_it_is(
    browser: Browser, live_server: LiveServer, page: Page, issued: Acta
) -> None:
    cookies: Any = page.context.cookies()
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies(cookies)
    plain = context.new_page()
    plain.goto(f"/admin/actas/{issued.pk}/")
    make_one()
    plain.locator("[data-reload] button").click()
    expect(plain.locator("[data-done]")).to_have_text("1")
    context.close()

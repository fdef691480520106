"""A coordinator opens a school on a phone of 360 px that runs no script."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE
from tests.house import House

pytestmark = pytest.mark.browser
NAME = "Generación sin guion"


@pytest.fixture
def phone(visit: Callable[..., Page]) -> Page:
    """The coordinator's phone, signed in; its browser runs no script."""
    return visit("coordinadora", script=False)


def go_on(page: Page, step: str) -> None:
    """Press the first button of the step; the next one opens and fits the screen."""
    page.locator(".pm form[method=post] button[type=submit]").first.click()
    expect(page).to_have_url(re.compile(f"/{step}/$"))
    width = page.locator("body").bounding_box()
    assert width is not None
    assert width["width"] <= PHONE["width"]


def test_a_copy_of_a_former_cohort_is_opened_without_any_script(phone: Page, house: House) -> None:
    phone.goto("/admin/opening/")
    phone.locator("select[name=former]").select_option(index=1)
    go_on(phone, "basics")
    phone.locator("input[name=name]").fill(NAME)
    phone.locator("input[name=starts_on]").fill("2027-01-11")
    go_on(phone, "week")
    go_on(phone, "plan")
    phone.locator("input[name=form-0-starts]").fill("10:30")
    go_on(phone, "rule")
    phone.locator("input[name=target-0]").fill("85")
    go_on(phone, "summary")
    assert house.ask(f"select count(*) from courses_cohort where name='{NAME}'") == [(0,)]
    go_on(phone, r"school/\d+")

    [(cohort, starts_on, opened_at)] = house.ask(
        f"select id, starts_on, opened_at from courses_cohort where name='{NAME}'"
    )
    assert (starts_on, opened_at) == ("2027-01-11", None)
    counted = house.ask(
        f"select modality, count(*) from courses_classsession where cohort_id={cohort} group by modality"
    )
    assert sorted(counted) == [("class", 24), ("outing", 6), ("tutoring", 6)]
    assert house.ask(f"select count(*) from courses_enrolment where cohort_id={cohort}") == [(0,)]

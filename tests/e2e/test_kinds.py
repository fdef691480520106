"""A test with every kind of question: on a page, without JavaScript, without signal; nothing is lost."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e import sheet
from tests.e2e.phone import Phone, Woman, facts_of, make_women, phones
from tests.e2e.test_accessibility import faults_everywhere
from tests.e2e.test_test import HERS, write
from tests.house import House

pytestmark = [pytest.mark.browser, pytest.mark.processes]
Visit = Callable[..., Page]
GetPhone = Callable[[], Phone]
KINDS = ["single", "multiple", "true_false", "ordering", "matching", "numeric"]
EVERY_KIND = """
from courses.assessments.freezing import bank_content
from courses.assessments.models import QuestionBank, Quiz
from courses.cohorts.models import CohortContent
from courses.pages.actions import freeze
found = {}
for bank in QuestionBank.objects.all():
    for question in bank_content(bank)["questions"]:
        found.setdefault(question["kind"], question)
found.pop("short_answer")
for pin in CohortContent.objects.filter(kind="quiz", slug__in=["t-m3", "t-m4"]).select_related("version"):
    content = {**pin.version.content, "questions": list(found.values()), "draw": len(found), "pass_mark": 100}
    content.pop("pools", None)
    pin.version = freeze(
        kind="quiz", key=pin.key, language="es", title=pin.version.title, content=content
    )
    pin.save()
"""


@pytest.fixture(scope="module", autouse=True)
def every_kind(house: House) -> None:
    """The tests of modules 3 and 4 ask one question of each kind."""
    house.manage("shell", "-c", EVERY_KIND)


@pytest.fixture(scope="module")
def women(house: House) -> Iterator[Woman]:
    return iter(make_women(house, 2))


@pytest.fixture
def get_phone(browser: Browser, house: House, tmp_path: Path) -> Iterator[GetPhone]:
    with phones(browser, house, tmp_path) as make:
        yield make


def begin(page: Page) -> str:
    page.goto("/curso/prueba/t-m4/")
    page.locator("main form button[value=all]").click()
    page.locator("form[data-sheet]").wait_for()
    return page.url.partition("?")[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_kind_is_kept_as_it_is_given_and_no_screen_has_an_accessibility_error(
    house: House, visit: Visit, scheme: str
) -> None:
    page = visit("promotora")
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    write(house, f"delete from courses_attempt where {HERS}")
    address = begin(page)
    questions = page.locator(sheet.QUESTION).all()
    assert sorted(str(one.get_attribute("data-kind")) for one in questions) == sorted(KINDS)
    found = faults_everywhere(page)
    for question in questions:
        sheet.answer(question)
    page.locator("[data-saved][data-now=saved]").wait_for()
    expect(page.locator("[data-answered]")).to_contain_text("6")
    given = [sheet.answer_of(question) for question in questions]
    page.goto(address)
    assert [sheet.answer_of(question) for question in page.locator(sheet.QUESTION).all()] == given
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("button[value=one]").click()
    for place in range(1, 8):
        page.goto(f"{address}?p={place}")
        found += faults_everywhere(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if scheme == "dark":
        page.get_by_role("button", name="Entregar").click()
        page.locator(".ring").wait_for()
        found += faults_everywhere(page)
    assert found == []


def test_every_kind_is_answered_without_signal_and_arrives_once(
    house: House, women: Iterator[Woman], get_phone: GetPhone
) -> None:
    woman, phone = next(women), get_phone()
    phone.open(woman)
    phone.set_up()
    phone.download()
    phone.offline()
    phone.open_module()
    phone.open_test()
    test = phone.view("test")
    order = test.locator("[data-kind=ordering]")
    order.locator("select").first.select_option("1")
    test.locator("form [type=submit]").click()
    expect(test.locator("[data-error]")).to_contain_text("6")
    phone.back()
    phone.open_test()  # what is half done is still there
    expect(phone.view("test").locator("[data-kind=ordering] select").first).to_have_value("1")
    answers = phone.do_test()
    assert len(answers) == 6
    phone.expect_status("waiting")
    phone.offline(False)
    phone.expect_status("arrived")
    facts = facts_of(house, woman)
    assert [json.loads(str(given)) for _correct, given in facts["attempts"]] == [answers]
    assert "refused" not in dict(facts["events"])


def test_every_kind_without_javascript(house: House, women: Iterator[Woman], visit: Visit) -> None:
    woman = next(women)
    page = visit(script=False)
    page.context.add_cookies([{"name": "sessionid", "value": woman.session, "url": house.url}])
    begin(page)
    questions = page.locator(sheet.QUESTION).all()
    for question in questions:
        sheet.answer(question)
    given = {str(one.get_attribute("data-question")): sheet.answer_of(one) for one in questions}
    page.get_by_role("button", name="Entregar").click()
    expect(page.locator(".ring")).to_be_visible()
    rows = house.ask(f"select answers from courses_attempt where enrolment_id='{woman.enrolment}'")
    assert given in [json.loads(str(row[0])) for row in rows]

"""Absence as care on a small phone: she tells in advance, the trainer calls, agrees and credits."""

from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.house import House

pytestmark = [pytest.mark.browser, pytest.mark.processes]
Visit = Callable[..., Page]
HER = (
    "select e.cohort_id, e.id from courses_enrolment e join courses_person p on p.id = e.person_id "
    "join users_user u on u.id = p.account_id where u.username = 'promotora' and e.status = 'active'"
)

HERS = HER.replace("e.cohort_id, e.id", "e.id")


def fits(page: Page) -> bool:
    """Nothing stands out at the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_from_a_notice_to_a_class_made_up(house: House, visit: Visit) -> None:
    her = visit("promotora")
    her.goto("/curso/asistencia/")
    her.locator("a[href='/curso/asistencia/aviso/']").click()
    her.locator("select[name=session]").select_option(index=1)
    expect(her.locator("select[name=reason]")).to_have_value("not_said")
    her.locator("main form button[type=submit]").click()
    expect(her).to_have_url(f"{house.url}/curso/asistencia/")
    expect(her.locator("section[aria-labelledby=notice] .facts > div")).to_have_count(1)
    assert fits(her)
    assert house.ask(f"select count(*) from courses_excuse where enrolment_id = ({HERS})") == [(1,)]
    tally = "select count from courses_reasontally where kind = 'excuse' and reason = 'not_said'"
    assert house.ask(tally) == [(1,)]

    trainer = visit("formadora")
    trainer.goto("/admin/care/")
    assert fits(trainer)
    row = trainer.locator(".pm-care-list > li").first
    row.locator("summary").click()
    row.locator("button[value=called]").click()
    expect(trainer.locator(".pm-care-list > li .pm-meta").first).to_contain_text("formadora")
    newest = "select n.what, u.username from courses_carenote n join users_user u on u.id = n.by_id "
    assert house.ask(f"{newest} order by n.id desc limit 1") == [("called", "formadora")]

    cohort, enrolment = house.ask(HER)[0]
    trainer.goto(f"/admin/care/{cohort}/women/{UUID(str(enrolment))}/make-up/")
    trainer.locator("select[name=session]").select_option(index=1)
    trainer.locator("main form button[type=submit]").click()
    trainer.goto(f"/admin/care/{cohort}/make-ups/")
    assert fits(trainer)
    agreed = trainer.locator(".pm-care-list > *").filter(has_text="Susana Rivas Cañas")
    agreed.locator(".pm-do a").first.click()
    trainer.locator("main form button[type=submit]").click()
    expect(agreed).to_have_count(0)

    her.reload()
    expect(her.locator(".weave .cell--made_up")).to_have_count(1)

"""After «we are being raided» a phone locks, wipes what it keeps to read, and loses nothing that waits."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.phone import Phone, facts_of, make_women, phones, work_without_signal
from tests.e2e.staff_phone import StaffPhone, lay_ground
from tests.e2e.test_staff_phone import MARKS
from tests.house import House

pytestmark = [pytest.mark.browser, pytest.mark.processes]
Visit = Callable[..., Page]
KEPT = """name => new Promise(done => {
    const opening = indexedDB.open(name);
    opening.onsuccess = async () => {
        const all = (store) => new Promise(told => {
            const asked = opening.result.transaction(store).objectStore(store).getAll();
            asked.onsuccess = () => told(asked.result);
        });
        const names = ["records", "parts", "queue", "vaults"];
        const [records, parts, queue, vaults] = await Promise.all(names.map(all));
        opening.result.close();
        done({
            records: [...new Set(records.map(({ name }) => name))].sort(),
            parts: parts.length, queue: queue.length, vaults: vaults.length,
        });
    };
})"""
EVENTS = "**/sync/v1/events/"


@pytest.fixture
def get_phone(browser: Browser, house: House, tmp_path: Path) -> Iterator[Callable[[], Phone]]:
    with phones(browser, house, tmp_path) as make:
        yield make


def raid(house: House) -> None:
    assert "Ended:" in house.manage("raid", "--yes")


def test_a_trainees_phone_locks_at_its_next_contact_and_her_work_still_arrives(
    house: House, get_phone: Callable[[], Phone]
) -> None:
    [woman] = make_women(house, 1)
    phone = get_phone()
    work_without_signal(phone, woman)
    before = phone.page.evaluate(KEPT, "phone")
    assert before["parts"] > 0
    assert len(before["records"]) > 2
    raid(house)
    assert phone.page.evaluate(KEPT, "phone") == before, "without signal nobody can tell it"

    phone.page.route(EVENTS, lambda route: route.abort())  # what she did cannot leave yet
    phone.offline(False)
    phone.page.goto("/telefono/")
    expect(phone.page.locator("[data-told]")).to_be_visible(timeout=15_000)
    expect(phone.view("door")).to_be_visible()
    after = phone.page.evaluate(KEPT, "phone")
    assert after == {**before, "records": ["work"], "parts": 0}
    assert after["queue"] >= 7

    phone.unlock(woman.user)
    expect(phone.view("home")).to_be_visible()
    expect(phone.page.locator("[data-modules] > li [data-act=open]:visible")).to_have_count(0)
    phone.page.unroute(EVENTS)
    phone.page.locator("[data-status] [data-do=send]").click()
    phone.expect_status("arrived")
    known = facts_of(house, woman)
    assert len(known["attempts"]) == 1
    assert [state for state, _count in known["events"]] == ["applied"]


def test_a_phone_that_is_open_locks_when_its_work_arrives(
    house: House, get_phone: Callable[[], Phone]
) -> None:
    [woman] = make_women(house, 1)
    phone = get_phone()
    work_without_signal(phone, woman)
    raid(house)
    phone.offline(False)  # it is sent by itself, and the answer tells
    expect(phone.view("door")).to_be_visible(timeout=30_000)
    phone.expect_status("arrived")
    assert phone.page.evaluate(KEPT, "phone")["records"] == ["work"]
    assert len(facts_of(house, woman)["attempts"]) == 1


def test_any_page_of_the_site_is_a_contact(house: House, get_phone: Callable[[], Phone]) -> None:
    [woman] = make_women(house, 1)
    phone = get_phone()
    phone.open(woman)
    phone.set_up()
    phone.download()
    phone.page.goto("/hoy/")
    assert phone.page.evaluate(KEPT, "phone")["parts"] > 0
    raid(house)
    phone.page.reload()
    assert "/entrar/" in phone.page.url
    phone.wait_until(lambda: phone.page.evaluate(KEPT, "phone")["parts"] == 0)
    kept = phone.page.evaluate(KEPT, "phone")
    assert set(kept["records"]) <= {"work"}
    assert kept["vaults"] == 1


def test_the_teams_phone_forgets_names_and_keeps_marks_that_wait_and_lists_that_were_begun(
    visit: Visit, house: House
) -> None:
    lesson, _later = lay_ground(house, ("class", 94, "Con redada"), ("class", 95, "Empezada"))
    phone = StaffPhone(visit("formadora"))
    phone.open()
    phone.set_up()
    phone.lose_signal()
    phone.open_session("Con redada")
    phone.mark(0, "excused")
    phone.confirm()
    phone.open_session("Empezada")
    phone.mark(1, "absent")
    phone.back()
    raid(house)
    phone.page.route(EVENTS, lambda route: route.abort())
    phone.find_signal()
    phone.page.reload()
    expect(phone.page.locator("[data-told]")).to_be_visible(timeout=15_000)
    kept = phone.page.evaluate(KEPT, "phone-team")
    assert kept == {"records": ["work"], "parts": 0, "queue": 1, "vaults": 1}

    phone.page.goto("/entrar/equipo/")
    phone.page.locator("input[name=username]").fill("formadora")
    field = phone.page.locator("main input[type=password]")
    field.fill(house.accounts()["formadora"])
    field.press("Enter")
    phone.page.wait_for_url(lambda url: "/entrar/" not in url)
    phone.open()
    phone.unlock("formadora")
    expect(phone.session("Empezada")).to_be_visible(timeout=30_000)
    phone.open_session("Empezada")
    row = phone.page.locator("[data-roll] > li").nth(1)
    expect(row.locator(".roll__state")).to_contain_text("Falta", ignore_case=True)
    phone.back()
    phone.page.unroute(EVENTS)
    phone.page.locator("[data-status] [data-do=send]").click()
    phone.expect_status("arrived")
    counted = {str(status): int(str(count)) for status, _by, count in house.ask(MARKS.format(lesson))}
    assert counted == {"excused": 1, "present": 27}
    assert not phone.troubles, phone.troubles

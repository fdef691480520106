"""A trainer at a venue without signal: what she notes arrives once, and overwrites nobody's word."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.staff_phone import PIN, StaffPhone, lay_ground, mark_as_colleague, settle_conflict
from tests.e2e.test_accessibility import faults_everywhere
from tests.e2e.test_offline_phone import EVERYTHING
from tests.house import House, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.processes]
Visit = Callable[..., Page]
MARKS = (
    "select r.status, u.username, count(*) from courses_attendancerecord r "
    "join users_user u on u.id = r.by_id "
    "left join courses_attendancerecord n on n.supersedes_id = r.id "
    "where r.session_id = {} and n.id is null group by 1, 2 order by 1, 2"
)


def test_a_class_two_practicals_and_an_outing_are_noted_in_flight_mode(visit: Visit, house: House) -> None:
    lesson, outing = lay_ground(house, ("class", 91, "Hoy en sede"), ("outing", 92, "Hoy en zona"))
    phone, found = StaffPhone(visit("formadora")), []
    phone.open()
    found += faults_everywhere(phone.page)
    phone.set_up()
    phone.lose_signal()
    phone.page.reload()
    phone.unlock("formadora")
    expect(phone.session("Hoy en sede")).to_be_visible()
    found += faults_everywhere(phone.page)

    phone.open_session("Hoy en sede")
    expect(phone.page.locator("[data-roll] > li")).to_have_count(28)
    phone.mark(1, "absent")
    phone.mark(3, "late", 15)
    found += faults_everywhere(phone.page)
    phone.confirm()
    phone.page.locator("[data-rubrics] button").first.click()
    phone.observe(0)
    expect(phone.view("result").locator(".note--success")).to_be_visible()
    sizes = phone.page.locator("[data-result] .icon:visible, .status .icon:visible").evaluate_all(
        "(all) => all.map((icon) => icon.getBoundingClientRect().width)"
    )
    assert len(sizes) == 2
    assert min(sizes) > 18, "a sign keeps its size beside long words"
    phone.back()
    phone.observe(1, missed=0)  # a critical step
    expect(phone.view("result").locator("[data-missed] li")).to_have_count(1)
    found += faults_everywhere(phone.page)
    phone.back()
    phone.back()
    phone.open_session("Hoy en zona")
    found += faults_everywhere(phone.page)
    phone.go_out(1, 2, "08:00", "09:00")
    expect(phone.page.locator("[data-noted] > li")).to_have_count(2)
    phone.back()
    phone.expect_status("waiting")
    assert house.ask(MARKS.format(lesson)) == []

    mark_as_colleague(house, lesson, 1)
    phone.find_signal()
    phone.expect_status("refused")  # hers and the colleague's: neither is lost, nothing is overwritten
    phone.expect_state("Hoy en sede", "state_differs")
    assert house.ask(MARKS.format(lesson)) == [
        ("excused", "coordinadora", 1),
        ("late", "formadora", 1),
        ("present", "formadora", 26),
    ]
    assert house.ask(MARKS.format(outing)) == [("late", "formadora", 2)]
    observed = "select has_passed, count(*) from courses_observation "
    recent = "where at > datetime('now', '-1 hour') group by 1"
    assert house.ask(observed + recent) == [(0, 1), (1, 1)]
    phone.open_session("Hoy en sede")
    expect(phone.page.locator("[data-differences] > li")).to_have_count(1)
    phone.back()

    settle_conflict(visit("coordinadora"), lesson)
    assert ("absent", "coordinadora", 1) in house.ask(MARKS.format(lesson))
    phone.page.locator('[data-do="download"]').click()
    phone.expect_state("Hoy en sede", "state_done")
    assert not found, found
    assert not phone.troubles, phone.troubles


def test_names_and_marks_lie_sealed_and_a_new_pin_loses_nothing_that_waits(
    visit: Visit, house: House
) -> None:
    [lesson] = lay_ground(house, ("class", 93, "Otra sede"))
    phone = StaffPhone(visit("formadora"))
    phone.open()
    phone.set_up()
    phone.lose_signal()
    phone.open_session("Otra sede")
    phone.mark(0, "excused")
    phone.confirm()
    phone.page.locator("[data-view]:visible [data-do=lock]").click()
    phone.unlock("formadora", "111222")
    expect(phone.view("door").locator("[data-error]")).to_be_visible()
    names = [str(name) for (name,) in house.ask("select name from courses_person")]
    lying = "\n".join(phone.page.evaluate(EVERYTHING))
    assert [name for name in [*names, "Otra sede", PIN] if name in lying] == []

    phone.page.locator("details summary").first.click()
    phone.find_signal()
    phone.page.reload()
    phone.page.locator("details summary").first.click()
    phone.page.locator("[data-do=setup]").click()
    phone.set_up("903714")
    phone.expect_status("arrived")
    assert sum(int(str(count)) for _status, _by, count in house.ask(MARKS.format(lesson))) == 28
    phone.page.locator("[data-view=home] [data-do=erase]").click()
    phone.page.locator("[data-do=erase-now]").click()
    expect(phone.view("gone")).to_be_visible()
    assert phone.page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    assert not phone.troubles, phone.troubles


def test_a_list_that_is_recorded_says_so_and_an_outing_asks_before_it_changes_a_mark(
    visit: Visit, house: House
) -> None:
    lesson, outing = lay_ground(house, ("class", 94, "Ya anotada"), ("outing", 95, "Recorrido 95"))
    mark_as_colleague(house, lesson, 1)
    mark_as_colleague(house, outing, 0)
    phone, asked, found = StaffPhone(visit("formadora")), list[str](), []
    phone.page.on("dialog", lambda dialog: asked.append(dialog.message))
    phone.open()
    phone.set_up()
    expect(phone.session("Recorrido 95").locator("h3")).to_have_text("Recorrido 95")
    phone.open_session("Ya anotada")
    recorded = phone.view("register").locator("[data-when=recorded]")
    expect(recorded).to_contain_text("coordinadora")
    expect(recorded.locator("[data-when=rest]")).to_be_visible()
    expect(phone.view("register").locator("[data-when=open]")).to_be_hidden()
    found += faults_everywhere(phone.page)
    phone.confirm()
    phone.expect_state("Ya anotada", "state_done")
    marks = house.ask(MARKS.format(lesson))
    assert marks == [("excused", "coordinadora", 1), ("present", "formadora", 27)]

    phone.open_session("Recorrido 95")
    expect(phone.page.locator("[data-noted] > li")).to_have_count(1)
    phone.go_out(1, 2, "08:00", "09:00")
    expect(phone.page.locator("[data-noted] > li")).to_have_count(2)
    assert len(asked) == 1, "of the one whom the colleague had excused"
    phone.expect_status("arrived")
    assert house.ask(MARKS.format(outing)) == [("late", "formadora", 2)]
    mark_as_colleague(house, outing, 2)
    phone.page.locator("[data-view=outing]").wait_for()
    phone.go_out(3, 4, "08:00", "09:00")
    phone.expect_status("refused")  # the outing is noted; what the register says of her a person decides
    marks = [("excused", "coordinadora", 1), ("late", "formadora", 3)]
    wait_until(lambda: house.ask(MARKS.format(outing)) == marks, "both of the pair have arrived")
    count = f"select count(*) from courses_outingnote where session_id = {outing}"
    assert house.ask(count)[0][0] == 4
    assert len(asked) == 1
    phone.back()
    phone.page.locator('[data-do="download"]').click()
    expect(phone.page.locator("[data-told]")).to_be_visible()
    phone.open_session("Recorrido 95")
    expect(phone.page.locator("[data-noted] > li").nth(2)).to_contain_text("En la lista: J")
    found += faults_everywhere(phone.page)
    assert not found, found
    assert not phone.troubles, phone.troubles


LYING = """async () => [
    (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => new URL(scope).pathname).sort(),
    (await indexedDB.databases()).map(({ name }) => name).sort(),
    [...new Set((await caches.keys()).map((name) => name.split("-")[0]))].sort(),
]"""
BOTH = [["/", "/telefono/equipo/"], ["phone", "phone-team"], ["phone", "team"]]


def test_what_trainees_erase_and_what_the_team_erases_are_two_things(visit: Visit, house: House) -> None:
    lay_ground(house, ("class", 96, "Otra cosa"))
    phone = StaffPhone(visit("formadora"))
    page, pin = phone.page, house.accounts()["promotora"]
    phone.open()
    phone.set_up()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def take_along() -> None:
        """A trainee on the same phone."""
        phone.context.clear_cookies()
        page.goto("/entrar/")
        page.locator("input[name=username]").fill("promotora")
        page.locator("main input[type=password]").fill(pin)
        page.locator("main input[type=password]").press("Enter")
        page.wait_for_url(lambda url: "/entrar/" not in url)
        page.goto("/telefono/")
        page.locator("#setup-pin").fill(pin)
        page.locator("#setup-pin").press("Enter")
        expect(phone.view("home")).to_be_visible(timeout=30_000)
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def erase() -> None:
        page.locator("[data-view=home] [data-do=erase]").click()
        page.locator("[data-do=erase-now]").click()
        expect(phone.view("gone")).to_be_visible()

    take_along()
    assert page.evaluate(LYING) == BOTH
    erase()
    assert page.evaluate(LYING) == [one[1:] for one in BOTH]
    phone.context.set_offline(True)
    phone.open()
    phone.unlock("formadora")
    expect(phone.session("Otra cosa")).to_be_visible()

    phone.context.set_offline(False)
    take_along()
    phone.open()
    phone.unlock("formadora")
    erase()
    assert page.evaluate(LYING) == [one[:1] for one in BOTH]
    phone.context.set_offline(True)
    page.goto("/telefono/")
    expect(phone.view("door")).to_be_visible()
    assert not phone.troubles, phone.troubles

"""The diploma's stories: four people and a returned line; a visitor, a tampered file and a link that ends."""

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.house import House

pytestmark = [pytest.mark.browser, pytest.mark.processes]
LAPTOP = {"width": 1280, "height": 800}
Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def cohort_of_twenty_eight(house: House) -> str:
    """The number of a finished cohort whose acta is still to be proposed."""
    return house.manage("seed_demo", "--trainees", "28").strip().splitlines()[-1].split("\t")[0]


def test_one_line_comes_back_and_twenty_seven_go_on(
    house: House, visit: Visit, cohort_of_twenty_eight: str, tmp_path: Path
) -> None:
    oficio = steps.scan(tmp_path)
    coordinator, administrator = visit("coordinadora", LAPTOP), visit("administradora", LAPTOP)
    acta = steps.propose(coordinator, house, cohort_of_twenty_eight)
    steps.submit(administrator, f"/admin/actas/{acta}/approve/")
    steps.send(coordinator, acta)

    officer = visit("funcionaria")
    officer.goto(f"/autoridad/{acta}/")
    expect(officer.locator("main")).not_to_contain_text(re.compile("nacionalidad|ocupación", re.I))
    line = str(
        house.ask(f"select id from certificates_actaline where acta_id={acta} order by position")[3][0]
    )
    steps.answer(officer, acta, oficio, "SSE/100/2026", returned={3: "El nombre no coincide con la lista."})

    steps.submit(administrator, f"/admin/actas/{acta}/issue/")
    steps.wait_for_documents(house, acta, 27)

    coordinator.goto(f"/admin/actas/{acta}/lines/{line}/correct/")
    coordinator.locator("input[name=name]").fill("Promotora Corregida Núñez")
    coordinator.locator("textarea[name=reason]").first.fill("Se corrigió el nombre.")
    coordinator.locator("main form button[type=submit]").last.click()
    corrected = str(house.ask(f"select id from certificates_actaline where supersedes_id={line}")[0][0])
    second = visit("administradora2", LAPTOP)
    steps.submit(second, f"/admin/actas/{acta}/lines/{corrected}/approve/")
    steps.send(coordinator, acta)
    steps.answer(officer, acta, oficio, "SSE/101/2026", returned={})
    steps.submit(second, f"/admin/actas/{acta}/issue/")
    steps.wait_for_documents(house, acta, 28)

    folios = house.ask(f"select folio, code, line_id from certificates_certificate where acta_id={acta}")
    assert len({folio for folio, _code, _line in folios}) == 28
    code = next(code for _folio, code, about in folios if str(about) == corrected)
    visitor = visit()
    visitor.goto(f"/v/{code}/")
    expect(visitor.locator("main")).to_contain_text("SSE/101/2026")
    assert house.manage("audit_log", "--deep")
    assert house.manage("recheck_acta", acta)


def her_award(house: House) -> tuple[str, str]:
    """(award, code) of the demo's graduate who has an account."""
    rows = house.ask(
        "select c.id, c.code from certificates_certificate c "
        "join certificates_actaline l on l.id = c.line_id join courses_person p on p.id = l.person_id "
        "join users_user u on u.id = p.account_id where u.username = 'egresada'"
    )
    return str(UUID(str(rows[0][0]))), str(rows[0][1])


def test_a_visitor_on_a_phone_learns_only_whether_the_name_matches(house: House, visit: Visit) -> None:
    _award, code = her_award(house)
    name = house.ask(
        "select p.name from courses_person p join users_user u on u.id = p.account_id "
        "where u.username = 'egresada'"
    )[0][0]
    visitor = visit()
    visitor.goto("/v/")
    visitor.locator("input[name=code]").fill(code.lower())
    visitor.locator("input[name=code]").press("Enter")
    expect(visitor.locator("main")).to_contain_text("Válido")
    assert not [part for part in str(name).split() if len(part) > 3 and part in visitor.content()]
    visitor.locator("input[name=name]").fill("Otra Persona Cualquiera")
    visitor.locator("input[name=name]").press("Enter")
    expect(visitor.locator("#match")).to_have_class(re.compile("error"))
    visitor.locator("input[name=name]").fill(str(name).upper())
    visitor.locator("input[name=name]").press("Enter")
    expect(visitor.locator("#match")).to_have_class(re.compile("success"))


def test_the_genuine_file_is_known_and_a_tampered_one_is_not_accepted(
    house: House, visit: Visit, tmp_path: Path
) -> None:
    award, _code = her_award(house)
    holder = visit("egresada")
    genuine = holder.request.get(f"/mi-diploma/{award}.pdf").body()
    tampered = bytearray(genuine)
    middle = genuine.index(b"stream", len(genuine) // 3) + 40
    tampered[middle] ^= 1
    for name, content in (
        ("genuine.pdf", genuine),
        ("tampered.pdf", bytes(tampered)),
        ("more.pdf", genuine + b"\n%"),
    ):
        (tmp_path / name).write_bytes(content)
    visitor = visit()
    for name, is_good in (("genuine.pdf", True), ("tampered.pdf", False), ("more.pdf", False)):
        visitor.goto("/v/")
        visitor.locator("input[type=file]").set_input_files(str(tmp_path / name))
        visitor.locator("form[data-drop] button[type=submit]").click()
        visitor.wait_for_url(re.compile("/v/archivo/"))
        state = expect(visitor.locator("main"))
        if is_good:
            state.to_contain_text("Válido")
        else:
            state.not_to_contain_text("Válido")


def test_a_holders_link_shows_her_diploma_until_it_ends(house: House, visit: Visit) -> None:
    award, _code = her_award(house)
    holder = visit("egresada")
    holder.goto(f"/mi-diploma/{award}/")
    holder.locator("details.share summary").click()
    holder.locator("details.share form button[type=submit]").last.click()
    address = holder.locator("#share-address").inner_text()
    visitor = visit()
    visitor.goto(address)
    expect(visitor.locator("main")).to_contain_text("Válido")
    with sqlite3.connect(house.data_dir / "db.sqlite3", timeout=30) as database:
        database.execute("update certificates_sharelink set expires_at = datetime('now', '-1 minute')")
    assert visitor.reload().status == 404  # type: ignore[union-attr]  # a reload answers
    expect(visitor.locator("main")).not_to_contain_text("Válido")

"""The story: one woman from her first lesson to a diploma that a stranger can verify.

A real browser, the real web server, broker and worker, every role in a browser of its own.
"""

import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pypdfium2
import pytest
from playwright.sync_api import Page, expect
from pyzbar import pyzbar

from certificates.codes import new_code
from courses.assessments.kinds import key_of
from tests.e2e import sheet, steps
from tests.house import House

pytestmark = [pytest.mark.browser, pytest.mark.processes]
LAPTOP = {"width": 1280, "height": 800}
Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def cohort_of_three(house: House) -> tuple[str, str]:
    """(id, name) of a finished cohort whose acta is still to be proposed."""
    number, name = house.manage("seed_demo", "--trainees", "3").strip().splitlines()[-1].split("\t")
    return number, name


def right_answers(house: House) -> dict[str, str]:
    """What a trainee who studied knows: a right answer to each question of the second module."""
    rows = house.ask(
        "select content from courses_contentversion where kind='quiz' and title like '%módulo 2%'"
    )
    keys = ((question["id"], key_of(question)) for question in json.loads(str(rows[0][0]))["questions"])
    return {question: key.answer for question, key in keys if key}


def test_a_trainee_reads_a_lesson_and_passes_a_test(house: House, visit: Visit) -> None:
    page = visit("promotora")
    expect(page).to_have_url(re.compile("/hoy/"))
    page.goto("/curso/m2-l09/")
    finish = page.get_by_role("button", name="Terminé esta lección")
    finish.scroll_into_view_if_needed()
    finish.click()
    page.goto("/curso/prueba/t-m2/")
    page.locator("main form button[value=all]").click()
    known = right_answers(house)
    for question in page.locator(sheet.QUESTION).all():
        sheet.give(question, known[str(question.get_attribute("data-question"))])
    page.get_by_role("button", name="Entregar").click()
    expect(page.get_by_role("heading", name="¡Aprobaste!")).to_be_visible()  # her result, not the sheet
    expect(page.locator("main")).to_contain_text("5 de 5")
    rows = house.ask("select correct, has_passed from courses_attempt order by submitted_at desc limit 1")
    assert rows == [(5, 1)]


def test_a_trainer_marks_the_register(house: House, visit: Visit) -> None:
    before = house.ask("select count(*) from courses_attendancerecord")[0][0]
    (session, people), *_ = house.ask(
        "select s.id, (select count(*) from courses_enrolment e "
        "where e.cohort_id = s.cohort_id and e.status='active') "
        "from courses_classsession s where s.ends_at < datetime('now') and not exists "
        "(select 1 from courses_attendancerecord r where r.session_id = s.id) order by s.starts_at limit 1"
    )
    page = visit("formadora")
    expect(page).to_have_url(re.compile("/admin/"))
    page.goto(f"/admin/register/{session}/")
    page.locator("fieldset").first.locator("input[value=absent]").check(force=True)
    page.locator("button[value=confirm]").click()
    expect(page.locator("main")).to_contain_text(f"{int(str(people)) - 1} ")
    assert (
        house.ask("select count(*) from courses_attendancerecord")[0][0] == before
    )  # not before she confirms
    page.locator(".pm-bar button[value=save]").click()
    expect(page.locator("[data-register]")).to_be_visible()
    after = house.ask("select count(*) from courses_attendancerecord")[0][0]
    assert int(str(after)) - int(str(before)) == people
    absent = house.ask(
        f"select count(*) from courses_attendancerecord where session_id={session} and status='absent'"
    )
    assert absent == [(1,)]


def test_from_the_acta_to_a_verified_and_a_revoked_diploma(
    house: House, visit: Visit, cohort_of_three: tuple[str, str], tmp_path: Path
) -> None:
    number, _name = cohort_of_three

    coordinator = visit("coordinadora", LAPTOP)
    acta = steps.propose(coordinator, house, number)
    expect(coordinator.get_by_role("link", name="Aprobar")).to_have_count(0)

    administrator = visit("administradora", LAPTOP)
    administrator.goto(f"/admin/actas/{acta}/")
    administrator.get_by_role("link", name="Aprobar", exact=True).click()
    administrator.locator("main form button[type=submit]").first.click()

    steps.send(coordinator, acta)
    officer = visit("funcionaria")
    expect(officer).to_have_url(re.compile("/autoridad/"))
    steps.answer(officer, acta, steps.scan(tmp_path), "J7/2026/0147", returned={})

    steps.submit(administrator, f"/admin/actas/{acta}/issue/")
    steps.wait_for_documents(house, acta, 3)

    address = qr_address(house, administrator, acta)
    stranger = visit()
    stranger.goto(address)
    expect(stranger.locator("main")).to_contain_text("Válido")
    expect(stranger.locator("main")).to_contain_text("J7/2026/0147")
    expect(stranger.locator("main")).not_to_contain_text("Promotora Ejemplo")

    code = address.rstrip("/").rsplit("/", 1)[1]
    certificate = UUID(str(house.ask(f"select id from certificates_certificate where code='{code}'")[0][0]))
    administrator.goto(f"/admin/diplomas/{certificate}/revoke/")
    administrator.locator("main input[type=radio]").first.check()
    administrator.locator("main form button[type=submit]").first.click()
    stranger.reload()
    expect(stranger.locator("main")).to_contain_text("Revocado")

    stranger.goto(f"/v/{well_formed_code_never_issued()}/")
    expect(stranger.locator("main")).to_contain_text("No encontrado")
    stranger.goto(f"/v/{code[:-1]}{'0' if code[-1] != '0' else '1'}/")
    expect(stranger.locator("main")).to_contain_text("Revise lo que escribió")


def qr_address(house: House, administrator: Page, acta: str) -> str:
    """The address in the QR code of one diploma, read from its rendered first page."""
    award = house.ask(f"select id from certificates_certificate where acta_id={acta} order by folio limit 1")[
        0
    ][0]
    pdf = administrator.request.get(f"/mi-diploma/{UUID(str(award))}.pdf").body()
    page = pypdfium2.PdfDocument(BytesIO(pdf))[0]
    found = pyzbar.decode(page.render(scale=3).to_pil())
    assert len(found) == 1
    return str(found[0].data.decode())


def well_formed_code_never_issued() -> str:
    """A code whose check character is right."""
    return new_code()

"""The steps of the staff's work on an acta, each in the browser of whoever does it."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pikepdf
from playwright.sync_api import Page

from tests.house import House, wait_until


def scan(folder: Path) -> Path:
    """A one-page PDF such as an office scanner makes."""
    path, pdf = folder / "oficio.pdf", pikepdf.new()
    pdf.add_blank_page()
    pdf.save(path)
    return path


def submit(page: Page, address: str) -> None:
    """Open a page that asks, and say yes."""
    page.goto(address)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(lambda url: urlsplit(url).path != address)


def propose(coordinator: Page, house: House, cohort: str) -> str:
    """The number of the acta that was proposed."""
    coordinator.goto(f"/admin/actas/propose/?cohort={cohort}")
    coordinator.get_by_role("button", name="Proponer esta acta").click()
    coordinator.wait_for_url(re.compile(r"/admin/actas/\d+/"))
    return str(house.ask(f"select id from certificates_acta where cohort_id={cohort}")[0][0])


def send(coordinator: Page, acta: str) -> None:
    """Send everything that waits to the authority's portal."""
    submit(coordinator, f"/admin/actas/{acta}/send/")


def answer(officer: Page, acta: str, oficio: Path, number: str, returned: dict[int, str]) -> None:
    """Answer line by line: everything accepted but `returned` (place on the list, from 0 → reason)."""
    officer.goto(f"/autoridad/{acta}/responder/")
    for place, reason in returned.items():
        vote = officer.locator("li.vote").nth(place)
        vote.locator("input[value=return]").check(force=True)
        vote.locator("input[name^=reason]").fill(reason)
    officer.locator("main form button[type=submit]").first.click()
    officer.locator("input[name=oficio_number]").fill(number)
    officer.locator("input[name=oficio_date]").fill("2026-11-02")
    officer.locator("input[type=file]").set_input_files(str(oficio))
    officer.locator("button[name=final]").click()
    officer.wait_for_url(lambda url: urlsplit(url).path == f"/autoridad/{acta}/")


def wait_for_documents(house: House, acta: str, count: int) -> None:
    """Wait until so many diplomas of an acta are made."""
    query = (
        "select count(*) from certificates_document d join certificates_certificate c "
        f"on c.id = d.certificate_id where c.acta_id={acta}"
    )
    wait_until(lambda: house.ask(query) == [(count,)], f"{count} diplomas are made")

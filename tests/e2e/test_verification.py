"""A visitor with a phone, and a graduate who shares: the whole way, in a real browser on a real house."""

import json
import re
import sqlite3
import unicodedata
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from tests.certificates.printing.tampering import TAMPERINGS
from tests.e2e.test_accessibility import faults
from tests.house import House, wait_until

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
pytestmark = [pytest.mark.browser, pytest.mark.processes]
Visit = Callable[..., Page]
OWN = """select c.code, p.name, c.id from certificates_certificate c
  join certificates_actaline l on l.id = c.line_id join courses_person p on p.id = l.person_id
  join users_user u on u.id = p.account_id join certificates_document d on d.certificate_id = c.id
  where u.username = 'egresada' order by c.folio"""


@pytest.fixture(scope="module")
def hers(house: House) -> tuple[str, str, str]:
    """Code, name and id of the graduate's diploma, once it is made."""
    wait_until(lambda: bool(house.ask(OWN)), "her diploma is made")
    code, name, award = house.ask(OWN)[0]
    return str(code), str(name), str(award)


def without_accents(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))


def diploma_of(page: Page, award: str) -> bytes:
    """She downloads her file."""
    answer = page.request.get(
        f"/mi-diploma/{award[:8]}-{award[8:12]}-{award[12:16]}-{award[16:20]}-{award[20:]}.pdf"
    )
    assert answer.ok
    return answer.body()


def type_name(page: Page, name: str) -> None:
    """Type the name on the paper and wait for the answer."""
    page.locator("input[name=name]").fill(name)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator("input[name=name]").press("Enter")
    page.wait_for_load_state()


def test_a_visitor_types_code_and_name(visit: Visit, hers: tuple[str, str, str]) -> None:
    code, name, _award = hers
    page = visit()
    page.goto("/v/")
    page.locator("input[name=code]").fill(f" {code[:4]}-{code[4:8]} {code[8:12].lower()}{code[12:]}")
    page.locator("input[name=code]").press("Enter")
    page.wait_for_url(f"**/v/{code}/")
    assert page.locator(".verdict--valid").is_visible()
    assert name not in page.content()
    type_name(page, without_accents(name).upper())
    expect(page.locator("#match.note--success")).to_be_visible()
    type_name(page, "Otra Persona")
    expect(page.locator("#match.note--error")).to_be_visible()
    assert faults(page) == []
    for _try in range(4):
        if page.locator("input[name=name]").count():
            type_name(page, "Otra Persona")
    expect(page.locator(".verdict--wait")).to_be_visible()
    assert faults(page) == []
    assert page.context.cookies() == []


def test_a_visitor_reads_the_page_in_her_language(visit: Visit, hers: tuple[str, str, str]) -> None:
    page = visit()
    page.goto(f"/v/{hers[0]}/")
    page.locator("[data-menu] > summary").click()
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", name="Valid")).to_be_visible()


def test_a_tampered_file_is_dropped_on_the_page(visit: Visit, hers: tuple[str, str, str]) -> None:
    pdf = diploma_of(visit("egresada"), hers[2])
    page = visit()
    for name, tamper in TAMPERINGS.items():  # fewer than one place may have checked in a minute
        drop(page, tamper(pdf))
        state = "valid" if name == "nothing: as issued" else "tampered"
        page.locator(f".verdict--{state}").wait_for()
        assert page.locator(".verdict--valid").count() == (state == "valid"), name
    assert page.get_by_role("heading", level=2).first.is_visible()  # what differs
    assert faults_in_both_schemes(page) == []
    drop(page, b"hello")
    page.locator(".verdict--unknown").wait_for()
    assert faults_in_both_schemes(page) == []
    assert page.context.cookies() == []


def faults_in_both_schemes(page: Page) -> list[str]:
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found += faults(page)
    return found


def drop(page: Page, content: bytes) -> None:
    """Drop a file on the first page of verification, as a mouse does."""
    page.goto("/v/")
    data = page.evaluate_handle(
        """bytes => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], "diploma.pdf", {type: "application/pdf"}));
            return data;
        }""",
        list(content),
    )
    with page.expect_navigation():
        page.dispatch_event("main", "drop", {"dataTransfer": data})


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_link_that_she_made_works_until_it_expires(
    scheme: Any, visit: Visit, house: House, hers: tuple[str, str, str]
) -> None:
    _code, name, _award = hers
    page = visit("egresada")
    page.emulate_media(color_scheme=scheme)
    page.goto("/curso/diploma/")
    page.locator("a[href^='/mi-diploma/'][href$='/']").first.click()
    section = page.locator("details.share")
    if not section.get_attribute("open"):
        section.locator("summary").click()
    section.locator("input[name=shows_name]").check()
    assert faults(page) == []
    section.locator("form[action$='/compartir/'] button").click()
    address = page.locator("#share-address").inner_text()
    assert faults(page) == []

    visitor = visit()
    visitor.emulate_media(color_scheme=scheme)
    visitor.goto(re.sub(r"^https?://[^/]+", "", address))
    assert visitor.locator(".verdict--valid").is_visible()
    assert name in visitor.content()
    assert faults(visitor) == []
    assert visitor.evaluate("document.referrer") == ""

    with sqlite3.connect(house.data_dir / "db.sqlite3", timeout=30) as database:
        database.execute("update certificates_sharelink set expires_at = '2020-01-01 00:00:00'")
    visitor.reload()
    assert visitor.locator(".verdict--unknown").is_visible()
    assert name not in visitor.content()
    assert faults(visitor) == []


def test_no_code_or_token_lies_in_any_log(visit: Visit, house: House, hers: tuple[str, str, str]) -> None:
    code, token = hers[0], "kJ3_x-QmZ0a1b2c3d4e5f6"
    printed = "-".join(code[at : at + 4] for at in range(0, 16, 4))
    for path in (
        f"/v/{code}/",
        f"/v/{printed}/",
        f"/v/?code={code}",
        f"/v/{code}/nothing-here/",
        f"/api/v1/verify/{code}",
        f"/c/{token}/",
    ):
        for method in ("GET", "PUT"):
            _ask(house, path, method)
    _ask(house, f"/api/v1/verify/{code}/name", "POST", json.dumps({"name": "Otra"}).encode())
    written = "".join(
        file.read_text(encoding="utf-8", errors="replace")
        for file in [*(house.data_dir / "log").iterdir(), house.data_dir / "launcher.out"]
    )
    assert "web" in " ".join(file.name for file in Path(house.data_dir / "log").iterdir())
    for secret in (code, printed, token):
        assert secret not in written


def _ask(house: House, path: str, method: str, body: bytes | None = None) -> None:
    request = urllib.request.Request(house.url + path, data=body, method=method)
    try:
        urllib.request.urlopen(request, timeout=30).read()
    except urllib.error.HTTPError as error:
        error.read()


def test_the_whole_page_is_small(visit: Visit, house: House, hers: tuple[str, str, str]) -> None:
    sizes: list[tuple[str, int]] = []
    page = visit()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    asked: dict[str, str] = {}
    session.on(
        "Network.responseReceived", lambda told: asked.update({told["requestId"]: told["response"]["url"]})
    )
    session.on(
        "Network.loadingFinished",
        lambda told: sizes.append((asked.get(told["requestId"], "?"), int(told["encodedDataLength"]))),
    )
    page.goto(f"/v/{hers[0]}/", wait_until="networkidle")
    assert all(url.startswith(house.url) for url, _size in sizes), sizes
    assert sum(size for _url, size in sizes) <= 12 * 1024, sizes

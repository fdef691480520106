"""The page that checks diplomas without signal, opened from a phone's storage in flight mode."""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page

from certificates import payload
from certificates.keys import custody, demo, identity
from certificates.keys.models import SigningKey
from certificates.printing import offline_code
from certificates.verification import offline_page
from tests.certificates.printing.tampering import TAMPERINGS
from tests.e2e.conftest import PHONE
from tests.factories.certificates import NAME, printed
from tests.factories.papers import issued_paper

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
TABLE = json.loads((Path(__file__).parents[1] / "certificates" / "names.json").read_text(encoding="utf-8"))
# A signature in its other valid form signs the same: only who has the register sees that the bytes differ.
HARMLESS = {"nothing: as issued", "the signature written in its other valid form"}
SIGNATORIES = [payload.Signatory("Rosa Elena Gómez", "Directora")]


@pytest.fixture
def offline(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """The page from a file, in a browser without network; fails on any error or attempt to connect."""
    custody.ensure_keys(timezone.now())
    file = tmp_path / "verificar.html"
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_page(**options: Any) -> Page:
        page_text, _policy = offline_page.build(timezone.now())
        file.write_text(page_text, encoding="utf-8")
        context = browser.new_context(**{"locale": "es-MX", "viewport": PHONE, **options})
        contexts.append(context)
        context.set_offline(True)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda line: troubles.extend([line.text] if line.type == "error" else []))
        page.on("request", lambda asked: troubles.extend([] if is_local(asked.url) else [asked.url]))
        page.goto(file.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


def is_local(url: str) -> bool:
    return url.startswith(("file:", "blob:"))


def read_link(page: Page, address: str) -> str:
    """Paste the link of a drawing; the state that comes out."""
    page.evaluate("document.getElementById('result').replaceChildren()")  # of the link before
    page.locator("#link").fill(address)
    page.locator("#link-form button").click()
    return state_of(page)


def read_pdf(page: Page, pdf: bytes) -> str:
    """Choose a file; the state that comes out."""
    page.evaluate("document.getElementById('result').replaceChildren()")
    page.locator("#pdf").set_input_files({"name": "d.pdf", "mimeType": "application/pdf", "buffer": pdf})
    page.locator("#verdict").wait_for()
    return state_of(page)


def state_of(page: Page) -> str:
    page.locator("#verdict").wait_for()
    return str(page.locator("#verdict").text_content())


def word(key: str) -> str:
    """What the page says in Spanish for a key of its words."""
    return offline_page.words_in("es")[key]


def test_the_drawing_shows_every_printed_fact(offline: Callable[..., Page]) -> None:
    told = printed(signatories=SIGNATORIES)
    address = offline_code.url(told)
    page = offline()
    assert read_link(page, f"Mira: {address} gracias") == word("word_qr_genuine")
    shown = page.locator("#result").inner_text()
    for fact in (
        *(told[key] for key in ("folio", "title", "duration", "span", "issued", "issuer", "ally")),
        *told["recognition"].values(),
        *(text for module in told["modules"] for text in (module["title"], module["duration"])),
        "Rosa Elena Gómez, Directora",
    ):
        assert fact in shown, fact
    assert word("limit") in shown
    assert "Guadalupe" not in page.content()
    assert page.locator("#result a").get_attribute("href") == told["verify_url"]


def test_the_name_is_matched_in_flight_mode(offline: Callable[..., Page]) -> None:
    page = offline()
    read_link(page, offline_code.url(printed()))
    for typed, expected in ((NAME.lower().replace("í", "i"), "name_yes"), ("Otra Persona", "name_no")):
        page.locator("#name").fill(typed)
        page.locator("#name-form button").click()
        page.get_by_text(word(expected)).wait_for()


def test_a_demonstration_is_called_one(offline: Callable[..., Page]) -> None:
    page = offline()
    read_link(page, offline_code.url(printed(is_demo=True)))
    assert page.locator(".demo").is_visible()


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (lambda address: address.replace("150T042K", "250T042K"), "altered"),
        (lambda address: address.replace("verifica", "otra"), "altered"),
        (lambda address: address[:-1] + ("0" if address[-1] != "0" else "1"), "altered"),
        (lambda address: address[:200], "altered"),
        (lambda address: address[:60] + "Z" * 11 + address[71:], "altered"),
        (lambda address: address.partition("#")[0], "no-token"),
        (lambda address: "hola", "no-token"),
        (lambda address: address.replace("#1", "#9"), "no-token"),
    ],
)
def test_a_changed_drawing_is_refused(
    change: Callable[[str], str], state: str, offline: Callable[..., Page]
) -> None:
    assert read_link(offline(), change(offline_code.url(printed()))) == word(f"word_qr_{state}")


def test_a_key_that_the_page_does_not_know_is_no_proof(offline: Callable[..., Page]) -> None:
    old = offline_code.url(printed(issued_on=date(2019, 5, 1)))
    SigningKey.objects.filter(purpose=SigningKey.Purpose.QR, kid="2019-1").update(kid="2018-1")
    page = offline()
    assert read_link(page, old) == word("word_qr_unknown-key")
    assert read_link(page, offline_code.url(printed())) == word("word_qr_genuine")


def test_names_are_normalised_as_on_the_server(offline: Callable[..., Page]) -> None:
    page = offline(bypass_csp=True)
    page.add_script_tag(content=_source("names.js"))
    forms = page.evaluate("names => names.map(normaliseName)", [name for name, _normal in TABLE])
    assert forms == [normal for _name, normal in TABLE]


def overlaid(pdf: bytes) -> bytes:
    """The file with a page changed by an incremental update."""
    appended = b"\n9999 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 9999 0 R >>\n%%EOF\n"
    return pdf + appended


def test_a_file_that_we_signed_is_authentic(offline: Callable[..., Page]) -> None:
    certificate, pdf = issued_paper()
    page = offline()
    assert read_pdf(page, pdf) == word("word_pdf_genuine")
    shown = page.locator("#result").inner_text()
    for fact in ("folio", "title", "duration", "issuer"):
        assert certificate.payload[fact] in shown
    assert page.locator("#result a").get_attribute("href") == certificate.payload["verify_url"]


def test_files_that_differ_by_anything_are_refused(offline: Callable[..., Page]) -> None:
    _certificate, pdf = issued_paper()
    page = offline()
    middle = pdf.index(b"stream") + 40
    cases = {
        "flipped": (pdf[:middle] + bytes([pdf[middle] ^ 1]) + pdf[middle + 1 :], "altered"),
        "appended": (pdf + b"\n% more\n", "added"),
        "overlaid": (overlaid(pdf), "added"),
        "cut": (pdf[: len(pdf) // 2], None),
        "unsigned": (_saved_anew(pdf), None),
        "no pdf": (b"<html></html>", "not-pdf"),
        "empty": (b"%PDF-1.7", "unsigned"),
    }
    for name, (content, state) in cases.items():
        told = read_pdf(page, content)
        assert told != word("word_pdf_genuine"), name
        if state:
            assert told == word(f"word_pdf_{state}"), name


def test_no_digit_of_a_signature_can_be_changed(offline: Callable[..., Page]) -> None:
    _certificate, pdf = issued_paper()
    hole = re.search(rb"/Contents ?<([0-9a-fA-F]{2000,})>", pdf)
    assert hole
    page = offline(bypass_csp=True)
    page.add_script_tag(content="\n".join(_source(name) for name in offline_page.SCRIPTS[:-1]))
    page.evaluate("window.pins = JSON.parse(document.getElementById('data').textContent).pins")
    length = len(hole[1].rstrip(b"0"))
    places = [
        hole.start(1) + place for place in [*range(40), *range(40, length, 7), length + 20, len(hole[1]) - 1]
    ]
    told = page.evaluate(
        """async ([text, places]) => {
            const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
            const states = [];
            for (const place of [-1, ...places]) {
                const other = bytes.slice();
                if (place >= 0) other[place] = other[place] === 49 ? 50 : 49;
                states.push((await checkPdf(other, pins)).state);
            }
            return states;
        }""",
        [b64encode(pdf).decode(), places],
    )
    assert told[0] == "genuine"
    changed = dict(zip(places, told[1:], strict=True))
    assert [place - hole.start(1) for place, state in changed.items() if state == "genuine"] == []


def _source(name: str) -> str:
    return (offline_page.FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_each_tampering_that_changes_what_was_signed_is_refused(
    tampering: str, offline: Callable[..., Page]
) -> None:
    _certificate, pdf = issued_paper()
    told = read_pdf(offline(), TAMPERINGS[tampering](pdf))
    assert (told == word("word_pdf_genuine")) == (tampering in HARMLESS)


def _saved_anew(pdf: bytes) -> bytes:
    anew = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        document.save(anew)
    return anew.getvalue()


def test_a_signature_by_another_key_of_the_same_name_is_not_ours(offline: Callable[..., Page]) -> None:
    _certificate, pdf = issued_paper()
    _key, impostors = demo.make_chain(2026)
    SigningKey.objects.filter(purpose=SigningKey.Purpose.PDF).update(chain=identity.chain_pem(impostors))
    assert read_pdf(offline(), pdf) == word("word_pdf_not-ours")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_has_no_accessibility_error(scheme: Any, offline: Callable[..., Page]) -> None:
    page = offline(color_scheme=scheme, bypass_csp=True)
    found = Axe().run(page).response["violations"]
    read_link(page, offline_code.url(printed(signatories=SIGNATORIES)))
    page.locator("#name").fill(NAME)
    page.locator("#name-form button").click()
    page.get_by_text(word("name_yes")).wait_for()
    found += Axe().run(page).response["violations"]
    read_link(page, offline_code.url(printed()) + "0")
    found += Axe().run(page).response["violations"]
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_language_can_be_changed_at_any_time(offline: Callable[..., Page]) -> None:
    page = offline(locale="en-US")
    assert page.get_by_role("heading", level=1).inner_text() == "Check a diploma without internet"
    read_link(page, "x")
    page.get_by_role("button", name="Español").click()
    assert state_of(page) == word("word_qr_no-token")
    assert page.evaluate("document.documentElement.lang") == "es"

"""Attendance cards at the door: typed where the browser reads no codes, else held before the camera."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.staff_phone import lay_ground
from tests.e2e.test_accessibility import faults_everywhere
from tests.house import House

pytestmark = [pytest.mark.browser, pytest.mark.processes]
Visit = Callable[..., Page]
CARDS = """
import json
from courses.attendance.models import ClassSession
from courses.cohorts.codes import attendance_code, display
from courses.cohorts.models import Enrolment
women = Enrolment.objects.for_register(ClassSession.objects.get(pk=%d).cohort)[:3]
print("MADE" + json.dumps([[display(attendance_code(woman)), woman.person.name] for woman in women]))
"""
NOTED = (
    "select p.name, r.status, r.how from courses_attendancerecord r "
    "join courses_enrolment e on e.id = r.enrolment_id join courses_person p on p.id = e.person_id "
    "where r.session_id = {} order by r.id"
)
# What a phone's own browser brings: a camera with a picture, and a reader that finds the card held before it.
DEVICE = """
window.held = null;
window.BarcodeDetector = class {
  static getSupportedFormats = async () => %s;
  detect = async () => (window.held ? [{ rawValue: window.held }] : []);
};
navigator.mediaDevices.getUserMedia = async () => {
  if (!%s) throw new DOMException("refused", "NotAllowedError");
  const canvas = document.createElement("canvas");
  canvas.getContext("2d").fillRect(0, 0, 8, 8);
  return canvas.captureStream();
};
"""


def cards_of(house: House, session: int) -> list[tuple[str, str]]:
    """Code as printed, and name, of the first three of the register."""
    said = house.manage("shell", "-c", CARDS % session)
    return [(code, name) for code, name in json.loads(said.rpartition("MADE")[2])]


def door(visit: Visit, session: int, *, reads: str = "", camera: bool = True) -> Page:
    """The page for cards; `reads`: what the browser's reader of codes says it knows, "" for no reader."""
    page = visit("formadora")
    if reads:
        page.add_init_script(DEVICE % (reads, str(camera).lower()))
    page.goto(f"/admin/register/{session}/scan/")
    return page


@pytest.mark.parametrize("reads", ["", '["ean_13"]'])
def test_without_a_reader_of_codes_the_code_of_the_card_is_typed(
    visit: Visit, house: House, reads: str
) -> None:
    number = 100 + len(reads)
    [session] = lay_ground(house, ("class", number, "Con tarjetas"))
    [(code, name), *_others] = cards_of(house, session)
    page = door(visit, session, reads=reads)
    assert page.evaluate("'BarcodeDetector' in window") is bool(reads)
    expect(page.locator("[data-camera-none]")).to_be_visible()
    expect(page.locator("[data-camera]")).to_be_hidden()
    assert faults_everywhere(page) == []
    field, said = page.locator("input[name=code]"), page.locator("[data-scan-said]")
    field.fill("no-es-un-código")
    field.press("Enter")
    expect(said).to_have_class(re.compile("is-bad"))
    assert house.ask(NOTED.format(session)) == []
    field.fill(code.lower().replace("-", " "))
    field.press("Enter")
    expect(said).to_contain_text(name)
    expect(page.locator("[data-scan-count]")).to_have_text("1")
    assert house.ask(NOTED.format(session)) == [(name, "present", "card")]


def test_a_card_before_the_camera_notes_its_owner_once(visit: Visit, house: House) -> None:
    [session] = lay_ground(house, ("class", 120, "Con cámara"))
    (first, one), (second, two), _third = cards_of(house, session)
    page = door(visit, session, reads='["qr_code"]')
    expect(page.locator("[data-camera-none]")).to_be_hidden()
    page.locator("[data-camera-start]").click()
    expect(page.locator("[data-camera-view]")).to_be_visible()
    assert faults_everywhere(page) == []
    said, count = page.locator("[data-scan-said]"), page.locator("[data-scan-count]")
    page.evaluate("code => (window.held = code)", first.replace("-", ""))
    expect(said).to_contain_text(one)
    page.evaluate("code => (window.held = code)", second.replace("-", ""))
    expect(said).to_contain_text(two)
    page.evaluate("code => (window.held = code)", first.replace("-", ""))
    expect(said).to_contain_text(one)
    expect(count).to_have_text("2")
    assert house.ask(NOTED.format(session)) == [(one, "present", "card"), (two, "present", "card")]
    page.evaluate("code => (window.held = code)", "https://example.org/otra-cosa")
    expect(said).to_have_class(re.compile("is-bad"))


def test_where_the_camera_is_refused_typing_goes_on(visit: Visit, house: House) -> None:
    [session] = lay_ground(house, ("class", 121, "Sin permiso"))
    [(code, name), *_others] = cards_of(house, session)
    page = door(visit, session, reads='["qr_code"]', camera=False)
    page.locator("[data-camera-start]").click()
    expect(page.locator("[data-scan-said]")).to_have_class(re.compile("is-bad"))
    page.locator("input[name=code]").fill(code)
    page.locator("input[name=code]").press("Enter")
    expect(page.locator("[data-scan-said]")).to_contain_text(name)
    assert house.ask(NOTED.format(session)) == [(name, "present", "card")]

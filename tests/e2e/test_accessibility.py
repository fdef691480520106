"""No accessibility error on any trainee or public page, on a small phone, in light and in dark."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize, expect

from tests.e2e import sheet
from tests.e2e.conftest import PHONE
from tests.house import House

pytestmark = [pytest.mark.browser, pytest.mark.processes]
Visit = Callable[..., Page]
PUBLIC = ["/", "/entrar/", "/entrar/equipo/", "/entrar/tarjeta/", "/v/", "/v/0000/", "/no-existe/", "/ayuda/"]
ZOOMED: ViewportSize = {"width": 320, "height": 500}  # a window of 640 by 1000 at 200 %
LAPTOP: ViewportSize = {"width": 1280, "height": 900}
OF_COLOURS = ["color-contrast", "link-in-text-block"]  # all that another scheme of colours may break
OF_ROOM = ["color-contrast", "scrollable-region-focusable", "target-size"]  # and another size of the page
LEARNER = [
    "/hoy/",
    "/curso/",
    "/curso/m1-l01/",
    "/curso/m3-l13/",
    "/curso/prueba/t-m1/",
    "/curso/prueba/t-m3/",
    "/curso/asistencia/",
    "/curso/diploma/",
    "/curso/compromiso/",
    "/curso/mis-datos/",
    "/mis-datos/",
    "/mis-datos/ver/attendance/",
    "/mis-datos/permisos/",
    "/mis-datos/permisos/study/",
    "/mis-datos/permisos/comprobante/",
    "/mis-datos/copia/",
    "/mis-datos/nombre/",
    "/mis-datos/salir/",
    "/mis-datos/borrar/",
    "/curso/buscar/",
    "/clave/",
    "/sesiones/",
]
DESK = [
    "/admin/",
    "/admin/care/",
    "/admin/lessons/",
    "/admin/opening/",
    "/admin/entrance/",
    "/admin/offline/",
    "/admin/school/{cohort}/",
    "/admin/school/{cohort}/people/",
    "/admin/school/{cohort}/rules/",
    "/admin/cohorts/{cohort}/joining/",
    "/admin/cohorts/{cohort}/waiting/",
    "/admin/lists/{cohort}/",
    "/admin/glance/{cohort}/exports/",
    "/admin/care/{cohort}/",
    "/admin/care/{cohort}/notices/",
    "/admin/care/{cohort}/make-ups/",
    "/admin/practicals/{cohort}/",
    "/admin/grading/{cohort}/t-m1/",
    "/admin/items/{cohort}/t-m1/",
    "/admin/register/{session}/",
    "/admin/register/{session}/sheet/",
    "/admin/register/{session}/history/",
    "/admin/reviews/",
    "/admin/reviews/{lesson}/",
    "/admin/reviews/{lesson}/decide/",
    "/admin/reviews/reach/{version}/",
    "/admin/languages/",
    "/admin/moving/",
    "/admin/moving/questions/",
    "/admin/snippets/courses/glossaryterm/",
    "/admin/snippets/courses/referralservice/",
]
# Not ours: the map beside Wagtail's editor, the picture of who has a page open; and that the panels of two
# blocks with the same content have the same name.
WAGTAILS: dict[str, Any] = {
    "context": {"exclude": [[".w-minimap"], [".w-editing-sessions"]]},
    "options": {"rules": {"landmark-unique": {"enabled": False}}},
}
EVERY_BLOCK = """
from courses.pages.models import LessonPage, ModulePage
from tests.factories.lessons import every_block, publish_lesson
print(publish_lesson(ModulePage.objects.filter(live=True)[0], every_block(), "m1-todo").pk)
"""
OLDER = """
from courses.cohorts.models import CohortContent
from courses.pages.actions import freeze
pin = CohortContent.objects.filter(kind="lesson", cohort__name__startswith="Generación B")[0]
facts = {"key": pin.key, "language": pin.version.language, "content": pin.version.content}
print(freeze(kind="lesson", title="Otro título", **facts).pk)
"""


def open_everything(page: Page) -> None:
    """Unfold what is folded, so that its inside is judged too."""
    page.evaluate("document.querySelectorAll('main details').forEach(part => part.open = true)")


STILL = """() => Promise.allSettled(document.getAnimations()
    .filter(one => Number.isFinite(one.effect?.getComputedTiming().endTime)).map(one => one.finished))"""

#: A header that stays above covers half a target at some places of any scrolled page: one scrolls on.
TO_THE_TOP = "scrollTo({top: 0, behavior: 'instant'})"


def faults(page: Page, rules: list[str] | None = None, **but: Any) -> list[str]:
    """Each accessibility error of the page as it stands, and whether it is wider than the screen.

    `rules` names the only ones that are asked; else the target size of WCAG 2.2 AA is one of them. `but` says
    what is not judged: axe's context and options.
    """
    open_everything(page)
    page.evaluate(TO_THE_TOP)
    page.evaluate(STILL)  # colours that are just changing from light to dark are nobody's
    options = {"runOnly": rules} if rules else {"rules": {"target-size": {"enabled": True}}}
    report: dict[str, list[dict[str, Any]]] = Axe().run(page, **{"options": options, **but}).response
    assert report["passes"], "axe judged nothing"
    found = [
        f"{page.url} {fault['id']}: {node['html'][:160]} {node.get('failureSummary', '')}"
        for fault in report["violations"]
        for node in fault["nodes"]
    ]
    width = page.evaluate("document.documentElement.scrollWidth")
    screen = page.viewport_size or {"width": 0}
    return [*found, *([f"{page.url} is {width} px wide"] if width > screen["width"] else [])]


def faults_everywhere(page: Page) -> list[str]:
    """The faults of the page as it stands, and those of its looks: dark, and zoomed to 200 per cent."""
    usual, found = page.viewport_size, faults(page)
    page.emulate_media(color_scheme="dark")
    found += faults(page, OF_COLOURS)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(ZOOMED)
    found += faults(page, OF_ROOM)
    page.set_viewport_size(usual or PHONE)
    return found


def judge(page: Page, addresses: list[str]) -> list[str]:
    """The faults of every address, in every look."""
    found = []
    for address in addresses:
        page.goto(address)
        found += faults_everywhere(page)
    return found


def test_public_pages_have_no_accessibility_error(visit: Visit, house: House) -> None:
    code = str(house.ask("select code from certificates_certificate order by folio limit 1")[0][0])
    assert judge(visit(), [*PUBLIC, f"/v/{code}/"]) == []


def test_pages_of_a_trainee_have_no_accessibility_error(visit: Visit) -> None:
    assert judge(visit("promotora"), LEARNER) == []


def test_pages_of_a_trainee_with_large_letters_have_no_accessibility_error(visit: Visit) -> None:
    page = visit("promotora")
    page.goto("/curso/m3-l13/")
    page.locator("[data-sizes] button[value=large]").click()
    page.locator("html.text-large").wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    found = []
    for address in LEARNER:
        page.goto(address)
        found += faults(page, OF_ROOM)
        assert page.locator("html.text-large").count() == 1
    assert found == []


def test_the_help_card_and_the_question_before_hiding_have_no_accessibility_error(visit: Visit) -> None:
    page = visit("promotora")
    page.clock.install()
    page.goto("/curso/m3-l13/")
    page.locator("[data-help]").click()
    page.locator("dialog.help-card").wait_for()
    found = faults(page)
    page.keyboard.press("Escape")
    page.clock.fast_forward("09:10")
    page.locator("dialog[data-lock]").wait_for()
    assert found + faults(page) == []


def test_nothing_moves_for_who_asked_for_less_motion(visit: Visit) -> None:
    page = visit("promotora")
    page.emulate_media(reduced_motion="reduce")
    for address in LEARNER:
        page.goto(address)
        assert page.evaluate("document.getAnimations().length") == 0
        assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_pages_of_a_graduate_have_no_accessibility_error(visit: Visit) -> None:
    assert judge(visit("egresada"), ["/hoy/", "/curso/", "/curso/asistencia/", "/curso/diploma/"]) == []


@pytest.fixture(scope="module")
def desk(house: House) -> list[str]:
    """The addresses of the desk; one cohort learns an older text of a lesson."""
    cohort, session = house.ask(
        "select s.cohort_id, s.id from courses_classsession s join courses_attendancerecord r "
        "on r.session_id = s.id order by s.starts_at desc limit 1"
    )[0]
    version = house.manage("shell", "-c", OLDER).split()[-1]
    [[lesson]] = house.ask("select min(page_ptr_id) from courses_lessonpage")
    there = {"cohort": cohort, "session": session, "lesson": lesson, "version": version}
    return [address.format(**there) for address in DESK]


def test_pages_of_the_desk_have_no_accessibility_error(visit: Visit, desk: list[str]) -> None:
    """On a phone and in the office, where it is judged in dark too."""
    page, found = visit("coordinadora"), []
    for address in desk:
        page.set_viewport_size(PHONE)
        page.goto(address)
        found += faults(page)
        page.set_viewport_size(LAPTOP)
        found += faults(page)
        page.emulate_media(color_scheme="dark")
        found += faults(page, OF_COLOURS)
        page.emulate_media(color_scheme="light")
    assert found == []


def test_the_editor_of_a_lesson_with_every_block_has_no_accessibility_error(
    visit: Visit, house: House
) -> None:
    lesson = house.manage("shell", "-c", EVERY_BLOCK).split()[-1]
    page = visit("formadora", LAPTOP)
    page.goto(f"/admin/pages/{lesson}/edit/")
    expect(page.locator("[data-contentpath=body] [data-streamfield-child]").last).to_be_visible()
    assert faults(page, **WAGTAILS) == []


def test_a_test_that_is_tried_and_its_result_have_no_accessibility_error(visit: Visit, house: House) -> None:
    [[quiz]] = house.ask("select id from courses_quiz where slug = 't-m3'")
    page = visit("formadora")
    page.goto(f"/admin/snippets/courses/quiz/edit/{quiz}/")
    page.locator("[data-side-panel-toggle=preview]").click()
    shown = page.locator("#w-preview-iframe").content_frame.locator(sheet.QUESTION).first
    shown.wait_for()
    page.goto(f"/admin/snippets/courses/quiz/preview/{quiz}/")
    found = faults_everywhere(page)
    for question in page.locator(sheet.QUESTION).all():
        sheet.answer(question)
    page.get_by_role("button", name="Ver cómo se califica").click()
    page.get_by_role("button", name="Probarla otra vez").wait_for()
    assert found + faults_everywhere(page) == []


def test_a_test_with_missing_answers_and_its_result_have_no_accessibility_error(visit: Visit) -> None:
    page = visit("promotora")
    page.goto("/curso/prueba/t-m4/")
    page.locator("main form button[value=all]").click()
    found = faults(page)
    hand_in = page.locator("main form button").last
    hand_in.click()
    assert page.locator("[role=alert]").count() == 1
    found += faults(page)
    for question in page.locator(sheet.QUESTION).all():
        sheet.answer(question)
    hand_in.click()
    page.locator(".ring").wait_for()  # the result
    assert found + faults(page) == []

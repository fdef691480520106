"""A module is written, stopped, mended, reviewed, learned; then what a running cohort learns is changed."""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, TimeoutError, ViewportSize, expect

from tests.e2e.authoring import Block, Chosen, Uploaded, act, comment, decide, name_page, reply, send, write
from tests.e2e.conftest import PHONE
from tests.e2e.phone import make_women
from tests.factories.decisions import scan
from tests.factories.lessons import CAPTIONS, photo
from tests.house import House

pytestmark = [pytest.mark.browser, pytest.mark.processes]
LAPTOP: ViewportSize = {"width": 1280, "height": 900}
Visit = Callable[..., Page]
MODULE, LESSON, TEST = "Cuidados en casa", "Escuchar en casa", "Prueba de casa"
SUBMIT, SUBMIT_AGAIN = "Enviar a Revisión antes de publicar", "Reenviar a Revisión clínica y legal"
APPROVE, RETURN = "Aprobar y Publicar", "Pedir cambios"
VIDEO = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"  # an empty one
PICTURE = 5  # its place in the lesson
RIGHT = {"text": "Escuchar", "is_correct": True, "feedback": "Eso es lo primero."}
WRONG = {"text": "Pedir detalles", "is_correct": False, "feedback": "Ella decide qué contar."}
QUESTION = {"question": "¿Qué ayuda?", "options": [RIGHT, WRONG]}
NEW_COHORT = """
from django.utils import timezone
from courses.cohorts.actions import enrol
from courses.cohorts.models import Cohort
from courses.people.models import Person
from courses.school.actions import open_school
made = Cohort.objects.get(name__startswith="Generación B")
made.pk, made.opened_at, made.rule_version, made.name = None, None, "", "Generación C"
made.save()
made = open_school(cohort=made, at=timezone.now())
enrol(person=Person.objects.create(name="Lucía"), cohort=made, starts_on=made.starts_on)
"""


def every_block(files: Path) -> list[Block]:
    """One block of each kind, as the menu of the editor calls it."""
    contents = {"jpg": photo(), "mp4": VIDEO, "vtt": CAPTIONS, "pdf": scan().read()}
    for kind, content in contents.items():
        (files / f"m6-l1.{kind}").write_bytes(content)
    choices = [
        {"text": "Escucho", "feedback": "Así empieza."},
        {"text": "Grabo", "feedback": "La pone en peligro.", "is_grave": True, "goes_to": "puerta"},
    ]
    return [
        Block("Subtítulo", "Para empezar"),
        Block("Texto", "Escuchar es cuidar. Ella decide qué contar."),
        Block("Mensaje clave", "Usted informa. Ella decide."),
        Block("Pasos", {"title": "Cómo se hace", "steps": ["Pregunte primero.", "Escuche."]}),
        Block(
            "Comparación",
            {
                "title": "¿Qué ayuda?",
                "columns": ["Ayuda", "Daña"],
                "rows": [{"label": "Palabras", "cells": ["Te creo", "¿Por qué?"]}],
            },
        ),
        Block("Imagen", {"image": Uploaded(files / "m6-l1.jpg", "Dos sillas"), "alt_text": ""}),
        Block("Audio", {"audio": Chosen("Escucha la lección 13"), "transcript": "Lo que se oye."}),
        Block(
            "Video",
            {
                "video": Uploaded(files / "m6-l1.mp4", "Video de casa"),
                "title": "Mire cómo",
                "captions": Uploaded(files / "m6-l1.vtt", "Subtítulos de casa"),
            },
        ),
        Block(
            "Documento", {"document": Uploaded(files / "m6-l1.pdf", "Hoja de casa"), "title": "Para imprimir"}
        ),
        Block(
            "Tarjetas para voltear", {"title": "¿Cierto?", "cards": [{"front": "Urge contar", "back": "No."}]}
        ),
        Block("Autoevaluación", QUESTION),
        Block(
            "Historia con decisiones",
            {
                "title": "Caso: la vecina",
                "story": "Una vecina toca de noche.",
                "steps": [{"name": "puerta", "text": "¿Qué hace primero?", "choices": choices}],
            },
        ),
        Block("Palabras explicadas", {"terms": [Chosen("Consentimiento")]}),
        Block("Dónde pedir ayuda", {"service": Chosen("Línea de las Mujeres")}),
        Block(
            "Aviso de contenido",
            {
                "about": "Habla de violencia.",
                "instead": "Nunca es su culpa.",
                "body": [Block("Texto", "Lo difícil.")],
            },
        ),
    ]


def write_module(trainer: Page) -> None:
    """From the course to a module that waits for its review."""
    trainer.get_by_role("link", name="Añadir página hija", exact=True).click()
    name_page(trainer, MODULE)
    write(trainer, "neutral_title", MODULE)
    send(trainer, SUBMIT)


def write_lesson(trainer: Page, files: Path) -> None:
    """From the module to a lesson that waits for its review; it is stopped once."""
    trainer.get_by_role("link", name=f"Añadir página hija a '{MODULE}'").click()
    name_page(trainer, LESSON)
    write(trainer, "body", every_block(files))
    act(trainer, SUBMIT)
    trainer.get_by_text("Ir al primer error").click()
    block = trainer.locator(
        "[data-streamfield-child]", has=trainer.locator(f'[name="body-{PICTURE}-value-alt_text"]')
    )
    expect(block.locator(".error-message")).to_contain_text("texto alternativo")
    expect(block).to_be_in_viewport()
    expect(trainer.locator(".error-message")).to_have_count(1)
    write(trainer, f"body-{PICTURE}-value-alt_text", "Dos sillas, una frente a otra")
    send(trainer, SUBMIT)


def write_test(trainer: Page, house: House) -> None:
    """A test of the module, tried before it is saved: nothing of the trial is kept."""
    attempts = house.ask("select count(*) from courses_attempt")
    trainer.goto("/admin/snippets/courses/quiz/add/")
    write(trainer, "module", Chosen(MODULE, is_looked_for=True))
    write(trainer, "title", TEST)
    write(trainer, "slug", "t-m6")
    write(trainer, "questions", [Block("Una respuesta", QUESTION)])
    trainer.locator("[data-side-panel-toggle=preview]").click()
    trial = trainer.frame_locator("#w-preview-iframe")
    graded = trial.get_by_text("1 de 1 correctas")
    for _time in range(4):  # the preview draws itself anew while she answers: then she answers again
        trial.get_by_text(str(RIGHT["text"]), exact=True).click()
        trial.get_by_role("button", name="Ver cómo se califica").click()
        with suppress(TimeoutError):
            graded.wait_for(timeout=15_000)
            break
    expect(graded).to_be_visible()
    trainer.get_by_role("button", name="Guardar").click()
    trainer.wait_for_url(re.compile(r"/quiz/(\?|$)"))
    assert house.ask("select count(*) from courses_attempt") == attempts


def open_from_desk(page: Page, title: str) -> None:
    """From what waits for her on her first page to the editor."""
    page.goto("/admin/")
    page.get_by_role("link", name=title).first.click()
    page.wait_for_url("**/edit/")


def test_a_module_with_every_block_is_written_reviewed_and_learned(
    visit: Visit, house: House, browser: Browser, tmp_path: Path
) -> None:
    trainer, reviewer = visit("formadora", LAPTOP), visit("revisora", LAPTOP)
    [[course]] = house.ask("select min(page_ptr_id) from courses_coursepage")
    trainer.goto(f"/admin/pages/{course}/")
    write_module(trainer)
    write_lesson(trainer, tmp_path)
    write_test(trainer, house)

    open_from_desk(reviewer, LESSON)
    comment(reviewer, "body-2-value", "¿Y si no quiere contar?")
    decide(reviewer, RETURN, "Falta decir que puede callar.")
    expect(reviewer.locator(".messages .error")).to_have_count(0)

    open_from_desk(trainer, LESSON)
    expect(trainer.locator(".pm-found")).to_contain_text("Falta decir que puede callar.")
    reply(trainer, "¿Y si no quiere contar?", "Lo agregué.")
    write(trainer, "body-2-value", "Usted informa. Ella decide, también si calla.")
    send(trainer, SUBMIT_AGAIN)

    open_from_desk(reviewer, LESSON)
    reviewer.locator("[data-side-panel-toggle=comments]").click()
    expect(reviewer.locator(".comment")).to_contain_text("Lo agregué.")
    decide(reviewer, APPROVE)
    open_from_desk(reviewer, MODULE)
    decide(reviewer, APPROVE)

    [woman] = make_women(house, 1, "Generación C", NEW_COHORT)
    hers = browser.new_context(base_url=house.url, locale="es-MX", viewport=PHONE)
    hers.add_cookies([{"name": "sessionid", "value": woman.session, "url": house.url}])
    page = hers.new_page()
    page.goto("/curso/")
    expect(page.get_by_role("heading", name=MODULE)).to_be_visible()
    expect(page.get_by_role("link", name=TEST)).to_be_visible()
    page.get_by_role("link", name=LESSON).click()
    expect(page.locator("[data-block]")).to_have_count(14)  # the narration stands above
    expect(page.locator("main")).to_contain_text("Ella decide, también si calla.")
    expect(page.get_by_text("Todavía sin revisar")).to_have_count(0)
    hers.close()


def change(trainer: Page, lesson: int, words: str, reach: str, *, is_to_be_read_again: bool = False) -> None:
    """A trainer changes the first sentence of a lesson, says whom it reaches, and submits it."""
    trainer.goto(f"/admin/pages/{lesson}/edit/")
    write(trainer, "body-0-value", words)
    trainer.get_by_role("tab", name="Vigencia y cambios").click()
    trainer.locator(f"[name=reach][value={reach}]").check()
    write(trainer, "needs_rereading", is_to_be_read_again)
    send(trainer, SUBMIT)


def approve(reviewer: Page, lesson: int) -> None:
    """A reviewer approves the lesson."""
    reviewer.goto(f"/admin/pages/{lesson}/edit/")
    decide(reviewer, APPROVE)


def shares(page: Page) -> list[tuple[int, int]]:
    """Every «3 de 18» and every bar of what she sees of her progress."""
    found = []
    for address in ("/hoy/", "/curso/"):
        page.goto(address)
        said = re.findall(r"(\d+) de (\d+)", page.locator("main").inner_text())
        found += [(int(part), int(whole)) for part, whole in said]
        bars = page.locator("progress").evaluate_all(
            "all => all.map(one => [one.getAttribute('value'), one.max])"
        )
        found += [(int(part), int(whole)) for part, whole in bars]
    return found


def test_a_running_cohort_keeps_its_text_until_its_author_gives_it_the_new_one(
    visit: Visit, house: House
) -> None:
    woman, trainer, reviewer = visit("promotora"), visit("formadora", LAPTOP), visit("revisora", LAPTOP)
    [[found]] = house.ask(
        "select p.id from wagtailcore_page p join wagtailcore_locale l on l.id = p.locale_id "
        "where p.slug = 'm1-l01' and l.language_code = 'es'"
    )
    lesson = int(str(found))
    before = shares(woman)
    assert before
    assert [share for share in before if share[0] > share[1]] == []
    woman.goto("/curso/m1-l01/")
    first, news = woman.locator("[data-block]").first, woman.get_by_text("Aquí hay algo nuevo")
    read = first.inner_text()

    change(trainer, lesson, "Para quienes vienen.", "later")
    approve(reviewer, lesson)
    woman.reload()
    expect(first).to_have_text(read, use_inner_text=True)
    expect(news).to_have_count(0)

    change(trainer, lesson, "Para todas, desde hoy.", "running", is_to_be_read_again=True)
    approve(reviewer, lesson)
    woman.reload()
    expect(first).to_contain_text("Para todas, desde hoy.")
    expect(news).to_be_visible()
    expect(woman.locator(".chip--ok")).to_have_text("Terminada")
    assert shares(woman) == before
    woman.goto("/curso/m1-l01/")
    woman.get_by_role("button", name="Ya leí lo nuevo").click()
    expect(news).to_have_count(0)
    assert shares(woman) == before

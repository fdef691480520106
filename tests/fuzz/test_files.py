"""Files that were good once, and files that never were: lists, packages, pictures, papers, questions."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from courses.cohorts.models import Cohort
from courses.errors import Refused
from courses.imports.actions import look_at_list
from courses.moving import work
from courses.moving.actions import bring_in
from courses.moving.models import CourseMove
from tests.courses.moving.conftest import packed
from tests.factories.courses import OPENED
from tests.factories.papers import issued_paper
from tests.fuzz.conftest import bad_inputs
from tests.fuzz.hostile import damaged
from tests.fuzz.watching import Asked, ask, forgotten

pytestmark = pytest.mark.django_db
LIST = "Nombre;Idioma;Nombre legal\nAna María;es;\nXóchitl;ht;=1+1\n".encode("latin-1")


def workbook() -> bytes:
    """A list of people as a spreadsheet."""
    book = openpyxl.Workbook()
    book.active.append(["Nombre", "Idioma"])
    book.active.append(["Ana", "es"])
    told = io.BytesIO()
    book.save(told)
    return told.getvalue()


def picture(kind: str) -> bytes:
    """A small picture of this format."""
    told = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(told, kind)
    return told.getvalue()


def each_of(good: list[bytes], parts: int, act: Callable[[bytes], None]) -> None:
    """`act` with damaged copies of good files."""

    @bad_inputs("files", parts)
    @given(raw=st.sampled_from(good).flatmap(damaged))
    def each(raw: bytes) -> None:
        act(raw)

    each()


def test_no_list_of_people_breaks_its_reader(cohort: Cohort, coordinator: Any) -> None:
    def look(raw: bytes) -> None:
        Asked.one("files")
        with forgotten() as writes:
            try:
                look_at_list(cohort=cohort, raw=raw, by=coordinator, at=OPENED)
            except Refused:
                assert writes.tables == set()

    each_of([LIST, workbook()], 5, look)


def test_no_package_of_a_course_breaks_its_reader(cohort: Cohort, coordinator: Any) -> None:
    def bring(raw: bytes) -> None:
        Asked.one("files")
        with forgotten() as writes:
            try:
                move: CourseMove = bring_in(package=io.BytesIO(raw), by=coordinator, at=OPENED)
            except Refused:
                assert writes.tables == set()
                return
            work.carry(move.pk)
            move.refresh_from_db()
            assert move.state in {"checked", "refused"}, move.state
            assert writes.tables <= {"courses_coursemove", "courses_trailentry"}

    each_of([packed(cohort.course)], 5, bring)


def test_no_picture_document_or_sound_breaks_the_library(client: Client, trainer: Any) -> None:
    client.force_login(trainer)
    names = ["a.png", "a.jpg", "a.webp", "a.pdf", "a.docx", "a.mp3", "a.svg", "../a.png", "a"]
    doors = [("wagtailimages:add", "file"), ("wagtaildocs:add", "file")]
    # Made once: a workbook has its moment in it, and what Hypothesis draws from must not change.
    good = [picture("PNG"), picture("JPEG"), picture("WEBP"), b"%PDF-1.7\n%%EOF", workbook()]

    @bad_inputs("files", 5)
    @given(data=st.data(), name=st.sampled_from(names), door=st.sampled_from(doors))
    def each(data: Any, name: str, door: tuple[str, str]) -> None:
        raw = data.draw(st.sampled_from(good).flatmap(damaged))
        sent = {"title": "x", "collection": "1", door[1]: SimpleUploadedFile(name, raw)}
        ask(client, "post", reverse(door[0]), kind="files", data=sent)

    each()


def test_no_paper_breaks_verification(school: None) -> None:
    _certificate, pdf = issued_paper()

    def drop(raw: bytes) -> None:
        address = reverse("certificates:verify_file_api")
        answer = ask(Client(), "post", address, kind="files", data=raw, content_type="application/pdf")
        told = answer.json()
        assert not told.get("is_our_file") or raw == pdf

    each_of([pdf], 5, drop)


def test_no_file_of_questions_breaks_its_reader(client: Client, coordinator: Any) -> None:
    client.force_login(coordinator)
    item = b"""<?xml version="1.0"?><qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
    identifier="a" title="A"><qti-item-body><p>?</p></qti-item-body></qti-assessment-item>"""

    def give(raw: bytes) -> None:
        sent = {"title": "Banco", "file": SimpleUploadedFile("a.xml", raw)}
        ask(client, "post", reverse("moving:questions"), kind="files", data=sent)

    each_of([item, workbook()], 5, give)

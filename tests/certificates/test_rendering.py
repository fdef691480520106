"""Diplomas as real PDFs, read back: words, structure, pictures."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from pypdf import PdfReader
from pyzbar import pyzbar

from certificates import fonts, payload, rendering
from tests.factories.certificates import facts

LONG_NAME = "María de los Ángeles Guadalupe Hernández-Montoya y Villavicencio de la Cruz"
LONG_TITLE = (
    "Diplomado en Promoción Comunitaria de la Salud, Prevención de la Violencia, Derechos Humanos "
    "y Acompañamiento Intercultural de Personas en Movilidad"
)


def pages(content: bytes) -> list[str]:
    """The text of every page, without line breaks."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


def picture(content: bytes, page: int = 0, scale: float = 2) -> Any:
    """A page as people see it."""
    return pypdfium2.PdfDocument(content)[page].render(scale=scale).to_pil().convert("RGB")


@pytest.fixture(scope="module")
def plain() -> bytes:
    return rendering.render(facts()).content


@pytest.fixture(scope="module")
def demo() -> bytes:
    return rendering.render(facts(is_demo=True, recognition=None, ally=None)).content


def test_a_diploma_has_two_pages_of_letter_in_landscape(plain: bytes) -> None:
    document = PdfReader(io.BytesIO(plain))
    assert [(page.mediabox.width, page.mediabox.height) for page in document.pages] == [(792, 612)] * 2


def test_every_fact_is_printed(plain: bytes) -> None:
    front, back = pages(plain)
    told = facts()
    for text in (
        told["name"],
        told["title"],
        told["issuer"],
        "con el acompañamiento de la Red ficticia de Salud Comunitaria",
        "con el reconocimiento de la Secretaría de Salud del Estado de Ejemplo",
        "(oficio núm. SSE/DES/0417/2026, noviembre de 2026)",
        "con duración de 120 horas, impartido de agosto a octubre de 2026",
        "Expedido en noviembre de 2026",
        "EPS-2026-0001",
        "150T-042K-0KYP-SY9E",
        "no constituye título ni cédula profesional",
        "Firma electrónica de la emisora",
        "Firma electrónica de la autoridad",
    ):
        assert text in front, text
    for module in told["modules"]:
        assert f"{module['title']} {module['duration']} acreditado" in back
    assert "Total 120 horas" in back
    assert "Credencial digital y registro público" in back


def test_without_recognition_no_line_and_no_place_for_the_authority(demo: bytes) -> None:
    for page in pages(demo):
        assert "reconocimiento" not in page
        assert "autoridad" not in page


def test_a_demonstration_says_so_on_both_pages_and_a_diploma_does_not(plain: bytes, demo: bytes) -> None:
    assert all("DEMOSTRACIÓN. Documento de demostración, sin validez." in page for page in pages(demo))
    assert not any("DEMOSTRACIÓN" in page for page in pages(plain))


@pytest.mark.parametrize("is_demo", [False, True])
def test_the_qr_code_on_the_printed_page_opens_verification(is_demo: bool) -> None:
    content = rendering.render(facts(is_demo=is_demo, name=LONG_NAME)).content
    (found,) = pyzbar.decode(picture(content))
    assert found.data.decode() == "https://verifica.example/v/150T042K0KYPSY9E/"


def test_the_file_is_tagged_in_its_language_with_a_title(plain: bytes) -> None:
    with pikepdf.open(io.BytesIO(plain)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "es"
        assert document.Root.ViewerPreferences.DisplayDocTitle
        tags = {str(item.S) for item in document.objects if "/S" in _keys(item) and "/P" in _keys(item)}
        assert {"/Document", "/H1", "/H2", "/P", "/Table", "/TH", "/TD", "/L", "/Figure"} <= tags
        figures = [item for item in document.objects if "/Alt" in _keys(item)]
        assert [str(figure.Alt) for figure in figures] == [facts()["words"]["qr"]]
        with document.open_metadata() as metadata:
            assert metadata["dc:title"] == "Diploma EPS-2026-0001"
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
            assert metadata["pdfuaid:part"] == "1"


def _keys(item: Any) -> set[str]:
    return set(item.keys()) if isinstance(item, pikepdf.Dictionary) else set()


def test_the_name_stands_on_the_paper_but_not_in_the_metadata(plain: bytes) -> None:
    with pikepdf.open(io.BytesIO(plain)) as document:
        assert facts()["name"].encode() not in document.Root.Metadata.read_bytes()
        assert facts()["name"] not in " ".join(str(value) for value in document.docinfo.values())


def test_every_font_is_embedded_and_is_one_of_ours(plain: bytes) -> None:
    with pikepdf.open(io.BytesIO(plain)) as document:
        described = [item for item in document.objects if "/FontFile2" in _keys(item)]
        names = {str(item.FontName).split("+")[1] for item in described}
    assert len(names) == len(fonts.FACES)
    assert all(name.startswith("Diploma") for name in names)


def test_the_drawings_are_an_artifact_under_the_text(plain: bytes) -> None:
    with pikepdf.open(io.BytesIO(plain)) as document:
        for page in document.pages:
            assert page.Contents[0].read_bytes().startswith(b"/Artifact BMC")
    assert picture(plain).getpixel((2 * 57, 2 * 320)) != (255, 255, 255)  # the rebozo on the left


def test_the_same_facts_give_the_same_bytes_in_another_process(plain: bytes) -> None:
    assert rendering.render(facts()).content == plain
    program = (
        "import django, sys; django.setup()\n"
        "from certificates import rendering; from tests.factories.certificates import facts\n"
        "sys.stdout.write(rendering.render(facts()).sha256)"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "DJANGO_SETTINGS_MODULE": "cms.settings.test"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == rendering.Rendered(plain).sha256


@pytest.mark.parametrize(
    "name", [LONG_NAME, "Wilhelmina Maximiliana " * 5 + "Wong", "Ñ" * 40, "Mmmm Wwww " * 11]
)
def test_a_long_name_is_printed_whole_inside_its_page(name: str) -> None:
    content = rendering.render(facts(name=name)).content
    front, back = pages(content)
    assert "".join(name.split()) in "".join(front.split())
    assert "Expedido" in front
    assert "Contenido acreditado" in back
    assert _is_clear(content, 0, (126, 440, 420, 470))  # above the places for signatures


def test_the_longest_facts_of_all_leave_the_foot_free() -> None:
    longest = facts(
        is_demo=True,
        name="Wilhelmina Maximiliana " * 5 + "Wong",
        title=LONG_TITLE,
        issuer="Asociación Civil Comunitaria para la Formación de Promotoras de Salud y la Defensa "
        "del Derecho a la Salud en la Región Fronteriza del Sur de la Entidad, Asociación Civil",
        ally="Organización Internacional de Médicas y Médicos por el Derecho a la Salud de las Personas",
        recognition=payload.RecognitionFacts(
            "Secretaría de Salud y Dirección General del Instituto de Salud del Estado Libre y Soberano",
            "SSE/DGIS/SUBS/DES/DCE/0004170/2026-BIS",
            date(2026, 11, 2),
        ),
        modules=[payload.ModuleFacts(f"{number} {LONG_TITLE[:90]}", 600) for number in range(12)],
    )
    content = rendering.render(longest).content
    assert len(pages(content)) == 2
    assert _is_clear(content, 0, (126, 420, 420, 460))
    assert _is_clear(content, 1, (126, 422, 420, 438))


def _is_clear(content: bytes, page: int, area: tuple[int, int, int, int]) -> bool:
    """No dark ink in an area (points from the upper left corner); the pale drawings do not count."""
    part = picture(content, page).crop(tuple(2 * edge for edge in area)).convert("L")
    return part.getextrema()[0] > 150


@pytest.mark.parametrize(
    "name",
    ["Ünal Çağrı", "Āltamīrano", "Nguyễn Thị Mỹ Hạnh", "Ju꞉a Ꞌayuuk", "Łucja Śliwińska", "Ирина Петрова"],
)
def test_names_of_many_languages_can_be_printed(name: str) -> None:
    assert fonts.missing(name) == []
    assert name in pages(rendering.render(facts(name=name)).content)[0]


@pytest.mark.parametrize(("name", "character"), [("李娜", "李"), ("Ana 😀", "😀"), ("أمينة", "أ")])
def test_a_missing_glyph_is_an_error_and_never_a_box(name: str, character: str) -> None:
    with pytest.raises(rendering.MissingGlyph) as error:
        rendering.render(facts(name=name))
    assert character in error.value.characters


@pytest.fixture
def without_libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine without Pango: WeasyPrint fails as it really does there, when it is imported."""
    broken = tmp_path / "weasyprint"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise OSError(\"cannot load library 'libgobject-2.0-0'\")")
    for name in [name for name in sys.modules if name.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path)
    rendering.press.cache_clear()
    yield
    rendering.press.cache_clear()


def test_without_the_libraries_the_error_says_what_to_type(without_libraries: None) -> None:
    with pytest.raises(rendering.LibrariesMissing, match=r"apt-get install -y libpangoft2|brew install"):
        rendering.render(facts())

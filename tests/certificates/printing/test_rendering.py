"""Diplomas as real PDFs, read back: words, structure, pictures."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from pypdf import PdfReader
from pyzbar import pyzbar

from certificates.printing import archival, fonts, rendering
from tests.certificates.printing.paper import (
    CREDENTIAL,
    LONG_NAME,
    OFFLINE,
    is_clear,
    keys,
    longest,
    pages,
    picture,
    render,
)
from tests.factories.certificates import facts

QR = [pyzbar.ZBarSymbol.QRCODE]


@pytest.fixture(scope="module")
def plain() -> bytes:
    return render(facts()).content


@pytest.fixture(scope="module")
def demo() -> bytes:
    return render(facts(is_demo=True, recognition=None, ally=None)).content


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
        "Firma de la autoridad",
        "Libro 2026, foja 1",
    ):
        assert text in front, text
    for module in told["modules"]:
        assert f"{module['title']} {module['duration']} acreditado" in back
    assert "Total 120 horas" in back
    assert "Para verificar sin internet" in back


def test_without_recognition_no_line_and_no_place_for_the_authority(demo: bytes) -> None:
    for page in pages(demo):
        assert "reconocimiento" not in page
        assert "autoridad" not in page


def test_a_demonstration_says_so_on_both_pages_and_a_diploma_does_not(plain: bytes, demo: bytes) -> None:
    assert all("DEMOSTRACIÓN. Documento de demostración, sin validez." in page for page in pages(demo))
    assert not any("DEMOSTRACIÓN" in page for page in pages(plain))


@pytest.mark.parametrize("is_demo", [False, True])
def test_the_qr_code_on_the_printed_page_opens_verification(is_demo: bool) -> None:
    content = render(facts(is_demo=is_demo, name=LONG_NAME)).content
    (found,) = pyzbar.decode(picture(content), QR)
    assert found.data.decode() == "https://verifica.example/v/150T042K0KYPSY9E/"


@pytest.mark.parametrize("scale", [2, 3])
def test_the_large_code_on_the_back_holds_the_signed_facts_and_is_large_enough(scale: float) -> None:
    assert len(OFFLINE) > 680
    (found,) = pyzbar.decode(picture(render(facts()).content, page=1, scale=scale), QR)
    assert found.data.decode() == OFFLINE
    millimetres = found.rect.width / scale / 72 * 25.4
    assert millimetres >= 50


def test_a_stained_or_torn_code_is_still_read() -> None:
    page = picture(render(facts()).content, page=1)
    (found,) = pyzbar.decode(page, QR)
    left, top, width, height = found.rect
    stain = Image.new("RGB", (width // 5, height // 5), "#6b4a2b")
    page.paste(stain, (left + width // 2, top + height // 2))
    assert [one.data.decode() for one in pyzbar.decode(page, QR)] == [OFFLINE]


def test_without_signed_facts_the_back_says_nothing_of_them() -> None:
    content = render(facts(), offline_url="").content
    assert "sin internet" not in pages(content)[1]
    assert pyzbar.decode(picture(content, page=1), QR) == []


def test_the_credential_travels_inside_as_its_source(plain: bytes) -> None:
    with pikepdf.open(io.BytesIO(plain)) as document:
        attached = document.attachments["credential.json"].obj
        (named,) = document.Root.AF
        assert named.objgen == attached.objgen
        assert str(attached.AFRelationship) == "/Source"
        assert str(attached.EF.F.Subtype) == "/application/json"
        assert str(attached.EF.F.Params.ModDate) == "D:20261101000000Z"
        assert attached.EF.F.read_bytes() == CREDENTIAL


def test_the_file_is_tagged_in_its_language_with_a_title(plain: bytes) -> None:
    with pikepdf.open(io.BytesIO(plain)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "es"
        assert document.Root.ViewerPreferences.DisplayDocTitle
        tags = {str(item.S) for item in document.objects if "/S" in keys(item) and "/P" in keys(item)}
        assert {"/Document", "/H1", "/H2", "/P", "/Table", "/TH", "/TD", "/L", "/Figure"} <= tags
        figures = [item for item in document.objects if "/Alt" in keys(item)]
        words = facts()["words"]
        assert [str(figure.Alt) for figure in figures] == [words["qr"], words["offline_qr"]]
        with document.open_metadata() as metadata:
            assert metadata["dc:title"] == "Diploma EPS-2026-0001"
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
            assert metadata["pdfuaid:part"] == "1"


def test_the_name_stands_on_the_paper_but_not_in_the_metadata(plain: bytes) -> None:
    with pikepdf.open(io.BytesIO(plain)) as document:
        assert facts()["name"].encode() not in document.Root.Metadata.read_bytes()
        assert facts()["name"] not in " ".join(str(value) for value in document.docinfo.values())


def test_every_font_is_embedded_and_is_one_of_ours(plain: bytes) -> None:
    with pikepdf.open(io.BytesIO(plain)) as document:
        described = [item for item in document.objects if "/FontFile2" in keys(item)]
        names = {str(item.FontName).split("+")[1] for item in described}
    assert len(names) == len(fonts.FACES)
    assert all(name.startswith("Diploma") for name in names)


def test_the_drawings_are_an_artifact_under_the_text(plain: bytes) -> None:
    with pikepdf.open(io.BytesIO(plain)) as document:
        for page in document.pages:
            assert page.Contents[0].read_bytes().startswith(b"/Artifact BMC")
    assert picture(plain).getpixel((2 * 57, 2 * 320)) != (255, 255, 255)  # the rebozo on the left


def test_the_same_facts_give_the_same_bytes_in_another_process(plain: bytes) -> None:
    assert render(facts()).content == plain
    program = (
        "import django, sys; django.setup()\n"
        "from tests.certificates.printing.paper import facts, render\n"
        "sys.stdout.write(render(facts()).sha256)"
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
    content = render(facts(name=name)).content
    front, back = pages(content)
    assert "".join(name.split()) in "".join(front.split())
    assert "Expedido" in front
    assert "Contenido acreditado" in back
    assert is_clear(content, 0, (126, 440, 420, 470))  # above the places for signatures


def test_the_longest_facts_of_all_leave_the_foot_free() -> None:
    content = render(longest()).content
    assert len(pages(content)) == 2
    assert is_clear(content, 0, (126, 420, 420, 460))
    assert is_clear(content, 1, (126, 385, 420, 398))


@pytest.mark.parametrize(
    "name",
    ["Ünal Çağrı", "Āltamīrano", "Nguyễn Thị Mỹ Hạnh", "Ju꞉a Ꞌayuuk", "Łucja Śliwińska", "Ирина Петрова"],
)
def test_names_of_many_languages_can_be_printed(name: str) -> None:
    assert fonts.missing(name) == []
    assert name in pages(render(facts(name=name)).content)[0]


@pytest.mark.parametrize(("name", "character"), [("李娜", "李"), ("Ana 😀", "😀"), ("أمينة", "أ")])
def test_a_missing_glyph_is_an_error_and_never_a_box(name: str, character: str) -> None:
    with pytest.raises(rendering.MissingGlyph) as error:
        render(facts(name=name))
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
    archival.forget_press()
    yield
    archival.forget_press()


def test_without_the_libraries_the_error_says_what_to_type(without_libraries: None) -> None:
    with pytest.raises(rendering.LibrariesMissing, match=r"apt-get install -y libpangoft2|brew install"):
        render(facts())

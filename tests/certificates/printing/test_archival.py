"""What every printed document has in common, whoever writes it."""

import http.server
import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.template.loader import render_to_string
from pypdf import PdfReader

from certificates.printing import archival, font_folders, pictures, rendering
from tests.factories.certificates import facts

AT = datetime(2026, 11, 5, 18, tzinfo=UTC)
PAGE = """<!doctype html><html lang="es"><head><meta charset="utf-8"><title>Un acta</title></head>
<body><h1>Acta de evaluación</h1><p>%s</p><ol><li>Uno</li></ol></body></html>"""


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A stylesheet of nobody's."""
    file = tmp_path / "acta.css"
    file.write_text('body { font: 12pt "Diploma Serif" } img { width: 40mm; height: 40mm }')
    return file


def written(sheet: Path, body: str = "Texto", **options: Any) -> bytes:
    return archival.archival_pdf(PAGE % body, sheet, identifier=b"0" * 32, **options)


def test_a_document_claims_both_standards_and_has_language_title_and_tags(sheet: Path) -> None:
    with pikepdf.open(io.BytesIO(written(sheet))) as document:
        assert str(document.Root.Lang) == "es"
        assert document.Root.MarkInfo.Marked
        with document.open_metadata() as metadata:
            assert metadata["dc:title"] == "Un acta"
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
            assert metadata["pdfuaid:part"] == "1"


def test_attachments_travel_inside_each_named_once(sheet: Path) -> None:
    given = [archival.Attached(f"{name}.json", name.encode(), AT, "Data") for name in ("uno", "dos")]
    content = written(sheet, attachments=given)
    assert content == written(sheet, attachments=given)
    with pikepdf.open(io.BytesIO(content)) as document:
        assert {name: file.get_file().read_bytes() for name, file in document.attachments.items()} == {
            "uno.json": b"uno",
            "dos.json": b"dos",
        }
        assert [str(file.AFRelationship) for file in document.Root.AF] == ["/Data", "/Data"]


def test_a_picture_of_ours_is_shown_by_its_name(sheet: Path) -> None:
    code = pictures.qr("qr:x", "https://verifica.example/")
    content = written(sheet, '<img src="qr:x" alt="Código">', pictures=[code])
    (image,) = PdfReader(io.BytesIO(content)).pages[0].images
    assert image.image is not None
    assert image.image.size == (code.width, code.height)


@pytest.mark.parametrize("character", ["李", "😀", "\u202e", "\u200b"])
def test_a_letter_without_a_glyph_is_an_error_wherever_it_stands(sheet: Path, character: str) -> None:
    with pytest.raises(archival.MissingGlyph) as error:
        written(sheet, f"Nombre {character}")
    assert character in error.value.characters


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """(Address of a server, what it was asked for)."""
    paths: list[str] = []

    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_error(404)

        def log_message(self, *_args: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()


def test_nothing_is_fetched_from_the_network_or_read_from_the_machine(
    sheet: Path, asked: tuple[str, list[str]], tmp_path: Path
) -> None:
    address, paths = asked
    secret = tmp_path / "secret.css"
    secret.write_text("body::before { content: 'SECRETO' }")
    body = f'<img src="{address}/x.png" alt=""><link rel="stylesheet" href="{address}/x.css">'
    content = written(sheet, f'{body}<link rel="stylesheet" href="{secret.as_uri()}">')
    assert paths == []
    assert "SECRETO" not in PdfReader(io.BytesIO(content)).pages[0].extract_text()


def test_leaving_out_weasyprints_foot_notes_changes_no_byte() -> None:
    shown = rendering.context(facts(), {}, has_offline=False) | {"density": "even", "rows": "roomy"}
    markup = render_to_string("certificates/diploma.html", shown).replace("qr:verify", "")
    press = archival.press()

    def drawn(parser: Any) -> bytes:
        page = parser(string=markup).render(
            font_config=press.font_config, stylesheets=[archival.STYLESHEETS / rendering.STYLESHEET]
        )
        return bytes(page.write_pdf(pdf_variant="pdf/a-3a", pdf_identifier=b"0" * 32))

    assert drawn(press.page) == drawn(press.weasyprint.HTML)


@pytest.mark.processes
def test_the_next_worker_removes_the_fonts_of_a_killed_one_and_no_others(
    tmp_path: Path,
) -> None:
    program = (
        "import django, sys; django.setup()\n"
        "from certificates.printing import archival\n"
        "archival.press(); print('ready', flush=True); sys.stdin.read()"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "cms.settings.test"}

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", program],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    def folders() -> set[Path]:
        return set(tmp_path.glob(f"{font_folders.PREFIX}*"))

    killed, alive = start(), start()
    try:
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        left = folders()
        assert len(left) == 2
        last = start()
        assert len(folders()) == 2
        assert len(folders() & left) == 1
        last.communicate()
        alive.communicate()
        assert folders() == set()
    finally:
        for process in (killed, alive):
            process.kill()
            process.wait()

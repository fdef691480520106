"""The sealed stream: what was written comes back, and anything else is told."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cms.backup.sealed import HEADER, PIECE, TAG, BadArchive, Reader, Writer
from cms.process.options import ROOT

SCRIPT = ROOT / "cms/backup/opening.py"
WORDS = "una frase que nadie adivina"


def sealed(plain: bytes, words: str = WORDS) -> bytes:
    target = io.BytesIO()
    writer = Writer(target, words)
    for start in range(0, len(plain), 50_000):
        writer.write(plain[start : start + 50_000])
    writer.close()
    return target.getvalue()


def opened(content: bytes, words: str = WORDS) -> bytes:
    return Reader(io.BytesIO(content), words).read()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 200_001])
def test_what_was_written_comes_back(size: int) -> None:
    plain = os.urandom(size)
    content = sealed(plain)
    assert opened(content) == plain
    assert size < 16 or plain not in content


def test_it_is_read_in_any_portions() -> None:
    plain = os.urandom(2 * PIECE + 7)
    reader, taken = Reader(io.BytesIO(sealed(plain)), WORDS), b""
    while some := reader.read(10_007):
        taken += some
    assert taken == plain


@pytest.mark.parametrize("at", [8, 12, 30, HEADER, HEADER + 10, HEADER + PIECE + TAG + 5, -1])
def test_a_flipped_bit_is_told(at: int) -> None:
    content = bytearray(sealed(b"x" * (2 * PIECE)))
    content[at] ^= 1
    with pytest.raises(BadArchive):
        opened(bytes(content))


@pytest.mark.parametrize(
    "length", [0, 5, HEADER, HEADER + 1, HEADER + PIECE + TAG, HEADER + PIECE + TAG + 9, -1]
)
def test_a_file_that_was_cut_off_is_told(length: int) -> None:
    with pytest.raises(BadArchive):
        opened(sealed(b"x" * (2 * PIECE + 5))[:length])


def test_pieces_cannot_be_swapped_repeated_or_added() -> None:
    content = sealed(b"x" * PIECE + b"y" * PIECE + b"z")
    header, step = content[:HEADER], PIECE + TAG
    one, two, rest = (content[HEADER + n * step : HEADER + (n + 1) * step] for n in range(3))
    for other in (two + one + rest, one + one + rest, one + rest, one + two + rest + rest):
        with pytest.raises(BadArchive):
            opened(header + other)


def test_the_wrong_passphrase_is_told_and_a_short_one_refused() -> None:
    with pytest.raises(BadArchive):
        opened(sealed(b"text"), "otra frase cualquiera")
    with pytest.raises(BadArchive):
        Writer(io.BytesIO(), "corta")


@pytest.mark.parametrize("begin", [b"", b"PK\x03\x04", b"SEALED2\n" + bytes(40), b"SEALED1\n" + b"\xff" * 40])
def test_what_is_no_backup_or_of_a_newer_version_is_told_before_any_work(begin: bytes) -> None:
    with pytest.raises(BadArchive):
        opened(begin)


def test_the_script_of_the_documents_opens_it_without_promotora(tmp_path: Path) -> None:
    plain = os.urandom(2 * PIECE + 11)
    (tmp_path / "a.sealed").write_bytes(sealed(plain))

    def run(words: str, target: str) -> int:
        command = [sys.executable, "-I", str(SCRIPT), str(tmp_path / "a.sealed"), str(tmp_path / target)]
        return subprocess.run(command, input=words + "\n", capture_output=True, text=True).returncode

    assert run(WORDS, "opened") == 0
    assert (tmp_path / "opened").read_bytes() == plain
    assert run("otra frase cualquiera", "wrong") != 0


def test_the_documents_show_that_very_script() -> None:
    page = ROOT / "docs" / "backup.md"
    assert SCRIPT.read_text() in page.read_text()

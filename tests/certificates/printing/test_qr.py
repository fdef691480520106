"""QR codes: the same modules as segno makes, and read by a reader that knows neither."""

import random

import pytest
import segno
from PIL import Image
from pyzbar import pyzbar

from certificates.printing import qr

ADDRESS = "https://verifica.example/v/150T042K0KYPSY9E/"
LETTERS = "abcdefghijklmnopqrstuvwxyz/:-"
SIGNED = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*+-./:"


def _read(size: int, modules: bytes) -> list[str]:
    """What ZBar reads from the modules drawn large on white."""
    code = Image.frombytes("L", (size, size), bytes(255 * (1 - module) for module in modules))
    paper = Image.new("L", (size + 8, size + 8), 255)
    paper.paste(code, (4, 4))
    large = paper.resize((5 * (size + 8),) * 2, Image.Resampling.NEAREST)
    return [found.data.decode() for found in pyzbar.decode(large, [pyzbar.ZBarSymbol.QRCODE])]


@pytest.mark.parametrize("level", ["l", "m"])
@pytest.mark.parametrize("version", range(1, 41))
def test_a_full_code_of_every_size_has_the_modules_of_segno(version: int, level: str) -> None:
    """Full, because where there is padding segno 1.6 begins it with a byte of zeros."""
    room = qr._form(version, level).data_words - (2 if version < 10 else 3)
    text = "".join(random.Random(version).choices(LETTERS, k=room))
    expected = segno.make(
        text.encode(), version=version, error=level, mode="byte", mask=qr.MASK, boost_error=False, micro=False
    )
    size, modules = qr.matrix(text, level)
    assert size == len(expected.matrix)
    assert modules == b"".join(map(bytes, expected.matrix))


@pytest.mark.parametrize("level", ["l", "m"])
@pytest.mark.parametrize("length", [1, 2, 13, 14, 15, 50, 107, 230, 271, 640, 641, 1500])
def test_a_code_of_any_length_is_read_back(length: int, level: str) -> None:
    text = "".join(random.Random(length).choices(LETTERS, k=length))
    assert _read(*qr.matrix(text, level)) == [text]


@pytest.mark.parametrize("length", [1, 2, 501, 620, 755])
def test_signed_facts_behind_the_number_sign_are_packed_tighter_and_read_back(length: int) -> None:
    text = f"{ADDRESS}#{''.join(random.Random(length).choices(SIGNED, k=length))}"
    size, modules = qr.matrix(text, "l")
    assert _read(size, modules) == [text]
    assert size <= qr.matrix(text.lower(), "l")[0]


def test_the_longest_offline_address_is_a_drawing_of_93_modules() -> None:
    assert qr.matrix(f"{ADDRESS}#{'Z' * (800 - len(ADDRESS) - 1)}", "l")[0] <= 93


def test_a_text_that_no_code_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        qr.matrix("a" * 3000, "l")

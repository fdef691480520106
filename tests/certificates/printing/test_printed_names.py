"""The name on the paper is the name in the payload, judged by looking.

The words inside a PDF can be right while what is printed is wrong: with a font split by script, WeasyPrint
prints «Āltamīrano» as «Âltam rano», and its text says otherwise.

Every name is laid over a drawing of the same letters that FreeType and HarfBuzz made straight from the font
file; the Spanish ones are read by Tesseract as well.
"""

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, features

from certificates.designs.actions import CLASSIC
from certificates.printing import art, fonts, rendering
from tests.factories.certificates import facts

SCALE = 4  # pixels for a point: 288 dots per inch
DARK = 120  # the drawings under the text are paler
ALLOWED = 3  # pixels by which two rasterisers may place an edge differently
WRONG = 0.01  # the share of a patch that lies on no letter of the other; right names have 0, measured
PATCH = 0.3  # its edge, in em: about an accent

SPANISH = [
    "María Guadalupe Hernández Ruiz",
    "Ñusta Peña Muñoz",
    "José Ángel Íñiguez Ávila",
    "Lucía de los Santos Pérez",
    "Araceli Xóchitl Domínguez",
    "Yolanda Zúñiga Quiñónez",
    "María de los Ángeles Guadalupe Hernández-Montoya y Villavicencio de la Cruz",
    "Ana Sofía Echeverría del Castillo y Rodríguez de la Peña Fernández",
    "Jiménez Gutiérrez Rocío",
]
# (name, the same with one letter changed): the second must be told from the first.
HARD = [
    ("Concepción Güemes Argüello", "Concepción Guemes Argüello"),  # Tesseract takes every ü for a u
    ("Āltamīrano", "Āltamirano"),
    ("Nguyễn Thị Mỹ Hạnh", "Nguyên Thị Mỹ Hạnh"),
    ("Đặng Thuỳ Trâm", "Đăng Thuỳ Trâm"),
    ("Juana Ꞌayuuk Kꞌulub", "Juana Ꞌayuuk Kulub"),
    ("Ünal Çağrı Şahin", "Ünal Çagrı Şahin"),
    ("Łucja Śliwińska", "Łucja Śliwinska"),
    ("Ирина Петрова", "Йрина Петрова"),
    ("Ελένη Παπαδοπούλου", "Ελένη Παπαδοπουλου"),
    ("Ḥasan ʿAbd al-Raḥmān", "Hasan ʿAbd al-Raḥmān"),
    (
        "Wilhelmina Jürgensmeyer-Großmann von und zu Müllerthal-Öhringen der Jüngeren",
        "Wilhelmina Jürgensmeyer-Grobmann von und zu Müllerthal-Öhringen der Jüngeren",
    ),
]


def test_there_are_twenty_names() -> None:
    assert len({*SPANISH, *(name for name, _ in HARD)}) == 20


@cache
def printed(name: str) -> tuple[Image.Image, int, tuple[str, ...]]:
    """The name as it is on the front, its size in points and its lines; found by the rule drawn under it."""
    content = rendering.render(facts(name=name), design=CLASSIC, credential=b"{}").content
    page = pypdfium2.PdfDocument(content)[0].render(scale=SCALE).to_pil().convert("RGB")
    number, lines = rendering.fitting(name, rendering.NAME_SIZES)
    size = rendering.NAME_SIZES[number - 1][0]
    under = _rule(page)
    top = under - (6 + 1.14 * size * len(lines) + 0.16 * size) * SCALE
    return page.crop((145 * SCALE, int(top), 735 * SCALE, under - 2)), size, tuple(lines)


def _rule(page: Image.Image) -> int:
    """Where the golden rule under the name begins."""
    gold = tuple(int(art.CLASSIC.line[start : start + 2], 16) for start in (1, 3, 5))
    for y in range(page.height // 5, page.height):
        row = page.crop((200 * SCALE, y, 300 * SCALE, y + 1)).resize((1, 1), Image.Resampling.BOX)
        found = row.getpixel((0, 0))
        assert isinstance(found, tuple)
        if sum(abs(one - other) for one, other in zip(found, gold, strict=True)) < 40:
            return y
    raise AssertionError("There is no rule under the name.")


def drawn(lines: tuple[str, ...], size: int) -> Image.Image:
    """The same lines, one under the other, straight from the font file."""
    file = fonts.FOLDER / fonts.FACES[fonts.DISPLAY]
    face = ImageFont.truetype(str(file), size * SCALE, layout_engine=ImageFont.Layout.RAQM)
    paper = Image.new("L", (620 * SCALE, round(size * SCALE * (1.14 * len(lines) + 1))))
    pen = ImageDraw.Draw(paper)
    for number, line in enumerate(lines):
        baseline = size * SCALE * (1 + 1.14 * number)
        pen.text((paper.width / 2, baseline), line, font=face, fill=255, anchor="ms")
    return paper.point(lambda value: 255 if value > 128 else 0)


def difference(found: Image.Image, expected: Image.Image, size: int) -> float:
    """How much ink of either lies on none of the other, in the patch where it is most (0 to 1)."""
    ink = found.convert("L").point(lambda value: 255 if value < DARK else 0)
    first, second = (image.crop(image.getbbox()) for image in (ink, expected))
    width, height = (max(pair) + 40 for pair in zip(first.size, second.size, strict=True))
    one, other = Image.new("L", (width, height)), Image.new("L", (width, height))
    one.paste(first, (20, 20))
    other.paste(second, (20, 20))
    worst = 0.0
    for ours, theirs in ((one, other), (other, one)):
        near = theirs.filter(ImageFilter.MaxFilter(2 * ALLOWED + 1))
        patches = ImageChops.subtract(ours, near).filter(ImageFilter.BoxBlur(size * SCALE * PATCH / 2))
        most = patches.getextrema()[1]
        assert isinstance(most, int | float)
        worst = max(worst, most / 255)
    return worst


def _like(lines: tuple[str, ...], text: str) -> tuple[str, ...]:
    """`text` broken where `lines` are."""
    words = iter(text.split())
    return tuple(" ".join(next(words) for _ in line.split()) for line in lines)


needs_raqm = pytest.mark.skipif(not features.check("raqm"), reason="Pillow without Raqm cannot shape text")


@needs_raqm
@pytest.mark.parametrize("name", [*SPANISH, *(name for name, _ in HARD)])
def test_the_printed_name_lies_on_the_letters_of_the_font(name: str) -> None:
    found, size, lines = printed(name)
    assert " ".join(lines) == name
    assert difference(found, drawn(lines, size), size) < WRONG


@needs_raqm
@pytest.mark.parametrize(("name", "wrong"), HARD)
def test_one_wrong_letter_would_be_noticed(name: str, wrong: str) -> None:
    found, size, lines = printed(name)
    assert difference(found, drawn(_like(lines, wrong), size), size) > WRONG


@needs_raqm
@pytest.mark.parametrize("name", SPANISH)
def test_a_lost_accent_would_be_noticed(name: str) -> None:
    found, size, lines = printed(name)
    bare = name.translate(str.maketrans("áéíóúüñÁÍÑ", "aeiouunAIN"))
    assert bare != name
    assert difference(found, drawn(_like(lines, bare), size), size) > WRONG


@pytest.mark.parametrize("name", SPANISH)
def test_a_reader_of_spanish_reads_the_name(name: str, tmp_path: Path) -> None:
    if shutil.which("tesseract") is None or "spa" not in _languages():
        pytest.skip("tesseract with Spanish is missing (apt-get install tesseract-ocr-spa)")
    found, _size, _lines = printed(name)
    found.convert("L").point(lambda value: 0 if value < DARK else 255).save(
        tmp_path / "name.png", dpi=(288, 288)
    )
    command = ["tesseract", str(tmp_path / "name.png"), "-", "-l", "spa", "--psm", "6"]
    read = subprocess.run(command, capture_output=True, text=True, check=True, env={"OMP_THREAD_LIMIT": "1"})
    assert " ".join(read.stdout.split()) == name


@cache
def _languages() -> list[str]:
    done = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=False)
    return done.stdout.split()

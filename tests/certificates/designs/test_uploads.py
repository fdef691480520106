"""Pictures come in from anywhere; what is kept are their points."""

import io
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from certificates.designs import uploads


def drawn(kind: str = "PNG", size: tuple[int, int] = (400, 200), mode: str = "RGB", **options: Any) -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, "#a05").save(written, kind, **options)
    return written.getvalue()


def taken(content: bytes) -> uploads.Redrawn:
    return uploads.redraw(io.BytesIO(content))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_of_any_kind_becomes_a_png_of_the_same_shape(kind: str) -> None:
    kept = taken(drawn(kind))
    assert (kept.width, kept.height) == (400, 200)
    with Image.open(io.BytesIO(kept.png)) as image:
        assert (image.format, image.size) == ("PNG", (400, 200))


def test_a_large_one_becomes_as_small_as_paper_needs() -> None:
    kept = taken(drawn(size=(3000, 1500)))
    assert (kept.width, kept.height) == (uploads.MAX_EDGE, uploads.MAX_EDGE // 2)


def test_nothing_that_the_file_carried_is_kept() -> None:
    said = PngInfo()
    said.add_text("Author", "Persona Secreta")
    exif = Image.Exif()
    exif[0x010E] = "Lugar secreto"
    for content in (drawn(pnginfo=said), drawn("JPEG", exif=exif), drawn() + b"<script>secreto</script>"):
        kept = taken(content).png
        assert b"ecret" not in kept
        assert {chunk for chunk in (b"tEXt", b"eXIf", b"iTXt") if chunk in kept} == set()


def test_a_photograph_lying_on_its_side_is_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert taken(drawn("JPEG", exif=exif)).height == 400


def test_what_was_transparent_stays_so_and_the_same_picture_has_one_name() -> None:
    kept = taken(drawn(mode="RGBA"))
    assert kept.sha256 == taken(drawn(mode="RGBA", compress_level=0)).sha256
    clear = io.BytesIO()
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(clear, "PNG")
    with Image.open(io.BytesIO(taken(clear.getvalue()).png)) as image:
        assert image.convert("RGBA").getchannel("A").getextrema() == (0, 0)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a",
        drawn()[:100],
        drawn("GIF"),
        drawn("BMP"),
    ],
)
def test_what_is_no_picture_of_ours_is_refused(content: bytes) -> None:
    with pytest.raises(uploads.NotAPicture):
        taken(content)


def test_too_many_bytes_or_points_are_refused_before_they_are_read() -> None:
    with pytest.raises(uploads.TooLarge):
        taken(drawn() + b"\0" * uploads.MAX_BYTES)
    with pytest.raises(uploads.TooLarge):
        taken(drawn(size=(5001, 4000), mode="1"))


def test_one_that_would_be_a_blur_is_refused() -> None:
    with pytest.raises(uploads.TooSmall):
        taken(drawn(size=(59, 20)))

"""Pictures of a package: those of our library pass, whatever tells more than it shows is refused."""

import io
import zlib
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from courses.moving.plain import is_plain
from courses.pages.pictures import FORMATS, redrawn

PLACE = Image.Exif()
PLACE[0x8825] = {1: "N", 2: (14.9, 0.0, 0.0)}  # GPS
NOTE = PngImagePlugin.PngInfo()
NOTE.add_text("Comment", "casa de Lucía")
TELLING: dict[str, dict[str, Any]] = {
    "jpg": {"exif": PLACE},
    "jpeg": {"comment": b"casa"},
    "png": {"pnginfo": NOTE},
    "webp": {"exif": PLACE},
    "avif": {"exif": PLACE},
}


def picture(extension: str, **told: Any) -> bytes:
    """One with many colours, so that its points hold every byte."""
    image = Image.effect_noise((97, 61), 90).convert("RGB")
    target = io.BytesIO()
    image.save(target, FORMATS[extension], **told)
    return target.getvalue()


@pytest.mark.parametrize("extension", FORMATS)
def test_what_our_library_drew_is_plain(extension: str) -> None:
    assert is_plain(extension, redrawn(picture(extension, **TELLING[extension]), extension))


@pytest.mark.parametrize("mode", ["L", "P", "1", "RGBA"])
def test_so_is_a_picture_of_other_colours(mode: str) -> None:
    target = io.BytesIO()
    Image.new(mode, (9, 9)).save(target, "PNG")
    assert is_plain("png", redrawn(target.getvalue(), "png"))


@pytest.mark.parametrize("options", [{"progressive": True}, {"optimize": True}, {"restart_marker_rows": 1}])
def test_so_is_a_jpeg_in_many_scans(options: dict[str, Any]) -> None:
    assert is_plain("jpg", picture("jpg", **options))


@pytest.mark.parametrize("extension", FORMATS)
def test_a_place_or_a_comment_in_it_is_more(extension: str) -> None:
    assert not is_plain(extension, picture(extension, **TELLING[extension]))


@pytest.mark.parametrize("extension", FORMATS)
def test_something_after_its_end_is_more(extension: str) -> None:
    plain = redrawn(picture(extension), extension)
    for more in (b"\0", b"<script>x</script>", b"PK\3\4", b"\0\0\0\x10uuid" + bytes(8)):
        assert not is_plain(extension, plain + more)


def png_with(name: bytes, data: bytes) -> bytes:
    """A PNG of ours with one chunk more, before its end or in its place."""
    whole = redrawn(picture("png"), "png")
    chunk = len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)
    return whole[:-12] + chunk + (b"" if name == b"IEND" else whole[-12:])


def jpeg_with(kind: int, data: bytes) -> bytes:
    """A JPEG of ours with one segment more at its beginning."""
    whole = redrawn(picture("jpg"), "jpg")
    return whole[:2] + bytes([0xFF, kind]) + (len(data) + 2).to_bytes(2) + data + whole[2:]


@pytest.mark.parametrize(
    ("extension", "content"),
    [
        ("png", png_with(b"sBIT", b"casa de Luna")),
        ("png", png_with(b"IEND", b"casa de Luna")),
        ("jpg", jpeg_with(0xEE, b"Adobe casa de Luna")),
        ("jpg", jpeg_with(0xE0, b"JFIF\0" + bytes(9) + b"a small picture")),
        ("avif", redrawn(picture("avif"), "avif") + b"\0\0\0\x14freecasa de Luna"),
    ],
    ids=["sBIT", "IEND", "Adobe", "thumbnail", "free"],
)
def test_words_in_a_part_that_may_be_there_are_more(extension: str, content: bytes) -> None:
    with suppress(ValueError):
        assert not is_plain(extension, content)


@pytest.mark.parametrize("extension", FORMATS)
def test_a_picture_that_is_cut_is_never_plain(extension: str) -> None:
    whole = redrawn(picture(extension), extension)

    @given(end=st.integers(12, len(whole) - 1))
    def cut(end: int) -> None:
        with suppress(ValueError):  # said so
            assert not is_plain(extension, whole[:end])

    cut()


@pytest.mark.parametrize("extension", FORMATS)
def test_nor_is_one_that_is_cut_between_two_of_its_parts(extension: str) -> None:
    """Where a walk over parts ends well, though the points are missing."""
    whole = redrawn(picture(extension), extension)
    for end in range(12, min(len(whole), 4096)):
        with suppress(ValueError):
            assert not is_plain(extension, whole[:end]), end

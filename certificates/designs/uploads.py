"""Pictures for designs as they come in: checked by content and size, drawn anew without metadata."""

import hashlib
import io
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

FORMATS = ("PNG", "JPEG", "WEBP")
MAX_BYTES = 3 * 1024 * 1024
MAX_PIXELS = 5000 * 4000
MIN_EDGE, MAX_EDGE = 60, 700  # pixels; the widest place on a diploma is 154 points: 327 dots per inch


class NotAPicture(ValueError):
    """The file is not a picture of a kind that we take, or is broken."""


class TooLarge(ValueError):
    """More bytes or pixels than we take."""


class TooSmall(ValueError):
    """It would be printed as a blur."""


@dataclass(frozen=True)
class Redrawn:
    """A picture of ours: a PNG with nothing in it but its points, named by its content."""

    png: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        """What it is found by."""
        return hashlib.sha256(self.png).hexdigest()


def redraw(file: BinaryIO) -> Redrawn:
    """The picture in `file`, smaller if it is large, as a PNG without metadata.

    Raises `NotAPicture`, `TooLarge` or `TooSmall`.
    """
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise TooLarge
    whole = _opened(content)
    if max(whole.size) < MIN_EDGE:
        raise TooSmall
    whole.thumbnail((MAX_EDGE, MAX_EDGE), Image.Resampling.LANCZOS)
    blank = Image.new("RGBA", whole.size)
    blank.paste(whole)
    written = io.BytesIO()
    blank.save(written, "PNG", optimize=True)
    return Redrawn(written.getvalue(), *whole.size)


def _opened(content: bytes) -> Image.Image:
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint turns it on for the whole process
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            is_too_large = image.width * image.height > MAX_PIXELS
            whole = None if is_too_large else ImageOps.exif_transpose(image).convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise NotAPicture from error
    if whole is None:
        raise TooLarge
    return whole

"""Pictures as PDF wants them, prepared once: QR codes module by module, logos and drawn signatures.

WeasyPrint decodes and encodes a picture anew for every document; these are ready compressed and take its
place in the cache of pictures, by their name (`qr:…`, `picture:…`) as the address in the HTML.
"""

import io
import zlib
from dataclasses import dataclass
from typing import Any

import pydyf
from PIL import Image

from certificates.printing.qr import matrix

QUIET = 4  # modules of white around a QR code (ISO/IEC 18004, 6.3.8)
DIGITS = bytes.maketrans(b"\x00\x01", b"01")


@dataclass(frozen=True)
class Picture:
    """A picture for a PDF: samples compressed with zlib, and its mask (how opaque each point is) if any."""

    name: str
    width: int
    height: int
    samples: bytes
    bits: int = 8
    colours: str = "/DeviceGray"
    mask: bytes | None = None

    # --- what WeasyPrint asks of a picture in its cache (weasyprint/images.py, RasterImage) ---
    @property
    def id(self) -> str:
        """Under which name the PDF keeps it."""
        return self.name.replace(":", "-")

    @property
    def ratio(self) -> float:
        """Width by height."""
        return self.width / self.height

    def get_intrinsic_size(self, resolution: float, _font_size: float) -> tuple[float, float, float]:
        """Its size before the stylesheet says another one."""
        return self.width / resolution, self.height / resolution, self.ratio

    def draw(self, stream: Any, width: float, height: float, _style: Any) -> None:
        """Put it into the box at hand."""
        name = stream.add_image(self, self.bits > 1, 1)
        stream.transform(width, 0, 0, -height, 0, height)
        stream.draw_x_object(name)

    def get_x_object(self, interpolate: bool, _dpi_ratio: float) -> Any:
        """The PDF object; a new one each time, because documents number their own."""
        drawn = self._stream(self.samples, self.colours, self.bits, interpolate)
        if self.mask is not None:
            drawn.extra["SMask"] = self._stream(self.mask, "/DeviceGray", 8, interpolate)
        return drawn

    def _stream(self, samples: bytes, colours: str, bits: int, interpolate: bool) -> Any:
        return pydyf.Stream(
            [samples],
            {
                "Type": "/XObject",
                "Subtype": "/Image",
                "Width": self.width,
                "Height": self.height,
                "ColorSpace": colours,
                "BitsPerComponent": bits,
                "Interpolate": "true" if interpolate else "false",
                "Filter": "/FlateDecode",
            },
        )


def from_png(name: str, png: bytes) -> Picture:
    """A PNG of ours (certificates/designs/uploads.py) as a picture named `name`."""
    with Image.open(io.BytesIO(png)) as image:
        whole = image.convert("RGBA")
    alpha = whole.getchannel("A")
    is_opaque = alpha.getextrema() == (255, 255)
    return Picture(
        name=name,
        width=whole.width,
        height=whole.height,
        samples=zlib.compress(whole.convert("RGB").tobytes(), 9),
        colours="/DeviceRGB",
        mask=None if is_opaque else zlib.compress(alpha.tobytes(), 9),
    )


def qr(name: str, text: str, *, level: str = "m") -> Picture:
    """The QR code of `text` with its quiet zone, one bit a module. Raises ValueError when it is too long."""
    size, modules = matrix(text, level)
    edge = size + 2 * QUIET
    stride = -(-edge // 8)
    blank = b"\xff" * stride
    shift = stride * 8 - QUIET - size  # white to the right of the modules, to a whole byte
    margin = (1 << (stride * 8)) - 1
    lines = [
        (margin ^ (int(modules[start : start + size].translate(DIGITS), 2) << shift)).to_bytes(stride, "big")
        for start in range(0, size * size, size)
    ]
    rows = [blank] * QUIET + lines + [blank] * QUIET
    return Picture(name, edge, edge, zlib.compress(b"".join(rows)), bits=1)

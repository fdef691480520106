"""Diplomas made for tests, and what people and programs see of them."""

import io
import random
from collections.abc import Sequence
from datetime import date
from typing import Any

import pikepdf
import pypdfium2
from PIL import Image, ImageDraw
from pypdf import PdfReader

from certificates import payload
from certificates.designs.actions import CLASSIC
from certificates.printing import pictures, rendering
from tests.factories.certificates import facts

LONG_NAME = "María de los Ángeles Guadalupe Hernández-Montoya y Villavicencio de la Cruz"
LONG_TITLE = (
    "Diplomado en Promoción Comunitaria de la Salud, Prevención de la Violencia, Derechos Humanos "
    "y Acompañamiento Intercultural de Personas en Movilidad"
)
CREDENTIAL = b'{"type":["VerifiableCredential","OpenBadgeCredential"]}'
SIGNED = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*+-./:"
OFFLINE = "https://verifica.example/v/150T042K0KYPSY9E/#1" + "".join(random.Random(1).choices(SIGNED, k=640))


def render(told: dict[str, Any], **changes: Any) -> rendering.Rendered:
    """The diploma of these facts in the classic design."""
    given = {"design": CLASSIC, "credential": CREDENTIAL, "offline_url": OFFLINE}
    return rendering.render(told, **{**given, **changes})


def pages(content: bytes) -> list[str]:
    """The text of every page, without line breaks."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


def lines(content: bytes, page: int = 0) -> list[str]:
    """The text of a page line by line."""
    return PdfReader(io.BytesIO(content)).pages[page].extract_text().splitlines()


def picture(content: bytes, page: int = 0, scale: float = 2) -> Any:
    """A page as people see it."""
    return pypdfium2.PdfDocument(content)[page].render(scale=scale).to_pil().convert("RGB")


def keys(item: Any) -> set[str]:
    return set(item.keys()) if isinstance(item, pikepdf.Dictionary) else set()


def is_clear(content: bytes, page: int, area: tuple[int, int, int, int]) -> bool:
    """No dark ink in an area (points from the upper left corner); the pale drawings do not count."""
    part = picture(content, page).crop(tuple(2 * edge for edge in area)).convert("L")
    return part.getextrema()[0] > 150


def longest(signatories: Sequence[payload.Signatory] = ()) -> dict[str, Any]:
    """As many letters as anybody may write, everywhere."""
    return facts(
        signatories=signatories,
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


SIGNATORIES = [
    payload.Signatory("Dra. María de los Ángeles Hernández-Montoya", "Directora de Educación en Salud"),
    payload.Signatory("Ana López", "Coordinadora"),
    payload.Signatory("Mtro. José Villavicencio de la Cruz", "Presidente de la asociación"),
]
COLOURED = {"logo": "#0a7a3c", "drawing": "#1b2a6b", "seal": "#a33030"}


def picture_of(colour: str, size: tuple[int, int]) -> pictures.Picture:
    """A filled ellipse on nothing."""
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((2, 2, size[0] - 2, size[1] - 2), fill=colour)
    written = io.BytesIO()
    image.save(written, "PNG")
    return pictures.from_png(f"picture:{colour}", written.getvalue())


def full_design(layout: str) -> dict[str, Any]:
    """Four logos, three who sign, a seal."""
    sizes = {"logo": (300, 150), "drawing": (400, 140), "seal": (200, 200)}
    return {
        "layout": layout,
        "logos": [{"sha256": COLOURED["logo"], "alt": f"Logotipo {n}"} for n in range(4)],
        "signatories": [{"drawing": COLOURED["drawing"]} for _ in SIGNATORIES],
        "seal": {"sha256": COLOURED["seal"], "alt": "Sello"},
        "pictures": {colour: picture_of(colour, sizes[what]) for what, colour in COLOURED.items()},
    }

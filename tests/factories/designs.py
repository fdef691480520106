"""Designs as somebody writes and publishes them."""

import io
from typing import Any

from PIL import Image, ImageDraw

from certificates.designs.actions import keep_picture
from certificates.designs.models import (
    Design,
    DesignLogo,
    DesignPicture,
    DesignSignatory,
    DesignText,
    DesignVersion,
)


def picture(name: str, colour: str = "#a02050", size: tuple[int, int] = (300, 150)) -> DesignPicture:
    """A picture, uploaded and kept."""
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((4, 4, size[0] - 4, size[1] - 4), fill=colour)
    written = io.BytesIO()
    image.save(written, "PNG")
    written.seek(0)
    return keep_picture(name=name, file=written)


def design(
    *, logos: int = 0, signatories: int = 0, has_seal: bool = False, text: Any = None, **changes: Any
) -> Design:
    """A design that is written and not published, with that many logos and people who sign."""
    made = Design(**{"name": "Diseño de la escuela", "is_default": True, "live": False, **changes})
    made.logos = [
        DesignLogo(picture=picture(f"Logotipo {n}", f"#{n + 1}02050"), sort_order=n) for n in range(logos)
    ]
    signature = picture("Firma") if signatories else None
    made.signatories = [
        DesignSignatory(name=f"Firmante Número {n}", post=f"Cargo {n}", drawing=signature, sort_order=n)
        for n in range(signatories)
    ]
    if has_seal:
        made.seal = picture("Sello", "#303080", (200, 200))
    if text is not None:
        made.texts = [DesignText(language="es", **text)]
    made.save()
    return made


def published(by: Any = None, **changes: Any) -> DesignVersion:
    """The version that publishing such a design froze."""
    made = design(**changes)
    made.save_revision(user=by).publish(user=by, skip_permission_checks=True)
    version: DesignVersion = DesignVersion.objects.get(design=made.pk)
    return version

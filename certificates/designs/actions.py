"""Which design new awards take, what it prints, and what it looks like to the printer."""

from typing import Any, BinaryIO

from django.db.models import F, Q
from django.utils import timezone

from certificates import payload
from certificates.designs import uploads
from certificates.designs.models import DesignPicture, DesignVersion, digest_of, pictures_of

# What the program brings along: the classic layout in its own colours, the usual words.
CLASSIC = {"layout": "classic"}


def current_version(organisation: str | None = None, kind: str = "diploma") -> DesignVersion:
    """The version that a new award takes whose shown issuer is called `organisation`.

    Of the designs in use for this kind: one of that organisation before one for every issuer, the one
    published last before others; without any, what the program brings along. A design of another
    organisation is never taken: its logos would tell what the holder chose not to show.
    """
    of_anyone, of_this = Q(design__organisation=None), Q(design__organisation__name=organisation)
    version = (
        DesignVersion.objects.filter(of_anyone | of_this if organisation else of_anyone)
        .filter(design__live=True, design__is_default=True, design__kind=kind)
        .order_by(F("design__organisation").desc(nulls_last=True), "-made_at", "-pk")
        .first()
    )
    return version or _built_in()


def _built_in() -> DesignVersion:
    version, _made = DesignVersion.objects.get_or_create(
        digest=digest_of(CLASSIC),
        number=DesignVersion.BUILT_IN,
        defaults={"content": CLASSIC, "made_at": timezone.now()},
    )
    return version


def printed(version: DesignVersion, language: str) -> tuple[list[payload.Signatory], dict[str, str]]:
    """(Who signs, the sentences in `language` with their variables): what an award freezes of its design."""
    signatories = [
        payload.Signatory(one["name"], one["post"]) for one in version.content.get("signatories", [])
    ]
    return signatories, version.content.get("texts", {}).get(language, {})


def drawable(version: DesignVersion) -> dict[str, Any]:
    """What `rendering.render` takes as `design`: the content and its pictures, from memory when known."""
    return {**version.content, "pictures": pictures_of(version.content)}


def keep_picture(*, name: str, file: BinaryIO) -> DesignPicture:
    """The picture in `file`, drawn anew; the one we have if its points are the same.

    Raises `uploads.NotAPicture`, `uploads.TooLarge` or `uploads.TooSmall`.
    """
    redrawn = uploads.redraw(file)
    picture, _made = DesignPicture.objects.get_or_create(
        sha256=redrawn.sha256,
        defaults={"name": name, "png": redrawn.png, "width": redrawn.width, "height": redrawn.height},
    )
    return picture

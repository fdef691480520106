"""What the demo's lessons are made of: files and shared words of cms/home/demo/, put into the library."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.core.files.base import ContentFile
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Locale
from wagtailmedia.models import get_media_model

from courses.pages.library import GlossaryTerm, ReferralService

FOLDER = Path(__file__).resolve().parents[1] / "demo"


@cache
def read(name: str) -> Any:
    """One YAML file of the demo."""
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def ensure_shared() -> None:
    """The words and services that the lessons share; only what is missing is made."""
    for entry in _listed("glossary.yaml"):
        facts = {name: entry[name] for name in ("term", "definition")}
        GlossaryTerm.objects.get_or_create(key=entry["key"], locale=Locale.get_default(), defaults=facts)
    for entry in _listed("referrals.yaml"):
        asks = entry.get("asks", "")
        facts = {name: str(entry[name]) for name in ("phone", "hours", "cost", "language") if entry.get(name)}
        ReferralService.objects.get_or_create(
            key=entry["key"],
            defaults={
                **facts,
                "name": entry["name"],
                "kind": entry.get("kind", ReferralService.Kind.HEALTH),
                "asks": "\n".join(asks) if isinstance(asks, list) else asks,
                "reviewed_on": entry.get("reviewed_on"),
                "reviewed_by": entry.get("reviewed_by") or "",
            },
        )


def _listed(name: str) -> list[dict[str, Any]]:
    return list(read(name)) if (FOLDER / name).exists() else []


def blocks_of(items: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    """The body of a lesson file as the stream wants it, its files stored in the library."""
    return [(item["type"], _value(item["type"], item["value"])) for item in items]


def _value(kind: str, value: Any) -> Any:
    """One value. What names a file or a shared text by its name names the row instead."""
    if kind == "image":
        image = _image(value["file"], value.get("alt", ""))
        image.contextual_alt_text, image.decorative = value.get("alt", ""), bool(value.get("decorative"))
        return image
    if kind == "audio":
        sound = _media("audio", value["file"], value["title"], value["seconds"])
        return {"audio": sound, "transcript": value["transcript"]}
    if kind == "video":
        video = _media("video", value["file"], value["title"], value["seconds"])
        words = {name: value.get(name, "") for name in ("title", "transcript")}
        return {"video": video, "captions": _document(value["captions"], value["title"]), **words}
    if kind == "document":
        document = _document(value["file"], value["title"])
        return {"document": document, "title": value["title"], "about": value.get("about", "")}
    if kind == "glossary":
        return {"terms": [GlossaryTerm.objects.get(key=key) for key in value["terms"]]}
    if kind == "referral":
        return {"service": ReferralService.objects.get(key=value["service"])}
    if kind == "content_warning":
        return {**value, "body": blocks_of(value["body"])}
    return value


def _file(name: str) -> ContentFile[bytes]:
    path = FOLDER / name
    return ContentFile(path.read_bytes(), name=path.name)


def _image(name: str, alt: str) -> Any:
    """A picture with the size that it has: a drawing says it itself, Wagtail measures the others."""
    file = _file(name)
    size = _size_of_drawing(file.read().decode()) if name.endswith(".svg") else {}
    file.seek(0)
    title = Path(name).stem
    return get_image_model().objects.create(title=title, description=alt[:255], file=file, **size)


def _size_of_drawing(svg: str) -> dict[str, int]:
    found = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)
    return {"width": int(found[1]), "height": int(found[2])} if found else {"width": 720, "height": 420}


def _media(kind: str, name: str, title: str, seconds: int) -> Any:
    return get_media_model().objects.create(title=title, type=kind, duration=seconds, file=_file(name))


def _document(name: str, title: str) -> Any:
    return get_document_model().objects.create(title=title, file=_file(name))

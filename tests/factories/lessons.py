"""A lesson with every kind of block, its files and shared words; the story of Yolanda."""

import io
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Locale
from wagtailmedia.models import get_media_model

from courses.cohorts.models import CohortContent
from courses.pages.library import GlossaryTerm, ReferralService
from courses.pages.models import ContentVersion, LessonPage, ModulePage

CAPTIONS = b"WEBVTT\n\n00:00.000 --> 00:02.000\nBuenos d\xc3\xadas.\n"
OPTIONS = [
    {"text": "Sí", "is_correct": True, "feedback": "Eso es."},
    {"text": "No", "is_correct": False, "feedback": "Casi."},
]


def photo(width: int = 40, height: int = 30) -> bytes:
    """A picture of pixels; renditions of a small one are made at once."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def image(name: str = "foto.jpg", content: bytes | None = None, **facts: Any) -> Any:
    """A stored picture with its words in the lesson."""
    made = get_image_model().objects.create(
        title=name, file=ContentFile(content or photo(), name=name), **facts
    )
    made.contextual_alt_text, made.decorative = "Tres pasos dibujados", False
    return made


def sound(kind: str = "audio", content: bytes = b"ID3 sound", name: str = "voz.mp3") -> Any:
    """A stored sound or video."""
    return get_media_model().objects.create(
        title="Escucha", type=kind, duration=61, file=ContentFile(content, name=name)
    )


def document(name: str = "hoja.pdf", content: bytes = b"%PDF-1.7 hoja") -> Any:
    """A stored document."""
    return get_document_model().objects.create(title=name, file=ContentFile(content, name=name))


def term(key: str = "consentimiento", definition: str = "Un sí libre e informado.") -> GlossaryTerm:
    """A word explained."""
    locale = Locale.get_default()
    return GlossaryTerm.objects.get_or_create(
        key=key, locale=locale, defaults={"term": key.capitalize(), "definition": definition}
    )[0]


def service(key: str = "centro", **facts: Any) -> ReferralService:
    """A service that somebody checked today."""
    told = {
        "name": "Centro de salud",
        "phone": "000 000 0000",
        "hours": "Todos los días",
        "cost": "Sin costo",
        "asks": "Cómo te llamas.\nQué necesitas.",
        "language": "Español",
        "reviewed_on": timezone.localdate(),
        "reviewed_by": "Coordinación",
    }
    return ReferralService.objects.get_or_create(key=key, defaults={**told, **facts})[0]


def _choice(text: str, feedback: str, goes_to: str = "", *, is_grave: bool = False) -> dict[str, Any]:
    return {"text": text, "feedback": feedback, "is_grave": is_grave, "goes_to": goes_to}


def yolanda() -> dict[str, Any]:
    """The case of the course file, with its grave errors: each leads back, and every way has an end."""
    return {
        "title": "Caso: Yolanda",
        "story": "Yolanda, 24 años, te cuenta a las 2 de la mañana lo que le pasó hace unas 20 horas.",
        "steps": [
            {
                "name": "primero",
                "text": "¿Qué haces primero?",
                "choices": [
                    _choice("Buscar un lugar seguro y decirle que no es su culpa", "Así empieza.", "plazo"),
                    _choice("Pedir detalles o grabar audio", "La pone en peligro.", "primero", is_grave=True),
                ],
            },
            {
                "name": "plazo",
                "text": "¿Qué plazo es el más urgente?",
                "choices": [
                    _choice("La PEP: quedan unas 52 de 72 horas", "Cuanto antes, mejor.", "miedo"),
                    _choice("Ninguno, puede esperar", "Los primeros tres días cuentan.", "plazo"),
                ],
            },
            {
                "name": "miedo",
                "text": "Teme a migración. ¿Qué le dices?",
                "choices": [
                    _choice("La atención no depende de sus papeles", "Y decidimos juntas.", "anotar"),
                    _choice("Prometer que nadie se enterará", "No lo sabes.", "miedo", is_grave=True),
                ],
            },
            {
                "name": "anotar",
                "text": "¿Qué anotas?",
                "choices": [
                    _choice("1 contacto, 1 derivación, zona y fecha", "Nada más."),
                    _choice("Nombre o lugar exacto", "Puede caer en malas manos.", "anotar", is_grave=True),
                ],
            },
        ],
    }


def every_block(video: bytes = b"\x00\x00\x00\x18ftypmp42 video") -> list[tuple[str, Any]]:
    """One block of each kind."""
    return [
        ("heading", "Para empezar"),
        ("text", "<p>Un texto <b>claro</b>.</p>"),
        ("key_message", "Lo más importante."),
        ("steps", {"title": "Cómo se hace", "steps": ["Primero.", "Después."]}),
        (
            "compare",
            {
                "title": "¿De qué cuida?",
                "columns": ["Embarazo", "Infecciones"],
                "rows": [
                    {"label": "Condón", "cells": ["Sí", "Sí"]},
                    {"label": "Implante", "cells": ["Sí, de tres a cinco años", "No"]},
                ],
            },
        ),
        ("image", image()),
        ("audio", {"audio": sound(), "transcript": "Las palabras que se oyen."}),
        (
            "video",
            {
                "video": sound("video", video, "video.mp4"),
                "title": "Mira cómo",
                "captions": document("video.vtt", CAPTIONS),
                "transcript": "Lo que dice el video.",
            },
        ),
        ("document", {"document": document(), "title": "Hoja para imprimir", "about": "Para la pared."}),
        (
            "flip_cards",
            {
                "title": "¿Cierto o falso?",
                "cards": [
                    {"front": "Sin papeles no te atienden", "back": "Falso."},
                    {"front": "La urgencia siempre se atiende", "back": "Cierto."},
                ],
            },
        ),
        ("self_check", {"question": "¿Verdad?", "options": OPTIONS, "feedback": "Porque sí.", "audio": None}),
        ("scenario", yolanda()),
        ("glossary", {"terms": [term(), term("derivacion", "Acompañar a un servicio.")]}),
        ("referral", {"service": service()}),
        (
            "content_warning",
            {
                "about": "Habla de una agresión.",
                "instead": "Nunca es su culpa.",
                "body": [("heading", "Lo que pasó"), ("text", "<p>Lo difícil.</p>"), ("image", image())],
            },
        ),
    ]


def publish_lesson(module: ModulePage, body: list[tuple[str, Any]], slug: str = "m1-l8") -> LessonPage:
    """A published lesson in `module`."""
    lesson = LessonPage(title="Completa", slug=slug, objectives=[("objective", "Nombrar los pasos")])
    lesson.body = body
    module.add_child(instance=lesson)
    lesson.save_revision().publish()
    return lesson


def version_of(lesson: LessonPage) -> ContentVersion:
    """The newest frozen version of `lesson`."""
    return ContentVersion.objects.filter(key=lesson.translation_key).order_by("-number")[0]


def show_to_cohorts(slug: str) -> str:
    """Every block in the place of the lesson with this address, in every cohort that uses it."""
    old = LessonPage.objects.get(slug=slug, locale__language_code="es")
    made = publish_lesson(old.get_parent().specific, every_block(), f"{slug}-todo")
    CohortContent.objects.filter(key=old.translation_key).update(version=version_of(made))
    return f"/curso/{slug}/"

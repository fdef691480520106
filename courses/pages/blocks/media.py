"""What is seen, heard and taken away: pictures, sounds, videos, documents."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, StructBlock, StructBlockValidationError, TextBlock
from wagtail.documents import get_document_model
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageBlock
from wagtailmedia.blocks import AudioChooserBlock, VideoChooserBlock
from wagtailmedia.models import get_media_model

from courses.pages.blocks.groups import MEDIA
from courses.pages.rules import is_captions

RENDITIONS = [  # what image.html asks for
    *(f"format-{kind}|width-{width}" for kind in ("avif", "webp") for width in (360, 720)),
    "width-720|format-webp",
    "width-720",  # a drawing
]
CAPTIONS_BYTES = 512 * 1024


def _media(kind: str, name: str) -> Any:
    """A row that is nowhere saved, for a preview."""
    return get_media_model()(type=kind, title=gettext("Listen to this lesson"), duration=95, file=name)


class NamedImageBlock(ImageBlock):
    """Wagtail's own, whose first field has a name in English only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.child_blocks["image"].label = _("Picture file")


class PictureBlock(NamedImageBlock):
    """A picture with its words, or marked as decorative; the renditions of a whole lesson in one query."""

    def bulk_to_python(self, values: Any) -> list[Any]:
        images = list(super().bulk_to_python(values))
        found = [image for image in images if image is not None]
        if found:
            made = get_image_model().get_rendition_model().objects.filter(filter_spec__in=RENDITIONS)
            prefetch_related_objects(found, Prefetch("renditions", made, to_attr="prefetched_renditions"))
        return images

    class Meta:
        label = _("Image")
        group = MEDIA
        description = _("A picture with the words for who cannot see it.")
        template = "courses/pages/blocks/image.html"
        preview_template = "courses/pages/blocks/image_preview.html"


class NarrationBlock(StructBlock):
    """A sound file with its words, so that it can be read where it cannot be heard."""

    audio = AudioChooserBlock(label=_("Audio"))
    transcript = TextBlock(label=_("Transcript"), help_text=_("The words that are heard."))

    class Meta:
        icon = "media"
        label = _("Audio")
        group = MEDIA
        description = _("The lesson read aloud, or another sound, with its words.")
        template = "courses/pages/blocks/audio.html"

    def get_preview_value(self) -> Any:
        return self.normalize(
            {"audio": _media("audio", "m.mp3"), "transcript": gettext("The words that are heard.")}
        )


class VideoBlock(StructBlock):
    """A video that nobody must hear to follow it, and that loads only when she asks for it."""

    video = VideoChooserBlock(label=_("Video"))
    title = CharBlock(label=_("Title"), max_length=120)
    captions = DocumentChooserBlock(
        label=_("Captions"), help_text=_("A WebVTT file (.vtt): what is said, for who cannot hear it.")
    )
    transcript = TextBlock(
        label=_("Transcript"),
        required=False,
        default="",
        help_text=_("Also read where the video is not taken along."),
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        captions = cleaned["captions"]
        if captions is not None and not _holds_captions(captions):
            words = gettext(
                "This is not a WebVTT file with captions: it begins with the line WEBVTT and ends in .vtt."
            )
            raise StructBlockValidationError(block_errors={"captions": ValidationError(words)})
        return cleaned

    class Meta:
        icon = "wagtailmedia-video"
        label = _("Video")
        group = MEDIA
        description = _(
            "With captions. It never starts by itself, and stays out of what a phone takes along."
        )
        template = "courses/pages/blocks/video.html"

    def get_preview_value(self) -> Any:
        captions = get_document_model()(title="vtt", file="v.vtt")
        words = {"title": gettext("How it is done"), "transcript": gettext("The words that are heard.")}
        return self.normalize({"video": _media("video", "v.mp4"), "captions": captions, **words})


def _holds_captions(document: Any) -> bool:
    """Is the file of this document WebVTT, by its name and its content?"""
    if document.file_extension.lower() != "vtt":
        return False
    try:
        with document.open_file() as opened:
            return is_captions(opened.read(CAPTIONS_BYTES))
    except OSError:
        return False


class DocumentBlock(StructBlock):
    """Something to open or print: what it is and what it weighs stands beside it."""

    document = DocumentChooserBlock(label=_("Document"))
    title = CharBlock(label=_("Title"), max_length=120)
    about = TextBlock(label=_("What it is for"), required=False, default="", rows=2, max_length=300)

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        document = cleaned["document"]
        if document is not None and document.file_extension.lower() == "vtt":
            words = gettext("These are the captions of a video, nothing to read.")
            raise StructBlockValidationError(block_errors={"document": ValidationError(words)})
        return cleaned

    class Meta:
        icon = "doc-full"
        label = _("Document")
        group = MEDIA
        description = _("A file to open or print, with its kind and size.")
        template = "courses/pages/blocks/document.html"

    def get_preview_value(self) -> Any:
        document = get_document_model()(title="d", file="d.pdf", file_size=340_000)
        words = {"title": gettext("A sheet to print"), "about": gettext("To hang up in the waiting room.")}
        return self.normalize({"document": document, **words})

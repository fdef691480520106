"""Forms of the library: a file is what it says it is, and what people are reading is not replaced."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm
from wagtailmedia.forms import BaseMediaForm

from courses.pages import documents, pictures, recordings
from courses.pages.library import ContentUse
from courses.pages.rules import is_what_it_says


def _stay(form: Any) -> None:
    """Refuse another file in the place of one that a cohort uses. A new upload is a new row."""
    if form.instance.pk is None or "file" not in form.changed_data:
        return
    shown = ContentUse.objects.of(form.instance).in_cohorts()
    titles = sorted(set(shown.values_list("version__title", flat=True)))
    if titles:
        words = _("People are reading this file in %(lessons)s. Upload the other one as a new file.")
        form.add_error("file", words % {"lessons": "; ".join(titles)})


def _look_into(file: Any) -> None:
    """Raises ValidationError where the content is not what the name says."""
    extension = Path(file.name).suffix.lower().removeprefix(".")
    file.seek(0)
    content = file.read(settings.WAGTAILDOCS_MAX_UPLOAD_SIZE)
    file.seek(0)
    if not is_what_it_says(extension, content):
        words = _("This file is not what its name says (.%(extension)s). Save it again in that format.")
        raise ValidationError(words % {"extension": extension})
    try:
        documents.look_into(extension, content)
        if extension in recordings.BOXED:
            recordings.forget_making(file)
    except tuple(REFUSALS) as error:
        raise ValidationError(str(REFUSALS[type(error)])) from error
    file.seek(0)


class Staying:
    """A form of the library in which a file that people are reading stays."""

    def clean(self) -> Any:
        cleaned = super().clean()  # type: ignore[misc]  # it stands before a form
        _stay(self)
        return cleaned


REFUSALS = {
    pictures.NotAPicture: _l("This picture is damaged. Save it again and upload that."),
    pictures.TooManyPoints: _l("This picture has too many points. Make it smaller and upload that."),
    pictures.Moving: _l("This picture moves. Upload it as a video, or one picture of it."),
    documents.Locked: _l("This file is locked with a password. Save it without one."),
    documents.Runs: _l(
        "There is a program or another file inside of this one. "
        "Save it without macros, scripts and attachments."
    ),
    documents.Bomb: _l(
        "This file would unpack to far more than it weighs. Save it again, or make it smaller."
    ),
    documents.Damaged: _l("This file is damaged. Save it again and upload that."),
    recordings.Damaged: _l("This file is damaged. Save it again and upload that."),
}


class ImageForm(Staying, BaseImageForm):
    """Pictures. Wagtail looks into them; what is kept is drawn anew from their points."""

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if "file" not in self.changed_data or not file:
            return file
        file.seek(0)
        try:
            content = pictures.redrawn(file.read(), Path(file.name).suffix.removeprefix("."))
        except tuple(REFUSALS) as error:
            raise ValidationError(str(REFUSALS[type(error)])) from error
        return SimpleUploadedFile(file.name, content, file.content_type)


class DocumentForm(Staying, BaseDocumentForm):
    """Documents and captions."""

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if "file" in self.changed_data and file:
            _look_into(file)
        return file


class MediaForm(Staying, BaseMediaForm):
    """Sounds and videos. Their length is asked for, since nothing here reads it from the file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("thumbnail", None)  # it would be fetched before anybody asked for the video

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if "file" not in self.changed_data or not file:
            return file
        if file.size > settings.MEDIA_MAX_BYTES:
            most = filesizeformat(settings.MEDIA_MAX_BYTES)
            raise ValidationError(_("It weighs too much: at most %(most)s.") % {"most": most})
        _look_into(file)
        return file

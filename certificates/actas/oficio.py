"""The authority's paper: is this file really a PDF; and sealed in storage, for it names women."""

import hashlib
from io import BytesIO
from typing import TypedDict

import pikepdf
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from certificates.actas.models import Recognition
from certificates.errors import Refused
from certificates.keys import sealing
from certificates.keys.models import SealingKey


class Sealed(TypedDict):
    """What a recognition keeps of its scan."""

    oficio: ContentFile[bytes]
    oficio_sha256: str
    key: SealingKey


def check_pdf(upload: "UploadedFile[bytes]") -> bytes:
    """The bytes of an uploaded PDF. Raises Refused when it is too big or not one, whatever its name says."""
    limit = settings.OFICIO_MAX_BYTES
    if not upload.size:
        raise Refused(_("The file is empty."))
    if upload.size > limit:
        raise Refused(_("The file is larger than %(limit)d MB.") % {"limit": limit // 1024 // 1024})
    content = upload.read()
    try:
        with pikepdf.open(BytesIO(content)) as document:
            pages = len(document.pages)
    except pikepdf.PasswordError as error:
        raise Refused(_("This PDF asks for a password. Save it without one, and attach it again.")) from error
    except pikepdf.PdfError as error:
        raise Refused(_("This file is not a PDF, or it is damaged. Scan the oficio again as PDF.")) from error
    if pages == 0:
        raise Refused(_("This PDF has no pages."))
    return content


def sealed(content: bytes, acta: int) -> Sealed:
    """The scan under a key of its own, which is saved here; bound to its acta and to its own hash."""
    key, digest = sealing.new_key(), hashlib.sha256(content).hexdigest()
    key.save()
    hidden = sealing.seal(key, content, context=_context(acta, digest))
    return {"oficio": ContentFile(hidden, name="oficio.sealed"), "oficio_sha256": digest, "key": key}


def content(recognition: Recognition) -> bytes:
    """The scan as it was attached; load with `key`. Raises FileNotFoundError or SealBroken."""
    with recognition.oficio.open("rb") as file:
        stored: bytes = file.read()
    if recognition.key is None:
        return stored
    context = _context(recognition.acta_id, recognition.oficio_sha256)
    return sealing.unseal(recognition.key, stored, context=context)


def _context(acta: int, digest: str) -> str:
    return f"{acta}/oficio/{digest}"

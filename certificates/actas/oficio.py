"""The authority's paper: is this file really a PDF, and not too big?"""

from io import BytesIO

import pikepdf
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from certificates.errors import Refused


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
    except pikepdf.PdfError as error:
        raise Refused(_("This file is not a PDF, or it is damaged. Scan the oficio again as PDF.")) from error
    if pages == 0:
        raise Refused(_("This PDF has no pages."))
    return content

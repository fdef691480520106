"""QR codes as drawings inside a page."""

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_code(
    text: str, *, title: str | None = None, scale: int = 4, border: int = 4, svgclass: str | None = None
) -> SafeString:
    """The QR code of `text`; `title` is read aloud, `border` is the quiet zone in modules."""
    code = segno.make(text, error="m", micro=False)
    return mark_safe(  # noqa: S308 -- segno draws it and escapes the title  # nosec B703, B308
        code.svg_inline(
            scale=scale, border=border, svgclass=svgclass, lineclass=None, omitsize=True, title=title
        )
    )

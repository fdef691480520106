"""A design as it will be printed: the real PDF of made-up facts, both pages as pictures."""

import base64
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pypdfium2
from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from certificates import payload
from certificates.designs import sample
from certificates.printing import rendering
from courses import api

SAMPLE, LONGEST, BARE = "sample", "longest", "bare"
MODES = [
    (SAMPLE, _("With a sample")),
    (LONGEST, _("With the longest real name")),
    (BARE, _("Without recognition and ally")),
]
SCALE = 1.6  # pixels for each point of the page


@dataclass(frozen=True)
class Shown:
    """One page as a picture, and what it is for whoever does not see it."""

    alt: str
    address: str


def pages(content: dict[str, Any], facts: dict[str, Any]) -> list[Shown]:
    """Front and back of the PDF that these facts give. Raises what `rendering.render` raises."""
    rendered = rendering.render(facts, design=content, credential=b"{}", offline_url=sample.offline_url())
    names = [gettext("Front of the diploma"), gettext("Back of the diploma")]
    document = pypdfium2.PdfDocument(rendered.content)
    try:
        return [
            Shown(name, _address(document[number].render(scale=SCALE).to_pil()))
            for number, name in enumerate(names)
        ]
    finally:
        document.close()


def facts_for(content: dict[str, Any], *, mode: str, issuer: str | None, kind: str) -> dict[str, Any]:
    """What the preview of this mode says. Raises ValueError for what cannot be printed."""
    texts = content.get("texts", {})
    chosen = mode.partition(":")[2] or next(iter(texts), "es")
    return sample.facts(
        kind=kind,
        language=chosen,
        texts=texts.get(chosen, {}),
        signatories=[payload.Signatory(one["name"], one["post"]) for one in content.get("signatories", [])],
        issuer=issuer,
        is_recognised=mode != BARE,
        printed_name=api.longest_name() if mode == LONGEST else None,
    )


def respond(
    request: HttpRequest, content: dict[str, Any], *, mode: str, issuer: str | None, kind: str
) -> HttpResponseBase:
    """The page of the preview panel; what stands in the way is said in its place."""
    shown: list[Shown] = []
    error = ""
    try:
        shown = pages(content, facts_for(content, mode=mode, issuer=issuer, kind=kind))
    except (rendering.MissingGlyph, rendering.DoesNotFit, rendering.LibrariesMissing) as obstacle:
        error = str(obstacle)
    except ValueError:
        error = gettext("This design cannot be printed yet: fill in or correct what is marked.")
    return _framed({"pages": shown, "error": error})(request)


def _framed(context: dict[str, Any]) -> Callable[[HttpRequest], HttpResponseBase]:
    """A view that may be framed by the admin and shows pictures that stand in it."""

    @csp_replace({"img-src": [SELF, "data:"], "frame-ancestors": [SELF]})
    def shown(request: HttpRequest) -> HttpResponse:
        return TemplateResponse(request, "certificates/admin/design_preview.html", context)

    return shown


def _address(image: Any) -> str:
    written = io.BytesIO()
    image.convert("RGB").save(written, "PNG")
    return "data:image/png;base64," + base64.b64encode(written.getvalue()).decode()

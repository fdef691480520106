"""To the authority, in the admin: portal or packet; her oficios, the acta's own papers."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from certificates.actas import access, answers, oficio, packet, paper, standing
from certificates.actas.models import Sending
from certificates.actas.recheck import recheck
from certificates.actas.standing import Standing
from certificates.desk.pages import ActaPage, ActPage
from certificates.errors import Refused
from certificates.keys.errors import KeyProblem
from certificates.printing.archival import LibrariesMissing, MissingGlyph
from courses.api import Deed, note_look

PRINTING_FAILS = (LibrariesMissing, MissingGlyph, KeyProblem)


class Send(ActPage):
    page_subtitle = _("Send to the authority's portal")
    button = _("Yes, send them")
    done = _("The authority's officer finds them in her portal now.")
    may = staticmethod(access.can_send)

    @property
    def note(self) -> str:
        """How many go, to whom, and what she sees."""
        lines = [one for one in standing.of_acta(self.acta) if one.standing == Standing.TO_SEND]
        words = ngettext(
            "%(count)d graduate is sent to %(authority)s.",
            "%(count)d graduates are sent to %(authority)s.",
            len(lines),
        ) % {"count": len(lines), "authority": self.acta.facts["authority"] or ""}
        more = gettext(
            "The officer sees the programme, totals and the list of graduates with their hours. "
            "Nobody who does not graduate is sent."
        )
        return f"{words} {more}"

    def act(self, **data: Any) -> Any:
        return answers.send_lines(acta=self.acta, channel=Sending.Channel.PORTAL, **data)


class MakePacket(ActPage):
    """The sealed packet: made, noted with its hash, and downloaded in one go. It is not kept here."""

    template_name = "certificates/admin/acta_packet.html"
    page_subtitle = _("Make the sealed packet")
    button = _("Make it and download it")
    note = _(
        "A ZIP with the signed acta, the list of graduates, hashes of the evidence and a signed manifest. "
        "It is not kept here: it is noted that you made it, when, and its hash. Hand it over in person."
    )
    may = staticmethod(access.can_send)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        at = timezone.now()
        try:
            built = packet.build(self.acta, at)
            answers.send_lines(
                acta=self.acta,
                channel=Sending.Channel.PACKET,
                manifest_sha256=built.manifest_sha256,
                packed=built.waiting,
                by=request.user,
                at=at,
            )
        except (Refused, *PRINTING_FAILS) as error:
            messages.error(request, str(error))
            return redirect("actas:acta", self.acta.pk)
        return download(built.content, f"acta-{self.acta.pk}.zip", "application/zip")


class Oficio(ActaPage):
    """One of the authority's oficios, for whoever handles this acta."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        found = get_object_or_404(self.acta.recognitions.select_related("key"), pk=self.kwargs["recognition"])
        note_look(Deed.OPENED, about=found, by=request.user, at=timezone.now(), format="pdf")
        return download(oficio.content(found), "oficio.pdf", "application/pdf")


class ActaFile(ActaPage):
    """The acta as a signed PDF: the school's own copy, or the one for the authority."""

    is_internal = True

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        try:
            content = paper.acta_pdf(self.acta, is_internal=self.is_internal, at=timezone.now())
        except PRINTING_FAILS as error:
            messages.error(request, gettext("The file cannot be made now: %(why)s") % {"why": error})
            return redirect("actas:acta", self.acta.pk)
        note_look(Deed.OPENED, about=self.acta, by=request.user, at=timezone.now(), format="pdf")
        edition = "interna" if self.is_internal else "autoridad"
        return download(content, f"acta-{self.acta.pk}-{edition}.pdf", "application/pdf")


class Recheck(ActaPage):
    """The ledger compared with the records of today."""

    template_name = "certificates/admin/acta_recheck.html"
    page_subtitle = _("Compare with the records")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if not access.can_see_everyone(self.request.user):
            raise PermissionDenied
        differences = recheck(self.acta)
        lines = {line.pk: line for line in self.acta.lines.select_related("key")}
        return {
            **super().get_context_data(**kwargs),
            "rows": [{"difference": one, "line": lines.get(one.line or 0)} for one in differences],
            "people": len({line.person_id for line in lines.values()}),
        }


def download(content: bytes, name: str, content_type: str) -> HttpResponse:
    """A file under a neutral name that no browser keeps."""
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


# Below the addresses of one acta (ActaViewSet).
PATTERNS = [
    path("<int:pk>/send/", Send.as_view(), name="send"),
    path("<int:pk>/packet/", MakePacket.as_view(), name="packet"),
    path("<int:pk>/oficio/<int:recognition>/", Oficio.as_view(), name="oficio"),
    path("<int:pk>/acta.pdf", ActaFile.as_view(), name="pdf"),
    path("<int:pk>/acta-authority.pdf", ActaFile.as_view(is_internal=False), name="pdf_authority"),
    path("<int:pk>/recheck/", Recheck.as_view(), name="recheck"),
]

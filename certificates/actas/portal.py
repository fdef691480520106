"""The authority's portal at /autoridad/: the actas sent to it, an answer line by line, papers to keep.

It shows who graduates, and totals. Nobody else, no one's single results, nothing about a person but her
number, her name and her hours.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from certificates.actas import access, answers, packet, paper, summary
from certificates.actas import oficio as scans
from certificates.actas.counts import with_counts
from certificates.actas.forms import AnswerForm, OficioForm
from certificates.actas.models import Acta, LineStep
from certificates.actas.standing import Standing
from certificates.errors import Refused
from certificates.keys.errors import KeyProblem
from certificates.printing.archival import LibrariesMissing, MissingGlyph
from courses.api import Deed, note_look

Kind = LineStep.Kind
PRINTING_FAILS = (LibrariesMissing, MissingGlyph, KeyProblem)


def for_officer(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Gives `view` an acta that was sent to the authority; for everybody else there is none."""

    @login_required
    @never_cache
    @wraps(view)
    def gate(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        actas = access.authority_actas(request.user).select_related("cohort")
        return view(request, get_object_or_404(actas, pk=pk), **kwargs)

    return gate


def _page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    return render(request, f"certificates/authority/{template}.html", {"hide_tabs": True, **context})


@require_safe
@login_required
@never_cache
def actas(request: HttpRequest) -> HttpResponse:
    """Every acta that was sent, those that wait for an answer first."""
    if not access.can_recognise(request.user):
        raise Http404
    found = with_counts(access.authority_actas(request.user)).prefetch_related("recognitions")
    waiting = [acta for acta in found if acta.waiting]
    answered = [acta for acta in found if not acta.waiting]
    return _page(request, "actas", waiting=waiting, answered=answered)


@require_safe
@for_officer
def acta(request: HttpRequest, acta: Acta) -> HttpResponse:
    """The acta: programme, hours, criteria, attendance in totals, exceptions, graduates, past answers."""
    told = summary.for_authority(acta)
    waiting = [one for one in told.graduates if one.standing == Standing.SENT]
    return _page(
        request,
        "acta",
        acta=acta,
        told=told,
        programme=told.programme,
        waiting=len(waiting),
        past=_past_answers(acta),
    )


def _past_answers(acta: Acta) -> list[dict[str, Any]]:
    """Each answer with how many lines it accepted and returned."""
    counts = acta.recognitions.annotate(
        accepted=Count("steps", filter=Q(steps__kind=Kind.ACCEPTED)),
        returned=Count("steps", filter=Q(steps__kind=Kind.RETURNED)),
    ).select_related("by")
    return [{"recognition": one, "accepted": one.accepted, "returned": one.returned} for one in counts]


@require_http_methods(["GET", "HEAD", "POST"])
@for_officer
def answer(request: HttpRequest, acta: Acta) -> HttpResponse:
    """First choose for every line, then see it all once more and attach the oficio, then it is final."""
    told = summary.for_authority(acta)
    waiting = [one for one in told.graduates if one.standing == Standing.SENT]
    if not waiting:
        messages.info(request, _("No line of this acta waits for your answer."))
        return redirect("certificates:authority_acta", acta.pk)
    form = AnswerForm(request.POST or None, waiting=waiting)
    frame = {"acta": acta, "programme": told.programme, "form": form}
    if request.method != "POST" or not form.is_valid() or "change" in request.POST:
        return _page(request, "answer", **frame)
    is_final = "final" in request.POST
    oficio = OficioForm(
        request.POST if is_final else None,
        request.FILES if is_final else None,
        is_needed=bool(form.accepted),
    )
    if is_final and oficio.is_valid():
        try:
            _write_down(request, acta, form, oficio)
        except Refused as error:
            oficio.add_error(None, str(error))
        else:
            return redirect("certificates:authority_acta", acta.pk)
    return _page(request, "confirm", **frame, oficio=oficio)


def _write_down(request: HttpRequest, acta: Acta, form: AnswerForm, oficio: OficioForm) -> None:
    answers.answer_lines(
        acta=acta, **form.decisions(), **oficio.cleaned_data, by=request.user, at=timezone.now()
    )
    count = len(form.accepted)
    accepted = ngettext("%(count)d line accepted.", "%(count)d lines accepted.", count) % {"count": count}
    count = len(form.returned)
    returned = ngettext("%(count)d line returned.", "%(count)d lines returned.", count) % {"count": count}
    recorded = _("Your answer is recorded.")
    messages.success(request, f"{recorded} {accepted} {returned}")


@require_safe
@for_officer
def oficio(request: HttpRequest, acta: Acta, recognition: int) -> HttpResponse:
    """One of her own oficios."""
    found = get_object_or_404(acta.recognitions.select_related("key"), pk=recognition)
    note_look(Deed.OPENED, about=found, by=request.user, at=timezone.now(), format="pdf")
    return _file(scans.content(found), "oficio.pdf", "application/pdf")


@require_safe
@for_officer
def acta_file(request: HttpRequest, acta: Acta) -> HttpResponse:
    """The acta as a signed PDF."""
    try:
        content = paper.acta_pdf(acta, is_internal=False, at=timezone.now())
    except PRINTING_FAILS as error:
        return _cannot(request, acta, error)
    note_look(Deed.OPENED, about=acta, by=request.user, at=timezone.now(), format="pdf")
    return _file(content, f"acta-{acta.pk}.pdf", "application/pdf")


@require_safe
@for_officer
def packet_file(request: HttpRequest, acta: Acta) -> HttpResponse:
    """The sealed packet of what was sent."""
    try:
        built = packet.build(acta, timezone.now(), wanted=summary.OUTSIDE)
    except PRINTING_FAILS as error:
        return _cannot(request, acta, error)
    told = {"document": "packet", "format": "zip"}
    note_look(Deed.OPENED, about=acta, by=request.user, at=timezone.now(), **told)
    return _file(built.content, f"acta-{acta.pk}.zip", "application/zip")


def _file(content: bytes, name: str, content_type: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _cannot(request: HttpRequest, acta: Acta, error: Exception) -> HttpResponse:
    """The file cannot be made now; the page says so, and why."""
    messages.error(request, _("The file cannot be made now: %(why)s") % {"why": error})
    return redirect("certificates:authority_acta", acta.pk)

"""A holder's own diploma: the file, its credential, a card for the wallet, and what she decides about it."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certificates.awards import access, choices, files
from certificates.awards import card as wallet
from certificates.awards.forms import IssuerForm, NameShownForm
from certificates.awards.models import Certificate
from certificates.credentials.attachments import extract
from certificates.errors import Refused
from certificates.keys import sealing
from certificates.printing.archival import LibrariesMissing, MissingGlyph
from courses.api import Deed, note_look


def _found(award: uuid.UUID) -> Certificate:
    """The award with all that tells its state. Raises Http404."""
    found = Certificate.objects.with_state().select_related("line", "acta", "key").filter(pk=award).first()
    if found is None:
        raise Http404
    certificate: Certificate = found
    return certificate


def _pdf(certificate: Certificate) -> bytes | None:
    """The stored PDF; None when her name was erased from it. Raises Http404 while it is not made."""
    if certificate.key.wrapped is None:
        return None
    if not hasattr(certificate, "document"):
        raise Http404
    try:
        last = getattr(
            certificate, "countersignature", certificate.document
        )  # the authority's, if she signed
        return files.read(last.path, certificate.key, certificate.pk)
    except FileNotFoundError as error:
        raise Http404 from error


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)


def _note(request: HttpRequest, certificate: Certificate, **facts: str) -> None:
    """That it was opened, by whom: her name, perhaps her legal one, stands in it."""
    note_look(Deed.OPENED, about=certificate, by=request.user, at=timezone.now(), **facts)


def _erased(request: HttpRequest) -> HttpResponse:
    """410: there was a file, and what named her in it was erased for good."""
    return render(request, "certificates/award_erased.html", status=410)


@require_safe
@never_cache
@login_required
def award(request: HttpRequest, award: uuid.UUID) -> HttpResponse:
    """Everything she can do with one diploma of hers; for everybody else it does not exist."""
    certificate = _found(award)
    if not access.is_holder(request.user, certificate):
        raise Http404
    shows_name = choices.shows_name(certificate)
    context: dict[str, Any] = {
        "certificate": certificate,
        "facts": certificate.payload,
        "state": choices.state_for_holder(certificate),
        "shows_name": shows_name,
        "trouble": choices.trouble_of(certificate),
        "has_file": hasattr(certificate, "document") and certificate.key.wrapped is not None,
    }
    return render(request, "certificates/award.html", context)


def _kind(certificate: Certificate) -> str:
    """What the file is called, as the paper calls itself."""
    return "diploma" if certificate.kind == Certificate.Kind.DIPLOMA else "constancia"


@require_safe
@never_cache
@login_required
def download(request: HttpRequest, award: uuid.UUID) -> HttpResponse:
    """The PDF of a diploma for its holder and for staff; for everybody else it does not exist."""
    certificate = _found(award)
    if not access.can_download(request.user, certificate):
        raise Http404
    pdf = _pdf(certificate)
    if pdf is None:
        return _erased(request)
    _note(request, certificate, document=certificate.kind, format="pdf")
    return _file(pdf, "application/pdf", f"{_kind(certificate)}-{certificate.folio}.pdf")


@require_safe
@never_cache
@login_required
def credential(request: HttpRequest, award: uuid.UUID) -> HttpResponse:
    """The digital credential, for its holder alone: it holds the salt of her name."""
    certificate = _found(award)
    if not access.can_download_credential(request.user, certificate):
        raise Http404
    pdf = _pdf(certificate)
    if pdf is None:
        return _erased(request)
    _note(request, certificate, document=certificate.kind, format="json")
    return _file(extract(pdf), "application/ld+json", f"credencial-{certificate.folio}.json")


@require_safe
@never_cache
@login_required
def card(request: HttpRequest, award: uuid.UUID) -> HttpResponse:
    """The wallet card, made now, for its holder and for staff; none of what is not in force."""
    certificate = _found(award)
    if not access.can_download(request.user, certificate) or not hasattr(certificate, "document"):
        raise Http404
    if choices.trouble_of(certificate):
        raise Http404
    try:
        pdf = wallet.card_pdf(certificate)
    except sealing.Erased:
        return _erased(request)
    except (LibrariesMissing, MissingGlyph):
        messages.error(request, _("The card cannot be made now. Your coordinator can see why."))
        return redirect("courses:my_diploma")
    _note(request, certificate, document="card", format="pdf")
    return _file(pdf, "application/pdf", f"tarjeta-{certificate.folio}.pdf")


@require_POST
@never_cache
@login_required
def show_name(request: HttpRequest, award: uuid.UUID) -> HttpResponse:
    """She lets her name be seen by whoever verifies, or not any more."""
    certificate = _found(award)
    if not access.is_holder(request.user, certificate):
        raise Http404
    form = NameShownForm(request.POST)
    if form.is_valid():
        is_shown = form.cleaned_data["is_shown"]
        choices.show_name(certificate=certificate, is_shown=is_shown, by=request.user, at=timezone.now())
        told = (
            _("Whoever checks your diploma now sees your name.")
            if is_shown
            else _("Nobody who checks your diploma sees your name.")
        )
        messages.success(request, told)
    return redirect("certificates:award", certificate.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def choose_issuer(request: HttpRequest, cohort: int) -> HttpResponse:
    """Which name her diploma will show: chosen, then confirmed, before it is issued."""
    choice = choices.open_choice(request.user, cohort)
    if choice is None:
        raise Http404
    form = IssuerForm(request.POST or None, choice=choice)
    if request.method == "POST" and form.is_valid():
        if not form.cleaned_data["is_confirmed"]:
            return render(
                request,
                "certificates/issuer_confirm.html",
                {"choice": choice, "issuer": form.cleaned_data["issuer"]},
            )
        try:
            choices.choose_issuer(
                cohort_id=cohort, issuer=form.cleaned_data["issuer"], by=request.user, at=timezone.now()
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Your choice is kept. You can change it until it is issued."))
        return redirect("courses:my_diploma")
    return render(request, "certificates/issuer_choose.html", {"choice": choice, "form": form})

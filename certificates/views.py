"""Verification for anyone, and a holder's own diploma."""

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from certificates import access, codes, verification
from certificates.forms import CodeForm
from certificates.models import Certificate, Revocation, private_storage
from certificates.verification import State, Verdict


@require_safe
@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    """Type a code. A mistyped one is answered here, at once, without a look-up."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("certificates:verify_code", code=form.cleaned_data["code"])
    return render(request, "certificates/verify.html", {"form": form})


@require_safe
@never_cache
def verify_code(request: HttpRequest, code: str) -> HttpResponse:
    """The answer to a code, as a page. 404 when there is no such diploma, as for any address without one."""
    try:
        verdict = verification.look_up(codes.normalise(code))
    except codes.MistypedCode:
        return _page(request, "mistyped", status=404, form=CodeForm(initial={"code": code[:64]}))
    status = 404 if verdict.state == State.UNKNOWN else 200
    return _page(
        request,
        verdict.state,
        status=status,
        sentence=_sentence(verdict),
        facts=_facts(verdict),
        verdict=verdict,
        form=CodeForm() if status == 404 else None,
    )


@require_safe
@never_cache
def verify_api(request: HttpRequest, code: str) -> JsonResponse:
    """The same answer as JSON: 200 for a diploma in any state, 404 unknown, 400 mistyped."""
    try:
        verdict = verification.look_up(codes.normalise(code))
    except codes.MistypedCode:
        return JsonResponse({"state": "mistyped"}, status=400)
    return JsonResponse(
        verification.as_json(verdict),
        status=404 if verdict.state == State.UNKNOWN else 200,
        json_dumps_params={"ensure_ascii": False},
    )


@require_safe
@never_cache
@login_required
def download(request: HttpRequest, award: uuid.UUID) -> HttpResponseBase:
    """The PDF of a diploma for its holder and for staff; for everybody else it does not exist."""
    certificate = Certificate.objects.select_related("line", "document").filter(pk=award).first()
    if certificate is None or not access.can_download(request.user, certificate):
        raise Http404
    try:
        content = private_storage().open(certificate.document.path)
    except (ObjectDoesNotExist, FileNotFoundError) as error:
        raise Http404 from error
    return FileResponse(
        content,
        as_attachment=True,
        filename=f"diploma-{certificate.folio}.pdf",
        content_type="application/pdf",
    )


def _page(request: HttpRequest, state: str, *, status: int, **context: Any) -> HttpResponse:
    return render(request, "certificates/verify_code.html", {"state": str(state), **context}, status=status)


def _month(verdict: Verdict) -> str:
    return date_format(timezone.localtime(verdict.since), "YEAR_MONTH_FORMAT") if verdict.since else ""


def _sentence(verdict: Verdict) -> str:
    """What a receptionist needs to know, with the month and never a name; "" where the state says it all."""
    if verdict.state == State.REPLACED:
        return _(
            "A newer diploma took the place of this one in %(month)s. Please ask the person for the new one."
        ) % {"month": _month(verdict)}
    if verdict.state == State.REVOKED:
        return _(
            "This diploma is no longer in force since %(month)s. Reason: %(reason)s. Please do not accept it."
        ) % {"month": _month(verdict), "reason": Revocation.Reason(verdict.reason).label}
    if verdict.facts and verdict.facts["is_demo"]:
        return _(
            "This is how the answer for a genuine diploma looks. This one is only for trying things out."
        )
    return ""


def _facts(verdict: Verdict) -> list[tuple[str, str]]:
    """Every printed fact but the name, in the order of the paper, in the words of the paper."""
    facts = verdict.facts
    if not facts:
        return []
    recognition = facts["recognition"]
    rows = [
        (_("Folio"), facts["folio"]),
        (_("Course"), facts["title"]),
        (_("Duration"), facts["duration"]),
        (_("Taught"), facts["span"]),
        (_("Issued in"), facts["issued"]),
        (_("Issued by"), facts["issuer"]),
        (_("With the support of"), facts["ally"]),
        (_("Recognised by"), recognition and recognition["authority"]),
        (_("Oficio"), recognition and f"{recognition['oficio_number']}, {recognition['oficio_date']}"),
    ]
    return [(label, value) for label, value in rows if value]

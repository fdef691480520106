"""Verification for anyone: by code, by name, by file, by a link that a holder made."""

from datetime import datetime, timedelta
from typing import Any

from csp.decorators import csp_exempt
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certificates import codes
from certificates.verification import (
    actions,
    answers,
    file_answers,
    file_check,
    lookup,
    offline_page,
    throttle,
    uploads,
)
from certificates.verification.discretion import discreet
from certificates.verification.forms import CodeForm, FileForm, NameForm, what_is_wrong
from certificates.verification.lookup import State, Verdict
from courses.occurrences import occurred


@require_safe
@discreet
def verify(request: HttpRequest) -> HttpResponse:
    """Type a code. A mistyped one is answered here, at once, without a look-up."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        address = reverse("certificates:verify_code", args=[form.cleaned_data["code"]])
        wished = request.GET.get("lang")
        return redirect(f"{address}?lang={wished}" if wished in {"es", "en"} else address)
    return _start(request, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@discreet
def verify_code(request: HttpRequest, code: str) -> HttpResponse:
    """The answer to a code; by POST also whether a name is the one on the paper.

    404 when there is no such diploma, as for any address without one; 429 after five names in an hour.
    """
    try:
        stored = codes.normalise(code)
    except codes.MistypedCode:
        told = {"state": "mistyped", "sentence": what_is_wrong(code)}
        return _page(request, status=404, form=CodeForm(initial={"code": code[:64]}), **told)
    if request.method == "POST":
        return _answer_to_name(request, stored)
    return _answer(request, lookup.look_up(stored))


def _answer(
    request: HttpRequest, verdict: Verdict, *, status: int | None = None, **context: Any
) -> HttpResponse:
    """The page of a verdict, with a form for the name where that may be asked."""
    context = {**answers.page_context(verdict), **context}
    if verdict.state == State.UNKNOWN:
        return _page(request, status=404, form=CodeForm(), **context)
    if verdict.state == State.VALID and not verdict.name:
        context.setdefault("name_form", NameForm())
    return _page(request, status=status or 200, **context)


def _answer_to_name(request: HttpRequest, code: str) -> HttpResponse:
    now = timezone.now()
    form = NameForm(request.POST)
    if not form.is_valid():
        return _answer(request, lookup.look_up(code), name_form=form)
    if wait := throttle.name_limit().seconds_to_wait(request, now):
        return too_many(request, now + timedelta(seconds=wait), now)
    try:
        actions.count_try(code=code, at=now)
    except actions.TooManyTries as error:
        return too_many(request, error.opens_at, now, code=code)
    certificate = lookup.find(code)
    if certificate is None:
        return _answer(request, Verdict(State.UNKNOWN, code))
    verdict = lookup.verdict(certificate)
    if verdict.state != State.VALID:
        return _answer(request, verdict)
    is_match = lookup.is_named(certificate, form.cleaned_data["name"])
    return _answer(request, verdict, name_form=form, match="yes" if is_match else "no")


@require_POST
@discreet
def verify_file(request: HttpRequest) -> HttpResponse:
    """Check a dropped PDF in memory; 413 when it is too large, 429 when too many came from one place."""
    now = timezone.now()
    try:
        uploads.receive(request)
    except uploads.TooLarge:
        form = FileForm({}, MultiValueDict())
        form.add_error("file", _("This file is larger than 5 MB. A diploma is much smaller."))
        return _start(request, file_form=form, status=413)
    if wait := throttle.file_limit().seconds_to_wait(request, now):
        return too_many(request, now + timedelta(seconds=wait), now)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _start(request, file_form=form)
    judgement = file_check.judge(form.cleaned_data["file"].read(), now)
    return _page(request, status=200, **{"checked_at": now, **file_answers.page_context(judgement)})


@require_safe
@csp_exempt()
def offline(request: HttpRequest) -> HttpResponse:
    """The verifier that works without internet; with `?copia=1` as a file to keep."""
    page, policy = offline_page.build(timezone.now())
    response = HttpResponse(page)
    response.headers["Content-Security-Policy"] = f"{policy}; frame-ancestors 'none'"
    response.headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=()"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "public, max-age=3600"
    if "copia" in request.GET:
        response.headers["Content-Disposition"] = 'attachment; filename="verificar-sin-internet.html"'
    return response


@require_safe
@discreet
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """What a holder's link shows while it works; afterwards, as for any that never was, nothing."""
    found = lookup.find_shared(token, timezone.now())
    if found is None:
        return render(request, "certificates/share_gone.html", {"user": None}, status=404)
    certificate, link = found
    verdict = lookup.verdict(certificate, shows_name=link.shows_name)
    context = _without_code(answers.page_context(verdict), certificate.code)
    return _page(request, status=200, **context)


def _without_code(value: Any, code: str) -> Any:
    """The page without the code, which would work for ever: a design's sentence may say it too."""
    if isinstance(value, str):
        return value.replace(codes.display(code), "…").replace(code, "…")
    if isinstance(value, dict):
        return {key: _without_code(item, code) for key, item in value.items()} | {"shown_code": ""}
    if isinstance(value, list | tuple):
        return type(value)(_without_code(item, code) for item in value)
    return value


def too_many(request: HttpRequest, opens_at: datetime, now: datetime, *, code: str = "") -> HttpResponse:
    """In plain words: too many tries, and when one may try again."""
    occurred("verification", "slowed")
    wait = max(1, int((opens_at - now).total_seconds()))
    opens = date_format(timezone.localtime(opens_at), "TIME_FORMAT")
    sentence = _("Many tries were made in a short time. You can try again from %(time)s.") % {"time": opens}
    context = {"sentence": sentence, "code": code, "user": None}
    response = render(request, "certificates/verify_wait.html", context, status=429)
    response.headers["Retry-After"] = str(wait)
    return response


def _start(request: HttpRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    context = {"form": CodeForm(), "file_form": FileForm(), "user": None, **forms}
    return render(request, "certificates/verify.html", context, status=status)


def _page(request: HttpRequest, *, status: int, **context: Any) -> HttpResponse:
    occurred("verification", str(context["state"]))
    return render(request, "certificates/verify_code.html", {"user": None, **context}, status=status)

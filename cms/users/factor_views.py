"""The second step of staff: taking it, setting it up, and asking for it again before what is dear."""

import json
from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal import flows as recovery
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from cms.home.language import local_path
from cms.users import entering, factors, sealing, second_step, sessions
from cms.users.factor_forms import AnswerForm, AppForm, CodeForm, NewKeyForm, PasswordForm
from cms.users.models import User
from cms.users.roles import landing, start_page
from cms.users.second_step import also_setting_up, freshly, of_staff
from courses.drawings import qr_code
from courses.errors import Refused
from courses.trail import actions as trail

SECRET = "app_secret"  # noqa: S105 -- its place in the session, sealed, until the app has proved that it has it
READ = ["GET", "HEAD", "POST"]


def slow(response: HttpResponse, seconds: int) -> HttpResponse:
    """The same answer, said as «too many requests» while somebody is slowed."""
    if seconds:
        response.status_code = 429
        response["Retry-After"] = str(seconds)
    return response


def _asked(request: HttpRequest, account: User) -> dict[str, Any]:
    """The forms of a second step: the one that was sent, bound, and the others."""
    sent = request.POST if request.method == "POST" else None
    by_key = sent is not None and "credential" in sent
    kinds = set(factors.of(account).values_list("type", flat=True))
    asked: dict[str, Any] = {"answered": None, "key_form": None, "form": None}
    if factors.KEY in kinds:
        asked["key_form"] = AnswerForm(account, sent if by_key else None)
    if kinds - {factors.KEY}:
        asked["form"] = CodeForm(request, account, None if by_key else sent)
    if sent is not None:
        asked["answered"] = asked["key_form" if by_key else "form"]
    return asked


def _challenge(asked: dict[str, Any], account: User) -> dict[str, Any]:
    """What the browser needs to use a passkey; made last, because it takes the place of the one before."""
    if asked["key_form"] is not None:
        asked["options_json"] = json.dumps(webauthn.begin_authentication(account), default=dict)
    return asked


@sensitive_post_parameters()
@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="staff_sign_in")
@csrf_protect
@require_http_methods(READ)
def authenticate(request: HttpRequest) -> HttpResponse:
    """After the right password: a code, a passkey or a recovery code. Only then does the session begin."""
    stage: Any = vars(request)["_login_stage"]
    account: User | None = stage.login.user
    if account is None or not account.is_active or not factors.has_any(account):
        clear_login(request)
        return redirect("staff_sign_in")
    asked = _asked(request, account)
    answered = asked["answered"]
    if answered is not None and answered.is_valid():
        post_authentication(request, answered.factor)
        _say_of_codes(request, account, answered.factor)
        response: HttpResponse = stage.exit()
        return response
    page = render(request, "users/second_step/authenticate.html", _challenge(asked, account))
    return slow(page, answered.slowed if answered is not None else 0)


def _say_of_codes(request: HttpRequest, account: User, used: Authenticator) -> None:
    if used.type == factors.CODES:
        trail.note_look(trail.Deed.RECOVERY_CODE_USED, about=account, by=account, at=timezone.now())
        left = len(used.wrap().get_unused_codes())
        words = _("This recovery code is spent. Left: %(count)d. Is your phone lost? Set up another one.")
        messages.warning(request, words % {"count": left})


@sensitive_post_parameters()
@csrf_protect
@require_http_methods(READ)
@also_setting_up
def reauthenticate(request: HttpRequest) -> HttpResponse:
    """The same once more, by who is in or sets up her second step, before what changes how one gets in."""
    account: Any = request.user
    wanted = local_path(request.POST.get("next") or request.GET.get("next") or reverse("mfa_index"))
    if factors.has_any(account):
        asked = _asked(request, account)
    else:
        form = PasswordForm(request, account, request.POST or None)
        asked = {"form": form, "key_form": None, "answered": form if request.method == "POST" else None}
    answered = asked["answered"]
    if answered is not None and answered.is_valid():
        if answered.factor is not None:
            post_authentication(request, answered.factor, reauthenticated=True)
        else:
            record_authentication(request, account, "password", reauthenticated=True)
        sessions.renew(request)
        return redirect(wanted)
    context = {**_challenge(asked, account), "next": wanted}
    page = render(request, "users/second_step/confirm.html", context)
    return slow(page, answered.slowed if answered is not None else 0)


@require_safe
@also_setting_up
def index(request: HttpRequest) -> HttpResponse:
    """What she has, and what she can set up."""
    account: Any = request.user
    rows = list(factors.of(account))
    codes = next((row for row in rows if row.type == factors.CODES), None)
    context = {
        "app": next((row for row in rows if row.type == factors.APP), None),
        "keys": [row for row in rows if row.type == factors.KEY],
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        "onwards": start_page(account),
        "must": second_step.is_needed(account),
        "may_remove": not second_step.is_needed(account) or len(rows) - bool(codes) > 1,
    }
    return render(request, "users/second_step/index.html", context)


@sensitive_post_parameters()
@csrf_protect
@require_http_methods(READ)
@also_setting_up
@freshly
def add_app(request: HttpRequest) -> HttpResponse:
    """An app that shows six digits: the drawing to scan, its secret in letters, and a code as proof."""
    account: Any = request.user
    kept = request.session.get(SECRET, "")
    secret = sealing.unseal(kept) if request.method == "POST" and kept else generate_totp_secret()
    form = AppForm(secret, request.POST or None)
    if request.method == "POST" and kept and form.is_valid():
        try:
            with transaction.atomic():
                row = factors.activate_app(account, secret)
                has_codes = recovery.auto_generate_recovery_codes(request) is None
        except Refused as error:
            messages.error(request, str(error))
            return redirect("mfa_index")
        del request.session[SECRET]
        return _is_set_up(request, account, row, has_codes)
    request.session[SECRET] = sealing.seal(secret)
    address = get_adapter().build_totp_url(account, secret)
    context = {
        "form": form,
        "qr": qr_code(address, title=_("QR code for your app")),
        "groups": [secret[at : at + 4] for at in range(0, len(secret), 4)],
        "address": address,
    }
    return render(request, "users/second_step/app.html", context)


@csrf_protect
@require_http_methods(READ)
@also_setting_up
@freshly
def add_key(request: HttpRequest) -> HttpResponse:
    """A passkey: the phone's or computer's own, or one on a key ring."""
    account: Any = request.user
    count = factors.of(account).filter(type=factors.KEY).count()
    if count >= factors.MOST_KEYS:
        messages.error(request, _("You have enough passkeys. Remove one first."))
        return redirect("mfa_index")
    form = NewKeyForm(account, request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"] or _("Passkey %(number)d") % {"number": count + 1}
        with transaction.atomic():
            row = webauthn.WebAuthn.add(account, name, form.cleaned_data["credential"]).instance
            trail.note(trail.Deed.SECOND_STEP_SET_UP, about=account, by=account, at=timezone.now())
            has_codes = recovery.auto_generate_recovery_codes(request) is None
        return _is_set_up(request, account, row, has_codes)
    options = json.dumps(webauthn.begin_registration(account, passwordless=False), default=dict)
    return render(request, "users/second_step/key.html", {"form": form, "options_json": options})


def _is_set_up(request: HttpRequest, account: User, row: Authenticator, has_codes: bool) -> HttpResponse:
    """It was proved just now, so this session has taken the second step; a first one comes with codes."""
    was_in = second_step.taken(request, account, second_step.FACTOR)
    post_authentication(request, row)
    sessions.renew(request)
    messages.success(request, _("Your second step is set up."))
    response = redirect("mfa_index" if has_codes else "mfa_view_recovery_codes")
    return response if was_in else entering.welcome(request, response, account)


@csrf_protect
@require_http_methods(READ)
@of_staff
@freshly
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """An app or a passkey that she has no more."""
    account: Any = request.user
    row = get_object_or_404(factors.of(account).exclude(type=factors.CODES), pk=pk)
    if request.method != "POST":
        return render(request, "users/second_step/remove.html", {"row": row})
    try:
        factors.remove(account, row, is_needed=second_step.is_needed(account))
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It is removed. It opens nothing any more."))
    return redirect("mfa_index")


def _codes(request: HttpRequest) -> list[str]:
    """Her recovery codes that still open. Raises Http404."""
    account: Any = request.user
    row = get_object_or_404(factors.of(account), type=factors.CODES)
    found: list[str] = [f"{code[:4]} {code[4:]}" for code in row.wrap().get_unused_codes()]
    return found


@require_safe
@of_staff
@freshly
def codes(request: HttpRequest) -> HttpResponse:
    """Her recovery codes, to print or to copy by hand."""
    wanted = request.session.get(second_step.WANTED, "")
    context = {"codes": _codes(request), "onwards": landing(request.user, wanted)}
    return render(request, "users/second_step/codes.html", context)


@require_safe
@of_staff
@freshly
def codes_file(request: HttpRequest) -> HttpResponse:
    """The same as a file whose name and words say nothing of us."""
    response = HttpResponse("\n".join(_codes(request)) + "\n", content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="notas.txt"'
    return response


@csrf_protect
@require_http_methods(READ)
@of_staff
@freshly
def new_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes; the ones of before open nothing any more."""
    account: Any = request.user
    if not factors.has_any(account):
        return redirect("mfa_index")
    if request.method != "POST":
        return render(request, "users/second_step/new_codes.html")
    with transaction.atomic():
        recovery.generate_recovery_codes(request)
        trail.note(trail.Deed.RECOVERY_CODES_MADE, about=account, by=account, at=timezone.now())
    return redirect("mfa_view_recovery_codes")

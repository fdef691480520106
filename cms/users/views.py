"""Signing in and out, by the two doors and by a card; her PIN, and her open sessions."""

from typing import Any

from allauth.account.internal.flows.login import perform_password_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from cms.users import cards, door_log, entering, sessions, tries
from cms.users.adapters import onwards
from cms.users.factor_views import slow
from cms.users.forms import (
    CardForm,
    ChangePasswordForm,
    ChangePinForm,
    OwnPasswordForm,
    PinSignInForm,
    StaffSignInForm,
    slowed_in_words,
)
from cms.users.models import SECRET_FIELDS, OpenSession, User
from cms.users.roles import landing, start_page
from cms.users.second_step import PASSWORD, WANTED, choosing, setting_up
from courses.errors import Refused
from courses.progress.views import today as trainees_today
from courses.trail import actions as trail


class SignIn(LoginView):
    """User name and PIN; leads trainees to their day, each in her language."""

    template_name = "users/sign_in.html"
    authentication_form: type[StaffSignInForm] = PinSignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        del context["site_name"]  # of the host; ours comes from cms.context
        return context

    def get_default_redirect_url(self) -> str:
        return start_page(self.request.user)

    def get_redirect_url(self, *args: object, **kwargs: object) -> str:
        """Where she wanted to go, unless that is a desk that is not hers: it would send her back here."""
        wanted = super().get_redirect_url()
        user = self.request.user
        return landing(user, wanted) if wanted and user.is_authenticated else wanted

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        account: Any = form.get_user()
        return entering.welcome(self.request, response, account)

    def form_invalid(self, form: Any) -> HttpResponse:
        return slow(super().form_invalid(form), form.slowed)


class StaffSignIn(SignIn):
    """User name and password, for the team and the authority; the second step comes before the session."""

    template_name = "users/staff_sign_in.html"
    authentication_form = StaffSignInForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if choosing(request):
            return redirect("own_password")
        if setting_up(request):
            return redirect("mfa_index")
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "asks_second_step": settings.STAFF_SECOND_FACTOR}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        if SESSION_KEY in self.request.session:
            self.request.session.flush()  # of whoever came half way before
        login = Login(user=form.get_user(), redirect_url=self.get_redirect_url())
        return perform_password_login(self.request, {}, login)


@sensitive_post_parameters()
@csrf_protect
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_password(request: HttpRequest) -> HttpResponse:
    """Staff whose password somebody else typed choose their own before anything else opens."""
    account = choosing(request)
    if account is None:
        return redirect("staff_sign_in")  # which leads on whoever is in
    form = OwnPasswordForm(account, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        request.user = account
        with transaction.atomic():
            form.save()
            update_session_auth_hash(request, account)
            _keep_only_this(request)
        record_authentication(request, account, PASSWORD)  # it was typed just now
        return onwards(request, account, request.session.pop(WANTED, ""))
    return render(request, "users/own_password.html", {"form": form})


class SignOut(LogoutView):
    """Ends the session (POST only) and tells the browser to forget what it kept."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        OpenSession.objects.filter(session_key=request.session.session_key or "").delete()
        door_log.left(request.user)
        response = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache"'
        return response


@sensitive_post_parameters()
@csrf_protect
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def card(request: HttpRequest) -> HttpResponse:
    """A one-use card: the secret of the QR code stands behind «#» and reaches us in the form only."""
    form = CardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = _use(form)
        except Refused as error:
            door_log.stayed_shut("card", None)
            form.add_error(None, str(error))
        else:
            door_log.opened("card", account)
            logout(request)  # a shared phone: whoever was here goes
            messages.success(request, _("Your PIN is saved. The card is spent."))
            return entering.welcome(request, redirect(start_page(account)), account)
    return render(request, "users/card.html", {"form": form})


def _use(form: CardForm) -> User:
    """Spend the card of a form. Raises Refused."""
    data, now = form.cleaned_data, timezone.now()
    found = cards.open_card(secret=data["code"], first_pin=data["first_pin"], at=now)
    return cards.use_card(card=found, pin=data["new_pin"], at=now)


@sensitive_post_parameters()
@require_POST
def check_pin(request: HttpRequest) -> HttpResponse:
    """Is it the PIN of who is signed in: 204, 403, 429 while slowed; 401 when nobody is."""
    user: Any = request.user
    if not user.is_authenticated:
        return HttpResponse(_("Sign in first."), status=401, content_type="text/plain; charset=utf-8")
    try:
        is_right = entering.check_own_pin(request, user, request.POST.get("pin", ""), timezone.now())
    except tries.Slowed as error:
        words = HttpResponse(slowed_in_words(error.seconds), content_type="text/plain; charset=utf-8")
        return slow(words, error.seconds)
    if is_right:
        return HttpResponse(status=204)
    return HttpResponse(_("The PIN is not right."), status=403, content_type="text/plain; charset=utf-8")


class ChangePassword(PasswordChangeView):
    """A new password for whoever knows the old one; other devices are signed out."""

    template_name = "users/password_change.html"
    form_class = ChangePasswordForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def form_invalid(self, form: Any) -> HttpResponse:
        return slow(super().form_invalid(form), form.slowed)

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            _keep_only_this(self.request)
        messages.success(self.request, _("Your new password is saved."))
        return response

    def get_success_url(self) -> str:
        return start_page(self.request.user)


def _keep_only_this(request: HttpRequest) -> None:
    """After a change of the secret: it is noted, this session has a new key, and the others end."""
    user: Any = request.user
    trail.note(trail.Deed.SECRET_CHANGED, about=user, by=user, at=timezone.now())
    sessions.end_others(request, user)


@sensitive_post_parameters()
@csrf_protect
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_secret(request: HttpRequest) -> HttpResponseBase:
    """Her PIN, or the password of staff."""
    account: Any = request.user
    if not account.has_pin:
        return ChangePassword.as_view()(request)
    form = ChangePinForm(request, account, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            account.set_pin(form.cleaned_data["new_pin"])
            account.save(update_fields=SECRET_FIELDS)
            update_session_auth_hash(request, account)
            _keep_only_this(request)
        messages.success(request, _("Your new PIN is saved. Everywhere else you are signed out."))
        messages.info(
            request,
            _(
                "Did you keep lessons on a phone? There your PIN of before still opens them, until you "
                "press «I do not get in» and «Start again with my new PIN»."
            ),
        )
        return redirect("courses:my_data")
    return slow(render(request, "users/pin_change.html", {"form": form}), form.slowed)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_sessions(request: HttpRequest) -> HttpResponse:
    """Where she is signed in; POST ends one of them, or all but this one."""
    account: Any = request.user
    if request.method == "POST":
        _end(request, account)
        return redirect("my_sessions")
    rows = sessions.of(account, timezone.now())
    here = request.session.session_key
    context = {
        "here": next((one for one in rows if one.session_key == here), None),
        "others": [one for one in rows if one.session_key != here],
    }
    return render(request, "users/my_sessions.html", context)


def _end(request: HttpRequest, account: User) -> None:
    others = OpenSession.objects.filter(account=account).exclude(session_key=request.session.session_key)
    wanted = request.POST.get("session", "")
    if wanted.isdecimal():
        others = others.filter(pk=get_object_or_404(others, pk=int(wanted)).pk)
    count = sessions.end(list(others), forget_devices=True, by=account)
    messages.success(
        request,
        ngettext("%(count)d session has ended.", "%(count)d sessions have ended.", count) % {"count": count},
    )


def today(request: HttpRequest) -> HttpResponse:
    """A trainee's day; the authority's officer has none and is sent to her portal."""
    portal = reverse("certificates:authority")
    if request.user.is_authenticated and start_page(request.user) == portal:
        return redirect(portal)
    response: HttpResponse = trainees_today(request)
    return response


sign_in = SignIn.as_view()
staff_sign_in = StaffSignIn.as_view()
sign_out = SignOut.as_view()

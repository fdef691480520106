"""Signing in and out."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from cms.users.forms import SignInForm
from cms.users.roles import start_page
from courses.progress.views import today as trainees_today

DESK, ENTER_DESK = "/admin/", "wagtailadmin.access_admin"


class SignIn(LoginView):
    """User name and password; leads trainees to their day, staff to their desk, each in her language."""

    template_name = "users/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "site_name": settings.SITE_NAME}  # not the host's name

    def get_default_redirect_url(self) -> str:
        return start_page(self.request.user)

    def get_redirect_url(self, *args: object, **kwargs: object) -> str:
        """Where she wanted to go, unless that is a desk that is not hers: it would send her back here."""
        wanted = super().get_redirect_url()
        user = self.request.user
        if wanted.startswith(DESK) and user.is_authenticated and not user.has_perm(ENTER_DESK):
            return ""
        return wanted

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        user = form.get_user()
        person = getattr(user, "person", None)
        language = person.language if person else getattr(user, "language", "")
        if language and translation.check_for_language(language):
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                language,
                httponly=True,
                samesite="Lax",
                secure=self.request.is_secure(),
            )
        return response


class SignOut(LogoutView):
    """Ends the session (POST only) and tells the browser to forget what it kept."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache"'
        return response


class ChangePassword(PasswordChangeView):
    """A new password for whoever knows the old one; other devices are signed out."""

    template_name = "users/password_change.html"

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("Your new password is saved."))
        return super().form_valid(form)

    def get_success_url(self) -> str:
        person = getattr(self.request.user, "person", None)
        return reverse("courses:my_data") if person else start_page(self.request.user)


def today(request: HttpRequest) -> HttpResponse:
    """A trainee's day; the authority's officer has none and is sent to her portal."""
    portal = reverse("certificates:authority")
    if request.user.is_authenticated and start_page(request.user) == portal:
        return redirect(portal)
    response: HttpResponse = trainees_today(request)
    return response


sign_in = SignIn.as_view()
sign_out = SignOut.as_view()
change_password = ChangePassword.as_view()

"""What django-allauth asks of us: of all it can do, the second step only (docs/adr/0018)."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cms.home.face import face_of
from cms.users import entering, factors, sealing, second_step
from cms.users.models import User
from cms.users.roles import landing


def onwards(request: HttpRequest, account: User, wanted: str) -> HttpResponse:
    """The next step: a password of her own, then a second step, then where she wanted to go."""
    has_to_choose = second_step.has_to_choose(account)
    if has_to_choose or (second_step.is_needed(account) and not factors.has_any(account)):
        request.session[second_step.WANTED] = wanted
        return redirect("own_password" if has_to_choose else "mfa_index")
    return entering.welcome(request, redirect(landing(account, wanted)), account)


class AccountAdapter(DefaultAccountAdapter):
    """Between the right password and the session stands one stage. Nobody signs up, and nothing is mailed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return ["allauth.mfa.stages.AuthenticateStage"]

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """She is in; who has a step to take first goes there, and nowhere else."""
        return onwards(request, user, kwargs.get("redirect_url") or "")

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Our screens say it in their own words."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """There is no e-mail."""


class FactorAdapter(DefaultMFAAdapter):
    """Secrets are sealed; what a phone or a key ring shows of us is neutral."""

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text)

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        account: User = user
        return {"id": account.key.bytes, "display_name": account.username, "name": account.username}

    def _get_site_name(self) -> str:
        return face_of(self.request).name

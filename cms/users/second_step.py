"""The second step of staff: without it a session of theirs is nobody's, wherever it came from.

Which steps a session has taken stands in it, written by django-allauth for one account. A session of staff
that has not taken the second one is treated as a stranger's by every view; with the right password and no
second step to ask for, it opens the pages on which she sets one up, and no other.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from cms.users import factors
from cms.users.models import User

PASSWORD, FACTOR = "password", "mfa"  # as django-allauth calls them
WANTED = "wanted"  # in the session: where she wanted to go before she had to set up her second step
FRESH = timedelta(minutes=15)  # so long a step counts for what changes how one gets in
View = Callable[..., HttpResponseBase]


def is_needed(account: User) -> bool:
    """Must this account take the second step? Whoever has a desk, unless a demonstration does without."""
    return bool(settings.STAFF_SECOND_FACTOR and account.has_desk)


def taken(request: HttpRequest, account: User, step: str, within: timedelta | None = None) -> bool:
    """Did this account take this step in this session, and not longer ago than `within`?"""
    since = (timezone.now() - within).timestamp() if within else 0.0
    records = get_authentication_records(request, account)
    return any(record["method"] == step and record["at"] > since for record in records)


class SecondStep:
    """Every view sees nobody in a session of staff that has not taken the second step.

    Looked at when somebody asks who is signed in, so that public files stay without a cookie.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known = request.user
        request.user = SimpleLazyObject(lambda: admitted(request, known))  # type: ignore[assignment]  # lazy
        return self.get_response(request)


def admitted(request: HttpRequest, user: Any) -> Any:
    """`user`, or nobody when she has a step to take."""
    if not user.is_authenticated:
        return user
    if has_to_choose(user) or (not taken(request, user, FACTOR) and is_needed(user)):
        return AnonymousUser()
    return user


def has_to_choose(account: User) -> bool:
    """Does somebody else know the password of this account of staff?"""
    return account.is_password_given and account.has_desk


def choosing(request: HttpRequest) -> User | None:
    """Who came with a password that somebody else knows, and took the second step if she has one."""
    account = _half_way(request)
    if account is None or not has_to_choose(account):
        return None
    step = FACTOR if is_needed(account) and factors.has_any(account) else PASSWORD
    return account if taken(request, account, step) else None


def setting_up(request: HttpRequest) -> User | None:
    """Who gave a password of her own in this session and has no second step yet; None for everybody else."""
    account = _half_way(request)
    if account is None or has_to_choose(account) or not is_needed(account) or factors.has_any(account):
        return None
    return account if taken(request, account, PASSWORD) else None


def _half_way(request: HttpRequest) -> User | None:
    """Whose session this is, as long as she is nobody in it."""
    if request.user.is_authenticated:
        return None
    account: Any = get_user(request)
    return account if account.is_authenticated else None


def of_staff(view: View) -> View:
    """A page about the second step: for staff who are in. Trainees and strangers find the door."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user: Any = request.user
        if not user.is_authenticated:
            return to_the_door(request)
        if not user.has_desk:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def also_setting_up(view: View) -> View:
    """The same, and open to whoever has to set up her second step: in this view she is who she says."""
    guarded = of_staff(view)

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if account := setting_up(request):
            request.user = account
        return guarded(request, *args, **kwargs)

    return opened


def freshly(view: View) -> View:
    """A view that changes how somebody gets in: asked again who lost sight of the screen for a while."""

    @wraps(view)
    def confirmed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_fresh(request):
            return view(request, *args, **kwargs)
        return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': request.get_full_path()})}")

    return confirmed


def is_fresh(request: HttpRequest) -> bool:
    """Did she take the strongest step that she can a short while ago?"""
    account: Any = request.user
    return taken(request, account, FACTOR if factors.has_any(account) else PASSWORD, within=FRESH)


def to_the_door(request: HttpRequest) -> HttpResponse:
    """The staff's door, which knows where she wanted to go."""
    query = f"?{urlencode({'next': request.path})}" if request.method == "GET" else ""
    return redirect(f"{reverse('staff_sign_in')}{query}")

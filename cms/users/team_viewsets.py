"""Below «Entrada», for administrators: the team's second steps, a lost phone, and «we are being raided»."""

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib.auth import logout
from django.contrib.auth.models import Group, Permission
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from wagtail.admin import messages

from cms.users import factors, raid, tries
from cms.users.models import DESKS, User
from cms.users.second_step import freshly
from courses.staff import Permitted, StaffPage, refused

MAY = "users.change_user"  # administrators
PER_PAGE = 50


def team() -> QuerySet[User]:
    """Whoever has a desk: the accounts that sign in with a password and a second step."""
    names = [desk.split(".")[1] for desk in DESKS]
    groups = Group.objects.filter(permissions__in=Permission.objects.filter(codename__in=names))
    return User.objects.filter(Q(groups__in=groups) | Q(is_superuser=True)).distinct().order_by("username")


def states(accounts: list[User], now: datetime) -> list[dict[str, Any]]:
    """Each account with its second step in words, by three queries for all of them."""
    rows = Authenticator.objects.filter(user__in=accounts, type__in=[factors.APP, factors.KEY])
    kinds: dict[int, set[str]] = {}
    for user_id, kind in rows.values_list("user_id", "type"):
        kinds.setdefault(user_id, set()).add(kind)
    steps, doors = tries.locked(accounts, now, tries.STEP), tries.locked(accounts, now)
    return [
        {
            "account": account,
            "kinds": kinds.get(account.pk, set()),
            "state": _state(account, kinds.get(account.pk, set())),
            "alarm": account.pk in steps,
            "locked": account.pk in doors,
        }
        for account in accounts
    ]


def _state(account: User, kinds: set[str]) -> str:
    if not account.is_active:
        return gettext("The account is closed.")
    words = {
        frozenset([factors.APP]): gettext("An app with six digits."),
        frozenset([factors.KEY]): gettext("A passkey."),
        frozenset([factors.APP, factors.KEY]): gettext("An app and a passkey."),
    }
    return words.get(frozenset(kinds), gettext("None yet: it is set up at the next sign-in."))


class TeamPage(Permitted, StaffPage):
    """A page for administrators."""

    header_icon = "key"
    page_title = _("Getting in")
    permission = MAY


class Team(TeamPage):
    """Everybody of the team, some at a time."""

    template_name = "users/admin/team.html"
    page_subtitle = _("The team's second steps")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(team(), PER_PAGE).get_page(self.request.GET.get("p"))
        rows = states(list(page.object_list), timezone.now())
        return {**super().get_context_data(**kwargs), "page": page, "rows": rows}


@method_decorator(never_cache, name="dispatch")
@method_decorator(freshly, name="post")
class Reset(TeamPage):
    """A colleague's phone is lost: asked before it is done, and never for oneself."""

    template_name = "users/admin/reset.html"
    page_subtitle = _("Reset a second step")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        account = get_object_or_404(team(), key=self.kwargs["key"])
        [row] = states([account], timezone.now())
        is_herself = account.pk == self.request.user.pk
        return {**super().get_context_data(**kwargs), **row, "is_herself": is_herself}

    def post(self, request: HttpRequest, key: Any) -> HttpResponse:
        account, by = get_object_or_404(team(), key=key), request.user
        assert isinstance(by, User)
        if not refused(request, lambda: factors.reset(account=account, by=by)):
            messages.success(request, gettext("Done. At the next sign-in she sets up her second step anew."))
        return redirect("cards:team")


class RaidForm(forms.Form):
    """A word, so that it does not happen by a slip of the finger."""

    word = forms.CharField(
        max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def clean_word(self) -> str:
        word = str(self.cleaned_data["word"]).strip()
        if word.casefold() != gettext("END").casefold():
            raise forms.ValidationError(gettext("Type the word %(word)s.") % {"word": gettext("END")})
        return word


@method_decorator(never_cache, name="dispatch")
class Raid(TeamPage):
    """«We are being raided»: one act, what it does, and what it cannot do."""

    template_name = "users/admin/raid.html"
    header_icon = "warning"
    page_subtitle = _("We are being raided")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or RaidForm()
        return {**super().get_context_data(**kwargs), "form": form, "word": gettext("END")}

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form, by = RaidForm(request.POST), request.user
        assert isinstance(by, User)
        if not form.is_valid():
            return self.show(form=form)
        ended = raid.end_everything(by=by, at=timezone.now())
        logout(request)  # her own session has ended with the others
        return render(request, "users/raid_done.html", {"ended": ended})

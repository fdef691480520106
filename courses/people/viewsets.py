"""People and organisations in the admin."""

from functools import cached_property, partial
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic

from courses.errors import Refused
from courses.people.actions import (
    give_account,
    keep_or_forget_legal_name,
    legal_name_of,
    note_name,
    unname_log,
)
from courses.people.forms import LegalNameForm, OrganisationForm, PersonForm
from courses.people.models import Organisation, Person
from courses.staff import PlainViewSet, StaffPage, refused
from courses.trail import actions as trail


class PersonIndex(generic.IndexView):
    """Everybody, by the name she uses."""

    default_ordering = "name"

    def get_base_queryset(self) -> Any:
        return Person.objects.select_related("account")

    @cached_property
    def columns(self) -> list[Any]:
        return [
            self._get_title_column("name"),
            Column("language", label=_("Language"), accessor="get_language_display", classname="pm-wide"),
            Column(
                "account",
                label=_("User name"),
                accessor=lambda p: p.account.get_username() if p.account else "—",
            ),
            DateColumn("created_at", label=_("Since"), sort_key="created_at", classname="pm-wide"),
        ]


class AccountMixin:
    """After saving, make the account that was asked for, and lead on to her sign-in card."""

    request: Any

    def form_valid(self, form: PersonForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]  # of the view beside it
        username = form.cleaned_data.get("username")
        if username:
            self._give(form.instance, username)
        return response

    def _give(self, person: Person, username: str) -> None:
        try:
            act = partial(give_account, by=self.request.user, at=timezone.now())
            account = act(person=person, username=username).account
        except Refused as error:
            messages.error(self.request, str(error))
            return
        messages.success(
            self.request,
            gettext("Her user name is %(username)s. With a sign-in card she chooses her PIN.")
            % {"username": username},
            buttons=self._card_buttons(account),
        )

    def _card_buttons(self, account: Any) -> list[Any]:
        if not self.request.user.has_perm("users.add_signincard"):
            return []
        return [messages.button(reverse("cards:woman", args=[account.key]), gettext("Her sign-in card"))]


class NamelessLogMixin:
    """The admin's log says her id: a name in it would outlast every change and erasure of hers."""

    def save_instance(self) -> Person:
        person: Person = super().save_instance()  # type: ignore[misc]  # of the view beside it
        unname_log(person=person)
        return person


class PersonCreate(NamelessLogMixin, AccountMixin, generic.CreateView):
    pass


class PersonEdit(NamelessLogMixin, AccountMixin, generic.EditView):
    """Another name is noted in the audit trail: it is what her next diploma says."""

    def save_instance(self) -> Person:
        with transaction.atomic():
            person: Person = super().save_instance()
            if "name" in self.form.changed_data:
                note_name(person=person, by=self.request.user, at=timezone.now())
        return person


class PersonPage(StaffPage):
    """A page about one woman, for whoever holds one of `permissions`; no browser keeps it."""

    header_icon = "user"
    permissions: tuple[str, ...] = ()
    related = "account"  # read with her

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not any(map(request.user.has_perm, self.permissions)):
            raise PermissionDenied
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "no-store, private"
        return response

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.person = get_object_or_404(Person.objects.select_related(self.related), pk=self.kwargs["pk"])
        self.page_title = self.person.name


class LegalNamePage(PersonPage):
    """Her legal name, for the roles that need it. Only who may change people changes it."""

    template_name = "courses/admin/people_legal_name.html"
    page_subtitle = _("Legal name")
    permissions = ("courses.see_legal_name",)
    related = "legal_name"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        kept = getattr(self.person, "legal_name", None)
        if kept is not None:
            now, by = timezone.now(), request.user
            trail.note_look(trail.Deed.LEGAL_NAME_SEEN, about=self.person, by=by, at=now)
        initial = {"name": legal_name_of(self.person), "is_printed": bool(kept and kept.is_printed)}
        return self.show(form=LegalNameForm(initial=initial), kept=kept, name=initial["name"])

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("courses.change_person"):
            raise PermissionDenied
        form = LegalNameForm(request.POST)
        act = partial(keep_or_forget_legal_name, person=self.person, by=request.user, at=timezone.now())
        if not form.is_valid() or refused(request, partial(act, **form.cleaned_data)):
            return self.show(form=form)
        messages.success(request, gettext("Saved."))
        return redirect("people:legal_name", self.person.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "person": self.person,
            "days": settings.LEGAL_NAME_DAYS,
            "may_write": self.request.user.has_perm("courses.change_person"),
        }


class PersonViewSet(PlainViewSet):
    """«Personas»."""

    model = Person
    name = "people"
    icon = "user"
    menu_label = _("People")
    menu_name = "people"
    menu_order = 20
    search_fields = ["name", "account__username"]
    index_view_class = PersonIndex
    add_view_class = PersonCreate
    edit_view_class = PersonEdit

    def get_form_class(self, for_update: bool = False) -> type[PersonForm]:
        return PersonForm

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("<uuid:pk>/legal-name/", LegalNamePage.as_view(), name="legal_name"),
        ]


class OrganisationViewSet(PlainViewSet):
    """«Organizaciones»."""

    model = Organisation
    name = "organisations"
    icon = "home"
    menu_label = _("Organisations")
    menu_name = "organisations"
    menu_order = 70
    list_display = ["name", "kind"]
    search_fields = ["name"]

    def get_form_class(self, for_update: bool = False) -> type[OrganisationForm]:
        return OrganisationForm

"""What staff do for a woman in her presence: note what she says aloud, hand her a copy, erase her."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from cms.users.own_data import acts, copying, paper, plan
from cms.users.own_data.forms import PresenceForm, StaffEraseForm
from cms.users.own_data.views import as_zip
from cms.users.paper import as_download
from courses.consents import rules
from courses.consents.models import Consent
from courses.consents.wording import language_read
from courses.errors import Refused
from courses.people.viewsets import PersonPage
from courses.trail import actions as trail

NOTE, COPY, ERASE = "courses.note_consent", "courses.hand_over_data", "courses.erase_person"


class DataPage(PersonPage):
    """A page about her data."""

    permissions: tuple[str, ...] = (NOTE, COPY, ERASE)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = self.request.user.has_perm
        rights = {"may_note": may(NOTE), "may_copy": may(COPY), "may_erase": may(ERASE)}
        return {**super().get_context_data(**kwargs), "person": self.person, **rights}


class Permits(DataPage):
    """Her permissions, as she gave them; POST notes one that she gave aloud, here and now."""

    template_name = "users/admin/own_data.html"
    page_subtitle = _("Her permissions and data")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = paper.rows_of(self.person)
        history = Consent.objects.all().history(self.person)
        spoken = language_read(self.person.language)
        return {**super().get_context_data(**kwargs), "rows": rows, "history": history, "spoken": spoken}

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(NOTE):
            raise PermissionDenied
        purpose, answer = request.POST.get("purpose", ""), request.POST.get("answer", "")
        if not rules.is_purpose(purpose) or answer not in {"yes", "no"}:
            raise Http404
        if "was_read" not in request.POST:
            messages.error(request, gettext("Read the words aloud to her first, and tick that you did."))
            return redirect("own_data_desk:permits", self.person.pk)
        if purpose == rules.STUDY and answer == "no" and "knows" not in request.POST:
            messages.error(request, gettext("Tell her that she leaves the course, and tick that she knows."))
            return redirect("own_data_desk:permits", self.person.pk)
        try:
            acts.answer(
                person=self.person,
                purpose=purpose,
                is_given=answer == "yes",
                noted_by=request.user,
                language=self.person.language,
                at=timezone.now(),
            )
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, gettext("Noted as said aloud. Give her the receipt."))
        return redirect("own_data_desk:permits", self.person.pk)


class Receipt(DataPage):
    """Her receipt on paper, for her to take along."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        by, now = request.user, timezone.now()
        trail.note_look(trail.Deed.DOWNLOADED, about=self.person, by=by, at=now, format="pdf")
        try:
            return as_download(paper.receipt_pdf(request, self.person, timezone.now()), "comprobante")
        except Refused as error:
            messages.error(request, str(error))
            return redirect("own_data_desk:permits", self.person.pk)


class HandOver(DataPage):
    """Her copy, handed to her while she is there."""

    template_name = "users/admin/own_data_copy.html"
    page_subtitle = _("A copy of her data")
    permissions = (COPY,)

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.show(form=PresenceForm())

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = PresenceForm(request.POST)
        if not form.is_valid():
            return self.show(form=form)
        return as_zip(copying.copy_of(self.person, at=timezone.now(), by=request.user))


class EraseHer(DataPage):
    """Erasing her while she is there, by whoever may erase awards too."""

    template_name = "users/admin/own_data_erase.html"
    page_subtitle = _("Erase a person")
    permissions = (ERASE,)

    def form(self, data: Any = None) -> StaffEraseForm:
        return StaffEraseForm(self.person, data, asks_awards=acts.is_decided_about(self.person))

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.show(form=self.form())

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form=form)
        try:
            acts.erase_person(
                person=self.person,
                keeps_awards=form.keeps_awards,
                by=request.user,
                at=timezone.now(),
                was_present=True,
            )
        except Refused as error:
            messages.error(request, str(error))
            return self.show(form=form)
        if form.keeps_awards:
            messages.success(request, gettext("She is erased. Only her diploma still names her here."))
        else:
            messages.success(request, gettext("She is erased. Nothing here names her any more."))
        return redirect("wagtailadmin_home")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        awards = acts.awards_of(self.person)
        told = {
            "awards": awards,
            "sections": plan.SECTIONS,
            "works_here": acts.works_here(self.person.account),
        }
        return {**super().get_context_data(**kwargs), **told}


class OwnDataViewSet(ViewSet):
    """No menu item: these pages are reached from the page of a woman."""

    name = "own_data_desk"
    url_prefix = "own-data"
    icon = "user"
    menu_label = _("Her permissions and data")
    add_to_admin_menu = False

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("<uuid:pk>/", Permits.as_view(), name="permits"),
            path("<uuid:pk>/receipt/", Receipt.as_view(), name="receipt"),
            path("<uuid:pk>/copy/", HandOver.as_view(), name="copy"),
            path("<uuid:pk>/erase/", EraseHer.as_view(), name="erase"),
        ]

"""One diploma in the admin, and what may still happen to it: GET explains, POST does it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from certificates import codes
from certificates.awards import access, erasure, handover, life
from certificates.awards.models import Certificate, Delivery
from certificates.desk import diploma_page
from certificates.desk.diploma_forms import DeliverForm, EraseForm, ReplaceForm, RevokeForm
from certificates.desk.pages import StaffPage, refused


class DiplomaPage(StaffPage):
    """A page about one diploma: 404 where there is none, refused to whoever may not look at diplomas."""

    header_icon = "clipboard-list"
    diploma: Certificate

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not access.can_see(request.user):
            raise PermissionDenied
        found = Certificate.objects.with_state().select_related(
            "acta__cohort",
            "line",
            "key",
            "replaces",
            "created_by",
            "registration__by",
            "revocation__by",
            "erasure__by",
            "replaced_by__created_by",
        )
        self.diploma = get_object_or_404(found, pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return self.diploma.folio

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse_lazy("diplomas:index"), "label": _("Diplomas")},
            {"url": reverse("diplomas:diploma", args=[self.diploma.pk]), "label": self.diploma.folio},
            *([{"url": "", "label": self.page_subtitle}] if self.page_subtitle else []),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "diploma": self.diploma,
            "back": reverse("diplomas:diploma", args=[self.diploma.pk]),
        }


class Diploma(DiplomaPage):
    """As it was printed, its state, everything that happened, and what may still happen to it."""

    template_name = "certificates/admin/diploma.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "facts": self.diploma.payload,
            "code": codes.display(self.diploma.code),
            "state": diploma_page.state_of(self.diploma),
            "state_words": diploma_page.state_in_words(self.diploma),
            "events": diploma_page.timeline(self.diploma),
            "acts": self._acts(),
        }

    def _acts(self) -> dict[str, bool]:
        """Which buttons this person gets now."""
        user, state = self.request.user, diploma_page.state_of(self.diploma)
        is_erased = hasattr(self.diploma, "erasure")
        is_standing = state in {"issued", "suspended", "preparing", "failed"}
        may_revoke = access.can_revoke(user)
        return {
            "download": hasattr(self.diploma, "document") and not is_erased,
            "card": state == "issued" and not is_erased,
            "deliver": state == "issued" and not is_erased and access.can_deliver(user),
            "replace": state == "issued" and not is_erased and may_revoke,
            "suspend": is_standing and state != "suspended" and may_revoke,
            "lift": state == "suspended" and may_revoke,
            "revoke": is_standing and may_revoke,
            "erase": not is_erased and access.can_erase(user),
        }


class DiplomaAct(DiplomaPage):
    """One act: GET explains it, POST does it; the action decides whether it may be."""

    template_name = "courses/admin/form.html"
    form_class: Any = None
    note: Any = ""
    button: Any = ""
    done: Any = ""
    is_serious = True
    may: Callable[..., bool] = staticmethod(access.can_revoke)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not type(self).may(request.user):
            raise PermissionDenied

    def get_page_title(self) -> str:
        return f"{self.diploma.folio} · {self.diploma.name}"  # so that nobody acts on another woman's

    def form(self, data: Any = None) -> Any:
        """The form, bound when there is something to bind; None where nothing is asked."""
        return self.form_class(data) if self.form_class else None

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.show(form=self.form())

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if form is not None and not form.is_valid():
            return self.show(form=form)
        data = form.cleaned_data if form is not None else {}
        if refused(request, partial(self.act, by=request.user, at=timezone.now(), **data)):
            return self.show(form=form)
        messages.success(request, self.done)
        return redirect("diplomas:diploma", self.target.pk)

    def act(self, **data: Any) -> None:
        """Call the action; set `_target` where another diploma comes next. Raises Refused."""
        raise NotImplementedError

    @property
    def target(self) -> Certificate:
        """Where to go next."""
        return getattr(self, "_target", self.diploma)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "note": self.note,
            "button": self.button,
            "is_serious": self.is_serious,
        }


class Revoke(DiplomaAct):
    page_subtitle = _("Revoke")
    form_class = RevokeForm
    note = _(
        "Whoever verifies this diploma will see at once that it is revoked, with the reason you choose here. "
        "This cannot be undone."
    )
    button = _("Yes, revoke it")
    done = _("The diploma is revoked. Its verification page says so already.")

    def act(self, **data: Any) -> None:
        life.revoke_certificate(certificate=self.diploma, **data)


class Replace(DiplomaAct):
    page_subtitle = _("Replace")
    form_class = ReplaceForm
    note = _(
        "A new diploma with a new folio is made for the same award. Whoever verifies the old one will read "
        "that it was replaced, without learning the new name. This cannot be undone."
    )
    button = _("Yes, replace it")
    done = _("The new diploma is being made.")

    def form(self, data: Any = None) -> ReplaceForm:
        """Her present name stands in it: mostly a letter changes."""
        return ReplaceForm(data, initial={"name": self.diploma.name})

    def act(self, **data: Any) -> None:
        self._target = life.replace_certificate(certificate=self.diploma, **data)


class Suspend(DiplomaAct):
    page_subtitle = _("Suspend")
    note = _(
        "Whoever verifies this diploma online reads that it is suspended, until you lift that. "
        "The paper itself says nothing of it."
    )
    button = _("Yes, suspend it")
    done = _("The diploma is suspended. Its verification page says so already.")

    def act(self, **data: Any) -> None:
        life.suspend_certificate(certificate=self.diploma, **data)


class Lift(DiplomaAct):
    page_subtitle = _("Lift the suspension")
    note = _("Whoever verifies this diploma online reads again that it is valid.")
    button = _("Yes, lift it")
    done = _("The suspension is lifted.")
    is_serious = False

    def act(self, **data: Any) -> None:
        life.lift_suspension(certificate=self.diploma, **data)


class Deliver(DiplomaAct):
    page_subtitle = _("Record a delivery")
    note = _("Your name and the time are recorded. A reprint is the same file printed once more.")
    button = _("Yes, it was handed over")
    done = _("The delivery is recorded.")
    is_serious = False
    may = staticmethod(access.can_deliver)

    def form(self, data: Any = None) -> DeliverForm:
        was_handed_over = self.diploma.deliveries.filter(what=Delivery.What.DIPLOMA).exists()
        return DeliverForm(data, was_handed_over=was_handed_over)

    def act(self, **data: Any) -> None:
        handover.deliver(certificate=self.diploma, **data)


class Erase(DiplomaAct):
    page_subtitle = _("Erase her name")
    note = _(
        "Her name becomes unreadable in this award, in those it replaced, and in the acta; the stored PDF is "
        "deleted. The diploma can no longer be downloaded, printed again or replaced. Papers that she has "
        "still verify. Nobody can undo this here. Not erased: her study record, the scanned oficio, and "
        "copies that left the school, old backups among them."
    )
    button = _("Yes, erase her name for ever")
    done = _("Her name is erased. The register says so.")
    may = staticmethod(access.can_erase)

    def form(self, data: Any = None) -> EraseForm:
        return EraseForm(data, expected=self.diploma.folio)

    def act(self, **data: Any) -> None:
        data.pop("folio")  # checked by the form
        erasure.erase(certificate=self.diploma, **data)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "heading": gettext("Erase her name")}


# Below the addresses of the register (DiplomaViewSet).
PATTERNS = [
    path("<uuid:pk>/", Diploma.as_view(), name="diploma"),
    path("<uuid:pk>/revoke/", Revoke.as_view(), name="revoke"),
    path("<uuid:pk>/replace/", Replace.as_view(), name="replace"),
    path("<uuid:pk>/suspend/", Suspend.as_view(), name="suspend"),
    path("<uuid:pk>/lift/", Lift.as_view(), name="lift"),
    path("<uuid:pk>/deliver/", Deliver.as_view(), name="deliver"),
    path("<uuid:pk>/erase/", Erase.as_view(), name="erase"),
]

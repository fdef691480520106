"""Screens of joining and leaving a cohort: enrol, withdraw, come back, transfer, and the waiting list."""

from datetime import date
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from courses.cohorts import access
from courses.cohorts.actions import (
    accept_ethics,
    enrol,
    give_seat,
    stop_waiting,
    take_back,
    transfer,
    wait_for_seat,
    withdraw,
)
from courses.cohorts.forms import EnrolForm, TakeBackForm, TransferForm, WaitForm, WithdrawForm
from courses.cohorts.models import Cohort, Enrolment, EnrolmentStep, WaitingEntry
from courses.cohorts.staff import CohortPage, ConfirmPage
from courses.staff import refused

STEPS_SHOWN = 50


def free_seats(cohort: Cohort) -> int:
    """How many seats are free; of a cohort with its counts."""
    return max(0, cohort.seats - cohort.active_count)  # type: ignore[attr-defined]  # with_counts()


def seats_in_words(cohort: Cohort) -> str:
    free = free_seats(cohort)
    return ngettext("%(free)d seat is free.", "%(free)d seats are free.", free) % {"free": free}


class Joining(CohortPage):
    """Everything about who joins and leaves, in one place, with what happened lately."""

    template_name = "courses/admin/people_joining.html"
    tab = "people"
    page_subtitle = _("Joining and leaving")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = self.request.user.has_perm
        steps = EnrolmentStep.objects.filter(enrolment__cohort=self.cohort)
        return {
            **super().get_context_data(**kwargs),
            "free": free_seats(self.cohort),
            "seats": seats_in_words(self.cohort),
            "waiting": WaitingEntry.objects.waiting(self.cohort).count(),
            "steps": steps.select_related("enrolment__person", "by").order_by("-at", "-pk")[:STEPS_SHOWN],
            "came": Enrolment.objects.filter(cohort=self.cohort, came_from__isnull=False)
            .select_related("person", "came_from__cohort")
            .order_by("-starts_on")[:STEPS_SHOWN],
            "may_import": may("courses.import_people"),
            "may_card": may("users.add_signincard"),
        }


class MovePage(CohortPage):
    """A page with one form about joining or leaving."""

    template_name = "courses/admin/form.html"
    header_icon = "user"
    permission = ""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.require(self.permission)


class Enrol(MovePage):
    """Give a person a seat, or a place on the waiting list when all are taken."""

    template_name = "courses/admin/enrol.html"
    page_subtitle = _("Enrol a person")
    permission = "courses.add_enrolment"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        first = min(max(self.cohort.today(), self.cohort.starts_on), self.cohort.ends_on)
        query = request.GET.get("q", "").strip()
        return self.show(form=EnrolForm(cohort=self.cohort, query=query, initial={"starts_on": first}))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = EnrolForm(request.POST, cohort=self.cohort, query=request.GET.get("q", "").strip())
        act = partial(enrol, cohort=self.cohort, by=request.user, at=timezone.now())
        if not form.is_valid() or refused(request, partial(act, **form.cleaned_data)):
            return self.show(form=form)
        messages.success(
            request, gettext("%(name)s is enrolled.") % {"name": form.cleaned_data["person"].name}
        )
        return redirect("school:people", self.cohort.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "query": self.request.GET.get("q", "").strip(),
            "free": free_seats(self.cohort),
            "waiting": WaitingEntry.objects.waiting(self.cohort).count(),
            "note": seats_in_words(self.cohort),
            "button": gettext("Enrol"),
            "back": reverse("school:people", args=[self.cohort.pk]),
        }


class WomanPage(MovePage):
    """A form about one woman of this cohort."""

    permission = "courses.change_enrolment"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.woman = self.enrolment()

    def first_day(self) -> date:
        """Today, or the first day on which she can leave or come back where that is still to come."""
        return max(self.cohort.today(), self.woman.ends_on or self.woman.starts_on)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = reverse("school:woman", args=[self.cohort.pk, self.woman.pk])
        return {**super().get_context_data(**kwargs), "back": back}


class Withdraw(WomanPage):
    """She leaves; what she did stays, and why she left is counted for the cohort and not kept with her."""

    page_subtitle = _("Leave the cohort")

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.show(form=WithdrawForm(initial={"on": self.first_day()}))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = WithdrawForm(request.POST)
        act = partial(withdraw, enrolment=self.woman, by=request.user, at=timezone.now())
        if not form.is_valid() or refused(request, partial(act, **form.cleaned_data)):
            return self.show(form=form)
        messages.success(request, gettext("%(name)s has left the cohort.") % {"name": self.woman.person.name})
        tell_of_free_seat(request, self.cohort)
        return redirect("school:people", self.cohort.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "heading": gettext("%(name)s leaves this cohort") % {"name": self.woman.person.name},
            "note": gettext(
                "Her attendance, tests and practicals are kept, and she can come back. Her seat becomes free."
            ),
            "button": gettext("Yes, she leaves"),
            "is_serious": True,
        }


class TakeBack(WomanPage):
    """She comes back, and goes on with everything she did before."""

    page_subtitle = _("Come back")

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.show(form=TakeBackForm(initial={"on": self.first_day()}))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = TakeBackForm(request.POST)
        act = partial(take_back, enrolment=self.woman, by=request.user, at=timezone.now())
        if not form.is_valid() or refused(request, partial(act, **form.cleaned_data)):
            return self.show(form=form)
        messages.success(request, gettext("%(name)s is back.") % {"name": self.woman.person.name})
        return redirect("school:woman", self.cohort.pk, self.woman.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "heading": gettext("%(name)s comes back to this cohort") % {"name": self.woman.person.name},
            "note": gettext("Everything she did before she left counts again.")
            + " "
            + seats_in_words(self.cohort),
            "button": gettext("Yes, she is back"),
        }


class Transfer(WomanPage):
    """She goes on in another cohort of the same course, with her record."""

    page_subtitle = _("Transfer")

    def targets(self) -> Any:
        """The other cohorts of this course that she can still join, of those that who asks sees."""
        return (
            access.visible_cohorts(self.request.user)
            .to_join(self.cohort.today())
            .filter(course__translation_key=self.cohort.course.translation_key)
            .filter(ends_on__gte=self.first_day())
            .exclude(pk=self.cohort.pk)
            .with_counts()
        )

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.show(form=TransferForm(cohorts=self.targets(), initial={"on": self.first_day()}))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = TransferForm(request.POST, cohorts=self.targets())
        act = partial(transfer, enrolment=self.woman, by=request.user, at=timezone.now())
        if not form.is_valid() or refused(request, partial(act, **form.cleaned_data)):
            return self.show(form=form)
        there = form.cleaned_data["cohort"]
        messages.success(
            request,
            gettext("%(name)s goes on in %(cohort)s, with her record.")
            % {"name": self.woman.person.name, "cohort": there.name},
        )
        tell_of_free_seat(request, self.cohort)
        return redirect("school:people", there.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "heading": gettext("%(name)s goes on in another cohort") % {"name": self.woman.person.name},
            "note": gettext(
                "Her attendance, tests, practicals and lessons stay readable here and count there: a class "
                "for the class of the same number, everything else where both cohorts use it. Only cohorts "
                "of the same course that are open or yet to begin are listed."
            )
            if self.targets().exists()
            else gettext("There is no other cohort of this course that is open or yet to begin."),
            "button": gettext("Yes, transfer her"),
        }


def tell_of_free_seat(request: HttpRequest, cohort: Cohort) -> None:
    """Remind who made a seat free of who waits for one."""
    first = WaitingEntry.objects.waiting(cohort).first()
    if first is None or not request.user.has_perm("courses.add_enrolment"):
        return
    messages.info(
        request,
        gettext("A seat is free and %(name)s is the first on the waiting list.")
        % {"name": first.person.name},
        buttons=[messages.button(reverse("cohorts:waiting", args=[cohort.pk]), gettext("Waiting list"))],
    )


class Waiting(MovePage):
    """The waiting list in its order; who is first is offered the free seat."""

    template_name = "courses/admin/people_waiting.html"
    page_subtitle = _("Waiting list")
    permission = "courses.add_enrolment"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.show(form=WaitForm(cohort=self.cohort, query=request.GET.get("q", "").strip()))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = WaitForm(request.POST, cohort=self.cohort, query=request.GET.get("q", "").strip())
        act = partial(wait_for_seat, cohort=self.cohort, by=request.user, at=timezone.now())
        if not form.is_valid() or refused(request, partial(act, **form.cleaned_data)):
            return self.show(form=form)
        messages.success(
            request, gettext("%(name)s is on the waiting list.") % {"name": form.cleaned_data["person"].name}
        )
        return redirect("cohorts:waiting", self.cohort.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "query": self.request.GET.get("q", "").strip(),
            "free": free_seats(self.cohort),
            "seats": seats_in_words(self.cohort),
            "entries": list(WaitingEntry.objects.waiting(self.cohort)),
            "back": reverse("cohorts:joining", args=[self.cohort.pk]),
        }


class WaitingStep(MovePage):
    """What a button beside a name of the list does: POST only."""

    permission = "courses.add_enrolment"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return HttpResponseNotAllowed(["POST"])

    def entry(self) -> WaitingEntry:
        """Who waits, of the address. Raises Http404."""
        found: WaitingEntry = get_object_or_404(
            WaitingEntry.objects.select_related("person"), cohort=self.cohort, pk=self.kwargs["entry"]
        )
        return found


class GiveSeat(WaitingStep):
    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        entry = self.entry()
        first = min(max(self.cohort.today(), self.cohort.starts_on), self.cohort.ends_on)
        act = partial(give_seat, entry=entry, starts_on=first, by=request.user, at=timezone.now())
        if not refused(request, act):
            messages.success(request, gettext("%(name)s is enrolled.") % {"name": entry.person.name})
        return redirect("cohorts:waiting", self.cohort.pk)


class StopWaiting(WaitingStep):
    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        entry = self.entry()
        act = partial(stop_waiting, entry=entry, by=request.user, at=timezone.now())
        if not refused(request, act):
            messages.success(
                request, gettext("%(name)s is not on the list any more.") % {"name": entry.person.name}
            )
        return redirect("cohorts:waiting", self.cohort.pk)


class AcceptEthics(ConfirmPage):
    """Note that she accepted the confidentiality commitment."""

    page_subtitle = _("Ethics commitment")
    permission = "courses.keep_register"
    button = _("Yes, she accepted it")
    explanation = _("The first acceptance is kept with its date and cannot be taken back here.")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.woman = self.enrolment()
        self.question = gettext("Has %(name)s accepted the ethics and confidentiality commitment?") % {
            "name": self.woman.person.name
        }

    def back(self) -> str:
        return reverse("school:woman", args=[self.cohort.pk, self.woman.pk])

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if not refused(request, partial(accept_ethics, enrolment=self.woman, at=timezone.now())):
            messages.success(request, gettext("The commitment is noted."))
        return redirect(self.back())

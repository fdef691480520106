"""The staff's side of absences: notices to answer, classes to make up."""

from datetime import timedelta
from functools import cached_property, partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from courses.attendance.excuses import ask_excuse, decide_excuse
from courses.attendance.models import Excuse
from courses.care.forms import ExcuseForm, MakeUpForm
from courses.care.make_ups import assign_make_up, drop_make_up, finish_make_up
from courses.care.models import MakeUp
from courses.care.staff import APPROVES, KEEPS, CarePage, WomanPage
from courses.cohorts.staff import ConfirmPage
from courses.errors import Refused
from courses.staff import refused
from courses.tallies.models import ReasonTally
from courses.tallies.rules import FEWEST_TO_SHOW
from courses.tallies.wording import REASONS


class WomanForm(WomanPage):
    """A form about one woman: bad input is shown again with what is wrong."""

    template_name = "courses/admin/form.html"
    heading: Any = ""
    button: Any = ""
    note: Any = ""
    nothing: Any = ""
    done: Any = ""

    def form(self, post: Any = None) -> Any:
        raise NotImplementedError

    def act(self, facts: dict[str, Any]) -> Any:
        raise NotImplementedError

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = self.form()
        if not form.has_sessions:
            messages.warning(request, self.nothing)
            return redirect(self.back())
        return self.show(form=form)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid() or refused(request, partial(self.act, form.cleaned_data)):
            return self.show(form=form)
        messages.success(request, self.done)
        return redirect(self.back())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"heading": f"{self.heading}: {self.woman.person.name}"}
        return {**super().get_context_data(**kwargs), **words, "button": self.button, "note": self.note}


class Ask(WomanForm):
    """A trainer notes that a woman told her she cannot come."""

    heading = _("Cannot come")
    button = _("Save the notice")
    note = _("She told you in advance. The coordinator answers, and the register then proposes «excused».")
    nothing = _("There is no session ahead of which no notice was given.")
    done = _("The notice is kept and waits for an answer.")

    def form(self, post: Any = None) -> ExcuseForm:
        return ExcuseForm(post, enrolment=self.woman)

    def act(self, facts: dict[str, Any]) -> Excuse:
        return ask_excuse(enrolment=self.woman, **facts, by=self.request.user, at=timezone.now())


class Assign(WomanForm):
    """Agree how she makes up a class."""

    heading = _("Make up a class")
    button = _("Agree on it")
    note = _("Once it is done, note it: the register then says «made up» and her hours are credited.")
    nothing = _("There is no class that she missed and still could make up.")
    done = _("The make-up is agreed. She sees it on her page.")

    def form(self, post: Any = None) -> MakeUpForm:
        in_a_week = self.cohort.today() + timedelta(days=7)
        return MakeUpForm(post, enrolment=self.woman, initial={"due_on": in_a_week})

    def act(self, facts: dict[str, Any]) -> MakeUp:
        return assign_make_up(enrolment=self.woman, **facts, by=self.request.user, at=timezone.now())


class Notices(CarePage):
    """The notices of this cohort, those that wait first; the reasons as numbers of the whole cohort."""

    template_name = "courses/admin/care_excuses.html"
    page_subtitle = _("Notices")
    part = "notices"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        hers = Excuse.objects.filter(enrolment__cohort=self.cohort).for_screen()
        waiting = "answered" not in self.request.GET
        answered = hers.filter(is_approved__isnull=False).order_by("-decided_at", "-pk")
        return {
            **super().get_context_data(**kwargs),
            "page": self.paged(hers.waiting() if waiting else answered),
            "shows_waiting": waiting,
            "tallies": self._tallies(),
            "now": timezone.now(),
        }

    def _tallies(self) -> list[dict[str, Any]]:
        """The reasons of each kind; a small number is not told, it could point at somebody."""
        counted: dict[str, list[ReasonTally]] = {}
        for tally in ReasonTally.objects.filter(cohort=self.cohort).order_by("reason"):
            counted.setdefault(tally.kind, []).append(tally)
        return [
            {
                "label": ReasonTally.Kind(kind).label,
                "shown": [
                    (REASONS.get(one.reason, one.reason), one.count)
                    for one in tallies
                    if one.count >= FEWEST_TO_SHOW
                ],
                "has_hidden": any(one.count < FEWEST_TO_SHOW for one in tallies),
            }
            for kind, tallies in counted.items()
        ]


class Decide(CarePage):
    """Answer one notice: yes or no, once."""

    template_name = "courses/admin/care_decide.html"
    page_subtitle = _("Notices")
    part = "notices"
    permission = APPROVES

    @cached_property
    def excuse(self) -> Excuse:
        found: Excuse = get_object_or_404(
            Excuse.objects.for_screen(), pk=self.kwargs["excuse"], enrolment__cohort=self.cohort
        )
        return found

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        answer = {"yes": True, "no": False}.get(request.POST.get("answer", ""))
        if answer is None:
            messages.error(request, gettext("Choose yes or no."))
            return redirect("care:decide", self.cohort.pk, self.excuse.pk)
        now = timezone.now()
        act = partial(decide_excuse, excuse=self.excuse, is_approved=answer, by=request.user, at=now)
        if not refused(request, act):
            done = (
                gettext("Agreed. The register proposes «excused» for %(name)s.")
                if answer
                else gettext("Answered with no. %(name)s reads that she may talk to you.")
            )
            messages.success(request, done % {"name": self.excuse.enrolment.person.name})
        return redirect("care:excuses", self.cohort.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "excuse": self.excuse}


class MakeUps(CarePage):
    """What is agreed in this cohort and not done yet, the first due first; what is done behind a link."""

    template_name = "courses/admin/care_make_ups.html"
    page_subtitle = _("Make-ups")
    part = "make_ups"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        all_of_them = MakeUp.objects.filter(enrolment__cohort=self.cohort).for_screen()
        waiting = "done" not in self.request.GET
        done = all_of_them.filter(done_at__isnull=False).order_by("-done_at", "-pk")
        return {
            **super().get_context_data(**kwargs),
            "page": self.paged(all_of_them.waiting() if waiting else done),
            "shows_waiting": waiting,
            "today": self.cohort.today(),
        }


class Settle(ConfirmPage):
    """A page that asks before a make-up is noted as done or called off."""

    permission = KEEPS
    page_subtitle = _("Make-ups")
    words: Any = ""
    done: Any = ""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.make_up: MakeUp = get_object_or_404(
            MakeUp.objects.for_screen(), pk=self.kwargs["make_up"], enrolment__cohort=self.cohort
        )
        self.question = self.words % {
            "name": self.make_up.enrolment.person.name,
            "session": self.make_up.session.title,
        }

    def back(self) -> str:
        return reverse("care:make_ups", args=[self.cohort.pk])

    def act(self) -> Any:
        raise NotImplementedError

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        try:
            self.act()
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, self.done)
        return redirect(self.back())


class Done(Settle):
    """She made it up: her hours are credited."""

    words = _("Has %(name)s made up “%(session)s”?")
    explanation = _(
        "The register will say «made up» and her hours are credited. The absence stays beside it."
    )
    button = _("Yes, she made it up")
    done = _("It counts now, and her hours are credited.")

    def act(self) -> Any:
        return finish_make_up(make_up=self.make_up, by=self.request.user, at=timezone.now())


class Drop(Settle):
    """Call a make-up off."""

    words = _("Call off the make-up of %(name)s for “%(session)s”?")
    explanation = _("Nothing is lost: another make-up can be agreed for the same class.")
    button = _("Yes, call it off")
    done = _("The make-up is called off.")

    def act(self) -> Any:
        return drop_make_up(make_up=self.make_up, by=self.request.user, at=timezone.now())

"""Reading answers without names; results, and what people decided about them afterwards."""

from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from courses.assessments.grading import queue
from courses.assessments.grading.actions import override_result, read_answer
from courses.assessments.grading.forms import OverrideForm, id_from, points_from
from courses.assessments.grading.models import FEEDBACK, RegradeLine, ResultOverride, result_in_force
from courses.assessments.grading.rules import BY_HAND, PENDING, REGRADED
from courses.assessments.kinds import is_words
from courses.assessments.models import Attempt
from courses.assessments.staff import PracticePage
from courses.cohorts.models import CohortContent, Enrolment
from courses.errors import Refused
from courses.pages.models import ContentVersion
from courses.staff import refused

ON_A_PAGE = 50


class GradingPage(PracticePage):
    """A page about answers and results, for who reads them."""

    permission = "courses.grade_answers"
    tab = "practicals"
    header_icon = "edit"

    def reader(self) -> int:
        """Who reads, as readings are kept."""
        return int(self.request.user.pk or 0)

    def find_test(self) -> CohortContent:
        """The test of the address, as the cohort uses it. Raises Http404."""
        found = CohortContent.objects.find(self.cohort.pk, ContentVersion.Kind.QUIZ, self.kwargs["slug"])
        if found is None:
            raise Http404
        return found

    def find_question(self, questions: list[dict[str, Any]]) -> dict[str, Any]:
        """The question of the address, one of these. Raises Http404."""
        for question in questions:
            if question["id"] == self.kwargs["question"]:
                found: dict[str, Any] = question
                return found
        raise Http404


class Queue(GradingPage):
    """The questions answered in words, with how many answers wait for this reader."""

    template_name = "courses/admin/grading_index.html"
    page_subtitle = _("Answers to read")
    part = "grading"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "lines": queue.lines(self.cohort, self.reader()),
        }


class Read(GradingPage):
    """One answer after the other, big buttons, no name. Reading another one first changes nothing."""

    template_name = "courses/admin/grading_question.html"
    page_subtitle = _("Read answers")
    part = "grading"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.pin = self.find_test()
        self.question = self.find_question(queue.questions_of(self.pin))
        if not is_words(self.question):
            raise Http404

    def may_decide(self) -> bool:
        return bool(self.request.user.has_perm("courses.override_grade"))

    def waiting(self) -> list[queue.Waiting]:
        return queue.waiting(self.pin, self.question["id"], self.reader(), may_decide=self.may_decide())

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        post = request.POST.dict()
        attempt = id_from(post.get("attempt"))
        chosen = next((one for one in self.waiting() if one.attempt.pk == attempt), None)
        if chosen is None:
            messages.warning(request, gettext("This answer no longer waits for you. Here is the next one."))
            return redirect(request.path)
        try:
            read_answer(
                attempt=chosen.attempt,
                question=chosen.question,
                points=points_from(post),
                feedback=post.get("feedback", ""),
                asks_second="asks_second" in post,
                decides=chosen.differ,
                by=request.user,
                at=timezone.now(),
            )
        except Refused as error:
            messages.error(request, str(error))
            return self.show(answer=chosen, posted=post)
        messages.success(request, gettext("Saved."))
        return redirect(request.path)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        answers = self.waiting()
        lines = queue.lines(self.cohort, self.reader())
        line = next(one for one in lines if one.pin == self.pin and one.question["id"] == self.question["id"])
        return {
            **super().get_context_data(**kwargs),
            "pin": self.pin,
            "question": self.question,
            "line": line,
            "left": len(answers),
            "answer": kwargs.get("answer") or queue.after(answers, id_from(self.request.GET.get("after"))),
            "posted": kwargs.get("posted", {}),
            "feedback_length": FEEDBACK,
        }


class Results(GradingPage):
    """Every woman's attempts at one test, each with the result in force and the one that was counted."""

    template_name = "courses/admin/grading_results.html"
    page_subtitle = _("Results")
    part = "items"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pin = self.find_test()
        women = Enrolment.objects.for_register(self.cohort)
        page = Paginator(women, ON_A_PAGE).get_page(self.request.GET.get("p"))
        owners = Enrolment.objects.all().chains(page)
        attempts = list(
            Attempt.objects.submitted()
            .filter(enrolment__in=owners, quiz_key=pin.key)
            .order_by("started_at", "number")
            .defer("questions", "answers")
        )
        results = result_in_force(attempts)
        rows: dict[Any, list[dict[str, Any]]] = {woman.pk: [] for woman in page}
        for attempt in attempts:
            is_own = attempt.enrolment_id in rows
            rows[owners[attempt.enrolment_id]].append(
                {**shown(attempt, results[attempt.pk]), "is_own": is_own}
            )
        return {
            **super().get_context_data(**kwargs),
            "pin": pin,
            "page": page,
            "rows": [(woman, rows[woman.pk]) for woman in page],
        }


def shown(attempt: Attempt, result: Any) -> dict[str, Any]:
    """An attempt with its result in force, and whether that is another one than was counted."""
    return {
        "attempt": attempt,
        "result": result,
        "is_pending": result.why == PENDING,
        "is_by_hand": result.why == BY_HAND,
        "is_regraded": result.why == REGRADED,
    }


class Override(GradingPage):
    """Set a result by hand, beside the one that was counted; all that was decided before is shown."""

    template_name = "courses/admin/grading_override.html"
    page_subtitle = _("Set the result by hand")
    permission = "courses.override_grade"
    part = "items"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.attempt: Attempt = get_object_or_404(
            Attempt.objects.submitted().select_related("enrolment__person", "version"),
            pk=self.kwargs["attempt"],
            enrolment__cohort=self.cohort,
        )
        self.result = result_in_force([self.attempt])[self.attempt.pk]

    def form(self, data: Any = None) -> OverrideForm:
        return OverrideForm(data, total=self.result.total)

    def back(self) -> str:
        pin = CohortContent.objects.filter(cohort=self.cohort, key=self.attempt.quiz_key).first()
        if pin is None:
            return reverse("items:index", args=[self.cohort.pk])
        return reverse("grading:results", args=[self.cohort.pk, pin.slug])

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid() or refused(request, partial(self._override, form)):
            return self.show(form=form)
        return redirect(self.back())

    def _override(self, form: OverrideForm) -> None:
        made = override_result(
            attempt=self.attempt,
            correct=form.cleaned_data["correct"],
            reason=form.cleaned_data["reason"],
            by=self.request.user,
            at=timezone.now(),
        )
        said = ngettext(
            "Saved: %(correct)d of %(total)d question counts as right. The first result stays beside it.",
            "Saved: %(correct)d of %(total)d questions count as right. The first result stays beside it.",
            made.total,
        )
        messages.success(self.request, said % {"correct": made.correct, "total": made.total})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "attempt": self.attempt,
            "woman": self.attempt.enrolment,
            "row": shown(self.attempt, self.result),
            "form": kwargs.get("form") or self.form(),
            "overrides": ResultOverride.objects.filter(attempt=self.attempt).select_related("by"),
            "regrades": RegradeLine.objects.filter(attempt=self.attempt).select_related("regrade__by"),
            "back": self.back(),
        }


class GradingViewSet(ViewSet):
    """«Respuestas por leer» and the results of each cohort."""

    name = "grading"
    icon = "edit"

    def on_register(self) -> None:
        """No menu item: these pages are reached from their cohort."""

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("<int:pk>/", Queue.as_view(), name="index"),
            path("<int:pk>/result/<uuid:attempt>/", Override.as_view(), name="override"),
            path("<int:pk>/<slug:slug>/", Results.as_view(), name="results"),
            path("<int:pk>/<slug:slug>/<slug:question>/", Read.as_view(), name="question"),
        ]

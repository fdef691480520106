"""The authority's answer as it came on paper: first line by line, then read once more, then it is final."""

from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from certificates.actas import access, answers, summary
from certificates.actas.forms import AnswerForm
from certificates.actas.standing import Standing
from certificates.desk.acta_forms import RecordedOficioForm
from certificates.desk.pages import ActPage, refused

CONFIRM = "certificates/admin/acta_record_confirm.html"


class Record(ActPage):
    """Her answer: what was chosen is shown once more, with the oficio, before it is recorded for good."""

    template_name = "certificates/admin/acta_record.html"
    page_subtitle = _("Write down the authority's answer")
    note = _("Write down what her oficio says of each line. Nothing is recorded yet: you read it once more.")
    button = _("Go on")
    done = _("The authority's answer is recorded.")
    may = staticmethod(access.can_send)

    def make_form(self, *data: Any) -> AnswerForm:
        told = summary.for_authority(self.acta)
        waiting = [one for one in told.graduates if one.standing == Standing.SENT]
        return AnswerForm(*data, waiting=waiting)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = self.make_form(request.POST)
        if not form.waiting:
            messages.warning(request, gettext("No line waits for an answer."))
            return redirect("actas:acta", self.acta.pk)
        if not form.is_valid() or "change" in request.POST:
            return self.show(form=form)
        is_final = "final" in request.POST
        sent = (request.POST, request.FILES) if is_final else ()
        oficio = RecordedOficioForm(*sent, is_needed=bool(form.accepted))
        if not is_final or not oficio.is_valid() or refused(request, partial(self._record, form, oficio)):
            self.template_name = CONFIRM
            return self.show(form=form, oficio=oficio, heading=gettext("Read it once more"))
        messages.success(request, self.done)
        return redirect("actas:acta", self.acta.pk)

    def _record(self, form: AnswerForm, oficio: forms.Form) -> None:
        facts = {name: oficio.cleaned_data[name] for name in ("oficio_number", "oficio_date", "oficio")}
        answers.answer_lines(
            acta=self.acta,
            **form.decisions(),
            **(facts if form.accepted else {}),
            by=self.request.user,
            at=timezone.now(),
            is_on_behalf=True,
        )


# Below the addresses of one acta (ActaViewSet).
PATTERNS = [path("<int:pk>/answer/", Record.as_view(), name="record")]

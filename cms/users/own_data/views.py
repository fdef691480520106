"""Her own pages: what is kept, her permissions with their receipt, a copy, another name, leaving, erasing."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.users.factor_views import slow
from cms.users.own_data import acts, copying, paper, plan, reading
from cms.users.own_data.forms import AnswerForm, EraseForm, LeaveForm, NameForm
from cms.users.own_data.gate import for_person, page
from cms.users.paper import as_download
from courses.cohorts.models import Enrolment
from courses.consents import later as not_now
from courses.consents import rules
from courses.consents.actions import answers_of
from courses.consents.models import Consent
from courses.consents.wording import WORDS
from courses.errors import Refused
from courses.people.actions import change_name
from courses.people.models import Person

READ_AND_SEND = ["GET", "HEAD", "POST"]


@require_safe
@for_person
def kept(request: HttpRequest, person: Person) -> HttpResponse:
    """Everything that is kept about her: how much, how long, and where she sees it."""
    return page(request, "kept.html", person, rows=plan.counts(person))


@require_safe
@for_person
def kept_rows(request: HttpRequest, person: Person, code: str) -> HttpResponse:
    """What is kept under one heading, entry by entry, as it stands in her copy."""
    section = next((one for one in plan.SECTIONS if one.code == code), None)
    if section is None:
        raise Http404
    found = reading.tables(copying.section_of(person, code))
    return page(request, "kept_rows.html", person, section=section, tables=found)


@require_safe
@for_person
def consents(request: HttpRequest, person: Person) -> HttpResponse:
    """Her permissions: what she was asked and said, and every change of mind."""
    rows = paper.rows_of(person)
    history = Consent.objects.all().history(person)
    waiting = next((row["purpose"] for row in rows if row["answer"] is None), None)
    return page(request, "consents.html", person, rows=rows, history=history, waiting=waiting)


@require_http_methods(READ_AND_SEND)
@for_person
def consent(request: HttpRequest, person: Person, purpose: str) -> HttpResponse:
    """One purpose in plain words, to read or to hear; she says yes or no, now or another day."""
    if not rules.is_purpose(purpose):
        raise Http404
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        is_given = form.cleaned_data["answer"] == "yes"
        if purpose == rules.STUDY and not is_given:
            return redirect("own_data:leave")
        acts.answer(
            person=person,
            purpose=purpose,
            is_given=is_given,
            was_heard=form.cleaned_data["was_heard"],
            at=timezone.now(),
        )
        messages.success(request, _("Your answer is kept. You can change it any day."))
        return redirect("own_data:consents")
    audio = static(f"courses/consents/{purpose}.mp3")
    said = answers_of(person).get(purpose)
    return page(
        request,
        "consent.html",
        person,
        purpose=purpose,
        words=WORDS[purpose],
        audio=audio,
        said=said,
        form=form,
    )


@require_POST
@for_person
def later(request: HttpRequest, person: Person) -> HttpResponse:
    """Not now: back to her day, which does not ask for some days."""
    response = redirect("today")
    not_now.put_off(response, person, is_secure=request.is_secure())
    return response


@require_safe
@for_person
def receipt(request: HttpRequest, person: Person) -> HttpResponse:
    """What she said, to print or to show."""
    return page(request, "receipt.html", person, rows=paper.rows_of(person), at=timezone.now())


@require_safe
@for_person
def receipt_file(request: HttpRequest, person: Person) -> HttpResponse:
    """The same as a small PDF, under a neutral name."""
    try:
        return as_download(paper.receipt_pdf(request, person, timezone.now()), "comprobante")
    except Refused as error:
        messages.error(request, str(error))
        return redirect("own_data:receipt")


def as_zip(content: bytes) -> HttpResponse:
    """Her copy under a neutral name; neither the browser nor a proxy keeps it."""
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{copying.NAME}"'
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(READ_AND_SEND)
@for_person
def copy(request: HttpRequest, person: Person) -> HttpResponse:
    """What the copy holds and how to keep it safe; POST sends it."""
    if request.method == "POST":
        return as_zip(copying.copy_of(person, at=timezone.now()))
    return page(request, "copy_ask.html", person)


@require_http_methods(READ_AND_SEND)
@for_person
def name(request: HttpRequest, person: Person) -> HttpResponse:
    """Another name from now on, and what that means for a diploma she has."""
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": person.name})
    if request.method == "POST" and form.is_valid():
        wanted, now = form.cleaned_data["name"], timezone.now()
        change_name(person=person, name=wanted, by=request.user, at=now)
        messages.success(request, _("From now on this is your name here."))
        return redirect("courses:my_data")
    return page(request, "name.html", person, form=form, awards=acts.awards_of(person))


@require_http_methods(READ_AND_SEND)
@for_person
def leave(request: HttpRequest, person: Person) -> HttpResponse:
    """Leaving the course: what stays is said first, and it is confirmed."""
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            acts.answer(person=person, purpose=rules.STUDY, is_given=False, at=timezone.now())
        except Refused as error:
            messages.error(request, str(error))
            return redirect("own_data:leave")
        messages.success(request, _("You have left the course. Your coordinator can take you back."))
        return redirect("own_data:consents")
    studies = Enrolment.objects.active().filter(person=person).exists()
    return page(request, "leave.html", person, form=form, studies=studies, awards=acts.awards_of(person))


@sensitive_post_parameters()
@require_http_methods(READ_AND_SEND)
@for_person
def erase(request: HttpRequest, person: Person) -> HttpResponse:
    """What goes, what stays, what becomes of her diploma; then her PIN, and it is done."""
    asks, username = acts.is_decided_about(person), request.user.get_username()
    form = EraseForm(request, request.POST if request.method == "POST" else None, asks_awards=asks)
    if request.method == "POST" and form.is_valid():
        try:
            acts.erase_person(
                person=person, keeps_awards=form.keeps_awards, by=request.user, at=timezone.now()
            )
        except Refused as error:
            form.add_error(None, str(error))
        else:
            logout(request)
            # By her user name the phone in her hand finds what it keeps of her.
            told = {"hide_tabs": True, "erased_user": username, "keeps_awards": form.keeps_awards}
            told["phone_address"] = f"{request.get_host()}{reverse('phone')}"
            response = render(request, "users/own_data/erased.html", told)
            not_now.forget(response)
            response["Clear-Site-Data"] = '"cache"'  # not the storage: others keep work on a shared phone
            return response
    context: dict[str, Any] = {"form": form, "awards": acts.awards_of(person), "is_decided": asks}
    return slow(page(request, "erase.html", person, **context), form.slowed)

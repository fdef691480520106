"""Who passes: a woman of the school, whether she studies now, has left or never began."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from courses.people.models import Person

P = ParamSpec("P")


def for_person(
    view: Callable[Concatenate[HttpRequest, Person, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Gives `view` the person who is signed in; staff and strangers are led to their own first page."""

    @never_cache
    @login_required
    @wraps(view)
    def gate(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        person = Person.objects.select_related("account").filter(account=request.user.pk).first()
        if person is None:
            return redirect("today")
        return view(request, person, *args, **kwargs)

    return gate


def page(request: HttpRequest, template: str, person: Person, **context: Any) -> HttpResponse:
    """One of these pages, with what all of them show."""
    return render(
        request, f"users/own_data/{template}", {"person": person, "display_name": person.name, **context}
    )

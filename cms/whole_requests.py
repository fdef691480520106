"""What only a broken or forged request sends to Wagtail's screens: 400, where Wagtail would stumble."""

from collections.abc import Callable
from traceback import walk_tb
from typing import Any

from django.core.exceptions import BadRequest, ObjectDoesNotExist, ValidationError
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import get_resolver
from django.utils.datastructures import MultiValueDictKeyError
from wagtail.admin.views.generic.chooser import CreateView
from wagtail.models import Page

from cms.home.language import HOME, local_path

DESK = "/admin/"
OURS = ("cms.", "courses.", "certificates.")
OUT_OF_RANGE = "22003"  # PostgreSQL; SQLite's adapter raises OverflowError
NEEDED = {"/admin/choose-external-link/": "external-link-chooser-url"}  # Wagtail takes these for granted


class WholeRequests:
    """A way back must be a path of ours; a form must bring what it asked for; a key must be one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: object, parts: dict[str, Any]) -> None:
        """Raises BadRequest for a `next` that is none of our paths, and for a form without its field.

        Raises Http404 for a chooser's form to add where it has none, and for a place of the root page.
        """
        if not request.path.startswith(DESK):
            return
        for told in (*request.GET.getlist("next"), *request.POST.getlist("next")):
            if told and local_path(told) == HOME != told:
                raise BadRequest
        needed = NEEDED.get(request.path)
        if request.method == "POST" and needed and needed not in request.POST and _has_a_desk(request):
            raise BadRequest
        made_of: Any = getattr(view, "view_class", object)
        if issubclass(made_of, CreateView) and not made_of(**view.view_initkwargs).get_creation_form_class():
            raise Http404
        moved = parts.get("page_to_move_id")
        if moved and Page.objects.filter(pk=moved, depth=1).exists():
            raise Http404

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A field is missing that every browser sends, or no key can be made of what was sent."""
        is_stumble = request.path.startswith(DESK) and is_no_key(error)
        if is_stumble or is_too_large(error) or isinstance(error, MultiValueDictKeyError):
            answer: Callable[..., HttpResponse] = get_resolver().resolve_error_handler(400)
            return answer(request, exception=error)
        return None


def _has_a_desk(request: HttpRequest) -> bool:
    """Whoever has none is sent to the door by Wagtail, whatever she sends."""
    return request.user.has_perm("wagtailadmin.access_admin")


def is_no_key(error: Exception) -> bool:
    """Whether the database has no such key, number, date or text, asked by others' code from end to end."""
    frames = [frame for frame, _line in walk_tb(error.__traceback__)]
    if any(frame.f_globals.get("__name__", "").startswith(OURS) for frame in frames):
        return False  # a fault of ours is shown as one
    if isinstance(error, TypeError | ValueError | ValidationError):
        return frames[-1].f_code.co_name in ("get_prep_value", "to_python")
    return isinstance(error, DataError | ObjectDoesNotExist)


def is_too_large(error: Exception) -> bool:
    """Whether a number was asked for that no key can be: Django lets the keys of pages through."""
    return isinstance(error, OverflowError) or getattr(error.__cause__, "sqlstate", "") == OUT_OF_RANGE

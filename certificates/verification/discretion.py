"""How the pages of verification keep what they know to themselves."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponse]


def discreet(view: View) -> View:
    """A page that is not kept, listed or referred to, sets no cookie, and may be asked for in a language.

    A browser that refers to nobody sends `Origin: null`, which a CSRF check refuses. These pages need none:
    they read no session, and what they answer anybody may ask himself. `?lang=en` holds for one answer only.
    """

    @csrf_exempt
    @never_cache
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wished = request.GET.get("lang", "")
        language = wished if wished in dict(settings.LANGUAGES) else translation.get_language() or "es"
        with translation.override(language):
            response = view(request, *args, **kwargs)
        response.headers.setdefault("Content-Language", language)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return answer

"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

STAFF = ("wagtailadmin.access_admin", "certificates.recognise_acta")


def _is_staff(request: HttpRequest) -> bool:
    """Whoever has a desk: the school's staff, and the authority's officer."""
    user = getattr(request, "user", None)
    return user is not None and any(map(user.has_perm, STAFF))


def site(request: HttpRequest) -> dict[str, Any]:
    """The neutral site name, where the quick exit leads, and whether this is a demonstration.

    `hide_tabs` is asked of the database only when a template needs it; learner screens say False themselves.
    """
    return {
        "site_name": settings.SITE_NAME,
        "quick_exit_url": settings.QUICK_EXIT_URL,
        "is_demo": settings.IS_DEMO,
        "hide_tabs": SimpleLazyObject(lambda: _is_staff(request)),
    }

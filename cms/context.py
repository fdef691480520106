"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from cms.home import cookies
from cms.home.face import face_of
from cms.home.forms import TEXT_SIZES
from cms.middleware import lock_minutes

STAFF = ("wagtailadmin.access_admin", "certificates.recognise_acta")


def _is_staff(request: HttpRequest) -> bool:
    """Whoever has a desk: the school's staff, and the authority's officer."""
    user = getattr(request, "user", None)
    return user is not None and any(map(user.has_perm, STAFF))


def site(request: HttpRequest) -> dict[str, Any]:
    """The neutral site name, where the quick exit leads, and whether this is a demonstration.

    `hide_tabs` is asked of the database only when a template needs it; learner screens say False themselves.
    """
    face = face_of(request)
    size = cookies.kept(request, "text_size")
    return {
        "site_name": face.name,
        "site_icon": face.icon_path,
        "quick_exit_url": face.quick_exit_url,
        "lock_minutes": lock_minutes(request),
        "is_demo": settings.IS_DEMO,
        "text_size": size if size in TEXT_SIZES else "normal",
        "hide_tabs": SimpleLazyObject(lambda: _is_staff(request)),
    }

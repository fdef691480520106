"""Who writes uses everybody's recordings; changing and deleting is their owner's (cms/users/roles.py).

wagtailmedia has no right to choose: without this its chooser would show and take her own recordings alone.
"""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods
from wagtail.admin.auth import permission_denied
from wagtail.admin.modal_workflow import render_modal_workflow
from wagtailmedia import get_permission_policy
from wagtailmedia.models import get_media_model
from wagtailmedia.views.chooser import get_media_json


def recordings(found: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
    """All of them for whoever may add one; else what she was shown."""
    may_add = get_permission_policy().user_has_permission(request.user, "add")
    return get_media_model().objects.all() if may_add else found


@require_http_methods(["GET", "HEAD", "POST"])
def chosen(request: HttpRequest, media_id: int) -> HttpResponse:
    """What the editor gets when a recording was chosen."""
    recording = get_object_or_404(get_media_model(), pk=media_id)
    if not get_permission_policy().user_has_permission(request.user, "add"):
        return permission_denied(request)
    told = {"step": "media_chosen", "result": get_media_json(recording)}
    return render_modal_workflow(request, None, None, None, json_data=told)

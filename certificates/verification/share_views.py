"""A holder makes links to her own diploma and ends them."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from certificates.awards import access
from certificates.awards.models import Certificate
from certificates.errors import Refused
from certificates.verification import actions
from certificates.verification.forms import ShareForm
from certificates.verification.models import ShareLink


@require_POST
@never_cache
@login_required
def make(request: HttpRequest, award: uuid.UUID) -> HttpResponse:
    """Make a link and show it this once; for anybody but the holder the diploma does not exist."""
    certificate = Certificate.objects.select_related("line").filter(pk=award).first()
    if certificate is None or not access.is_holder(request.user, certificate):
        raise Http404
    form = ShareForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose for how long the link works."))
        return redirect("certificates:award", award)
    try:
        link, token = actions.make_link(
            certificate=certificate,
            days=form.cleaned_data["days"],
            shows_name=form.cleaned_data["shows_name"],
            by=request.user,
            at=timezone.now(),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("certificates:award", award)
    address = settings.PUBLIC_BASE_URL + reverse("certificates:shared", args=[token])
    return render(request, "certificates/share_made.html", {"link": link, "address": address})


@require_POST
@never_cache
@login_required
def end(request: HttpRequest, link: uuid.UUID) -> HttpResponse:
    """End a link of hers, at once."""
    found = ShareLink.objects.select_related("certificate__line").filter(pk=link).first()
    if found is None or not access.is_holder(request.user, found.certificate):
        raise Http404
    actions.end_link(link=found, by=request.user, at=timezone.now())
    messages.success(request, _("The link does not work any more."))
    return redirect("certificates:award", found.certificate_id)

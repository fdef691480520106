"""`{% load sharing %}{% share_section certificate %}`: a holder's links to one award, on her own page."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils import timezone

from certificates.verification.forms import ShareForm
from certificates.verification.models import ShareLink

register = template.Library()


@register.inclusion_tag("certificates/share_section.html", takes_context=True)
def share_section(context: Context, certificate: Any) -> dict[str, Any]:
    """Her open links, and a form for a new one; nothing where the award is not in force. One query.

    The certificate comes from `Certificate.objects.with_state()`, and the page it stands on is her own.
    """
    over = hasattr(certificate, "revocation") or hasattr(certificate, "replaced_by")
    if over or certificate.is_suspended or not hasattr(certificate, "document"):
        return {"can_share": False}
    return {
        "can_share": True,
        "certificate": certificate,
        "links": list(ShareLink.objects.open(timezone.now()).filter(certificate=certificate)),
        "share_form": ShareForm(auto_id=f"share-{str(certificate.pk)[:8]}-%s"),
        "csrf_token": context.get("csrf_token"),
        "request": context.get("request"),
    }

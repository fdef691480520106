"""`{% load certificates_tags %}`: what the learner screens show of the diplomas of who is signed in."""

from typing import Any

from django import template
from django.template.context import Context

from certificates.models import Certificate
from courses import api

register = template.Library()


def _state(certificate: Certificate) -> str:
    if hasattr(certificate, "revocation"):
        return "revoked"
    if hasattr(certificate, "replaced_by"):
        return "replaced"
    return "ready" if hasattr(certificate, "document") else "waiting"


@register.simple_tag(takes_context=True)
def my_certificates(context: Context) -> list[dict[str, Any]]:
    """Her own diplomas, the newest first, with their state; nothing for anybody else. Two queries."""
    person_id = api.person_id_of(context["user"])
    if person_id is None:
        return []
    certificates = Certificate.objects.with_state().filter(line__person_id=person_id)
    awards = [
        {"certificate": certificate, "state": _state(certificate), "title": certificate.payload["title"]}
        for certificate in certificates.order_by("-created_at")
    ]
    return [award for award in awards if award["state"] != "replaced"]

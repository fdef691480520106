"""`{% load certificates_tags %}`: what the learner screens show of the diplomas of who is signed in."""

from typing import Any

from django import template
from django.template.context import Context

from certificates.awards import access, choices
from certificates.awards.models import Certificate

register = template.Library()


@register.simple_tag(takes_context=True)
def my_certificates(context: Context) -> list[dict[str, Any]]:
    """Her own diplomas, the newest first, with their state; nothing for anybody else. Two queries."""
    person_id = access.person_of(context["user"])
    if person_id is None:
        return []
    certificates = Certificate.objects.with_state().select_related("key").filter(line__person_id=person_id)
    awards = [
        {
            "certificate": certificate,
            "state": choices.state_for_holder(certificate),
            "title": certificate.payload["title"],
        }
        for certificate in certificates.order_by("-created_at")
    ]
    return [award for award in awards if award["state"] != "replaced"]


@register.simple_tag(takes_context=True)
def my_issuer_choices(context: Context) -> list[choices.Open]:
    """The names she may still choose for diplomas to come; nothing for anybody else. Four queries."""
    return choices.open_choices(context["user"])

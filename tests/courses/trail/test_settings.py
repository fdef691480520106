"""Whoever saves a page of settings, such as the cards of help and complaints, is noted."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Site

from cms.home.models import ComplaintsCard, HelpCard
from courses.trail.deeds import Deed
from courses.trail.models import TrailEntry

pytestmark = pytest.mark.django_db
EMPTY_BODY = {"body-count": "0"}


def address_of(model: Any) -> str:
    site = Site.objects.get(is_default_site=True)
    return reverse("wagtailsettings:edit", args=["home", model._meta.model_name, site.pk])


@pytest.mark.parametrize("model", [ComplaintsCard, HelpCard])
def test_who_saves_a_card_is_noted_and_its_words_are_not(
    model: Any, administrator: Any, client: Client
) -> None:
    client.force_login(administrator)
    sent = {
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "text",
        "body-0-value": '{"blocks": [{"key": "a", "text": "Doña Elvira", "type": "unstyled", "depth": 0, '
        '"inlineStyleRanges": [], "entityRanges": []}], "entityMap": {}}',
        "reviewed_by": "Doña Elvira",
    }
    assert client.post(address_of(model), sent).status_code == 302
    [entry] = TrailEntry.objects.filter(what=Deed.RECORD_CHANGED)
    card = model.for_site(Site.objects.get(is_default_site=True))
    assert "Elvira" in str(card.body)
    assert (entry.actor, entry.kind, entry.about) == (
        administrator.key,
        model._meta.label_lower,
        str(card.pk),
    )
    assert entry.facts == {}


def test_a_card_that_is_refused_is_not_noted(administrator: Any, coordinator: Any, client: Client) -> None:
    client.force_login(coordinator)
    client.post(address_of(ComplaintsCard), EMPTY_BODY)
    client.force_login(administrator)
    assert client.post(address_of(HelpCard), {**EMPTY_BODY, "reviewed_on": "ayer"}).status_code == 200
    assert not TrailEntry.objects.filter(what=Deed.RECORD_CHANGED).exists()

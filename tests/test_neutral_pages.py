"""What stands in an address, a tab, an icon's name or a file's name tells nothing; leaving is one tap away.

Musts 1 and 2 of the house, walked from the URL conf: a new page is found by itself.
"""

import json
import re
from typing import Any

import pytest
from django.test import Client

from cms.home.models import SiteFace
from courses.cohorts.models import Enrolment
from courses.pages.checks.naming import DEFAULT, forbidden, words_of
from tests.addresses import ADDRESSES

pytestmark = pytest.mark.django_db
WORDS = words_of(DEFAULT)
SITE = [address for address in ADDRESSES if not address.startswith("admin/")]
# Whole pages of their own kind: shown on no phone of hers, or hidden by another page around them.
APART = {"v/sin-conexion/", "telefono/equipo/"}


def pages(client: Client) -> dict[str, str]:
    """Every page of the site that opens for whoever holds this client: address → what it says."""
    found = {}
    for address in SITE:
        answer = client.get(f"/{address}")
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            found[address] = answer.content.decode()
    return found


def test_no_address_of_the_house_tells_anything() -> None:
    assert not {address: told for address in ADDRESSES if (told := forbidden(address, WORDS))}


def test_the_manifest_of_the_app_tells_nothing(client: Client, school: None) -> None:
    manifest = json.loads(client.get("/manifest.webmanifest").content)
    assert manifest["name"]
    assert not forbidden(json.dumps(manifest, ensure_ascii=False), WORDS)


def test_a_notification_says_the_same_neutral_words_for_everything() -> None:
    text = str(SiteFace._meta.get_field("notification_text").get_default())
    assert text
    assert not forbidden(text, WORDS)


@pytest.mark.parametrize("who", ["nobody", "trainee"])
def test_every_page_can_be_left_at_once_and_no_title_tells_anything(
    who: str, client: Client, trainee: Any, enrolment: Enrolment
) -> None:
    if who == "trainee":
        client.force_login(trainee)
    shown = pages(client)
    assert len(shown) >= (8 if who == "trainee" else 5)
    for address, page in shown.items():
        title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
        assert title, address
        assert not forbidden(title[1], WORDS), address
        if address not in APART:
            assert "data-exit" in page, f"{address} cannot be left at once"


def test_every_page_says_that_the_browser_may_remember(client: Client, school: None) -> None:
    for address in ("/entrar/", "/v/"):
        page = client.get(address, headers={"Accept-Language": "en"}).content.decode()
        assert "Your browser may still remember that you were here." in page

"""Links that a holder makes to her own diploma: with or without her name, for a while."""

import hashlib
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from certificates import codes
from certificates.awards.models import Certificate
from certificates.errors import Refused
from certificates.keys import sealing
from certificates.verification import actions
from certificates.verification.models import ShareLink
from tests.factories.certificates import (
    NAME,
    ActaLineFactory,
    CertificateFactory,
    RevocationFactory,
    SuspensionEventFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def hers(trainee: Any) -> Certificate:
    """A diploma of `trainee`."""
    line = ActaLineFactory(person_id=trainee.person.pk)
    row: Any = CertificateFactory(line=line, is_rendered=True)
    return row


@pytest.fixture
def holder(client: Client, trainee: Any) -> Client:
    client.force_login(trainee)
    return client


def make(client: Client, certificate: Certificate, **choice: Any) -> Any:
    return client.post(
        reverse("certificates:share", args=[certificate.pk]), {"days": 7, "shows_name": "on", **choice}
    )


def open_link(address: str) -> Any:
    """Somebody else opens it."""
    return Client().get(re.sub(r"^https?://[^/]+", "", address))


def test_a_link_shows_the_diploma_with_the_name(holder: Client, hers: Certificate) -> None:
    made = make(holder, hers)
    assert made.status_code == 200
    assert "no-store" in made["Cache-Control"]
    answer = open_link(made.context["address"])
    text = answer.content.decode()
    assert answer.status_code == 200
    assert NAME in text
    assert hers.folio in text
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]


def test_a_link_without_the_name_does_not_tell_it(holder: Client, hers: Certificate) -> None:
    answer = open_link(make(holder, hers, shows_name="").context["address"])
    assert "Guadalupe" not in answer.content.decode()
    assert hers.folio in answer.content.decode()


def test_a_link_does_not_tell_the_code_which_would_work_for_ever(holder: Client, hers: Certificate) -> None:
    text = open_link(make(holder, hers).context["address"]).content.decode()
    assert hers.code not in text
    assert codes.display(hers.code) not in text


def test_the_token_is_kept_nowhere(holder: Client, hers: Certificate) -> None:
    token = make(holder, hers).context["address"].rstrip("/").rsplit("/", 1)[1]
    link = ShareLink.objects.get()
    assert link.token_sha256 == hashlib.sha256(token.encode()).hexdigest()
    assert token not in holder.get(reverse("certificates:award", args=[hers.pk])).content.decode()


@pytest.mark.parametrize("days", actions.DAYS)
def test_a_link_works_for_as_long_as_she_chose(days: int, holder: Client, hers: Certificate) -> None:
    make(holder, hers, days=days)
    link = ShareLink.objects.get()
    assert link.expires_at - link.created_at == timedelta(days=days)


def test_expired_ended_and_unknown_links_look_the_same(holder: Client, hers: Certificate) -> None:
    addresses = [make(holder, hers).context["address"] for _link in range(2)]
    expired, ended = ShareLink.objects.order_by("created_at")
    ShareLink.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert holder.post(reverse("certificates:end_share", args=[ended.pk])).status_code == 302
    answers = [open_link(address) for address in [*addresses, "/c/kJ3_x-QmZ0a1b2c3d4e5f6/", "/c/x/"]]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_the_same_number_of_queries_for_every_link_that_does_not_work(
    holder: Client, hers: Certificate, django_assert_num_queries: Any
) -> None:
    address = make(holder, hers).context["address"]
    ShareLink.objects.update(ended_at=timezone.now())
    for gone in (address, "/c/kJ3_x-QmZ0a1b2c3d4e5f6/"):
        with django_assert_num_queries(1):
            open_link(gone)


def test_she_sees_her_open_links_and_ends_them(holder: Client, hers: Certificate) -> None:
    address = make(holder, hers).context["address"]
    link = ShareLink.objects.get()
    end = reverse("certificates:end_share", args=[link.pk])
    page = reverse("certificates:award", args=[hers.pk])
    assert end in holder.get(page).content.decode()
    holder.post(end)
    assert end not in holder.get(page).content.decode()
    assert open_link(address).status_code == 404
    first = ShareLink.objects.get().ended_at
    holder.post(end)
    assert ShareLink.objects.get().ended_at == first


def test_her_page_takes_as_many_queries_for_ten_links_as_for_two(
    holder: Client, hers: Certificate, queries_of: Any
) -> None:
    page = reverse("certificates:award", args=[hers.pk])
    for _link in range(2):
        make(holder, hers)
    few = queries_of(page)
    for _link in range(8):
        make(holder, hers)
    assert queries_of(page) == few


def test_an_eleventh_open_link_is_refused(holder: Client, hers: Certificate) -> None:
    for _link in range(actions.MOST_LINKS):
        assert make(holder, hers).status_code == 200
    assert make(holder, hers).status_code == 302
    assert ShareLink.objects.count() == actions.MOST_LINKS


@pytest.mark.parametrize("days", ["0", "365", "", "x"])
def test_only_the_offered_days_can_be_chosen(days: str, holder: Client, hers: Certificate) -> None:
    assert make(holder, hers, days=days).status_code == 302
    assert not ShareLink.objects.exists()


@pytest.mark.parametrize("who", ["stranger", "administrator", "trainer"])
def test_nobody_else_makes_or_ends_a_link(
    who: str, client: Client, hers: Certificate, trainee: Any, request: pytest.FixtureRequest
) -> None:
    link, _token = actions.make_link(certificate=hers, days=7, shows_name=True, by=trainee, at=timezone.now())
    client.force_login(request.getfixturevalue(who))
    assert make(client, hers).status_code == 404
    assert client.post(reverse("certificates:end_share", args=[link.pk])).status_code == 404
    with pytest.raises(Refused):
        actions.end_link(link=link, by=request.getfixturevalue(who), at=timezone.now())
    assert ShareLink.objects.get().ended_at is None


def test_without_an_account_one_is_asked_to_sign_in(client: Client, hers: Certificate) -> None:
    assert make(client, hers)["Location"].startswith(reverse("sign_in"))


def test_a_get_makes_nothing(holder: Client, hers: Certificate) -> None:
    assert holder.get(reverse("certificates:share", args=[hers.pk])).status_code == 405


@pytest.mark.parametrize("factory", [RevocationFactory, SuspensionEventFactory])
def test_what_is_not_in_force_cannot_be_shared_and_an_old_link_says_so(
    factory: Any, holder: Client, hers: Certificate
) -> None:
    address = make(holder, hers).context["address"]
    factory(certificate=hers)
    assert make(holder, hers).status_code == 302
    text = open_link(address).content.decode()
    assert "Guadalupe" not in text
    assert "verdict--revoked" in text or "verdict--suspended" in text


def test_a_link_to_a_replaced_diploma_shows_nothing_of_it(holder: Client, hers: Certificate) -> None:
    address = make(holder, hers).context["address"]
    CertificateFactory(line=hers.line, replaces=hers, is_rendered=True)
    text = open_link(address).content.decode()
    assert "verdict--replaced" in text
    for part in (*NAME.split(), hers.folio, hers.payload["title"]):
        assert part not in text


def test_after_an_erasure_an_old_link_is_gone_like_any_that_never_was(
    holder: Client, hers: Certificate, django_assert_num_queries: Any
) -> None:
    address = make(holder, hers).context["address"]
    sealing.destroy(hers.key, timezone.now())
    with django_assert_num_queries(1):
        answer = open_link(address)
    assert answer.status_code == 404
    assert answer.content == open_link("/c/kJ3_x-QmZ0a1b2c3d4e5f6/").content


def test_after_an_erasure_no_link_is_made_and_she_reads_why(holder: Client, hers: Certificate) -> None:
    sealing.destroy(hers.key, timezone.now())
    answer = holder.post(reverse("certificates:share", args=[hers.pk]), {"days": 7}, follow=True)
    (told,) = answer.context["messages"]
    assert re.search(r"erased|borr", str(told))
    assert not ShareLink.objects.exists()


@pytest.mark.parametrize("factory", [RevocationFactory, SuspensionEventFactory])
def test_whoever_shares_what_is_not_in_force_reads_why_not(
    factory: Any, holder: Client, hers: Certificate
) -> None:
    factory(certificate=hers)
    answer = holder.post(reverse("certificates:share", args=[hers.pk]), {"days": 7}, follow=True)
    (told,) = answer.context["messages"]
    assert re.search(r"in force|vigente", str(told))


def test_a_link_gives_no_file(holder: Client, hers: Certificate) -> None:
    text = open_link(make(holder, hers).context["address"]).content.decode()
    for part in (str(hers.pk), ".pdf", ".json", hers.payload["name_hash"]):
        assert part not in text

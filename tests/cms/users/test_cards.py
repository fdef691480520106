"""One-use sign-in cards: made by staff, opened with a PIN that was told apart, spent once."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from cms.users import cards
from cms.users.models import OpenSession, SignInCard, User
from courses.errors import Refused
from courses.templatetags.courses_tags import dated_day
from tests.factories.courses import PASSWORD, PIN, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db
NEW = "580273"


def make(trainee: Any, by: Any) -> cards.Printed:
    return cards.make_card(account=trainee, by=by, at=timezone.now())


def use(client: Client, printed: cards.Printed, **more: str) -> Any:
    sent = {
        "code": printed.token,
        "first_pin": printed.first_pin,
        "new_pin": NEW,
        "new_pin_again": NEW,
        **more,
    }
    return client.post("/entrar/tarjeta/", sent)


@pytest.fixture
def printed(trainee: Any, coordinator: Any) -> cards.Printed:
    return make(trainee, coordinator)


def test_with_a_card_she_chooses_her_pin_and_is_in(
    client: Client, trainee: Any, printed: cards.Printed
) -> None:
    assert use(client, printed)["Location"] == "/hoy/"
    assert client.get("/curso/mis-datos/").wsgi_request.user == trainee
    assert Client().post("/entrar/", {"username": "alumna", "pin": NEW}).status_code == 302
    assert Client().post("/entrar/", {"username": "alumna", "pin": PIN}).status_code == 200


def test_the_first_pin_which_others_know_is_not_taken_as_her_own(
    client: Client, trainee: Any, printed: cards.Printed
) -> None:
    answer = use(client, printed, new_pin=printed.first_pin, new_pin_again=printed.first_pin)
    assert "Otra persona ya conoce este PIN" in answer.content.decode()
    trainee.refresh_from_db()
    assert trainee.check_password(PIN)
    assert use(client, printed)["Location"] == "/hoy/", "the card is not spent"


def test_the_printed_code_does_the_same_however_it_is_typed(client: Client, printed: cards.Printed) -> None:
    typed = " - ".join(printed.groups).lower().replace("0", "o").replace("1", "l")
    assert use(client, printed, code=typed)["Location"] == "/hoy/"


def test_a_card_works_once(printed: cards.Printed) -> None:
    assert use(Client(), printed).status_code == 302
    assert use(Client(), printed).status_code == 200


def test_a_found_card_alone_opens_nothing_and_ends_after_five_guesses(printed: cards.Printed) -> None:
    for _ in range(cards.MAX_WRONG_PINS):
        assert use(Client(), printed, first_pin="731946").status_code == 200
    assert use(Client(), printed).status_code == 200


def test_a_mistake_in_the_new_pin_costs_nothing(client: Client, printed: cards.Printed) -> None:
    for new, again in [("123456", "123456"), (NEW, "580274"), ("5802", "5802"), ("alumna", "alumna")] * 2:
        assert use(client, printed, new_pin=new, new_pin_again=again).status_code == 200
    assert use(client, printed).status_code == 302


def test_a_card_expires_and_is_revoked_and_a_new_one_ends_the_old(trainee: Any, coordinator: Any) -> None:
    old = make(trainee, coordinator)
    SignInCard.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert use(Client(), old).status_code == 200
    older = make(trainee, coordinator)
    newer = make(trainee, coordinator)
    assert use(Client(), older).status_code == 200
    cards.revoke_cards(account=trainee, at=timezone.now())
    assert use(Client(), newer).status_code == 200
    assert use(Client(), make(trainee, coordinator)).status_code == 302


def test_only_hashes_of_a_card_are_kept(printed: cards.Printed) -> None:
    assert len(printed.token) * 5 >= 128
    row = " ".join(map(str, SignInCard.objects.values().get().values()))
    assert not any(secret in row for secret in (printed.token, printed.code, printed.first_pin))


def test_a_card_ends_the_sessions_of_before_and_whoever_was_signed_in_on_the_phone(
    client: Client, trainee: Any, trainer: Any, printed: cards.Printed
) -> None:
    elsewhere = Client()
    elsewhere.post("/entrar/", {"username": "alumna", "pin": PIN})
    client.force_login(trainer)
    assert use(client, printed).status_code == 302
    assert client.get("/curso/mis-datos/").wsgi_request.user == trainee
    assert elsewhere.get("/hoy/")["Location"].startswith("/entrar/")
    assert OpenSession.objects.filter(account=trainee).count() == 1


def test_her_own_open_session_on_this_phone_is_no_obstacle(client: Client, printed: cards.Printed) -> None:
    client.post("/entrar/", {"username": "alumna", "pin": PIN})
    assert use(client, printed)["Location"] == "/hoy/"
    assert client.get("/hoy/").status_code == 200


def test_a_card_opens_while_the_account_is_locked(trainee: Any, coordinator: Any) -> None:
    for _ in range(6):
        Client().post("/entrar/", {"username": "alumna", "pin": "731946"})
    assert Client().post("/entrar/", {"username": "alumna", "pin": PIN}).status_code == 429
    phone = Client()
    assert use(phone, make(trainee, coordinator)).status_code == 302
    phone.post("/salir/")
    assert phone.post("/entrar/", {"username": "alumna", "pin": NEW}).status_code == 302


def test_staff_get_no_card(coordinator: Any, trainer: Any) -> None:
    with pytest.raises(Refused):
        make(trainer, coordinator)


def test_who_became_staff_meanwhile_cannot_use_it(
    client: Client, trainee: Any, trainer: Any, printed: cards.Printed
) -> None:
    trainee.groups.set(trainer.groups.all())
    assert use(client, printed).status_code == 200
    assert User.objects.get(pk=trainee.pk).check_password(PIN)


def shown(client: Client, trainee: Any) -> Any:
    return client.post(reverse("cards:make", args=[trainee.key]))


def test_staff_see_a_card_once(client: Client, trainee: Any, coordinator: Any) -> None:
    client.force_login(coordinator)
    answer = shown(client, trainee)
    page = answer.content.decode()
    code = "".join(re.findall(r"<span>([0-9A-Z]{4})</span>", page))
    first_pin = re.findall(r'class="told">(\d{6})<', page)[0]
    assert len(code) == 20
    assert "no-store" in answer["Cache-Control"]
    assert "<svg" in page
    card = page.partition("<article")[2].partition("</article>")[0]
    assert first_pin not in card, "the PIN is handed apart"
    assert "alumna" not in card
    assert "Lucía" not in card
    again = client.get(reverse("cards:woman", args=[trainee.key])).content.decode()
    assert code[:4] not in again
    assert client.get(reverse("cards:make", args=[trainee.key])).status_code == 405
    sent = {"code": code, "first_pin": first_pin, "new_pin": NEW, "new_pin_again": NEW}
    assert Client().post("/entrar/tarjeta/", sent).status_code == 302


def test_staff_end_a_card(client: Client, trainee: Any, coordinator: Any, printed: cards.Printed) -> None:
    client.force_login(coordinator)
    client.post(reverse("cards:revoke", args=[trainee.key]))
    assert use(Client(), printed).status_code == 200


@pytest.mark.parametrize("action", ["make", "revoke"])
def test_nobody_else_makes_or_ends_cards(
    client: Client, trainee: Any, trainer: Any, printed: cards.Printed, action: str
) -> None:
    for account in (trainer, trainee):
        client.force_login(account)
        assert client.post(reverse(f"cards:{action}", args=[trainee.key])).status_code in {302, 403}
    assert SignInCard.objects.filter(revoked_at=None).count() == 1


def test_no_card_is_made_for_staff_by_address(client: Client, coordinator: Any, trainer: Any) -> None:
    client.force_login(coordinator)
    assert shown(client, trainer).status_code == 404


def test_staff_read_who_is_locked_who_has_a_card_and_who_has_no_pin(
    client: Client, trainee: Any, coordinator: Any
) -> None:
    client.force_login(coordinator)
    index = reverse("cards:index")
    assert "She has a PIN." in client.get(index, headers={"accept-language": "en"}).content.decode()
    states = []
    User.objects.filter(pk=trainee.pk).update(has_pin=False)
    states.append(client.get(index).context["rows"][0]["state"])
    make(trainee, coordinator)
    states.append(client.get(index).context["rows"][0]["state"])
    assert len(set(states)) == 2
    assert client.get(f"{index}?q=luc").context["rows"]
    assert not client.get(f"{index}?q=otra").context["rows"]


def test_the_list_takes_as_many_queries_for_many(client: Client, coordinator: Any, queries_of: Any) -> None:
    client.force_login(coordinator)
    counts = []
    for size in (2, 20):
        for number in range(size):
            PersonFactory(account=UserFactory(username=f"m{size}-{number}", role="trainee", pin=PIN))
        counts.append(queries_of(reverse("cards:index")))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_a_card_that_is_used_twice_at_once_works_once(trainee: Any, coordinator: Any) -> None:
    printed, line = make(trainee, coordinator), Barrier(2)

    def rush(_number: int) -> int:
        line.wait()
        try:
            return int(use(Client(), printed).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(rush, range(2))) == [200, 302]


def test_a_password_closes_the_pins_door_and_a_new_hash_does_not(trainee: Any) -> None:
    trainee.check_password(PIN)
    assert trainee.has_pin
    trainee.set_password(PASSWORD)
    assert not trainee.has_pin


def test_the_card_on_paper_says_the_year_until_which_it_works(printed: cards.Printed, trainee: Any) -> None:
    context = {"printed": printed, "account": trainee, "site_name": "Escuela"}
    page = render_to_string("users/printed_card.html", context, RequestFactory().get("/"))
    assert dated_day(printed.card.expires_at) in page
    assert str(timezone.localtime(printed.card.expires_at).year) in dated_day(printed.card.expires_at)

"""A password that somebody else typed opens one page, on which its owner chooses another (ASVS 6.4.1)."""

from io import StringIO
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from cms.users import factors
from cms.users.admin_forms import AccountEditForm
from cms.users.forms import OwnPasswordForm
from cms.users.models import OpenSession, User
from cms.users.roles import TRAINER
from courses.trail.deeds import Deed
from courses.trail.models import TrailEntry
from tests.addresses import ADDRESSES
from tests.cms.users.test_accounts import account
from tests.cms.users.test_second_step import SECRET, code

pytestmark = pytest.mark.django_db
GIVEN, OWN = "luna-de-papel-veinte", "cometa-azul-en-marzo"
CHOOSE, SET_UP, HOME = "/entrar/clave/", "/cuenta/segundo-paso/", "/admin/"
CHOICE = {"new_password1": OWN, "new_password2": OWN}


@pytest.fixture(params=[True, False], ids=["second step", "demonstration"])
def asks(request: Any, settings: LazySettings) -> bool:
    """Whether staff must have a second step."""
    settings.STAFF_SECOND_FACTOR = request.param
    cache.clear()
    return bool(request.param)


@pytest.fixture
def given(trainer: User) -> User:
    trainer.give_password(GIVEN)
    trainer.save()
    return trainer


def come_in(secret: str = GIVEN, wanted: str = "") -> tuple[Client, Any]:
    client = Client()
    sent = {"username": "formadora", "password": secret, "next": wanted}
    return client, client.post("/entrar/equipo/", sent)


def test_she_chooses_her_own_before_anything_opens(given: User, asks: bool) -> None:
    client, answer = come_in(wanted="/admin/pages/")
    assert answer["Location"] == CHOOSE
    for address in (HOME, SET_UP, "/clave/", "/sesiones/", "/telefono/equipo/sesion/"):
        assert client.get(address).status_code in {200, 302}
        assert not client.get(address).wsgi_request.user.is_authenticated, address
    assert client.get("/entrar/equipo/")["Location"] == CHOOSE
    page = client.get(CHOOSE)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]

    onwards = client.post(CHOOSE, CHOICE)["Location"]
    assert onwards == (SET_UP if asks else "/admin/pages/")
    given.refresh_from_db()
    assert given.check_password(OWN)
    assert not given.is_password_given
    assert client.get(onwards).status_code == 200
    assert TrailEntry.objects.get(what=Deed.SECRET_CHANGED).actor == given.key
    _client, later = come_in(OWN)
    assert later["Location"] != CHOOSE
    assert client.get(CHOOSE)["Location"].startswith("/entrar/equipo/")


def test_whoever_has_a_second_step_takes_it_first(given: User, settings: LazySettings) -> None:
    settings.STAFF_SECOND_FACTOR = True
    cache.clear()
    factors.activate_app(given, SECRET)
    client, answer = come_in()
    assert answer["Location"] == "/entrar/segundo-paso/"
    assert client.get(CHOOSE)["Location"].startswith("/entrar/equipo/")
    assert client.post("/entrar/segundo-paso/", {"code": code()})["Location"] == CHOOSE
    assert client.get(HOME).status_code == 302
    assert client.post(CHOOSE, CHOICE)["Location"] == HOME
    assert client.get(HOME).status_code == 200
    assert OpenSession.objects.get().account == given


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"new_password1": OWN},
        {"new_password1": OWN, "new_password2": "otra-cosa-distinta-9"},
        {"new_password1": GIVEN, "new_password2": GIVEN},
        {"new_password1": "formadora", "new_password2": "formadora"},
        {"new_password1": "x" * 5000, "new_password2": "x" * 5001},
    ],
)
def test_what_is_no_new_password_is_said_and_changes_nothing(given: User, sent: dict[str, str]) -> None:
    client, _answer = come_in()
    answer = client.post(CHOOSE, sent)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    given.refresh_from_db()
    assert given.is_password_given
    assert client.get(HOME).status_code == 302


def test_no_address_takes_her_for_somebody_before(given: User, school: None, asks: bool) -> None:
    """The walk over the URL conf; none of it lets her in or forgets that she has to choose."""
    client, _answer = come_in()
    stranger = Client()
    differing = [
        address
        for address in ADDRESSES[::5]
        if address not in {"entrar/clave/", "entrar/equipo/", "entrar/"}
        and client.get(f"/{address}").status_code != stranger.get(f"/{address}").status_code
    ]
    assert differing == []


def test_a_stranger_and_who_is_in_find_no_page_to_choose_on(trainer: Any, trainee: Any) -> None:
    assert Client().get(CHOOSE)["Location"].startswith("/entrar/equipo/")
    for user in (trainer, trainee):
        client = Client()
        client.force_login(user)
        assert client.post(CHOOSE, CHOICE).status_code == 302
        assert client.get(CHOOSE, follow=True).redirect_chain[-1][0] != CHOOSE
        user.refresh_from_db()
        assert not user.check_password(OWN)


def test_an_administrator_gives_and_an_own_change_does_not(client: Client, administrator: Any) -> None:
    def is_given() -> bool:
        return User.objects.filter(username="nueva", is_password_given=True).exists()

    client.force_login(administrator)
    assert "Usted la conoce" in client.get(reverse("wagtailusers_users:add")).content.decode()
    client.post(reverse("wagtailusers_users:add"), account())
    made = User.objects.get(username="nueva")
    assert is_given()
    made.set_password(OWN)
    made.save()
    roles = [group.pk for group in made.groups.filter(name=TRAINER)]
    edit = reverse("wagtailusers_users:edit", args=[made.pk])
    client.post(edit, {"username": "nueva", "groups": roles, "is_active": "on"})
    assert not is_given(), "only roles were saved"
    again = {"username": "nueva", "groups": roles, "is_active": "on", "password1": GIVEN, "password2": GIVEN}
    client.post(edit, again)
    assert is_given()
    made.refresh_from_db()
    assert made.check_password(GIVEN)


def test_hashing_it_anew_changes_nothing_of_its_kind(given: User, settings: LazySettings) -> None:
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    before = given.password
    assert given.check_password(GIVEN)
    assert given.password != before
    assert given.is_password_given
    given.refresh_from_db()
    assert given.is_password_given


def test_what_an_administrator_saves_meanwhile_is_not_undone(
    given: User, administrator: Any, client: Client
) -> None:
    """Each form writes its own columns: the account is closed while she fills in the page, and stays so."""
    hers, _answer = come_in()
    form = OwnPasswordForm(User.objects.get(pk=given.pk), CHOICE)
    assert form.is_valid()
    User.objects.filter(pk=given.pk).update(is_active=False)
    form.save()
    given.refresh_from_db()
    assert not given.is_active
    assert given.check_password(OWN)
    assert not given.is_password_given
    assert hers.get(CHOOSE).status_code == 302


def test_a_new_role_does_not_bring_the_given_password_back(given: User) -> None:
    sent = {"username": "formadora", "groups": [group.pk for group in given.groups.all()], "is_active": "on"}
    form = AccountEditForm(sent, instance=User.objects.get(pk=given.pk))
    assert form.is_valid(), form.errors
    given.set_password(OWN)
    given.save()
    form.save()
    given.refresh_from_db()
    assert given.check_password(OWN)
    assert not given.is_password_given


def test_what_the_server_printed_for_the_first_administrator_is_given() -> None:
    out = StringIO()
    call_command("first_administrator", "ana", "--generate", stdout=out)
    assert User.objects.get(username="ana").is_password_given

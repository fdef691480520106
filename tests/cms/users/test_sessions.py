"""Her open sessions, her PIN, and what is left after she signs out."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms.users.models import KnownDevice, OpenSession
from courses.trail.deeds import Deed
from courses.trail.models import TrailEntry
from tests.factories.courses import PIN, UserFactory

pytestmark = pytest.mark.django_db
NEW = "580273"
PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"
COMPUTER = "Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0"


def signed_in(username: str = "alumna", user_agent: str = PHONE) -> Client:
    client = Client(HTTP_USER_AGENT=user_agent)
    assert client.post("/entrar/", {"username": username, "pin": PIN}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return bool(client.get("/sesiones/").status_code == 200)


def test_she_sees_her_sessions_by_device_and_day_and_which_one_is_this(trainee: Any) -> None:
    here, _other = signed_in(), signed_in(user_agent=COMPUTER)
    OpenSession.objects.filter(kind__startswith="Windows").update(
        last_used_on=timezone.localdate() - timedelta(3)
    )
    context = here.get("/sesiones/").context
    assert context["here"].kind == "Android · Chrome"
    assert [one.kind for one in context["others"]] == ["Windows · Firefox"]


def test_she_ends_one_and_its_phone_is_forgotten(trainee: Any) -> None:
    here, lost, kept = signed_in(), signed_in(user_agent=COMPUTER), signed_in()
    row = OpenSession.objects.get(kind="Windows · Firefox")
    here.post("/sesiones/", {"session": row.pk})
    assert [is_in(client) for client in (here, lost, kept)] == [True, False, True]
    assert KnownDevice.objects.count() == 2


def test_she_ends_all_the_others(trainee: Any) -> None:
    here, *others = [signed_in() for _ in range(3)]
    here.post("/sesiones/")
    assert is_in(here)
    assert not any(map(is_in, others))


def test_a_coordinator_ends_the_sessions_of_a_stolen_phone_at_once(
    trainee: Any, coordinator: Any, client: Client
) -> None:
    UserFactory(username="vecina", role="trainee", pin=PIN)
    stolen, neighbour = signed_in(), signed_in("vecina")
    client.force_login(coordinator)
    address = reverse("cards:end_sessions", args=[trainee.key])
    assert address in client.get(reverse("cards:woman", args=[trainee.key])).content.decode()
    assert client.get(address).status_code == 405
    assert is_in(stolen)
    client.post(address)
    assert not is_in(stolen)
    assert is_in(neighbour)
    assert not KnownDevice.objects.filter(account=trainee).exists()
    noted = TrailEntry.objects.get(what=Deed.SESSIONS_ENDED)
    assert (noted.actor, noted.about, noted.facts) == (coordinator.key, str(trainee.key), {"count": 1})
    client.post(address)  # twice: nothing more to end, nothing more noted
    assert TrailEntry.objects.filter(what=Deed.SESSIONS_ENDED).count() == 1


def test_a_trainer_ends_the_sessions_of_nobody(trainee: Any, trainer: Any, client: Client) -> None:
    hers = signed_in()
    client.force_login(trainer)
    client.post(reverse("cards:end_sessions", args=[trainee.key]))
    assert is_in(hers)


def test_she_cannot_end_the_session_of_another(trainee: Any) -> None:
    UserFactory(username="vecina", role="trainee", pin=PIN)
    here, neighbour = signed_in(), signed_in("vecina")
    row = OpenSession.objects.get(account__username="vecina")
    assert here.post("/sesiones/", {"session": row.pk}).status_code == 404
    assert is_in(neighbour)


def test_what_has_ended_is_not_listed(trainee: Any) -> None:
    here, other = signed_in(), signed_in()
    other.post("/salir/")
    assert OpenSession.objects.count() == 1
    other = signed_in()
    other.session.flush()
    assert here.get("/sesiones/").context["others"] == []


def test_a_session_is_noted_anew_on_another_day(trainee: Any) -> None:
    here = signed_in()
    OpenSession.objects.update(last_used_on=timezone.localdate() - timedelta(3))
    session = here.session
    session["noted"] = ["2026-01-01", session.session_key]
    session.save()
    here.get("/hoy/")
    assert OpenSession.objects.get().last_used_on == timezone.localdate()


def change(client: Client, old: str = PIN, new: str = NEW, again: str = NEW) -> Any:
    return client.post("/clave/", {"old_pin": old, "new_pin": new, "new_pin_again": again})


def test_a_new_pin_ends_the_other_sessions_and_keeps_her_phones_known(trainee: Any) -> None:
    here, other = signed_in(), signed_in()
    assert change(here)["Location"] == "/curso/mis-datos/"
    assert is_in(here)
    assert not is_in(other)
    assert TrailEntry.objects.get(what=Deed.SECRET_CHANGED).actor == trainee.key
    assert KnownDevice.objects.count() == 2
    assert here.get("/sesiones/").context["here"] is not None
    assert Client().post("/entrar/", {"username": "alumna", "pin": NEW}).status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [("731946", NEW, NEW), (PIN, "123456", "123456"), (PIN, NEW, "580274"), (PIN, "58027", "58027")],
)
def test_a_new_pin_needs_the_old_one_and_must_be_good(trainee: Any, old: str, new: str, again: str) -> None:
    here = signed_in()
    assert change(here, old, new, again).status_code == 200
    trainee.refresh_from_db()
    assert trainee.check_password(PIN)


def test_guessing_the_old_pin_is_slowed(trainee: Any) -> None:
    here = signed_in()
    assert [change(here, "731946").status_code for _ in range(6)] == [200] * 5 + [429]
    assert change(here).status_code == 429


def test_her_data_lead_to_pin_and_sessions(trainee: Any, enrolment: Any) -> None:
    page = signed_in().get("/curso/mis-datos/").content.decode()
    assert 'href="/clave/"' in page
    assert 'href="/sesiones/"' in page


def test_the_list_of_sessions_takes_as_many_queries_for_many(
    client: Client, trainee: Any, queries_of: Any
) -> None:
    client.force_login(trainee)
    counts = []
    for size in (2, 20):
        for _ in range(size):
            signed_in()
        counts.append(queries_of("/sesiones/"))
    assert counts[0] == counts[1]

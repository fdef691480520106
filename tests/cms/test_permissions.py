"""Every address of the site, walked from the URL conf: who gets in, and who does not.

A new address is found by these tests by itself: it must be closed to strangers and to trainees, or be
named below. (The full table, role by role and method by method, comes with the release gates.)
"""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from certificates.actas import actions as actas
from certificates.actas.models import Acta
from courses.cohorts.models import Cohort, Enrolment
from courses.sync.models import SyncEvent
from tests.factories.courses import OPENED

pytestmark = pytest.mark.django_db
PUBLIC = {
    "",  # the front page, served by Wagtail
    "health/",
    "entrar/",
    "entrar/equipo/",
    "entrar/tarjeta/",
    "idioma/",
    "favicon.ico",
    "v/",
    "v/sin-conexion/",
    "api/v1/openapi.json",
    ".well-known/did.json",
    "log/keys",
    "sync/v1/key/",
    "ayuda/",
    # The page for phones without signal is the same for everybody, and holds nothing of anybody.
    "telefono/",
    "telefono/sesion/",
    "sw.js",
    # The team's page for venues without signal: the same for everybody too.
    "telefono/equipo/",
    "telefono/equipo/sesion/",
    "telefono/equipo/sw.js",
    "manifest.webmanifest",
}
SAMPLES = {
    "int": "1",
    "uuid": str(UUID(int=7)),
    "slug": "ninguna",
    "str": "ninguna",
    "path": "ninguna",
}
CLOSED = {301, 302, 400, 401, 403, 404, 405}


def addresses(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """One sample address for every pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, route)
        elif isinstance(entry, URLPattern):
            yield sample(route)


def sample(route: str) -> str:
    """An address that a route matches, with values that name nothing."""
    route = re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES[found[1] or "str"], route)
    route = re.sub(r"\(\?P<\w+>[^)]*\)", "1", route)
    return re.sub(r"[\^$\\]|\.\*|\(\?:|\)|\?|\[.*?\][*+]?", "", route)


ADDRESSES = sorted(set(addresses()))


def test_the_walk_finds_our_addresses_and_wagtails() -> None:
    assert len(ADDRESSES) > 150
    assert "curso/asistencia/" in ADDRESSES
    assert any(address.startswith("admin/pages/") for address in ADDRESSES)


@pytest.mark.usefixtures("school")
def test_a_stranger_without_account_opens_only_what_is_public(client: Client) -> None:
    is_open = []
    for address in ADDRESSES:
        status = client.get(f"/{address}").status_code
        if status not in CLOSED and address not in PUBLIC:
            is_open.append((address, status))
    # Wagtail's own translations and the sprite of icons: words and drawings, the same for everybody.
    assert [address for address, _status in is_open if not re.match(r"admin/(jsi18n|sprite)", address)] == []


def test_a_trainee_opens_nothing_of_the_staffs_desk(client: Client, trainee: Any) -> None:
    client.force_login(trainee)
    is_open = [
        address
        for address in ADDRESSES
        if address.startswith("admin/") and client.get(f"/{address}").status_code not in CLOSED
    ]
    assert [address for address in is_open if not re.match(r"admin/(jsi18n|sprite)", address)] == []


@pytest.mark.usefixtures("school")
@pytest.mark.parametrize(
    "door",
    [
        "/admin/login/",
        "/admin/password_reset/",
        "/admin/password_reset/done/",
        "/_util/login/",
        "/django-admin/",
    ],
)
def test_there_is_one_door_only(client: Client, door: str) -> None:
    answer = client.get(door)
    assert answer.status_code in {301, 302, 404}
    if answer.status_code in {301, 302}:
        assert answer["Location"].startswith("/entrar/")
    assert client.post(door, {"username": "x", "password": "x"}).status_code in {301, 302, 403, 404, 405}


ROLES = ["trainee", "trainer", "other_trainer", "coordinator", "administrator", "officer", "stranger"]
TABLE = [
    # address name, arguments: who gets 200 (everybody else is sent away or finds nothing)
    ("cohorts:index", [], {"trainer", "other_trainer", "coordinator", "administrator"}),
    ("school:cohort", ["cohort"], {"trainer", "coordinator", "administrator"}),
    ("school:people", ["cohort"], {"trainer", "coordinator", "administrator"}),
    ("school:rules", ["cohort"], {"trainer", "coordinator", "administrator"}),
    ("register:mark", ["session"], {"trainer", "coordinator"}),
    ("offline:index", [], {"coordinator", "administrator"}),
    ("offline:accept", ["refused"], {"coordinator", "administrator"}),
    ("offline:note", ["refused"], {"coordinator", "administrator"}),
    ("actas:index", [], {"coordinator", "administrator"}),
    ("actas:acta", ["acta"], {"coordinator", "administrator"}),
    ("actas:propose", [], {"coordinator"}),
    ("actas:approve", ["acta"], {"administrator"}),
    ("actas:return", ["acta"], {"administrator"}),
    ("actas:waive", ["acta"], {"administrator"}),
    ("actas:send", ["acta"], {"coordinator"}),
    ("actas:packet", ["acta"], {"coordinator"}),
    ("actas:record", ["acta"], {"coordinator"}),
    ("actas:recheck", ["acta"], {"coordinator", "administrator"}),
    ("actas:correct", ["acta", "line"], {"coordinator"}),
    ("actas:approve_line", ["acta", "line"], {"administrator"}),
    ("actas:leave_out", ["acta", "line"], {"administrator"}),
    ("certificates:authority", [], {"officer"}),
    ("certificates:authority_acta", ["acta"], set()),  # nothing was sent to her yet
    ("certificates:authority_answer", ["acta"], set()),
    ("certificates:ask_review", ["line"], set()),  # nothing was approved yet
    ("actas:register", ["acta"], {"administrator", "coordinator"}),
    ("actas:issue", ["acta"], {"administrator"}),
    ("actas:statements", ["acta"], {"administrator"}),
    ("diplomas:index", [], {"coordinator", "administrator"}),
    ("diplomas:register", [], {"coordinator", "administrator"}),
    ("designs:list", [], {"coordinator", "administrator"}),
    ("designs:add", [], {"administrator"}),
    ("keys:index", [], {"administrator"}),
    ("log:index", [], {"administrator"}),
    ("witnesses:index", [], {"administrator"}),
    ("witnesses:add", [], {"administrator"}),
    ("cards:index", [], {"coordinator", "administrator"}),
    ("cards:woman", ["account"], {"coordinator", "administrator"}),
    ("my_sessions", [], set(ROLES)),
    ("password_change", [], set(ROLES)),
    ("today", [], {"trainee", "stranger"}),  # who is in no course reads whom to ask; the officer has a portal
    ("courses:my_course", [], {"trainee"}),
    ("sync:modules", [], {"trainee"}),
    ("courses:my_attendance", [], {"trainee"}),
    ("courses:my_diploma", [], {"trainee"}),
]


@pytest.fixture
def acta(cohort: Cohort, enrolment: Enrolment, coordinator: Any) -> Acta:
    return actas.propose_acta(cohort_id=cohort.pk, by=coordinator, at=OPENED)


@pytest.fixture
def refused(enrolment: Enrolment) -> SyncEvent:
    """Offline work of `enrolment` that waits for a human."""
    return SyncEvent.objects.create(
        event=UUID(int=8),
        digest="0",
        person=enrolment.person,
        enrolment=enrolment,
        received_at=OPENED,
        status="rejected",
        code="enrolment_over",
        box={},
    )


@pytest.mark.parametrize(("name", "arguments", "allowed"), TABLE, ids=[row[0] for row in TABLE])
def test_each_screen_opens_for_its_roles_and_for_no_other(
    client: Client,
    cohort: Cohort,
    acta: Acta,
    refused: SyncEvent,
    trainee: Any,
    request: pytest.FixtureRequest,
    name: str,
    arguments: list[str],
    allowed: set[str],
) -> None:
    things = {
        "cohort": cohort.pk,
        "session": cohort.sessions.all()[0].pk,
        "acta": acta.pk,
        "refused": refused.pk,
        "line": acta.lines.all()[0].pk,
        "account": trainee.key,
    }
    address = reverse(name, args=[things[argument] for argument in arguments])
    gets_in = set()
    for role in ROLES:
        client.force_login(request.getfixturevalue(role))
        if client.get(address).status_code == 200:
            gets_in.add(role)
    assert gets_in == allowed

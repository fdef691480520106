"""The team's page for venues without signal: the same for everybody, and apart from the trainees'."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import translation

from cms.phone import assets, staff_assets, staff_words
from courses.sync.staff_wording import FOR_TEAM

pytestmark = pytest.mark.django_db
PAGE = "/telefono/equipo/"
OWN = "\n".join(
    file.read_text() for file in [*sorted(staff_assets.FOLDER.glob("*.js")), assets.FOLDER / "frame.js"]
)
TEMPLATE = (Path(assets.__file__).parent / "templates" / "phone" / "staff.html").read_text()


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def worker_of(client: Client, address: str = PAGE + "sw.js") -> dict[str, Any]:
    """What a worker is told."""
    script = client.get(address).content.decode()
    told: dict[str, Any] = json.loads(script.partition("= ")[2].partition(";\n")[0])
    return told


def test_the_page_is_the_same_whoever_is_signed_in_and_holds_nothing_of_anybody(
    trainer: Any, trainee: Any, client: Client
) -> None:
    answer = client.get(PAGE)
    assert signed_in(trainer).get(PAGE).content == answer.content == signed_in(trainee).get(PAGE).content
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert b"csrfmiddlewaretoken" not in answer.content
    assert b"data-exit" in answer.content
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]


def test_its_worker_keeps_every_file_and_never_leaves_its_scope(trainer: Any, client: Client) -> None:
    told = worker_of(client)
    assert told["page"] == PAGE
    assert told == worker_of(signed_in(trainer))
    for address in told["files"]:
        assert finders.find(address.removeprefix("/static/")), address
    linked = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', client.get(PAGE).content.decode()))
    assert linked <= set(told["files"])
    imported = set(re.findall(r'from "\.\./offline/([\w.]+)"', OWN))
    assert imported <= {f"{name}.js" for name in staff_assets.SHARED}
    for name in staff_assets.SHARED:
        needed = set(re.findall(r'from "\./([\w]+)\.js"', (assets.FOLDER / f"{name}.js").read_text()))
        assert needed <= set(staff_assets.SHARED)
    assert "Service-Worker-Allowed" not in client.get(PAGE + "sw.js").headers


def test_a_trainee_downloads_nothing_of_it(client: Client) -> None:
    told = worker_of(client, "/sw.js")
    assert not [address for address in told["files"] if "staff" in address]
    assert b"offline-staff" not in client.get("/telefono/").content


def test_only_the_team_is_told_who_she_is(
    trainer: Any, coordinator: Any, trainee: Any, officer: Any, client: Client
) -> None:
    answer = signed_in(trainer).get(PAGE + "sesion/")
    assert answer.json()["user"] == "formadora"
    assert answer.headers["Cache-Control"] == "no-store"
    assert signed_in(coordinator).get(PAGE + "sesion/").json()["user"] == "coordinadora"
    for other in (client, signed_in(trainee), signed_in(officer)):
        assert other.get(PAGE + "sesion/").json()["user"] is None


def test_every_sentence_that_the_scripts_ask_for_is_there_and_none_is_idle() -> None:
    with translation.override("en"):
        known = set(staff_words.for_page()) - {"refusals"}
    asked = set(re.findall(r'"([a-z]+(?:_[a-z]+)*)"', OWN))
    built = {f"counts_{one}" for one in ("present", "late", "excused", "absent", "made_up")} | {"steps_left"}
    counted = {f"{name}_{form}" for name in asked | built for form in ("one", "many")}
    modalities = {"class", "outing", "tutoring"}
    assert known - asked - counted - modalities == set()
    said = set(re.findall(r'\b(?:say|tell|note|showError)\((?:form, |section, )?"(\w+)"', OWN))
    assert said <= known
    assert {f"{name}_many" for name in re.findall(r'sayCount\("(\w+)"', OWN)} <= known


def test_every_hook_of_the_scripts_is_on_the_page() -> None:
    views = set(re.findall(r'data-view="([\w-]+)"', TEMPLATE))
    assert set(re.findall(r'\b(?:go|begin|instead|view)\("([\w-]+)"', OWN)) <= views
    assert all(f"data-{hook}" in TEMPLATE for hook in re.findall(r'\bfind\("([\w-]+)"', OWN))
    assert all(f'data-template="{name}"' in TEMPLATE for name in re.findall(r'\bclone\("([\w-]+)"', OWN))
    assert set(re.findall(r'\bwhen\("([\w-]+)"', OWN)) == set(re.findall(r'data-when="([\w-]+)"', TEMPLATE))


def test_the_scripts_stay_small_and_fetch_nothing_from_elsewhere() -> None:
    files = list(staff_assets.FOLDER.iterdir())
    assert sum(file.stat().st_size for file in files) <= 60_000
    assert "http://" not in OWN
    assert "https://" not in OWN
    assert "innerHTML" not in OWN
    assert all(len(file.read_text().splitlines()) <= 400 for file in files)


def test_every_reason_has_words_for_the_phone() -> None:
    with translation.override("en"):
        refusals = staff_words.for_page()["refusals"]
    assert set(FOR_TEAM) | {"", "no_room"} == set(refusals)
    assert all(refusals.values())


def test_the_way_there_stands_in_the_admin_for_who_may_note(trainer: Any, administrator: Any) -> None:
    assert PAGE in signed_in(trainer).get("/admin/").content.decode()
    assert PAGE not in signed_in(administrator).get("/admin/").content.decode()

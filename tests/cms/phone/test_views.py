"""The page for phones without signal: the same for everybody, and complete."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from django.utils import translation
from wagtail.models import Site

from cms.home.face import faces
from cms.home.models import SiteFace
from cms.phone import assets, words

pytestmark = pytest.mark.django_db
SCRIPTS = "\n".join(file.read_text() for file in sorted(assets.FOLDER.glob("*.js")))
TEMPLATE = (Path(assets.__file__).parent / "templates" / "phone" / "shell.html").read_text()


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def worker_of(client: Client) -> dict[str, Any]:
    """What the worker is told."""
    script = client.get("/sw.js").content.decode()
    told: dict[str, Any] = json.loads(script.partition("= ")[2].partition(";\n")[0])
    return told


def test_the_page_is_the_same_whoever_is_signed_in(trainee: Any, coordinator: Any, client: Client) -> None:
    page = client.get("/telefono/").content
    assert signed_in(trainee).get("/telefono/").content == page
    assert signed_in(coordinator).get("/telefono/").content == page
    assert b"csrfmiddlewaretoken" not in page
    assert b"data-exit" in page


@pytest.mark.parametrize("address", ["/telefono/", "/telefono/equipo/"])
def test_the_page_brings_the_cookie_of_every_form(address: str) -> None:
    """Or what its script asks for would plant another one while she already fills in the next page."""
    client = Client()
    client.get(address)
    brought = client.cookies["csrftoken"].value
    client.get(f"{address}sesion/")
    client.get(reverse("sign_in"))
    assert client.cookies["csrftoken"].value == brought


def test_the_page_may_show_what_it_decrypts_and_no_other_page_may(client: Client) -> None:
    policy = client.get("/telefono/").headers["Content-Security-Policy"]
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";") if " " in part.strip())
    assert parts["img-src"] == parts["media-src"] == "'self' blob:"
    assert "blob:" not in parts["script-src"] + parts["connect-src"] + parts["default-src"]
    assert "blob:" not in client.get(reverse("sign_in")).headers["Content-Security-Policy"]


def test_page_worker_and_manifest_are_asked_for_anew_and_seen_by_no_search_engine(
    trainee: Any, client: Client
) -> None:
    for visitor in (client, signed_in(trainee)):
        for address in ("/telefono/", "/sw.js", "/manifest.webmanifest"):
            answer = visitor.get(address)
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "no-cache"
            assert "noindex" in answer.headers["X-Robots-Tag"]


def test_the_worker_keeps_every_file_of_the_page_and_nothing_else(client: Client) -> None:
    told = worker_of(client)
    assert (told["page"], told["help"]) == ("/telefono/", "/ayuda/")
    assert len(told["files"]) == len(set(told["files"]))
    for address in told["files"]:
        assert finders.find(address.removeprefix("/static/")), address
    page = client.get("/telefono/").content.decode()
    linked = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page))
    assert linked <= set(told["files"])
    imported = set(re.findall(r'from "\./([\w.]+)"', SCRIPTS))
    assert {f"/static/theme/offline/{name}" for name in imported} <= set(told["files"])


def test_the_worker_changes_with_the_language_and_not_with_who_asks(trainee: Any, client: Client) -> None:
    spanish = worker_of(client)["version"]
    assert worker_of(signed_in(trainee))["version"] == spanish
    client.cookies["django_language"] = "en"
    assert worker_of(client)["version"] != spanish


def test_the_name_on_the_first_screen_is_neutral(client: Client) -> None:
    site = Site.objects.get(is_default_site=True)
    SiteFace.objects.create(site=site, app_name="Mi escuela", short_name="Escuela")
    caches["local"].clear()
    told = json.loads(client.get("/manifest.webmanifest").content)
    SiteFace.objects.all().delete()
    caches["local"].clear()
    faces()
    assert (told["name"], told["short_name"]) == ("Mi escuela", "Escuela")
    assert finders.find(told["icons"][0]["src"].removeprefix("/static/"))


def test_only_a_trainee_is_told_who_she_is(trainee: Any, coordinator: Any, client: Client) -> None:
    answer = signed_in(trainee).get("/telefono/sesion/")
    assert answer.json()["user"] == "alumna"
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/telefono/sesion/").json()["user"] is None
    assert signed_in(coordinator).get("/telefono/sesion/").json()["user"] is None


def test_every_sentence_that_the_scripts_ask_for_is_there_and_none_is_idle() -> None:
    with translation.override("en"):
        known = words.for_page()
    asked = set(re.findall(r'"([a-z]+(?:_[a-z]+)*)"', SCRIPTS))
    counted = {f"{name}_{form}" for name in asked for form in ("one", "many")}
    names = {name for name in known if name != "refusals"}
    built = {"about", "about_one", "about_test", "about_test_one"}
    assert names - asked - counted - built == set()
    said = set(re.findall(r'\b(?:say|tell|showError)\((?:form, )?"(\w+)"', SCRIPTS))
    assert said <= names
    assert set(re.findall(r'sayCount\("(\w+)"', SCRIPTS)) <= {name.rpartition("_")[0] for name in names}


def test_every_hook_of_the_scripts_is_on_the_page() -> None:
    views = set(re.findall(r'data-view="([\w-]+)"', TEMPLATE))
    assert set(re.findall(r'\b(?:go|begin|instead|how)\("([\w-]+)"', SCRIPTS)) <= views
    hooks = set(re.findall(r'\bfind\("([\w-]+)"', SCRIPTS)) - {"sheet"}
    assert all(f"data-{hook}" in TEMPLATE for hook in hooks)
    whens = set(re.findall(r'\bwhen\("([\w-]+)"', SCRIPTS))
    assert whens == set(re.findall(r'data-when="([\w-]+)"', TEMPLATE))


def test_the_scripts_stay_small_and_fetch_nothing_from_elsewhere() -> None:
    assert sum(file.stat().st_size for file in assets.FOLDER.glob("*.js")) <= 73_000
    assert "http://" not in SCRIPTS
    assert "https://" not in SCRIPTS
    assert all(len(file.read_text().splitlines()) <= 400 for file in assets.FOLDER.iterdir())

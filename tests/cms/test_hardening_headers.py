"""What every answer says to the browser, walked from the URL conf: pages, errors, redirects, files."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client, override_settings
from django.urls import resolve, reverse

from cms.home.errors import PROGRAMS
from cms.middleware import UNUSED, is_ours
from courses.cohorts.models import Enrolment
from tests.addresses import ADDRESSES
from tests.factories.courses import PASSWORD, PIN
from tests.factories.lessons import photo

FOR_ALL = re.compile(
    r"log/|\.well-known/|api/v1/|status/|sync/v1/key/"
)  # what anybody may check from anywhere
EVERY = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
OF_FILES = {"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin"}
MANNERS = ["default-src 'none'", "object-src 'none'", "base-uri 'none'", "form-action 'self'"]


def directives(policy: str) -> dict[str, list[str]]:
    """A policy by directive."""
    parts = [part.split() for part in policy.split(";") if part.strip()]
    return {name: values for name, *values in parts}


def lacking(answer: Any, address: str) -> list[str]:
    """What this answer does not say."""
    kind = answer.get("Content-Type", "")
    is_text = re.match(r"text/|[^;]*(?:/|\+)xml|application/javascript", kind) is not None
    if not answer.streaming and answer.content and (not kind or (is_text and "charset=" not in kind)):
        return [f"Content-Type: {kind}"]
    if address.startswith("static/") and answer.status_code == 200:  # no page, and light
        told = {**OF_FILES, "Referrer-Policy": "same-origin"}
        return [name for name, said in told.items() if answer.get(name) != said]
    wrong = [f"{name}: {answer.get(name)}" for name, said in EVERY.items() if answer.get(name) != said]
    if answer.get("Referrer-Policy") not in {"same-origin", "no-referrer"}:
        wrong.append(f"Referrer-Policy: {answer.get('Referrer-Policy')}")
    if answer.get("X-Frame-Options") not in ({"SAMEORIGIN"} if address.startswith("admin/") else {"DENY"}):
        wrong.append(f"X-Frame-Options: {answer.get('X-Frame-Options')}")
    policy = answer.get("Content-Security-Policy", "")
    wrong += [part for part in MANNERS if part not in policy and "form-action 'none'" not in policy]
    if "frame-ancestors" not in policy or "*" in policy or "http" in policy or "unsafe-eval" in policy:
        wrong.append(policy)
    if not address.startswith("admin/") and "unsafe" in policy:
        wrong.append(policy)
    wanted = {"same-origin", "cross-origin"} if FOR_ALL.match(address) else {"same-origin"}
    if answer.get("Cross-Origin-Resource-Policy") not in wanted:
        wrong.append(f"CORP {answer.get('Cross-Origin-Resource-Policy')}")
    if "Access-Control-Allow-Origin" in answer and not FOR_ALL.match(address):
        wrong.append("CORS")
    told = answer.get("Permissions-Policy", "")
    wrong += [feature for feature in UNUSED.split() if f"{feature}=" not in told]
    wrong += [name for name in ("Server", "X-Powered-By", "X-AspNet-Version") if name in answer]
    for cookie in answer.cookies.values():
        is_home = cookie["httponly"] and cookie["samesite"] in {"Lax", "Strict"} and not cookie["domain"]
        if cookie["max-age"] != 0 and not is_home:  # 0: it is taken away
            wrong.append(cookie.key)
    return wrong


@pytest.fixture
def walk(enrolment: Enrolment, administrator: Any, trainee: Any) -> Callable[[str], list[str]]:
    """Ask for every address as somebody, and say what the answers lack."""
    who = {"administrator": administrator, "trainee": trainee, "nobody": None}

    def asked(role: str) -> list[str]:
        client, found = Client(raise_request_exception=False), []
        if who[role]:
            client.force_login(who[role])
        for address in ADDRESSES:
            if "logout" in address or address == "salir/":
                continue
            answer = client.get(f"/{address}")
            found += [f"/{address} {answer.status_code} {wrong}" for wrong in lacking(answer, address)]
            if who[role] and "sessionid" in client.cookies and "Cache-Control" not in answer:
                found.append(f"/{address} may be kept")
        return found

    return asked


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["nobody", "trainee", "administrator"])
def test_every_answer_says_what_browsers_must_know(walk: Callable[[str], list[str]], role: str) -> None:
    assert walk(role) == []


@pytest.mark.django_db
def test_files_and_redirects_and_errors_say_it_too(client: Client) -> None:
    name = default_storage.save("original_images/a.jpg", ContentFile(photo()))
    odd = [
        "static/theme/base.css",
        "static/nada.css",
        f"media/{name}",
        "media/nada.jpg",
        "health",
        "no/existe",
    ]
    for address in odd:
        assert lacking(client.get(f"/{address}"), address) == [], address


@pytest.mark.django_db
@override_settings(
    SECURE_SSL_REDIRECT=True, SECURE_HSTS_SECONDS=31_536_000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True
)
def test_over_http_there_is_nothing_but_the_way_to_https(client: Client) -> None:
    for address in ["/entrar/", "/static/theme/base.css", "/v/0000/", "/admin/"]:
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (301, f"https://testserver{address}")
        assert lacking(answer, address[1:]) == []
        told = client.get(address, secure=True)["Strict-Transport-Security"]
        assert told == "max-age=31536000; includeSubDomains"


@pytest.mark.django_db
@override_settings(
    SECURE_SSL_REDIRECT=True, SECURE_REDIRECT_EXEMPT=[r"^(?:api|sync|log|status|\.well-known)/"]
)
def test_a_program_that_asks_over_http_is_refused_and_not_led_on(client: Client) -> None:
    for prefix in PROGRAMS:
        answer = client.post(f"{prefix}x/", {"pin": PIN})
        assert (answer.status_code, answer.json()) == (403, {"error": "forbidden"}), prefix
        assert "Location" not in answer
    assert client.get("/api/v1/verify/0/", secure=True).status_code == 404
    assert client.get("/entrar/")["Location"] == "https://testserver/entrar/"


# --- public files ----------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "is_kept"),
    [
        *[(name, False) for name in ("a.jpg", "a.png", "a.webp", "a.vtt", "a.mp4", "a.mp3")],
        *[(name, True) for name in ("a.pdf", "a.docx", "a.txt", "a.html", "a.svg", "a.bin")],
    ],
)
def test_a_public_file_is_shown_or_kept_and_never_runs(client: Client, name: str, is_kept: bool) -> None:
    saved = default_storage.save(f"documents/{name}", ContentFile(b"<script>alert(1)</script>"))
    answer = client.get(f"/media/{saved}")
    assert answer.status_code == 200
    assert answer.get("Content-Disposition", "").startswith("attachment") == is_kept
    policy = directives(answer["Content-Security-Policy"])
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "../db.sqlite3",
        "..%2fdb.sqlite3",
        "%2e%2e/keys/master.key",
        "....//keys/master.key",
        "/etc/passwd",
        "",
    ],
)
def test_no_path_leads_out_of_the_public_files(client: Client, path: str) -> None:
    for start in ("/media/", "/static/", "/media//", "/media/documents/../"):
        assert client.get(start + path).status_code in {400, 404}, start + path


# --- the admin -------------------------------------------------------------------------------------------
def test_only_wagtails_own_screens_may_have_scripts_inside() -> None:
    assert "'unsafe-inline'" not in str(settings.CONTENT_SECURITY_POLICY) + str(settings.ADMIN_CSP)
    assert "'unsafe-inline'" in settings.WAGTAIL_CSP["script-src"]
    changed = {key for key in settings.WAGTAIL_CSP if settings.WAGTAIL_CSP[key] != settings.ADMIN_CSP[key]}
    assert changed == {"script-src", "style-src"}


@pytest.mark.django_db
def test_our_screens_of_the_admin_are_strict(client: Client, coordinator: Any, rf: Any) -> None:
    client.force_login(coordinator)
    strict = {}
    for name in (
        "cohorts:index",
        "offline:index",
        "actas:index",
        "wagtailadmin_home",
        "wagtailadmin_account",
    ):
        policy = client.get(reverse(name))["Content-Security-Policy"]
        strict[name] = "unsafe" not in policy
        request = rf.get(reverse(name))
        request.resolver_match = resolve(reverse(name))
        assert is_ours(request) == strict[name]
    assert strict["cohorts:index"]
    assert strict["offline:index"]
    assert not strict["wagtailadmin_home"]


# --- nobody else is told ---------------------------------------------------------------------------------
LOADS = {"src", "srcset", "poster", "data", "action", "formaction", "background", "ping", "manifest"}


class Loaded(HTMLParser):
    """What a page makes a browser fetch or send: not its links, which somebody follows."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        self.found += [facts[name] for name in LOADS & facts.keys()]
        if tag in {"link", "use", "image"}:
            self.found += [facts.get("href", ""), facts.get("xlink:href", "")]
        if tag == "base":
            self.found.append("base")
        if tag == "meta" and facts.get("http-equiv", "").lower() == "refresh":
            self.found.append(facts.get("content", ""))
        is_inside = tag == "script" and "src" not in facts and facts.get("type", "") != "application/json"
        self.inline += [tag] if is_inside or tag == "style" else []
        self.inline += [name for name in facts if name == "style" or name.startswith("on")]


def outside(addresses: list[str]) -> list[str]:
    """Those that lead away from here."""
    return [
        one for one in addresses if re.match(r"(?:[a-z]+:)?//", one.strip()) and not one.startswith("data:")
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["nobody", "trainee", "administrator"])
def test_no_page_loads_anything_from_elsewhere(
    role: str, enrolment: Enrolment, administrator: Any, trainee: Any
) -> None:
    client = Client(raise_request_exception=False)
    if role != "nobody":
        client.force_login({"trainee": trainee, "administrator": administrator}[role])
    pages, found = 0, []
    for address in ADDRESSES:
        if "logout" in address or address == "salir/":
            continue
        answer = client.get(f"/{address}")
        if not answer.get("Content-Type", "").startswith("text/html") or answer.streaming:
            continue
        page = Loaded()
        page.feed(answer.content.decode())
        pages += 1
        found += [f"/{address} {one}" for one in outside(page.found)]
        if not address.startswith("admin/") and "'sha256-" not in answer["Content-Security-Policy"]:
            found += [f"/{address} {one} inside the page" for one in page.inline]
    assert found == []
    assert pages > 20


CALLS = re.compile(
    rb"""(?:url\(\s*["']?|@import\s+["']|(?:fetch|importScripts|open)\(\s*["'`])((?:https?:)?//[^"'`)\s]+)"""
)


def test_no_stylesheet_or_script_names_another_host_to_load_from() -> None:
    found = []
    for finder in get_finders():
        for name, storage in finder.list([]):
            if name.endswith((".css", ".js", ".mjs", ".svg")):
                with storage.open(name) as file:
                    found += [f"{name}: {one.decode()}" for one in CALLS.findall(file.read())]
    assert found == []


# --- doors that lead on ----------------------------------------------------------------------------------
AWAY = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
]
AWAY += [
    "https:evil.example",
    "http://testserver@evil.example/",
    "/%09/evil.example",
    " //evil.example",
    "\t//evil.example",
]


@pytest.mark.django_db
@pytest.mark.parametrize("away", AWAY)
def test_no_door_leads_to_another_host(client: Client, trainee: Any, trainer: Any, away: str) -> None:
    def leads_home(answer: Any) -> bool:
        place = re.sub(r"[\t\r\n]", "", answer.get("Location", "/")).strip().replace("\\", "/")
        return urlsplit(urljoin("http://testserver/x/", place))[:2] == ("http", "testserver")

    facts = {"language": "es", "text_size": "large", "next": away}
    for address in ("/idioma/", "/este-telefono/"):
        assert leads_home(client.post(address, facts)), address
    hers = {"username": trainee.username, "pin": PIN, "next": away}
    assert leads_home(client.post(f"/entrar/?next={away}", hers))
    client.logout()
    answer = client.post(
        "/entrar/equipo/", {"username": trainer.username, "password": PASSWORD, "next": away}
    )
    assert leads_home(answer)
    for address in ("/admin/login/", "/salir/", "/clave/", "/admin/pages/3/publish/"):
        for method in (client.get, client.post):
            assert leads_home(method(address, {"next": away})), address


@pytest.mark.django_db
def test_a_header_or_field_does_not_change_the_method(client: Client, trainee: Any) -> None:
    client.force_login(trainee)
    asks = {"x-http-method-override": "POST", "x-http-method": "DELETE", "x-method-override": "PUT"}
    assert client.get("/salir/", {"_method": "POST"}, headers=asks).status_code == 405
    assert client.get("/hoy/").status_code == 200
    for method in ("TRACE", "TRACK"):
        for address in (
            "/hoy/",
            "/entrar/",
            "/static/theme/base.css",
            "/api/v1/openapi.json",
            "/media/a.jpg",
        ):
            assert client.generic(method, address).status_code == 405, (method, address)
    assert b"TRACE" not in client.generic("TRACE", "/hoy/", headers={"x-secret": "TRACE"}).content


# --- sessions --------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_session_that_somebody_else_prepared_is_not_the_one_that_signs_in(
    client: Client, trainee: Any
) -> None:
    client.cookies["sessionid"] = planted = "a" * 32
    client.post("/entrar/", {"username": trainee.username, "pin": PIN})
    first = client.cookies["sessionid"].value
    assert first != planted
    assert client.get("/hoy/").status_code == 200
    client.post("/entrar/", {"username": trainee.username, "pin": PIN})
    stolen = Client()
    client.post("/salir/")
    for key in {first, planted}:
        stolen.cookies["sessionid"] = key
        assert stolen.get("/hoy/").status_code == 302, "it ended with her signing out"

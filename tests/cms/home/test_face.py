"""What may be seen over her shoulder: names, icons, titles, the help card, the lock."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from wagtail.models import Site

from cms.home.face import faces
from cms.home.models import HelpCard, SiteFace
from courses.cohorts.models import Enrolment

ROOT = Path(__file__).resolve().parents[3]
TELLING = re.compile(
    r"\b(vih|hiv|sida|aids|its|sti|prep|pep|sex\w*|trata|violen\w*|condon\w*|condom\w*|emergenc\w*"
    r"|anticoncep\w*|aborto|embaraz\w*|drog\w*|consumo|sobredosis|violaci\w*|prostit\w*|gbv)\b"
)


@pytest.fixture
def fresh(school: None) -> Iterator[None]:
    """Faces as this test's database has them; afterwards those that were known before."""
    before = faces()
    caches["local"].delete("faces")
    yield
    caches["local"].set("faces", before, None)


@pytest.fixture
def face(fresh: None) -> SiteFace:
    return SiteFace.objects.create(
        site=Site.objects.get(is_default_site=True),
        app_name="Cuaderno",
        icon="leaf",
        quick_exit_url="https://example.org/tiempo/",
        lock_minutes=7,
    )


@pytest.fixture
def browser(trainee: Any, enrolment: Enrolment) -> Client:
    client = Client()
    client.force_login(trainee)
    return client


def test_a_site_shows_its_own_name_icon_exit_and_lock(face: SiteFace, browser: Client) -> None:
    page = browser.get("/hoy/").content.decode()
    assert "<title>Hoy · Cuaderno</title>" in page
    assert 'href="https://example.org/tiempo/"' in page
    assert "theme/faces/leaf.svg" in page
    assert 'data-lock="7"' in page


def test_a_site_without_a_face_keeps_that_of_the_house(fresh: None, browser: Client) -> None:
    page = browser.get("/hoy/").content.decode()
    assert "<title>Hoy · Promotora</title>" in page
    assert 'data-lock="10"' in page


@pytest.mark.parametrize("icon", SiteFace.Icon.values)
def test_every_icon_that_can_be_chosen_is_shipped(face: SiteFace, icon: str) -> None:
    SiteFace.objects.update(icon=icon)
    caches["local"].delete("faces")
    assert (ROOT / "cms" / "theme" / "static" / faces()[""].icon_path).exists()


@pytest.mark.parametrize("minutes", [0, 1, 61])
def test_a_lock_is_neither_at_once_nor_never(face: SiteFace, minutes: int) -> None:
    face.lock_minutes = minutes
    with pytest.raises(ValidationError):
        face.full_clean()


def test_the_help_card_is_the_same_for_everybody_and_asks_no_cookie(browser: Client) -> None:
    hers, anybody = browser.get("/ayuda/"), Client().get("/ayuda/")
    assert hers.content == anybody.content
    assert hers["Cache-Control"] == "no-store"
    assert "Cookie" not in hers.get("Vary", "")
    assert not hers.cookies


@pytest.mark.django_db
def test_the_help_card_says_what_its_author_wrote(client: Client) -> None:
    card = HelpCard.for_site(Site.objects.get(is_default_site=True))
    contact = {"name": "Línea de prueba", "number": "079", "questions": ["Cómo te llamas."]}
    card.body = [("text", "<p>Tú decides.</p>"), ("contact", contact)]
    card.save()
    page = client.get("/ayuda/").content.decode()
    for words in ("Tú decides.", "Línea de prueba", 'href="tel:079"', "Cómo te llamas."):
        assert words in page
    assert "Todavía sin revisar" in page


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/entrar/", "/v/", "/no-existe/", "/ayuda/"])
def test_help_is_one_tap_away(client: Client, address: str) -> None:
    assert 'href="/ayuda/"' in client.get(address).content.decode()


def test_help_is_one_tap_away_when_signed_in(browser: Client) -> None:
    for address in ("/hoy/", "/curso/", "/curso/m1-l1/", "/curso/diploma/"):
        assert 'href="/ayuda/"' in browser.get(address).content.decode()


@pytest.mark.django_db
def test_letters_grow_at_the_first_paint_without_a_script(client: Client) -> None:
    response = client.post("/este-telefono/", {"text_size": "large", "next": "/entrar/"})
    assert response["Location"] == "/entrar/"
    assert 'class="text-large"' in client.get("/entrar/").content.decode()


@pytest.mark.django_db
def test_a_choice_for_the_phone_leads_nowhere_else_and_takes_no_other_value(client: Client) -> None:
    response = client.post("/este-telefono/", {"text_size": '"><b>', "next": "https://example.org/"})
    assert response["Location"] == "/"
    assert not response.cookies


def test_a_shared_phone_hides_the_page_sooner(browser: Client) -> None:
    browser.post("/este-telefono/", {"shared_phone": "yes"})
    assert 'data-lock="3"' in browser.get("/hoy/").content.decode()


@pytest.mark.parametrize(("minutes", "is_open"), [(29, True), (31, False)])
def test_a_session_sleeps_at_most_three_times_the_lock(browser: Client, minutes: int, is_open: bool) -> None:
    browser.get("/hoy/")
    session = browser.session
    session["seen"] = int((timezone.now() - timedelta(minutes=minutes)).timestamp())
    session.save()
    assert (browser.get("/hoy/").status_code == 200) is is_open
    assert (browser.get("/hoy/").status_code == 200) is is_open


def test_staff_may_rest_longer(coordinator: Any) -> None:
    client = Client()
    client.force_login(coordinator)
    client.get("/admin/")
    session = client.session
    session["seen"] = int((timezone.now() - timedelta(minutes=200)).timestamp())
    session.save()
    assert client.get("/admin/").status_code == 200


def test_no_slug_or_file_of_the_demo_tells_what_is_studied() -> None:
    demo = ROOT / "cms" / "home" / "demo"
    names = [path.name for path in demo.rglob("*")]
    course = yaml.safe_load((demo / "course.yaml").read_text())
    names += [course["course"]["slug"], course["course"]["title"]]
    for module in course["modules"]:
        names += [module["slug"], module["neutral_title"]]
        names += [lesson[name] for lesson in module["lessons"] for name in ("slug", "neutral_title")]
    names += [path.name for path in (ROOT / "cms" / "theme" / "static").rglob("*")]
    assert [name for name in names if TELLING.search(name.lower())] == []


def test_no_tab_of_the_browser_tells_what_is_studied() -> None:
    titles = []
    for app in ("cms", "courses"):
        for path in (ROOT / app).rglob("templates/**/*.html"):
            titles += re.findall(r"{% block title %}(.*?){% endblock %}", path.read_text())
    assert titles
    assert [title for title in titles if TELLING.search(title.lower()) or "step." in title] == []

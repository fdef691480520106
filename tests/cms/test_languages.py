"""Five languages: what she reads is in hers, what nobody has reviewed stays in Spanish, staff keep two."""

import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polib
import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext, override, pgettext
from pytest_django import Settings

from courses.assessments.models import Quiz
from courses.cohorts.models import Enrolment
from courses.pages.blocks.text import CardBlock
from courses.templatetags.courses_tags import dated_day, day_in_words, hour, long_day
from tests import catalogue
from tests.factories.courses import home

NEW = ["fr", "pt", "ht"]
NAMES = ["Español", "English", "Français", "Português", "Kreyòl ayisyen"]
FILLED = re.compile(r"\d+|%\(\w+\)[sd]")
TAG = re.compile(r"</?[a-z]+[^>]*>")
VOID = {"area", "base", "br", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
PUBLIC_PAGES = ["/", "/entrar/", "/v/", "/v/1234/", "/no-existe/"]
HER_PAGES = [
    "/hoy/",
    "/curso/",
    "/curso/asistencia/",
    "/curso/diploma/",
    "/curso/compromiso/",
    "/curso/mis-datos/",
    "/curso/buscar/",
    "/curso/m1-l1/",
    "/clave/",
    "/mi-decision/",
]


class Words(HTMLParser):
    """The texts of a page by their language: what is read, and what a screen reader says."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = [("", "")]
        self.found: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        language = given.get("lang") or self.open[-1][1]
        if given.get("aria-label"):
            self.found.add((language, str(given["aria-label"])))
        if tag not in VOID:
            self.open.append((tag, language))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Drawings: nothing to read."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.found.add((self.open[-1][1], " ".join(data.split())))


def page(browser: Client, address: str, language: str) -> str:
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return browser.get(address).content.decode()


def words(html: str) -> set[tuple[str, str]]:
    parser = Words()
    parser.feed(html)
    return parser.found


def shape(text: str) -> str:
    """A text without what differs each time: numbers, placeholders, and the name of the site."""
    return FILLED.sub("#", text.removesuffix(f"· {settings.SITE_NAME}")).strip(" #:")


def leftovers(browser: Client, address: str, language: str) -> set[str]:
    """Words in the language of the page that are those of the English or of the Spanish one."""
    texts = {one: {text for _lang, text in words(page(browser, address, one))} for one in ("es", "en")}
    foreign = texts["es"] ^ texts["en"]  # what stands in both is a name, a number or what the school wrote
    translated = {
        shape(part)
        for entry in polib.pofile(str(catalogue.catalogue_of(language)))
        for text in catalogue.words(entry)
        for part in TAG.split(text)
    }
    seen = {text for lang, text in words(page(browser, address, language)) if lang == language}
    assert seen
    return {text for text in seen & foreign if shape(text) not in translated}  # «Menu» is French too


@pytest.fixture
def browser(trainee: Any, enrolment: Enrolment) -> Client:
    client = Client()
    client.force_login(trainee)
    return client


@pytest.mark.parametrize("language", NEW)
@pytest.mark.parametrize("address", PUBLIC_PAGES)
@pytest.mark.django_db
def test_a_visitor_reads_no_other_language_than_hers(client: Client, address: str, language: str) -> None:
    home()
    assert f'<html lang="{language}"' in page(client, address, language)
    assert not leftovers(client, address, language)


@pytest.mark.parametrize("language", NEW)
@pytest.mark.parametrize("address", HER_PAGES)
def test_a_trainee_reads_no_other_language_than_hers(browser: Client, address: str, language: str) -> None:
    assert f'<html lang="{language}"' in page(browser, address, language)
    assert not leftovers(browser, address, language)


@pytest.mark.parametrize("language", NEW)
def test_a_test_and_its_result_are_in_her_language(browser: Client, language: str) -> None:
    address = f"/curso/prueba/{Quiz.objects.get().slug}/"
    assert not leftovers(browser, address, language)
    sheet = browser.post(address)["Location"]
    assert not leftovers(browser, sheet, language)
    assert ("es", "Prueba del módulo 1") in words(page(browser, sheet, language))


@pytest.mark.parametrize("address", PUBLIC_PAGES)
@pytest.mark.django_db
def test_every_public_page_offers_the_five_languages(client: Client, address: str) -> None:
    home()
    html = page(client, address, "ht")
    for name in NAMES:
        assert f">{name}<" in html


@pytest.mark.parametrize("address", HER_PAGES)
def test_every_page_of_hers_offers_the_five_languages(browser: Client, address: str) -> None:
    html = page(browser, address, "ht")
    for name in NAMES:
        assert f">{name}<" in html


def test_what_the_school_wrote_is_marked_as_spanish(browser: Client) -> None:
    found = words(page(browser, "/curso/m1-l1/", "fr"))
    assert {("es", "Lección m1-l1"), ("es", "Para empezar"), ("es", "Un texto corto y claro.")} <= found
    assert ("fr", "À retenir") in found


def choose(browser: Client, language: str, back: str) -> Any:
    return browser.post("/idioma/", {"language": language, "next": back})


@pytest.mark.parametrize("address", ["/hoy/", "/curso/m1-l1/", "/curso/mis-datos/?a=1"])
def test_a_change_leads_back_to_the_same_page_and_goes_with_her(browser: Client, address: str) -> None:
    assert f'name="next" value="{address}"' in browser.get(address).content.decode()
    assert choose(browser, "ht", address)["Location"] == address
    assert '<html lang="ht"' in browser.get(address).content.decode()
    assert Enrolment.objects.get().person.language == "ht"


@pytest.mark.django_db
def test_a_visitor_is_remembered_by_a_cookie_that_scripts_cannot_read(client: Client) -> None:
    choose(client, "pt", "/entrar/")
    cookie = client.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("pt", True, "Lax")
    assert '<html lang="pt"' in client.get("/entrar/").content.decode()


@pytest.mark.parametrize(
    "address", ["https://otra.example/", "//otra.example/", "/\\otra.example", "javascript:x", "hoy", ""]
)
@pytest.mark.django_db
def test_a_change_leads_nowhere_outside_this_site(client: Client, address: str) -> None:
    assert choose(client, "fr", address)["Location"] == "/"


def test_a_language_that_the_site_does_not_speak_changes_nothing(browser: Client) -> None:
    assert choose(browser, "xx", "/hoy/")["Location"] == "/hoy/"
    assert settings.LANGUAGE_COOKIE_NAME not in browser.cookies
    assert Enrolment.objects.get().person.language == "es"


def test_a_link_changes_no_language(browser: Client) -> None:
    page = browser.get("/idioma/?language=fr&next=/ayuda/")
    assert page.status_code == 200
    assert settings.LANGUAGE_COOKIE_NAME not in page.cookies
    assert 'name="next" value="/ayuda/"' in page.content.decode()
    assert "elsewhere" not in browser.get("/idioma/?next=//elsewhere.example/").content.decode()


def test_the_help_card_leads_to_the_languages(browser: Client) -> None:
    # without a way back: the help card leaves no trace in an address
    assert 'href="/idioma/"' in browser.get("/ayuda/").content.decode()


@pytest.mark.parametrize("language", NEW)
def test_the_commitment_stays_in_spanish_with_a_line_that_says_so(browser: Client, language: str) -> None:
    html = page(browser, "/curso/compromiso/", language)
    found = words(html)
    assert ("es", "Si alguien está en peligro, pido ayuda a mi equipo. No actúo sola.") in found
    assert ("es", "Entiendo y acepto") in found
    with override(language):
        line = gettext(
            "This part is in Spanish: nobody who grew up with your language has checked its translation yet."
            " Ask your trainer if you want to read it together."
        )
    assert not line.startswith("This part")
    assert (language, line) in found


def test_in_a_reviewed_language_the_commitment_is_in_that_language(
    browser: Client, settings: Settings
) -> None:
    assert 'class="stack" lang="es"' not in page(browser, "/curso/compromiso/", "en")
    settings.REVIEWED_LANGUAGES = ["es", "en", "ht"]
    html = page(browser, "/curso/compromiso/", "ht")
    assert "Mwen pa aji poukont mwen." in html
    assert 'class="stack" lang="es"' not in html


def test_the_block_renders_its_inside_in_spanish_and_the_rest_in_her_language() -> None:
    text = (
        "{% load i18n languages %}{% spanish_unless_reviewed %}{% translate 'Today' %}"
        "{% endspanish_unless_reviewed %}|{% translate 'Today' %}"
    )
    with override("fr"):
        inside, _bar, outside = Template(text).render(Context()).rpartition("|")
    assert '<div class="stack" lang="es">Hoy</div>' in inside
    assert outside == "Aujourd’hui"


def test_the_back_of_a_card_and_the_way_back_are_two_words() -> None:
    with override("es"):
        assert CardBlock().child_blocks["back"].label == "Reverso"
        assert pgettext("side of a card", "Back") == "Reverso"
        assert gettext("Back") == "Volver"


@pytest.mark.parametrize("language", NEW)
def test_what_a_language_does_not_say_is_said_in_spanish(language: str) -> None:
    with override(language):
        assert gettext("Your role may not do this.") == "Su función no permite hacer esto."


@pytest.mark.parametrize(
    ("language", "day", "time", "date", "number"),
    [
        ("es", "martes 13 de enero", "5:05 p.m.", "13 de enero de 2026", "1.5"),
        ("fr", "mardi 13 janvier", "17 h 05", "13 janvier 2026", "1,5"),
        ("pt", "terça-feira, 13 de janeiro", "17h05", "13 de Janeiro de 2026", "1,5"),
        ("ht", "madi 13 janvye", "5:05 p.m.", "13 janvye 2026", "1,5"),
    ],
)
def test_days_hours_and_numbers_are_those_of_the_language(
    language: str, day: str, time: str, date: str, number: str
) -> None:
    moment = datetime(2026, 1, 13, 23, 5, tzinfo=UTC)
    with override(language):
        assert day_in_words(moment, today=moment.date()).lower() == day
        assert hour(moment) == time
        assert date_format(moment).lower() == date.lower()
        assert number_format(1.5) == number


@pytest.mark.parametrize("language", ["es", "en", "fr", "pt", "ht"])
def test_no_moment_ends_with_a_stop(language: str) -> None:
    moment = timezone.make_aware(datetime(2026, 1, 13, 17, 5))  # noqa: DTZ001 -- made aware at once
    with override(language):
        said = [date_format(moment, kind) for kind in ("DATETIME_FORMAT", "TIME_FORMAT")]
    assert not [one for one in said if one.endswith(".")]


def test_a_day_of_another_year_says_its_year_and_a_paper_says_it_always() -> None:
    moment = datetime(2026, 1, 13, 23, 5, tzinfo=UTC)
    now = timezone.localtime()
    with override("en"):
        assert day_in_words(moment, today=date(2026, 12, 31)) == "Tuesday, January 13"
        assert day_in_words(moment, today=date(2027, 1, 1)) == "Tuesday, January 13, 2026"
        assert day_in_words(date(2027, 1, 1), today=date(2026, 12, 31)) == "Friday, January 1, 2027"
        assert dated_day(moment) == "Tuesday, January 13, 2026"
        assert str(now.year) in dated_day(now)
        assert long_day(now - timedelta(days=366)).endswith(str((now - timedelta(days=366)).year))


@pytest.mark.parametrize("language", NEW)
def test_counted_words_know_one_and_many(language: str) -> None:
    with override(language):
        one, two = (ngettext("%(days)d day", "%(days)d days", n) % {"days": n} for n in (1, 2))
    assert (one[0], two[0]) == ("1", "2")
    assert "day" not in one + two


@pytest.mark.parametrize("language", NEW)
def test_the_desks_of_staff_stay_in_spanish(
    coordinator: Any, officer: Any, client: Client, language: str
) -> None:
    client.force_login(coordinator)
    choose(client, language, "/admin/")
    response = client.get("/admin/")
    assert (response.status_code, response["Content-Language"]) == (200, "es")
    assert '<html lang="es"' in response.content.decode()
    client.force_login(officer)
    assert '<html lang="es"' in page(client, "/autoridad/", language)


def test_english_stays_english_at_the_desk(coordinator: Any, client: Client) -> None:
    client.force_login(coordinator)
    choose(client, "en", "/admin/")
    assert client.get("/admin/")["Content-Language"] == "en"


@pytest.mark.parametrize("language", ["ht", "pt"])
def test_the_words_that_django_does_not_bring_are_compiled(language: str) -> None:
    folder = Path(settings.BASE_DIR) / "cms" / "locale_upstream" / language / "LC_MESSAGES"
    assert catalogue.is_compiled(folder / "django.po")


@pytest.mark.parametrize(
    ("msgid", "msgstr", "is_broken"),
    [
        ("Hello, %(name)s", "Bonjou, %(name)s", False),
        ("Hello, %(name)s", "Bonjou", True),
        ("Press <kbd>Shift</kbd>", "Peze <kbd>Shift</kbd>", False),
        ("Press <kbd>Shift</kbd>", "Peze <b>Shift</b>", True),
    ],
)
def test_the_gate_sees_a_lost_placeholder_or_tag(msgid: str, msgstr: str, is_broken: bool) -> None:
    assert bool(catalogue.broken([polib.POEntry(msgid=msgid, msgstr=msgstr)])) == is_broken


@pytest.mark.parametrize(
    ("files", "is_shown"),
    [
        (["courses/sync/views.py"], True),
        (["courses/cohorts/viewsets.py"], False),
        (["courses/templates/courses/admin/form.html"], False),
        (["courses/cohorts/viewsets.py", "courses/progress/views.py"], True),
    ],
)
def test_a_text_in_any_file_that_is_not_the_staffs_needs_every_language(
    files: list[str], is_shown: bool
) -> None:
    entry = polib.POEntry(msgid="Some words", occurrences=[(file, "1") for file in files])
    assert catalogue.is_shown(entry) == is_shown

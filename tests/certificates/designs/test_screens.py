"""Designs in the admin: who may, what is refused, and the preview as it will be printed."""

import base64
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from PIL import Image

from certificates.designs.models import Design, DesignPicture, DesignVersion
from certificates.printing import rendering
from tests.factories.courses import OrganisationFactory, PersonFactory
from tests.factories.designs import design, picture, published

pytestmark = pytest.mark.django_db
LONG = "María de los Ángeles Guadalupe Hernández-Montoya y Villavicencio de la Cruz"
COLOURS = {"main": "#0f5c5c", "accent": "#d9583b", "line": "#e0a526", "ink": "#1f2a30"}


def form(**changes: Any) -> dict[str, Any]:
    """What the browser sends for a design with one row of texts; `closing` and `language` are of that row."""
    row = {"language": "es", "closing": ""} | {
        key: changes.pop(key) for key in ("language", "closing") if key in changes
    }
    data: dict[str, Any] = {
        "name": "Diseño",
        "kind": "diploma",
        "layout": "classic",
        **COLOURS,
        "seal": "",
        "organisation": "",
    }
    for name, count in (("logos", 0), ("signatories", 0), ("texts", 1)):
        data |= {f"{name}-TOTAL_FORMS": count, f"{name}-INITIAL_FORMS": 0}
        data |= {f"{name}-MIN_NUM_FORMS": 0, f"{name}-MAX_NUM_FORMS": 1000}
    data |= {f"texts-0-{key}": value for key, value in row.items()} | {"texts-0-ORDER": 1, "texts-0-id": ""}
    return data | changes


@pytest.fixture
def writer(administrator: Any) -> Client:
    client = Client()
    client.force_login(administrator)
    return client


def said(words: str) -> str:
    """The program's words as its reader reads them."""
    return escape(_(words))


def refusals(client: Client, **changes: Any) -> str:
    """Every refusal of the form, in one text; the design is not written."""
    answer = client.post(reverse("designs:add"), form(**changes))
    assert answer.status_code == 200
    assert not Design.objects.exists()
    shown = answer.context["form"]
    told = [str(shown.errors), *(str(one.errors) for one in shown.formsets["texts"].forms)]
    told += [str(shown.formsets[name].errors) for name in ("logos", "signatories")]
    told += [str(shown.formsets[name].non_form_errors()) for name in ("logos", "signatories")]
    return " ".join(told)


def test_a_design_is_written_published_and_frozen(writer: Client, administrator: Any) -> None:
    school = OrganisationFactory()
    answer = writer.post(
        reverse("designs:add"),
        form(
            organisation=school.pk,
            is_default="on",
            closing="Libro {book}, foja {page}",
            seal=picture("Sello").pk,
            **{
                "signatories-TOTAL_FORMS": 1,
                "signatories-0-name": "Ana Ejemplo",
                "signatories-0-post": "Directora",
                "signatories-0-drawing": picture("Firma").pk,
                "signatories-0-ORDER": 1,
                "signatories-0-id": "",
                "action-publish": "1",
            },
        ),
    )
    assert answer.status_code == 302
    version = DesignVersion.objects.get()
    assert version.made_by == administrator
    assert version.content["texts"] == {"es": {"closing": "Libro {book}, foja {page}"}}
    assert version.content["signatories"][0]["post"] == "Directora"
    page = writer.get(reverse("designs:edit", args=[version.design_id]))
    assert reverse("design_pages:version", args=[version.pk]) in page.content.decode()


BRACES = "A brace is opened and not closed, or closed and not opened. Write variables such as {title}."


@pytest.mark.parametrize(
    ("closing", "words"),
    [
        ("para {nombre}", "{nombre}"),
        ("para {name", BRACES),
        ("para {name!r}", "{name!r}"),
        ("para 李娜", "李"),
        ("oculto \u202e", "This text has characters that cannot be printed."),
    ],
)
def test_a_sentence_that_cannot_be_printed_is_refused_with_words(
    writer: Client, closing: str, words: str
) -> None:
    assert said(words) in refusals(writer, closing=closing)


def test_colours_that_cannot_be_read_or_told_apart_are_refused(writer: Client) -> None:
    pale = "This colour is too pale to be read or seen on white paper."
    assert said(pale) in refusals(writer, main="#c0c0c0")
    alike = "In black and white this colour cannot be told from «%(other)s»."
    assert said(alike) % {"other": _("signs")} in refusals(writer, main="#c0392b", accent="#2e7d32")
    assert "#0f5c5c" in refusals(writer, ink="red")


def test_a_refused_form_brings_what_keeps_its_preview_going(writer: Client) -> None:
    page = writer.post(reverse("designs:add"), form(main="#c0c0c0")).content.decode()
    assert "certificates/design-form" in page
    assert 'data-w-unsaved-force-value="true"' in page  # what the script looks for


def test_what_tells_the_issuer_needs_the_issuer(writer: Client) -> None:
    words = said(
        "Choose the issuer. Logos, a seal and people who sign tell who issued a diploma, "
        "and a woman may have chosen another issuer to be shown."
    )
    assert words in refusals(writer, seal=picture("Sello").pk)


def test_a_language_stands_there_once(writer: Client) -> None:
    again = {"texts-TOTAL_FORMS": 2, "texts-1-language": "es", "texts-1-heading": "Reconocimiento"}
    again |= {"texts-1-ORDER": 2, "texts-1-id": ""}
    assert said("A language stands in the texts twice.") in refusals(writer, closing="Uno", **again)


def test_more_than_four_logos_or_three_who_sign_are_refused(writer: Client) -> None:
    logo, school = picture("Logotipo"), OrganisationFactory()
    logos = {f"logos-{n}-picture": logo.pk for n in range(5)} | {f"logos-{n}-ORDER": n for n in range(5)}
    assert "4" in refusals(writer, organisation=school.pk, **logos, **{"logos-TOTAL_FORMS": 5})


@pytest.mark.parametrize("who", ["trainer", "officer", "stranger", "trainee"])
def test_nobody_else_sees_designs(client: Client, who: str, request: pytest.FixtureRequest) -> None:
    version = published(logos=1)
    (sha256,) = DesignPicture.objects.values_list("pk", flat=True)
    client.force_login(request.getfixturevalue(who))
    for url in (
        reverse("designs:list"),
        reverse("designs:edit", args=[version.design_id]),
        reverse("designs:preview_on_edit", args=[version.design_id]),
        reverse("design_pages:version", args=[version.pk]),
        reverse("design_pages:picture", args=[sha256]),
        reverse("design_pictures:choose"),
    ):
        assert client.get(url).status_code in {302, 403}, url


def test_a_coordinator_looks_and_does_not_write(client: Client, coordinator: Any) -> None:
    version = published()
    client.force_login(coordinator)
    assert client.get(reverse("designs:list")).status_code == 200
    assert client.get(reverse("design_pages:version", args=[version.pk])).status_code == 200
    for name, args in (("add", []), ("edit", [version.design_id]), ("preview_on_edit", [version.design_id])):
        assert client.get(reverse(f"designs:{name}", args=args)).status_code in {302, 403}


def preview(client: Client, one: Design, mode: str, **changes: Any) -> str:
    """The page of the preview panel for what is in the form right now."""
    url = reverse("designs:preview_on_edit", args=[one.pk])
    assert client.post(url, form(**changes)).json() == {"is_valid": True, "is_available": True}
    answer = client.get(url, {"mode": mode, "in_preview_panel": "true"})
    assert answer.status_code == 200
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    return str(answer.content.decode())


def pictures_in(page: str) -> list[Image.Image]:
    found = re.findall(r'src="data:image/png;base64,([^"]+)"', page)
    return [Image.open(io.BytesIO(base64.b64decode(one))) for one in found]


def test_the_preview_shows_both_pages_of_what_is_in_the_form(writer: Client) -> None:
    one = design()
    shown = pictures_in(preview(writer, one, "sample"))
    assert [image.size for image in shown] == [(1268, 980)] * 2
    changed = pictures_in(preview(writer, one, "sample", main="#203080", layout="quiet"))
    assert changed[0].tobytes() != shown[0].tobytes()


def test_the_longest_real_name_is_shown_to_whoever_writes_designs(writer: Client) -> None:
    one = design()
    PersonFactory(name="Ana")
    short = pictures_in(preview(writer, one, "longest"))
    PersonFactory(name=LONG)
    assert pictures_in(preview(writer, one, "longest"))[0].tobytes() != short[0].tobytes()
    assert pictures_in(preview(writer, one, "bare"))[0].tobytes() != short[0].tobytes()


def test_a_further_language_has_its_own_preview() -> None:
    one = design(text={"closing": "Uno"})
    one.texts.add(type(one.texts.first())(language="tzo", closing="Jun"))
    assert [mode for mode, _ in one.preview_modes] == ["sample", "longest", "bare", "language:tzo"]


def test_the_preview_of_a_sentence_does_not_take_tags(writer: Client) -> None:
    one = design()
    tagged = pictures_in(preview(writer, one, "sample", closing="<h1>Folio</h1><script>1</script>"))
    plain = pictures_in(preview(writer, one, "sample", closing="Folio"))
    assert len(tagged) == 2
    assert tagged[0].tobytes() != plain[0].tobytes()


def test_more_text_than_fits_is_said_in_the_place_of_the_preview(writer: Client) -> None:
    keys = ("awards", "for_having", "span", "issued", "closing")
    texts = {f"texts-0-{key}": "MUCHO MÁS DE LO QUE CABE. " * 11 for key in keys}
    page = preview(writer, design(), "sample", **texts)
    assert str(rendering.DoesNotFit()) in page
    assert pictures_in(page) == []


def test_a_picture_is_uploaded_in_the_window_over_the_form(writer: Client) -> None:
    image = io.BytesIO()
    Image.new("RGB", (200, 100), "#123456").save(image, "JPEG")
    upload = SimpleUploadedFile("logo.jpg", image.getvalue(), "image/jpeg")
    url = reverse("design_pictures:create")
    answer = writer.post(url, {"name": "Logotipo de la escuela", "file": upload}).json()
    assert answer["result"]["title"] == "Logotipo de la escuela"
    kept = writer.get(reverse("design_pages:picture", args=[answer["result"]["id"]]))
    assert kept.headers["Content-Type"] == "image/png"
    assert kept.content == bytes(DesignPicture.objects.get().png)
    refused = writer.post(url, {"name": "Otro", "file": SimpleUploadedFile("x.png", b"<svg/>")}).json()
    assert refused["step"] == "reshow_creation_form"
    assert said("This file is not a PNG, JPEG or WebP picture.") in refused["htmlFragment"]


def test_the_lists_take_as_many_queries_with_twenty_as_with_two(
    writer: Client, queries_of: Callable[[str], int], client: Client, administrator: Any
) -> None:
    client.force_login(administrator)
    urls = [reverse("designs:list"), reverse("design_pictures:choose")]

    def fill(first: int, last: int) -> None:
        for n in range(first, last):
            design(name=f"Diseño {n}", organisation=OrganisationFactory())
            picture(f"Imagen {n}", f"#{n + 16:02x}4060")

    fill(0, 2)
    few = [queries_of(url) for url in urls]
    fill(2, 20)
    assert [queries_of(url) for url in urls] == few

"""What an author puts into the library is what it says it is."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client, override_settings
from django.urls import reverse
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection
from wagtailmedia.models import get_media_model

from tests.factories.decisions import scan
from tests.factories.lessons import CAPTIONS, photo

pytestmark = pytest.mark.django_db
HTML = b"<html><script>alert(1)</script></html>"
Door = tuple[str, list[str]]
DOCUMENT: Door = ("wagtaildocs:add", [])
AUDIO: Door = ("wagtailmedia:add", ["audio"])
VIDEO: Door = ("wagtailmedia:add", ["video"])
IMAGE: Door = ("wagtailimages:add", [])


def upload(client: Client, door: Door, name: str, content: bytes) -> Any:
    facts = {"title": "Uno", "duration": 3, "tags": "", "collection": Collection.get_first_root_node().pk}
    return client.post(reverse(door[0], args=door[1]), {**facts, "file": ContentFile(content, name=name)})


def kept() -> int:
    return sum(
        model.objects.count() for model in (get_document_model(), get_media_model(), get_image_model())
    )


@pytest.mark.parametrize(
    ("door", "name", "content"),
    [
        (DOCUMENT, "a.pdf", scan().read()),
        (DOCUMENT, "a.vtt", CAPTIONS),
        (AUDIO, "a.mp3", b"ID3 x"),
        (VIDEO, "a.webm", b"\x1a\x45\xdf\xa3 x"),
        (IMAGE, "a.jpg", photo()),
    ],
)
def test_what_is_what_it_says_is_kept(author: Client, door: Door, name: str, content: bytes) -> None:
    assert upload(author, door, name, content).status_code == 302
    assert kept() == 1


@pytest.mark.parametrize(
    ("door", "name", "content"),
    [
        (DOCUMENT, "a.pdf", HTML),
        (DOCUMENT, "a.html", HTML),
        (DOCUMENT, "a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        (DOCUMENT, "a.vtt", b"hola"),
        (DOCUMENT, "a.docx", b"PK\x03\x04"),
        (AUDIO, "a.mp3", HTML),
        (AUDIO, "a.mp4", b"\0\0\0\x18ftypmp42"),
        (VIDEO, "a.mp4", HTML),
        (IMAGE, "a.jpg", HTML),
        (IMAGE, "a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    ],
)
def test_what_is_something_else_is_refused(author: Client, door: Door, name: str, content: bytes) -> None:
    assert upload(author, door, name, content).status_code == 200
    assert kept() == 0


@override_settings(MEDIA_MAX_BYTES=10)
def test_what_weighs_too_much_is_refused(author: Client) -> None:
    assert upload(author, AUDIO, "a.mp3", b"ID3" + b"x" * 20).status_code == 200
    assert kept() == 0


@pytest.mark.parametrize("door", [DOCUMENT, AUDIO, IMAGE])
def test_who_writes_nothing_uploads_nothing(client: Client, trainee: Any, door: Door) -> None:
    client.force_login(trainee)
    assert upload(client, door, "a.pdf", b"%PDF-1.7").status_code in {302, 403}
    assert kept() == 0

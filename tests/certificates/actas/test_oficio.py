"""The scanned oficio lists everybody it accepts: it lies sealed, and opens for whoever handles the acta."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from certificates.actas import oficio
from certificates.actas.models import Acta, Recognition
from certificates.keys import sealing
from certificates.keys.models import SealingKey
from tests.factories.decisions import scan

pytestmark = pytest.mark.django_db
Answer = Callable[..., Recognition | None]


@pytest.fixture
def paper() -> bytes:
    """A scan in which a name can be read."""
    return bytes(scan().read()) + b"\n%Rosa Nombrada\n"


@pytest.fixture
def recognition(answer: Answer, paper: bytes) -> Recognition:
    """The answer with that scan."""
    made = answer(oficio=scan(paper))
    assert made is not None
    return Recognition.objects.select_related("key").get(pk=made.pk)


def on_desk(recognition: Recognition) -> str:
    return reverse("actas:oficio", args=[recognition.acta_id, recognition.pk])


def in_portal(recognition: Recognition) -> str:
    return reverse("certificates:authority_oficio", args=[recognition.acta_id, recognition.pk])


def test_nobody_reads_a_name_in_the_stored_file(recognition: Recognition, paper: bytes) -> None:
    stored = Path(recognition.oficio.path)
    assert stored.suffix == ".sealed"
    assert b"Rosa" not in stored.read_bytes()
    assert b"%PDF" not in stored.read_bytes()
    assert oficio.content(recognition) == paper


def test_it_opens_for_whoever_handles_the_acta_and_for_the_officer(
    recognition: Recognition, client: Client, coordinator: Any, administrator: Any, officer: Any, paper: bytes
) -> None:
    for user, url in (
        (coordinator, on_desk(recognition)),
        (administrator, on_desk(recognition)),
        (officer, in_portal(recognition)),
    ):
        client.force_login(user)
        response = client.get(url)
        assert (response.status_code, response.content) == (200, paper)
        assert response["Content-Type"] == "application/pdf"
        assert 'filename="oficio.pdf"' in response["Content-Disposition"]
        assert "no-store" in response["Cache-Control"]


def test_nobody_else_gets_it(
    recognition: Recognition, client: Client, trainer: Any, stranger: Any, trainee: Any
) -> None:
    for user in (trainer, stranger, trainee):
        client.force_login(user)
        for url in (on_desk(recognition), in_portal(recognition)):
            assert client.get(url).status_code in {302, 403, 404}


def test_a_scan_from_before_scans_were_sealed_still_opens(
    recognition: Recognition, client: Client, coordinator: Any, paper: bytes
) -> None:
    Path(recognition.oficio.path).write_bytes(paper)
    QuerySet(Recognition).filter(pk=recognition.pk).update(key=None)
    client.force_login(coordinator)
    assert client.get(on_desk(recognition)).content == paper


def test_a_sealed_scan_is_bound_to_its_acta_and_its_hash(recognition: Recognition) -> None:
    with connection.cursor() as cursor:  # past the model, which refuses it
        cursor.execute("UPDATE certificates_recognition SET oficio_sha256 = %s", ["0" * 64])
    moved = Recognition.objects.select_related("key").get(pk=recognition.pk)
    with pytest.raises(sealing.SealBroken):
        oficio.content(moved)


def test_a_refused_answer_leaves_no_key(sent: Acta, answer: Answer) -> None:
    before = SealingKey.objects.count()
    with pytest.raises(Exception, match="PDF"):
        answer(oficio=scan(b"no PDF"))
    assert SealingKey.objects.count() == before

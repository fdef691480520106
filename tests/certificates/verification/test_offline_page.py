"""The page for places without signal as it is built and served; tests/e2e opens it in a browser."""

import hashlib
import json
import re
from base64 import b64encode
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from certificates.keys import custody
from certificates.keys.models import SigningKey
from certificates.verification import offline_page

pytestmark = pytest.mark.django_db
LARGEST = 64 * 1024  # bytes: it travels by message


def test_it_is_served_with_a_policy_that_allows_its_own_script_only(client: Client, school: None) -> None:
    custody.ensure_keys(timezone.now())
    response = client.get(reverse("certificates:offline"))
    assert response.status_code == 200
    text = response.content.decode()
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for tag in ("script", "style"):
        inside = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert len(inside) == 1
        fingerprint = b64encode(hashlib.sha256(inside[0].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{fingerprint}'" in policy
    assert "connect-src" not in policy  # nothing allows a connection
    assert not re.search(r"(src|href)=[\"']?(https?:)?//", text)
    assert not response.cookies
    assert len(response.content) <= LARGEST


def test_it_knows_every_key_and_no_private_one(client: Client, school: None) -> None:
    custody.ensure_keys(timezone.now())
    page, _policy = offline_page.build(timezone.now())
    told = json.loads(re.findall(r'id="data">(.*?)</script>', page, re.DOTALL)[0])
    kids = SigningKey.objects.filter(purpose=SigningKey.Purpose.QR).values_list("kid", flat=True)
    assert set(told["pins"]["qr"]) == set(kids) != set()
    assert [pin["role"] for pin in told["pins"]["pdf"]] == ["ours"]
    assert "PRIVATE" not in page
    assert told["words"]["es"].keys() == told["words"]["en"].keys()


def test_without_javascript_it_says_what_it_needs_in_both_languages(client: Client, school: None) -> None:
    text = client.get(reverse("certificates:offline")).content.decode()
    told = re.findall(r"<noscript>(.*?)</noscript>", text, re.DOTALL)[0]
    assert told.count("JavaScript") >= 2
    assert 'lang="en"' in told
    assert re.search(r'<h1 data-say="title">[^<]+</h1>', text)


def test_every_word_that_the_script_asks_for_is_there() -> None:
    source = "".join(
        (offline_page.FOLDER / name).read_text(encoding="utf-8") for name in offline_page.SCRIPTS
    )
    template = Path("certificates/templates/certificates/offline.html").read_text(encoding="utf-8")
    known = offline_page.words_in("es")
    asked = set(re.findall(r"say\(\"(\w+)\"\)", source)) | set(re.findall(r"data-say=\"(\w+)\"", template))
    assert asked <= known.keys()
    states = {
        "qr": ["genuine", "altered", "unknown-key", "no-token", "no-qr", "not-known"],
        "pdf": [
            "genuine",
            "countersigned",
            "added",
            "stranger",
            "altered",
            "not-ours",
            "unsigned",
            "not-pdf",
        ],
    }
    for kind, names in states.items():
        for name in names:
            assert f'"{name}"' in source, name
            assert {f"word_{kind}_{name}", f"say_{kind}_{name}"} <= known.keys(), name


def test_it_may_be_kept_as_a_file(client: Client, school: None) -> None:
    response = client.get(reverse("certificates:offline"), {"copia": "1"})
    assert response["Content-Disposition"] == 'attachment; filename="verificar-sin-internet.html"'


def test_it_takes_one_query(
    client: Client, school: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        client.get(reverse("certificates:offline"))


def test_the_command_writes_the_same_page(tmp_path: Path, school: None) -> None:
    file, said = tmp_path / "verificar.html", StringIO()
    call_command("build_verifier", str(file), stdout=said)
    assert file.read_text(encoding="utf-8") == offline_page.build(timezone.now())[0]
    assert str(file.stat().st_size) in said.getvalue()

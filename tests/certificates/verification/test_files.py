"""A PDF dropped on the page: the very file, or in which way it is not; and files that mean harm."""

import hashlib
import logging
import zlib
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from certificates.awards.card import card_pdf
from certificates.awards.models import Certificate, Countersignature
from certificates.keys import demo
from certificates.keys.identity import Identity, LocalKey
from certificates.printing import pades, rendering
from certificates.verification import file_check, uploads
from certificates.verification.file_check import Finding, judge
from tests.certificates.keys import pki
from tests.certificates.printing.tampering import TAMPERINGS, forged, plain_diploma
from tests.factories.certificates import ISSUED, NAME, CertificateFactory, RevocationFactory, facts
from tests.factories.papers import issued_paper

pytestmark = pytest.mark.django_db
NOW = ISSUED + timedelta(days=1)


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def paper(school: None) -> tuple[Certificate, bytes]:
    return issued_paper()


def drop(client: Client, pdf: bytes, name: str = "d.pdf") -> Any:
    file = SimpleUploadedFile(name, pdf, content_type="application/pdf")
    return client.post(reverse("certificates:verify_file"), {"file": file})


def test_the_very_file_is_told_with_its_state(client: Client, paper: tuple[Certificate, bytes]) -> None:
    certificate, pdf = paper
    response = drop(client, pdf)
    text = response.content.decode()
    assert response.status_code == 200
    assert "verdict--valid" in text
    assert certificate.folio in text
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies
    for part in NAME.split():
        assert part not in text


def test_the_very_file_of_a_revoked_diploma_is_not_valid(
    client: Client, paper: tuple[Certificate, bytes]
) -> None:
    RevocationFactory(certificate=paper[0])
    text = drop(client, paper[1]).content.decode()
    assert "verdict--revoked" in text
    assert "verdict--valid" not in text


def test_a_replaced_file_says_nothing_of_its_former_facts(
    client: Client, paper: tuple[Certificate, bytes]
) -> None:
    certificate, pdf = paper
    CertificateFactory(line=certificate.line, replaces=certificate, is_rendered=True)
    text = drop(client, pdf).content.decode()
    assert "verdict--replaced" in text
    assert certificate.payload["title"] not in text


def test_the_countersigned_file_is_ours_too(paper: tuple[Certificate, bytes]) -> None:
    certificate, pdf = paper
    signed = pdf + b"% signed by the authority\n"
    Countersignature.objects.create(
        certificate=certificate,
        path="x",
        pdf_sha256=hashlib.sha256(signed).hexdigest(),
        signer="Autoridad",
        size=len(signed),
        at=ISSUED,
    )
    assert judge(signed, NOW).is_our_file


@pytest.mark.parametrize("tampering", [name for name in TAMPERINGS if name != "nothing: as issued"])
def test_no_tampered_file_is_ours(tampering: str, client: Client, paper: tuple[Certificate, bytes]) -> None:
    certificate, pdf = paper
    changed = TAMPERINGS[tampering](pdf)
    judgement = judge(changed, NOW)
    assert not judgement.is_our_file
    assert judgement.certificate == certificate
    assert judgement.findings
    text = drop(client, changed).content.decode()
    assert "verdict--tampered" in text
    assert "verdict--valid" not in text
    assert reverse("certificates:verify_code", args=[certificate.code]) in text


@pytest.mark.parametrize(
    ("tampering", "finding"),
    [
        ("bytes appended", Finding.ADDED),
        ("overlay by incremental update", Finding.ADDED),
        ("one byte flipped in a page", Finding.ALTERED),
        ("a digit of the signature's value", Finding.SIGNATURE),
        ("a digit of the padding inside the signature", Finding.SIGNATURE),
    ],
)
def test_it_says_in_which_way(tampering: str, finding: Finding, paper: tuple[Certificate, bytes]) -> None:
    assert judge(TAMPERINGS[tampering](paper[1]), NOW).findings == (finding,)


def test_a_wallet_card_is_no_forgery_and_proves_nothing(
    client: Client, paper: tuple[Certificate, bytes]
) -> None:
    certificate, _pdf = paper
    card = card_pdf(certificate)
    judgement = judge(card, NOW)
    assert (judgement.certificate, judgement.findings) == (certificate, (Finding.CARD,))
    text = drop(client, card).content.decode()
    assert "verdict--unknown" in text
    assert "verdict--tampered" not in text
    assert "verdict--valid" not in text
    assert "tarjeta de bolsillo" in text.lower()
    assert reverse("certificates:verify_code", args=[certificate.code]) in text
    assert certificate.payload["title"] not in text  # the register tells, not a file that nobody signed


def test_a_card_with_another_page_is_judged_as_any_file(paper: tuple[Certificate, bytes]) -> None:
    with pikepdf.open(BytesIO(card_pdf(paper[0]))) as pdf:
        pdf.add_blank_page(page_size=(612, 792))
        pdf.save(changed := BytesIO())
    assert Finding.UNSIGNED in judge(changed.getvalue(), NOW).findings


def test_an_impostor_is_called_one(tmp_path: Path, school: None) -> None:
    certificate, _pdf = issued_paper()
    private, chain = demo.make_chain(2026)
    signer = Identity(LocalKey(private), tuple(chain))
    pki.write_pkcs12(tmp_path / "forged.p12", signer)
    pdf = forged(_rendered(certificate), signer, tmp_path / "forged.p12", pki.PASSPHRASE)
    judgement = judge(pdf, NOW)
    assert judgement.findings[0] in {Finding.IMPOSTOR, Finding.OTHER_SIGNER}
    assert judgement.certificate == certificate


def _rendered(certificate: Certificate, **changes: Any) -> bytes:
    told = facts(
        award=str(certificate.pk),
        folio=certificate.folio,
        code=certificate.code,
        design=certificate.design.digest,
        **changes,
    )
    return rendering.render(told, design={"layout": "classic"}, credential=b"{}").content


def test_a_paper_that_says_something_else_is_caught_fact_by_fact(
    client: Client, paper: tuple[Certificate, bytes]
) -> None:
    certificate, _pdf = paper
    pdf = _rendered(certificate, title="Diplomado en Enfermería", minutes=60_000)
    judgement = judge(pdf, NOW)
    assert judgement.findings[:2] == (Finding.UNSIGNED, Finding.FACTS)
    missing = {value for _label, value in judgement.missing}
    assert missing == {certificate.payload["title"], certificate.payload["duration"]}
    text = drop(client, pdf).content.decode()
    assert certificate.payload["title"] in text
    assert "Enfermería" not in text


def test_a_copy_that_says_the_same_is_still_not_our_file(paper: tuple[Certificate, bytes]) -> None:
    judgement = judge(_rendered(paper[0]), NOW)
    assert (judgement.is_our_file, judgement.missing) == (False, ())
    assert Finding.UNSIGNED in judgement.findings


def test_a_diploma_saved_anew_is_not_our_file(paper: tuple[Certificate, bytes]) -> None:
    anew = BytesIO()
    with pikepdf.open(BytesIO(paper[1])) as document:
        document.save(anew)
    judgement = judge(anew.getvalue(), NOW)
    assert not judgement.is_our_file
    assert judgement.findings


def test_what_we_signed_and_never_registered_is_no_diploma(school: None) -> None:
    judgement = judge(pades.sign(plain_diploma()), NOW)
    assert (judgement.certificate, judgement.findings) == (None, (Finding.UNREGISTERED,))


def test_the_credential_of_another_award_is_noticed(paper: tuple[Certificate, bytes]) -> None:
    certificate, _pdf = paper
    pdf = pades.sign(_rendered(certificate))
    assert Finding.CREDENTIAL in judge(pdf, NOW).findings


# --- files that are none, or mean harm ---------------------------------------------------------------
def blank(**options: Any) -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    target = BytesIO()
    document.save(target, **options)
    return target.getvalue()


def bomb() -> bytes:
    """A page of 300 MB in 300 KB."""
    document = pikepdf.new()
    document.add_blank_page()
    packed = zlib.compress(b"BT (x) Tj ET " * 23_000_000, 9)
    document.pages[0].Contents = pikepdf.Stream(document, packed, Filter=pikepdf.Name.FlateDecode)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def crowded() -> bytes:
    """A hundred thousand objects, and pages without end."""
    objects = b"".join(b"%d 0 obj\n<</Type /Page /Parent 2 0 R>>\nendobj\n" % n for n in range(3, 100_000))
    return b"%PDF-1.7\n1 0 obj\n<</Type /Catalog /Pages 2 0 R>>\nendobj\n" + objects + b"%%EOF"


HOSTILE: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"%PDF-",
    "no PDF": lambda: b"<html><script>alert(1)</script></html>",
    "a picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(500),
    "locked": lambda: blank(encryption=pikepdf.Encryption(owner="a", user="b")),
    "a loop": lambda: (
        b"%PDF-1.7\n1 0 obj\n<</Type /Catalog /Pages 1 0 R /Kids [1 0 R]>>\nendobj\ntrailer<</Root 1 0 R>>"
    ),
    "deep": lambda: b"%PDF-1.7\n1 0 obj\n" + b"[" * 500_000 + b"]" * 500_000 + b"\nendobj\n",
    "a bomb": bomb,
    "a crowd": crowded,
    "signatures without end": lambda: b"%PDF-1.7\n" + b"/ByteRange [0 10 20 30]\n" * 100_000,
    "zeros": lambda: b"%PDF-1.7\n" + bytes(uploads.LARGEST - 9),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_harmful_file_is_answered_calmly(
    name: str, client: Client, school: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        response = drop(client, HOSTILE[name]())
    assert response.status_code == 200
    text = response.content.decode()
    assert "verdict--valid" not in text
    assert "<script>alert" not in text
    assert not caplog.records


def test_what_is_cut_in_the_middle_is_not_ours(client: Client, paper: tuple[Certificate, bytes]) -> None:
    _certificate, pdf = paper
    for length in (10, 1000, len(pdf) // 2, len(pdf) - 1):
        assert "verdict--valid" not in drop(client, pdf[:length]).content.decode()


def test_too_large_a_file_is_refused_before_it_is_read(client: Client, school: None) -> None:
    response = drop(client, b"%PDF-" + bytes(uploads.LARGEST + uploads.FORM))
    assert response.status_code == 413
    assert response.context["file_form"].errors


def test_no_file_at_all_is_said(client: Client, school: None) -> None:
    response = client.post(reverse("certificates:verify_file"))
    assert response.status_code == 200
    assert response.context["file_form"].errors


def test_nothing_is_written_to_the_disk(
    client: Client, paper: tuple[Certificate, bytes], tmp_path: Path, settings: Any
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    drop(client, paper[1] + bytes(4 * 1024 * 1024))
    assert list(tmp_path.iterdir()) == []


def test_the_eleventh_file_in_a_minute_waits(client: Client, school: None, settings: Any) -> None:
    settings.VERIFY_FILES_PER_MINUTE = 2
    assert [drop(client, b"x").status_code for _file in range(3)] == [200, 200, 429]


def test_a_reader_that_dies_takes_nobody_along(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    dead = tmp_path / "dead.py"
    dead.write_text("import os; os.abort()")
    monkeypatch.setattr(file_check, "READER", dead)
    assert file_check.read(b"%PDF-1.7") == {"problem": "damaged"}


def test_the_file_is_looked_up_with_few_queries(
    client: Client, paper: tuple[Certificate, bytes], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        drop(client, paper[1])

"""What is printed of an acta, and what leaves the school in a packet."""

import hashlib
import json
import shutil
import subprocess
import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone, translation
from django.utils.translation import gettext
from openpyxl import load_workbook

from certificates.actas import actions as actas
from certificates.actas import answers, corrections, packet, paper, wording
from certificates.actas.models import Acta, ActaLine
from certificates.awards import actions as awards
from certificates.awards.models import Certificate
from certificates.keys import custody, sealing
from certificates.printing import checks
from courses.cohorts.models import Enrolment
from courses.people.models import Person
from tests.factories.decisions import class_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(bool(checks.missing_libraries()), reason="WeasyPrint's libraries are missing"),
]
NOW = timezone.now()
ROOT = Path(__file__).resolve().parents[3]


def text_of(pdf: bytes) -> str:
    """Every word of a PDF, in one line."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()
    return " ".join(" ".join(pages).split())


def names(acta: Acta, *, is_graduate: bool) -> list[str]:
    return [line.name for line in acta.lines.filter(is_graduate=is_graduate).select_related("key")]


@pytest.fixture
def with_exception(coordinator: Any, administrator: Any) -> Acta:
    """Sent: one meets the rule, one graduates by exception, one does not graduate."""
    cohort = class_of(1, others=2)
    woman = cohort.enrolments.filter(ethics_accepted_at=None)[0]
    made = actas.propose_acta(
        cohort_id=cohort.pk, exceptions={woman.pk: "Firmó en papel el primer día."}, by=coordinator, at=NOW
    )
    made = actas.approve_acta(acta=made, has_read_exceptions=True, by=administrator, at=NOW)
    answers.send_lines(acta=made, channel="portal", by=coordinator, at=NOW)
    return made


# --- the paper ------------------------------------------------------------------------------------


def test_the_authoritys_paper_names_graduates_and_nobody_else(with_exception: Acta) -> None:
    text = text_of(paper.acta_pdf(with_exception, is_internal=False, at=NOW))
    assert all(name in text for name in names(with_exception, is_graduate=True))
    assert not [name for name in names(with_exception, is_graduate=False) if name in text]
    assert "Firmó en papel el primer día." in text
    assert with_exception.facts["authority"] in text
    assert with_exception.rule_version[:16] in text
    assert with_exception.facts["content_digest"][:16] in text


def test_the_schools_own_paper_names_everybody_and_says_why(with_exception: Acta) -> None:
    text = text_of(paper.acta_pdf(with_exception, is_internal=True, at=NOW))
    assert all(line.name in text for line in with_exception.lines.all())
    evidence = with_exception.lines.get(is_graduate=False).evidence.get()
    assert evidence.label in text
    assert evidence.sentence in text
    assert with_exception.proposer in text
    assert with_exception.approver in text


def test_an_exception_says_what_is_not_met_and_that_it_is_accepted(with_exception: Acta) -> None:
    line = with_exception.lines.get(exception__isnull=False)
    words = wording.exception_of(line)
    assert line.evidence.get().label in words
    assert f"Firmó en papel el primer día. ({line.exception.by.get_username()})" in words
    with translation.override("es"):
        text = text_of(paper.acta_pdf(with_exception, is_internal=True, at=NOW))
        assert wording.exception_of(line) in text
    assert gettext("Meets every requirement.") in text  # of the one who does
    assert text.count(gettext("Meets every requirement.")) == 1


def test_corrections_stand_on_the_schools_paper_alone(
    approved: Acta, coordinator: Any, administrator: Any
) -> None:
    line = approved.lines.filter(is_graduate=True)[0]
    new = corrections.correct_line(
        line=line, name="Inés Nueva", reason="Así lo escribe.", by=coordinator, at=NOW
    )
    corrections.approve_correction(line=new, by=administrator, at=NOW)
    answers.send_lines(acta=approved, channel="portal", by=coordinator, at=NOW)
    inside = text_of(paper.acta_pdf(approved, is_internal=True, at=NOW))
    for words in (line.name, "Inés Nueva", "Así lo escribe.", coordinator.get_username()):
        assert words in inside
    outside = text_of(paper.acta_pdf(approved, is_internal=False, at=NOW))
    assert "Inés Nueva" in outside
    assert line.name not in outside
    assert "Así lo escribe." not in outside


@pytest.mark.parametrize("graduates", range(11, 29, 4))
def test_the_signatures_never_stand_alone_on_a_page(
    coordinator: Any, administrator: Any, graduates: int
) -> None:
    cohort = class_of(graduates, others=0)
    made = actas.propose_acta(cohort_id=cohort.pk, by=coordinator, at=NOW)
    actas.approve_acta(acta=made, by=administrator, at=NOW)
    answers.send_lines(acta=made, channel="portal", by=coordinator, at=NOW)
    document = pypdfium2.PdfDocument(paper.acta_pdf_unsigned(made, is_internal=False, at=NOW))
    last = document[len(document) - 1].get_textpage().get_text_bounded()
    document.close()
    assert "Persona" in last.split(gettext("Signatures"))[0]


def test_a_line_that_was_not_sent_is_not_on_the_authoritys_paper(approved: Acta) -> None:
    text = text_of(paper.acta_pdf(approved, is_internal=False, at=NOW))
    assert not [line.name for line in approved.lines.all() if line.name in text]


def test_oficio_and_folio_are_printed_once_there_are_any(accepted: Acta, administrator: Any) -> None:
    awards.issue_acta(acta=accepted, by=administrator, at=NOW)
    for is_internal in (True, False):
        text = text_of(paper.acta_pdf(accepted, is_internal=is_internal, at=NOW))
        assert "J7/1" in text
        assert all(folio in text for folio in Certificate.objects.values_list("folio", flat=True))


def test_an_erased_name_is_not_printed(sent: Acta) -> None:
    line = sent.lines.filter(is_graduate=True)[0]
    name = line.name
    sealing.destroy(line.key, NOW)
    for is_internal in (True, False):
        text = text_of(paper.acta_pdf(sent, is_internal=is_internal, at=NOW))
        assert name not in text
        assert "borrado" in text or "erased" in text


def test_a_later_change_of_name_or_course_is_not_printed(sent: Acta) -> None:
    before = paper.acta_pdf_unsigned(sent, is_internal=False, at=NOW)
    Person.objects.update(name="Otra Persona")
    sent.cohort.course.public_title = "Otro título"
    sent.cohort.course.save()
    assert paper.acta_pdf_unsigned(Acta.objects.get(pk=sent.pk), is_internal=False, at=NOW) == before


def test_the_paper_is_archival_tagged_and_signed(sent: Acta) -> None:
    pdf = paper.acta_pdf(sent, is_internal=False, at=NOW)
    with pikepdf.open(BytesIO(pdf)) as document:
        metadata = document.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert metadata["pdfuaid:part"] == "1"
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "es"
        assert document.docinfo.Title if document.docinfo else metadata["dc:title"]
        fields = [field.T for field in document.Root.AcroForm.Fields]
        assert [str(name) for name in fields] == ["SelloInstitucional"]
        assert document.Root.AcroForm.Fields[0].V.SubFilter == "/ETSI.CAdES.detached"
    assert len(pdf) < 200_000


def test_long_names_and_many_people_stay_on_the_paper(coordinator: Any, administrator: Any) -> None:
    cohort = class_of(28, others=0)
    long = "María Guadalupe Concepción Ñáñez-Ümit Hernández Gutiérrez de la Cruz y Montesinos"
    first = cohort.enrolments.order_by("person__name")[0]
    Person.objects.filter(pk=first.person_id).update(name=long)
    made = actas.propose_acta(cohort_id=cohort.pk, by=coordinator, at=NOW)
    actas.approve_acta(acta=made, by=administrator, at=NOW)
    answers.send_lines(acta=made, channel="portal", by=coordinator, at=NOW)
    text = text_of(paper.acta_pdf_unsigned(Acta.objects.get(pk=made.pk), is_internal=False, at=NOW))
    together = letters(text)  # a line may break after a hyphen
    missing = [line.name for line in made.lines.all() if letters(line.name) not in together]
    assert missing == []
    assert letters(long) in together


def letters(text: str) -> str:
    """Its letters and digits alone."""
    return "".join(filter(str.isalnum, text))


# --- the packet -----------------------------------------------------------------------------------


def opened(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def verify(files: dict[str, bytes], folder: Path) -> bool:
    """What OpenSSL says of the manifest's signature."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    chain = custody.pdf_signer(NOW).identity.chain
    (folder / "root.pem").write_bytes(chain[-1].public_bytes(Encoding.PEM))
    done = subprocess.run(
        [
            "openssl",
            "cms",
            "-verify",
            "-binary",
            "-inform",
            "DER",
            "-in",
            "manifest.json.p7s",
            "-content",
            "manifest.json",
            "-CAfile",
            "root.pem",
            "-out",
            "checked.json",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode == 0


def test_openssl_verifies_the_manifest_and_notices_a_changed_one(approved: Acta, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is missing (apt-get install openssl)")
    files = opened(packet.build(approved, NOW).content)
    assert verify(files, tmp_path)
    files["manifest.json"] = files["manifest.json"].replace(b'"acta": ', b'"acta": 1')
    assert not verify(files, tmp_path)


def test_the_manifest_names_every_file_and_notices_an_altered_one(approved: Acta) -> None:
    built = packet.build(approved, NOW)
    files = opened(built.content)
    manifest = json.loads(files["manifest.json"])
    assert built.manifest_sha256 == hashlib.sha256(files["manifest.json"]).hexdigest()
    assert manifest["acta"] == approved.pk
    signed = set(files) - {"manifest.json", "manifest.json.p7s"}
    assert set(manifest["files"]) == signed == {"acta.pdf", "graduados.xlsx", "evidencia.json", "LEAME.txt"}
    for name in signed:
        assert hashlib.sha256(files[name]).hexdigest() == manifest["files"][name]
        altered = files[name][:-1] + bytes([files[name][-1] ^ 1])
        assert hashlib.sha256(altered).hexdigest() != manifest["files"][name]


def test_the_packet_lists_graduates_by_number_name_and_hours_only(with_exception: Acta) -> None:
    files = opened(packet.build(with_exception, NOW).content)
    sheet = load_workbook(BytesIO(files["graduados.xlsx"])).active
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == [1, 2]
    assert {row[1] for row in rows} == set(names(with_exception, is_graduate=True))
    assert sheet.max_column == 3
    evidence = files["evidencia.json"].decode()
    assert not [line.name for line in with_exception.lines.all() if line.name in evidence]
    told = json.loads(evidence)
    assert [line["number"] for line in told["lines"]] == [1, 2]
    for line in told["lines"]:
        assert len(line["line"]) == 64
        assert all(len(digest) == 64 for digest in line["evidence"])


def test_a_name_is_never_a_formula(coordinator: Any, administrator: Any) -> None:
    cohort = class_of(1, others=0)
    Person.objects.filter(enrolments__cohort=cohort).update(name="=1+1 López")
    made = actas.propose_acta(cohort_id=cohort.pk, by=coordinator, at=NOW)
    actas.approve_acta(acta=made, by=administrator, at=NOW)
    sheet = load_workbook(
        BytesIO(opened(packet.build(Acta.objects.get(pk=made.pk), NOW).content)["graduados.xlsx"])
    ).active
    assert (sheet["B2"].value, sheet["B2"].data_type) == ("'=1+1 López", "s")


def test_whatever_can_be_the_same_is_the_same(approved: Acta) -> None:
    first, second = (opened(packet.build(approved, NOW).content) for _ in range(2))
    for name in ("graduados.xlsx", "evidencia.json", "LEAME.txt"):
        assert first[name] == second[name]
    assert paper.acta_pdf_unsigned(approved, is_internal=False, at=NOW) == paper.acta_pdf_unsigned(
        approved, is_internal=False, at=NOW
    )
    later = paper.acta_pdf_unsigned(approved, is_internal=False, at=NOW + timedelta(days=1))
    assert later != paper.acta_pdf_unsigned(approved, is_internal=False, at=NOW)


def test_nothing_about_anybody_but_number_name_and_hours_can_leave(with_exception: Acta) -> None:
    """Neither ids by which she could be found elsewhere, nor what she did not ask to tell."""
    files = opened(packet.build(with_exception, NOW).content)
    everything = b"".join(files.values()).decode("utf-8", "replace") + text_of(files["acta.pdf"])
    for line in ActaLine.objects.filter(acta=with_exception):
        assert str(line.person_id) not in everything
        assert str(line.enrolment_id) not in everything
    assert {field.name for field in Person._meta.fields} == {
        "id",
        "name",
        "language",
        "account",
        "created_at",
    }
    assert not hasattr(Enrolment, "nationality")

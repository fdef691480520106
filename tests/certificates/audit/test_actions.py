"""Log, register, actas, files and status lists agree; whatever does not is said, and nothing personal is."""

import json
import os
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from certificates import tasks
from certificates.actas.models import Acta
from certificates.audit import actions
from certificates.awards import erasure, files, jobs, register
from certificates.awards.models import Certificate, Document, FolioSeries
from certificates.credentials import status
from certificates.log import actions as log
from certificates.log.models import AuditRun, TreeHead
from tests.certificates.audit.conftest import audit, kinds, make
from tests.factories.certificates import CertificateFactory

pytestmark = pytest.mark.django_db
Sql = Callable[..., None]
LATER = timedelta(hours=2)


def test_a_school_where_everything_happened_properly_is_clean(diplomas: list[Certificate]) -> None:
    report = audit(is_deep=True)
    assert report.findings == []
    assert report.counts == {"issue": 3, "countersign": 0, "revoke": 1, "replace": 1, "files": 3}
    assert list(report.diplomas_by_acta.values()) == [2]


def test_an_acta_whose_diplomas_wait_is_clean_and_says_who_waits(accepted: Acta) -> None:
    assert audit().is_clean


def test_a_document_whose_leaf_is_gone_is_found(diplomas: list[Certificate], sql: Sql) -> None:
    award = diplomas[0].pk
    sql("DELETE FROM certificates_logentry WHERE award = %s AND type = 'issue'", award.hex)
    report = audit()
    assert {"missing", "unlogged"} <= kinds(report)
    assert [one.sentence for one in report.findings if one.kind == "unlogged" and str(award) in one.sentence]


def test_a_leaf_without_a_document_is_found(diplomas: list[Certificate]) -> None:
    award = uuid.uuid4()
    log.append("issue", award=award, pdf_sha256="a" * 64, vc_sha256="b" * 64, at=timezone.now())
    report = audit()
    assert kinds(report) == {"unregistered"}
    assert str(award) in report.findings[0].sentence


@pytest.mark.parametrize("column", ["pdf_sha256", "vc_sha256"])
def test_another_file_under_the_same_award_is_found(
    diplomas: list[Certificate], sql: Sql, column: str
) -> None:
    sql(
        f"UPDATE certificates_document SET {column} = %s WHERE certificate_id = %s",
        "a" * 64,
        diplomas[0].pk.hex,
    )
    assert kinds(audit()) == {"differs"}


def test_a_date_of_issue_that_was_changed_is_found(diplomas: list[Certificate], sql: Sql) -> None:
    sql("UPDATE certificates_document SET issued_at = '2020-01-01 00:00:00'")
    assert kinds(audit()) == {"differs"}


def test_a_revocation_taken_back_is_found(diplomas: list[Certificate], sql: Sql) -> None:
    sql("DELETE FROM certificates_revocation")
    report = audit()
    assert kinds(report) == {"unregistered", "status"}
    assert str(diplomas[1].pk) in report.findings[0].sentence


def test_a_revocation_that_was_never_logged_is_found(
    diplomas: list[Certificate], sql: Sql, administrator: Any
) -> None:
    sql("DELETE FROM certificates_logentry WHERE type = 'revoke'")
    assert {"missing", "unlogged"} <= kinds(audit())


def test_a_leaf_that_ends_an_award_nobody_ended_is_found_whether_it_was_made_or_not(
    issued: Acta,
) -> None:
    """An award that was never made ends without a leaf, but a leaf never stands without its row."""
    waiting = issued.certificates.all()[0]
    log.append("revoke", award=waiting.pk, at=timezone.now())
    report = audit()
    assert kinds(report) == {"unregistered"}
    assert str(waiting.pk) in report.findings[0].sentence


def test_a_replacement_turned_to_another_award_is_found(diplomas: list[Certificate], sql: Sql) -> None:
    sql(
        "UPDATE certificates_certificate SET replaces_id = %s WHERE replaces_id IS NOT NULL",
        diplomas[1].pk.hex,
    )
    assert kinds(audit()) == {"unregistered", "unlogged", "grounds", "status"}


def test_a_diploma_slipped_in_beside_the_acta_is_found(diplomas: list[Certificate], issued: Acta) -> None:
    """Row, file, leaf and register entry are all there and agree; only the acta does not know her."""
    line = issued.lines.get(is_graduate=False)
    entry = register.enter([line], by=issued.proposed_by, at=timezone.now())[0]
    made = CertificateFactory(line=line, acta=issued, registration=entry, status_index=12345, status_list=1)
    make(made)
    report = audit()
    assert kinds(report) == {"grounds", "count"}
    assert str(made.pk) in report.findings[0].sentence


def test_diplomas_of_an_acta_that_is_not_approved_any_more_are_found(
    diplomas: list[Certificate], sql: Sql
) -> None:
    sql("UPDATE certificates_acta SET state = 'proposed'")
    assert kinds(audit()) == {"grounds", "count"}


def test_diplomas_without_recognition_or_waiver_are_found(diplomas: list[Certificate], sql: Sql) -> None:
    sql("DELETE FROM certificates_unrecognisedissue")
    assert kinds(audit()) == {"grounds", "count"}


def test_facts_changed_after_the_decision_are_found(diplomas: list[Certificate], sql: Sql) -> None:
    sql(
        "UPDATE certificates_certificate SET payload = replace(payload, '\"is_demo\":', '\"is_demo2\":')"
        " WHERE id = %s",
        diplomas[2].pk.hex,
    )
    report = audit()
    assert kinds(report) == {"facts"}
    assert str(diplomas[2].pk) in report.findings[0].sentence


def test_another_code_for_the_same_facts_is_found(diplomas: list[Certificate], sql: Sql) -> None:
    sql("UPDATE certificates_certificate SET code = 'X' WHERE id = %s", diplomas[2].pk.hex)
    assert kinds(audit()) == {"facts"}


def test_a_gap_in_the_folios_is_found(diplomas: list[Certificate]) -> None:
    FolioSeries.objects.update(last_number=5)
    report = audit()
    assert kinds(report) == {"folio"}
    assert "4, 5" in report.findings[0].sentence


def test_a_folio_moved_to_another_number_is_found(diplomas: list[Certificate], sql: Sql) -> None:
    sql("UPDATE certificates_registration SET number = 9 WHERE number = 2")
    assert kinds(audit()) == {"folio"}


def test_a_job_that_says_done_without_a_file_row_is_found(issued: Acta, sql: Sql) -> None:
    sql("UPDATE certificates_job SET state = 'done'")
    assert kinds(audit()) == {"job"}


# --- files ----------------------------------------------------------------------------------------------


def file_of(certificate: Certificate, storage: Path) -> Path:
    return storage / Document.objects.get(certificate=certificate).path


def test_a_missing_file_is_found(diplomas: list[Certificate], storage: Path) -> None:
    file_of(diplomas[0], storage).unlink()
    report = audit()
    assert kinds(report) == {"file"}
    assert str(diplomas[0].pk) in report.findings[0].sentence


def test_a_damaged_or_foreign_file_is_found_by_looking_inside(
    diplomas: list[Certificate], storage: Path
) -> None:
    first, third = file_of(diplomas[0], storage), file_of(diplomas[2], storage)
    first.write_bytes(third.read_bytes())
    assert audit().is_clean
    assert kinds(audit(is_deep=True)) == {"file"}


def test_an_erased_award_has_no_file_and_that_is_right(
    diplomas: list[Certificate], administrator: Any, storage: Path, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        erasure.erase(certificate=diplomas[2], by=administrator, at=timezone.now())
    assert audit(is_deep=True).findings == []


def test_an_erasure_without_a_record_is_found(diplomas: list[Certificate], sql: Sql) -> None:
    now = timezone.now().isoformat()
    sql(
        "UPDATE certificates_sealingkey SET wrapped = NULL, destroyed_at = %s WHERE id = %s",
        now,
        diplomas[0].key_id.hex,
    )
    assert kinds(audit()) == {"grounds"}


# --- the command ----------------------------------------------------------------------------------------


def run(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("audit_log", *arguments, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def test_the_command_ends_with_0_when_everything_agrees(diplomas: list[Certificate], tmp_path: Path) -> None:
    kept = tmp_path / "head-2.txt"
    kept.write_bytes(TreeHead.objects.get(size=2).note.replace("\n", "\r\n").encode())  # saved on Windows
    code, text = run("--deep", "--since-head", str(kept))
    assert code == 0
    assert "5" in text


def test_the_command_ends_with_1_and_says_what_it_found_without_names_folios_or_codes(
    diplomas: list[Certificate], sql: Sql
) -> None:
    sql("DELETE FROM certificates_revocation")
    sql('DELETE FROM certificates_logentry WHERE "index" = 0')
    sql("UPDATE certificates_certificate SET code = 'X' WHERE id = %s", diplomas[2].pk.hex)
    code, text = run()
    assert code == 1
    assert str(diplomas[1].pk) in text
    for diploma in diplomas:
        for secret in (diploma.folio, diploma.code, diploma.name):
            assert secret not in text


def test_the_command_speaks_json(diplomas: list[Certificate], sql: Sql) -> None:
    sql("DELETE FROM certificates_revocation")
    code, text = run("--json")
    answer = json.loads(text)
    assert code == 1
    assert not answer["clean"]
    assert {finding["kind"] for finding in answer["findings"]} == {"unregistered", "status"}


def test_a_file_that_is_not_there_is_said_so(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        run("--since-head", str(tmp_path / "nothing"))
    (tmp_path / "empty").write_text("")
    assert run("--since-head", str(tmp_path / "empty"))[0] == 1


def test_the_nightly_check_is_kept_for_the_administrators(diplomas: list[Certificate], sql: Sql) -> None:
    tasks.audit_log()
    sql("DELETE FROM certificates_revocation")
    tasks.audit_log()
    after, before = AuditRun.objects.order_by("-pk")
    assert (before.findings_count, before.size) == (0, 5)
    assert after.findings_count == len(after.findings) == 2


def test_publishing_by_hand_prints_the_head_and_then_says_that_nothing_grew(
    diplomas: list[Certificate],
) -> None:
    log.append("issue", award=uuid.uuid4(), at=timezone.now())
    out = StringIO()
    call_command("publish_head", stdout=out)
    assert out.getvalue() == TreeHead.objects.get(size=6).note
    call_command("publish_head", stdout=out)
    assert TreeHead.objects.count() == 3


# --- repairing ------------------------------------------------------------------------------------------


def age(path: Path) -> None:
    before = time.time() - LATER.total_seconds()
    os.utime(path, (before, before))


def test_files_that_no_award_names_are_told_and_then_removed(
    diplomas: list[Certificate], storage: Path
) -> None:
    left = storage / "diplomas" / "ab" / "abcd.sealed"
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"left by a crash")
    age(left)
    for path in storage.rglob("*.sealed"):
        age(path)
    assert actions.reconcile(timezone.now(), is_applied=False).files == ["diplomas/ab/abcd.sealed"]
    assert left.exists()
    actions.reconcile(timezone.now(), is_applied=True)
    assert not left.exists()
    assert audit(is_deep=True).is_clean


def test_a_young_file_and_one_that_a_worker_is_writing_stay(issued: Acta, storage: Path) -> None:
    young = storage / "diplomas" / "young.sealed"
    young.parent.mkdir(parents=True)
    young.write_bytes(b"its row is on its way")
    claim = jobs.claim(Certificate.objects.earliest("folio").pk, timezone.now())
    assert claim is not None
    files.put(claim.path, b"half a diploma")
    age(storage / claim.path)
    actions.reconcile(timezone.now(), is_applied=True)
    assert young.exists()
    assert (storage / claim.path).exists()


def test_the_file_of_an_erased_award_is_removed(
    diplomas: list[Certificate], administrator: Any, storage: Path
) -> None:
    """The process died between the erasure and its file."""
    erasure.erase(certificate=diplomas[2], by=administrator, at=timezone.now())
    for path in storage.rglob("*.sealed"):
        age(path)
    assert audit().is_clean
    actions.reconcile(timezone.now(), is_applied=True)
    left = {path.relative_to(storage).as_posix() for path in storage.rglob("*.sealed")}
    assert left == {Document.objects.get(certificate=diplomas[1]).path}


def test_status_lists_are_made_to_say_what_the_register_says(
    diplomas: list[Certificate],
) -> None:
    status.rebuild(taken=[], revoked=[(1, 77)], at=timezone.now())
    assert kinds(audit()) == {"status"}
    assert actions.reconcile(timezone.now(), is_applied=False).status_lists == [1]
    assert kinds(audit()) == {"status"}
    actions.reconcile(timezone.now(), is_applied=True)
    assert audit().is_clean
    assert status.revoked() == {(one.status_list, one.status_index) for one in diplomas[:2]}


def test_the_command_tells_and_changes_nothing_unless_asked(
    diplomas: list[Certificate], storage: Path
) -> None:
    left = storage / "diplomas" / "left.sealed"
    left.write_bytes(b"left by a crash")
    age(left)
    out = StringIO()
    call_command("reconcile", stdout=out, verbosity=2)
    assert "left.sealed" in out.getvalue()
    assert left.exists()
    call_command("reconcile", "--apply", stdout=out)
    assert not left.exists()


def test_while_nobody_works_what_crashes_left_goes_at_once(
    diplomas: list[Certificate], storage: Path
) -> None:
    """A worker lost its lease and was killed before it threw its file away."""
    left = storage / "diplomas" / "left.sealed"
    left.write_bytes(b"of a lost lease")
    call_command("reconcile", "--apply", "--min-age", "0", stdout=StringIO())
    assert not left.exists()
    assert audit(is_deep=True).is_clean


def test_every_night_the_house_clears_up_and_checks_itself(
    diplomas: list[Certificate], storage: Path
) -> None:
    left = storage / "diplomas" / "left.sealed"
    left.write_bytes(b"left by a crash")
    age(left)
    tasks.audit_log.run()
    assert not left.exists()
    assert AuditRun.objects.latest("at").findings_count == 0

"""Erasing a woman who has no award: her decision stays, and nobody can tell whose it was."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from certificates.actas import actions as actas
from certificates.actas import ledger, paper, summary
from certificates.actas.corrections import correct_line
from certificates.actas.counts import with_counts
from certificates.actas.models import Acta, ActaLine, Evidence, LineStep, ReviewAnswer, ReviewRequest
from certificates.actas.recheck import recheck
from certificates.actas.standing import Standing, of_acta
from certificates.audit import actions as audit
from certificates.awards import actions as awards
from certificates.awards import erasure
from certificates.awards.models import Certificate
from certificates.errors import Refused
from certificates.keys import sealing
from courses.cohorts.models import Enrolment
from tests.factories.decisions import said

pytestmark = pytest.mark.django_db


def other(acta: Acta) -> ActaLine:
    """Who does not graduate."""
    found: ActaLine = acta.lines.select_related("key").get(is_graduate=False)
    return found


def graduate(acta: Acta) -> ActaLine:
    found: ActaLine | None = acta.lines.select_related("key").filter(is_graduate=True).first()
    assert found is not None
    return found


def erase(line: ActaLine, by: Any) -> Any:
    return erasure.erase_line(line=line, by=by, at=timezone.now())


def stands(acta: Acta, line: ActaLine) -> Standing:
    return next(one.standing for one in of_acta(acta) if one.line.pk == line.pk)


def test_only_whoever_may_erases(issued: Acta, coordinator: Any, officer: Any, trainer: Any) -> None:
    for user in (coordinator, officer, trainer):
        with pytest.raises(Refused):
            erase(other(issued), user)
    assert other(issued).key.wrapped is not None


def test_nobody_reads_her_name_and_the_others_keep_theirs(issued: Acta, administrator: Any) -> None:
    line, hers = other(issued), other(issued).name
    kept = {one.name for one in issued.lines.filter(is_graduate=True)}
    assert erase(line, administrator) == []
    with override("en"):
        assert other(issued).name == "(name erased)"
    with pytest.raises(sealing.Erased):
        sealing.unseal(other(issued).key, bytes(line.sealed_name), context=str(line.person_id))
    assert {one.name for one in issued.lines.filter(is_graduate=True)} == kept
    markup = str(paper._facts(issued, is_internal=True, at=timezone.now(), wanted=summary.OUTSIDE))
    assert hers not in markup


def test_her_decision_stays_and_still_agrees_with_itself(issued: Acta, administrator: Any) -> None:
    before, line = ledger.digest_of_acta(issued), other(issued)
    erase(line, administrator)
    assert ledger.digest_of_acta(Acta.objects.get(pk=issued.pk)) == before
    assert recheck(issued) == []
    assert audit.check(timezone.now()).findings == []
    Enrolment.objects.get(acta_lines=line).delete()  # her study record goes too
    assert recheck(issued) == []
    assert ledger.digest_of_acta(Acta.objects.get(pk=issued.pk)) == before


def test_the_command_says_that_a_line_was_erased(issued: Acta, administrator: Any) -> None:
    erase(other(issued), administrator)
    said = StringIO()
    with override("en"):
        call_command("recheck_acta", str(issued.pk), stdout=said)
    assert "1 line was erased" in said.getvalue()


def test_a_row_of_an_erased_line_that_was_written_to_is_still_found(issued: Acta, administrator: Any) -> None:
    erase(other(issued), administrator)
    QuerySet(Evidence).filter(line=other(issued)).update(value=99)  # past the model, which refuses it
    assert [str(one.kind) for one in recheck(issued)] == ["row_altered"]


def test_the_second_time_is_refused(approved: Acta, administrator: Any) -> None:
    erase(other(approved), administrator)
    with pytest.raises(Refused):
        erase(other(approved), administrator)


def test_whoever_must_approve_reads_names(acta: Acta, administrator: Any) -> None:
    with pytest.raises(Refused):
        erase(other(acta), administrator)
    assert other(acta).key.wrapped is not None


def test_the_acta_that_was_returned_before_is_erased_with_it(
    acta: Acta, coordinator: Any, administrator: Any
) -> None:
    at = timezone.now()
    actas.return_acta(acta=acta, reason=f"Falta {other(acta).name}.", by=administrator, at=at)
    again = actas.propose_acta(cohort_id=acta.cohort_id, by=coordinator, at=at)
    actas.approve_acta(acta=again, by=administrator, at=at)
    erase(other(again), administrator)
    acta.refresh_from_db()
    assert acta.note == "…"
    assert other(acta).key.wrapped is None
    assert not other(acta).steps.exists()


def test_what_others_wrote_goes_where_it_names_her_and_stays_where_it_does_not(
    approved: Acta, coordinator: Any, administrator: Any
) -> None:
    at, hers, first = timezone.now(), other(approved), graduate(approved)
    second = approved.lines.filter(is_graduate=True).exclude(pk=first.pk).get()
    for line, words in (
        (first, f"No es {hers.name.upper()}."),
        (second, "Faltaba una sesión."),
    ):
        correct_line(line=line, reason=words, by=coordinator, at=at)
    request = ReviewRequest.objects.create(line=hers, about="hours", at=at)
    ReviewAnswer.objects.create(
        request=request, outcome="confirmed", explanation="Sus horas son pocas.", by=administrator, at=at
    )
    erase(hers, administrator)
    kept = LineStep.objects.filter(kind="corrected").order_by("pk")
    assert list(kept.values_list("reason", flat=True)) == ["…", "Faltaba una sesión."]
    assert ReviewAnswer.objects.get().explanation == "…"


def test_a_graduate_without_a_diploma_is_left_out_and_gets_none(
    sent: Acta, administrator: Any, coordinator: Any
) -> None:
    line = graduate(sent)
    erase(line, administrator)
    assert stands(sent, line) == Standing.LEFT_OUT
    assert line not in [one.line for one in summary.for_authority(sent).graduates]
    assert with_counts(Acta.objects.all()).get(pk=sent.pk).waiting == 1
    actas.issue_without_recognition(acta=sent, reason="Prueba.", by=administrator, at=timezone.now())
    issued = awards.issue_acta(acta=sent, by=administrator, at=timezone.now())
    assert line.pk not in [one.line_id for one in issued]
    assert len(issued) == 1
    assert audit.check(timezone.now()).findings == []


def test_an_accepted_graduate_is_left_out_too(accepted: Acta, administrator: Any) -> None:
    line = graduate(accepted)
    erase(line, administrator)
    found = with_counts(Acta.objects.all()).get(pk=accepted.pk)
    assert (stands(accepted, line), found.ready, found.accepted) == (Standing.LEFT_OUT, 1, 1)


def test_a_correction_that_waited_for_approval_waits_no_more(
    approved: Acta, coordinator: Any, administrator: Any
) -> None:
    corrected = correct_line(line=other(approved), reason="Otra vez.", by=coordinator, at=timezone.now())
    erase(corrected, administrator)
    assert stands(approved, corrected) == Standing.LEFT_OUT
    assert with_counts(Acta.objects.all()).get(pk=approved.pk).to_approve == 0
    assert list(approved.lines.filter(person_id=corrected.person_id).values_list("key__wrapped")) == [
        (None,),
        (None,),
    ]


def test_whoever_does_not_graduate_is_not_left_out_she_never_waited(
    approved: Acta, administrator: Any
) -> None:
    erase(other(approved), administrator)
    assert stands(approved, other(approved)) == Standing.INTERNAL


def test_awards_of_hers_are_erased_with_the_line(issued: Acta, administrator: Any) -> None:
    line = graduate(issued)
    assert len(erase(line, administrator)) == 1
    assert Certificate.objects.get(line=line).key.wrapped is None
    assert not line.steps.exists()


def test_an_administrator_erases_from_the_page_of_the_acta(
    issued: Acta, client: Client, administrator: Any
) -> None:
    line = other(issued)
    url = reverse("actas:erase_line", args=[issued.pk, line.pk])
    client.force_login(administrator)
    assert url in client.get(reverse("actas:acta", args=[issued.pk])).content.decode()
    assert line.name in client.get(url).content.decode()
    assert client.post(url, {"name": "Otra Mujer"}).status_code == 200
    assert other(issued).key.wrapped is not None
    response = client.post(url, {"name": f" {line.name.upper()} "})
    assert (response.status_code, bool(said(response))) == (302, True)
    page = client.get(reverse("actas:acta", args=[issued.pk])).content.decode()
    assert line.name not in page
    assert url not in page


def test_nobody_else_finds_that_page(issued: Acta, client: Client, coordinator: Any, trainer: Any) -> None:
    line = other(issued)
    url = reverse("actas:erase_line", args=[issued.pk, line.pk])
    for user in (coordinator, trainer):
        client.force_login(user)
        assert client.post(url, {"name": line.name}).status_code in {302, 403, 404}
        assert url not in client.get(reverse("actas:acta", args=[issued.pk])).content.decode()
    assert other(issued).key.wrapped is not None

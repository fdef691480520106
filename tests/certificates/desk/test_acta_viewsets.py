"""Actas in the admin: each role does her part, and nobody two parts of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from certificates import tasks
from certificates.actas import actions as actas
from certificates.actas import answers, corrections, reviews, standing
from certificates.actas.forms import reason_field, vote_field
from certificates.actas.models import Acta, ActaLine, LineException, LineStep, Recognition, Sending
from certificates.awards import actions as awards
from certificates.awards.models import Certificate
from certificates.printing import checks
from cms.users.roles import ADMINISTRATOR
from courses.cohorts.actions import accept_ethics
from courses.cohorts.models import Cohort, Enrolment
from courses.people.models import Person
from tests.factories.courses import UserFactory
from tests.factories.decisions import class_of, said, scan

pytestmark = pytest.mark.django_db
needs_press = pytest.mark.skipif(
    bool(checks.missing_libraries()), reason="WeasyPrint's libraries are missing"
)


def url(name: str, acta: Acta, *more: int) -> str:
    return reverse(f"actas:{name}", args=[acta.pk, *more])


def oficio(**changes: Any) -> dict[str, Any]:
    """Her oficio as the page that asks once more would send it."""
    return {
        "oficio_number": "SSA/12/2026",
        "oficio_date": "2026-04-20",
        "oficio": scan(),
        "has_compared": "on",
        "final": "1",
        **changes,
    }


def graduates(acta: Acta) -> list[ActaLine]:
    return list(acta.lines.filter(is_graduate=True))


def proposal(client: Client, cohort: Cohort, **changes: str) -> dict[str, str]:
    """What the page of a proposal would send."""
    page = client.get(reverse("actas:propose"), {"cohort": cohort.pk})
    return {"cohort": str(cohort.pk), "seen": page.context["form"]["seen"].value(), **changes}


# --- proposing ------------------------------------------------------------------------------------


def test_the_coordinator_sees_the_decisions_before_she_proposes(client: Client, coordinator: Any) -> None:
    cohort = class_of(2)
    client.force_login(coordinator)
    page = client.get(reverse("actas:propose"), {"cohort": cohort.pk}).content.decode()
    assert all(enrolment.person.name in page for enrolment in cohort.enrolments.all())
    assert not Acta.objects.exists()
    client.post(reverse("actas:propose"), proposal(client, cohort))
    assert Acta.objects.get().lines.filter(is_graduate=True).count() == 2


def test_an_administrator_proposes_nothing(client: Client, administrator: Any) -> None:
    client.force_login(administrator)
    assert client.get(reverse("actas:propose")).status_code == 302


def test_she_marks_an_exception_and_the_approver_must_read_it(
    client: Client, coordinator: Any, administrator: Any
) -> None:
    cohort = class_of(1)
    woman = cohort.enrolments.get(ethics_accepted_at=None)
    marked = {f"is_exception_{woman.pk}": "on", f"reason_{woman.pk}": "Firmó en papel."}
    client.force_login(coordinator)
    client.post(reverse("actas:propose"), proposal(client, cohort, **marked))
    acta = Acta.objects.get()
    assert LineException.objects.get().reason == "Firmó en papel."
    client.force_login(administrator)
    page = client.get(url("approve", acta)).content.decode()
    assert "Firmó en papel." in page
    client.post(url("approve", acta))
    acta.refresh_from_db()
    assert acta.state == Acta.State.PROPOSED
    client.post(url("approve", acta), {"has_read_exceptions": "on"})
    acta.refresh_from_db()
    assert acta.state == Acta.State.APPROVED


@pytest.mark.parametrize("field", ["is_exception", "reason"])
def test_half_an_exception_is_sent_back(client: Client, coordinator: Any, field: str) -> None:
    cohort = class_of(1)
    woman = cohort.enrolments.all()[0]
    client.force_login(coordinator)
    page = client.post(reverse("actas:propose"), proposal(client, cohort, **{f"{field}_{woman.pk}": "on"}))
    assert page.status_code == 200
    assert page.context["form"].errors
    assert not Acta.objects.exists()


def test_what_changed_since_she_looked_is_not_frozen_unseen(client: Client, coordinator: Any) -> None:
    cohort = class_of(1)
    client.force_login(coordinator)
    data = proposal(client, cohort)
    accept_ethics(enrolment=cohort.enrolments.get(ethics_accepted_at=None), at=timezone.now())
    assert said(client.post(reverse("actas:propose"), data))
    assert not Acta.objects.exists()


def test_a_returned_acta_tells_the_coordinator_why(
    client: Client, acta: Acta, coordinator: Any, administrator: Any
) -> None:
    client.force_login(administrator)
    assert client.post(url("return", acta)).status_code == 200  # without a reason it asks again
    client.post(url("return", acta), {"reason": "Falta la lista del 3 de marzo."})
    client.force_login(coordinator)
    assert "Falta la lista del 3 de marzo." in client.get(url("acta", acta)).content.decode()
    page = client.get(reverse("actas:propose"), {"cohort": acta.cohort_id}).content.decode()
    assert "Falta la lista del 3 de marzo." in page


# --- approving ------------------------------------------------------------------------------------


def test_whoever_proposed_cannot_approve_and_reads_why(client: Client, acta: Acta) -> None:
    proposer = UserFactory(role=ADMINISTRATOR)
    Acta.objects.filter(pk=acta.pk).update(proposed_by=proposer)
    client.force_login(proposer)
    assert url("approve", acta) not in client.get(url("acta", acta)).content.decode()
    response = client.post(url("approve", acta))
    assert said(response).strip() == "Quien propuso un acta no puede aprobarla. Pídalo a otra administradora."
    acta.refresh_from_db()
    assert acta.state == Acta.State.PROPOSED


def test_another_administrator_approves_by_post_only(client: Client, acta: Acta, administrator: Any) -> None:
    client.force_login(administrator)
    assert client.get(url("approve", acta)).status_code == 200
    acta.refresh_from_db()
    assert acta.state == Acta.State.PROPOSED
    client.post(url("approve", acta))
    acta.refresh_from_db()
    assert acta.state == Acta.State.APPROVED


@pytest.mark.parametrize("act", ["approve", "return", "waive", "issue"])
def test_a_coordinator_does_none_of_the_other_acts(
    client: Client, acta: Acta, coordinator: Any, act: str
) -> None:
    client.force_login(coordinator)
    assert client.post(url(act, acta)).status_code == 302
    acta.refresh_from_db()
    assert acta.state == Acta.State.PROPOSED


def test_a_trainer_finds_no_actas(client: Client, acta: Acta, trainer: Any) -> None:
    client.force_login(trainer)
    assert client.get(url("acta", acta)).status_code == 404
    assert client.get(reverse("actas:index")).status_code == 302


# --- sending and the answer -----------------------------------------------------------------------


def test_the_coordinator_sends_to_the_portal(client: Client, approved: Acta, coordinator: Any) -> None:
    client.force_login(coordinator)
    page = client.get(url("acta", approved)).content.decode()
    assert url("send", approved) in page
    assert approved.facts["authority"] in client.get(url("send", approved)).content.decode()
    assert not Sending.objects.exists()
    client.post(url("send", approved))
    assert Sending.objects.get().channel == Sending.Channel.PORTAL
    assert url("send", approved) not in client.get(url("acta", approved)).content.decode()


@needs_press
def test_a_packet_is_downloaded_noted_and_not_kept(client: Client, approved: Acta, coordinator: Any) -> None:
    client.force_login(coordinator)
    assert client.get(url("packet", approved)).status_code == 200
    assert not Sending.objects.exists()
    answer = client.post(url("packet", approved))
    assert answer.content.startswith(b"PK")
    assert answer["Content-Disposition"] == f'attachment; filename="acta-{approved.pk}.zip"'
    sending = Sending.objects.get()
    assert (sending.channel, len(sending.manifest_sha256)) == (Sending.Channel.PACKET, 64)
    assert sending.manifest_sha256 in client.get(url("acta", approved)).content.decode()
    approved.refresh_from_db()
    assert approved.state == Acta.State.SENT


@needs_press
def test_a_packet_without_a_key_is_not_made_and_nothing_is_sent(
    client: Client, approved: Acta, coordinator: Any, settings: Any, tmp_path: Any
) -> None:
    client.force_login(coordinator)
    settings.IS_DEMO, settings.KEYS_DIR, settings.PDF_KEY = False, tmp_path, {}
    assert said(client.post(url("packet", approved)))
    assert not Sending.objects.exists()


def test_the_coordinator_writes_down_an_answer_from_paper(
    client: Client, sent: Acta, coordinator: Any, trainer: Any
) -> None:
    first, second = graduates(sent)
    client.force_login(coordinator)
    data = {
        vote_field(first.pk): "accept",
        vote_field(second.pk): "return",
        reason_field(second.pk): "El nombre no coincide.",
    }
    page = client.post(url("record", sent), data)  # chosen, and nothing is recorded
    assert page.context["heading"]
    for words in (first.name, second.name, "El nombre no coincide."):
        assert words in page.content.decode()
    assert all(
        page.context["oficio"].fields[name].required for name in ("oficio_number", "oficio_date", "oficio")
    )
    back = client.post(url("record", sent), {**data, "change": "1"})
    assert "El nombre no coincide." in back.content.decode()
    assert "oficio" not in back.context
    page = client.post(url("record", sent), {**data, **oficio(has_compared="")})
    assert list(page.context["oficio"].errors) == ["has_compared"]
    assert not LineStep.objects.filter(kind__in=["accepted", "returned"]).exists()
    assert client.post(url("record", sent), {**data, **oficio()}).status_code == 302
    found = Recognition.objects.get()
    assert (found.oficio_number, found.is_on_behalf) == ("SSA/12/2026", True)
    assert second.steps.get(kind="returned").reason == "El nombre no coincide."
    file = client.get(url("oficio", sent, found.pk))
    assert file.content.startswith(b"%PDF")
    client.force_login(trainer)
    assert client.get(url("oficio", sent, found.pk)).status_code == 404


@pytest.mark.parametrize("size", [10 * 1024 * 1024, 11 * 1024 * 1024], ids=["10 MB", "11 MB"])
def test_a_big_file_that_is_no_pdf_is_refused(
    client: Client, sent: Acta, coordinator: Any, size: int
) -> None:
    client.force_login(coordinator)
    data = {vote_field(line.pk): "accept" for line in graduates(sent)}
    page = client.post(url("record", sent), {**data, **oficio(oficio=scan(b"x" * size))})
    assert list(page.context["oficio"].errors) == ["oficio"]
    assert not Recognition.objects.exists()


def test_everything_wrong_with_an_oficio_is_said_at_once(
    client: Client, sent: Acta, coordinator: Any
) -> None:
    client.force_login(coordinator)
    data = {vote_field(line.pk): "accept" for line in graduates(sent)}
    wrong = oficio(oficio_date="2099-01-01", oficio=scan(b"not a PDF"))
    page = client.post(url("record", sent), {**data, **wrong})
    assert set(page.context["oficio"].errors) == {"oficio_date", "oficio"}
    page = client.post(url("record", sent), {**data, "final": "1"})
    assert set(page.context["oficio"].errors) == {"oficio_number", "oficio_date", "oficio", "has_compared"}
    assert not Recognition.objects.exists()


def test_returning_every_line_asks_for_no_oficio(client: Client, sent: Acta, coordinator: Any) -> None:
    client.force_login(coordinator)
    data = {vote_field(line.pk): "return" for line in graduates(sent)}
    data |= {reason_field(line.pk): "Falta su acento." for line in graduates(sent)}
    assert 'name="oficio"' not in client.post(url("record", sent), data).content.decode()
    client.post(url("record", sent), {**data, "final": "1"})
    assert LineStep.objects.filter(kind="returned").count() == 2
    assert not Recognition.objects.exists()


def test_the_acts_stand_in_the_order_in_which_they_follow(
    client: Client, sent: Acta, answer: Callable[..., Recognition | None], administrator: Any
) -> None:
    answer(accepted=[graduates(sent)[0].pk])
    client.force_login(administrator)
    page = client.get(url("acta", sent)).content.decode()
    assert page.index(url("register", sent)) < page.index(url("issue", sent))
    client.post(url("register", sent))
    page = client.get(url("acta", sent)).content.decode()
    assert url("register", sent) not in page
    assert url("issue", sent) in page


def test_nobody_is_asked_for_an_answer_that_does_not_wait(
    client: Client, approved: Acta, coordinator: Any
) -> None:
    client.force_login(coordinator)
    assert client.get(url("record", approved)).status_code == 200
    assert client.post(url("record", approved), {}).status_code == 302
    assert not LineStep.objects.exists()


# --- single lines ---------------------------------------------------------------------------------


@pytest.fixture
def returned(sent: Acta, officer: Any) -> ActaLine:
    """One of two graduates came back."""
    line = graduates(sent)[0]
    answers.answer_lines(acta=sent, returned={line.pk: "Falta su acento."}, by=officer, at=timezone.now())
    return line


def test_a_returned_line_is_corrected_and_approved_by_another(
    client: Client, returned: ActaLine, coordinator: Any, administrator: Any
) -> None:
    acta = returned.acta
    client.force_login(coordinator)
    page = client.get(url("acta", acta)).content.decode()
    assert "Falta su acento." in page
    assert url("correct", acta, returned.pk) in page
    form = client.get(url("correct", acta, returned.pk)).context["form"]
    assert form["name"].value() == returned.name
    data = {"name": "Inés", "reason": "Así lo escribe.", "seen": form["seen"].value()}
    client.post(url("correct", acta, returned.pk), data)
    new = ActaLine.objects.get(supersedes=returned)
    assert new.name == "Inés"
    assert url("approve_line", acta, new.pk) not in client.get(url("acta", acta)).content.decode()
    client.force_login(administrator)
    assert url("approve_line", acta, new.pk) in client.get(url("acta", acta)).content.decode()
    assert "Así lo escribe." in client.get(url("approve_line", acta, new.pk)).content.decode()
    client.post(url("approve_line", acta, new.pk))
    assert standing.of_line(acta, new).standing == "to_send"
    corrected = client.get(url("acta", acta)).context["corrections"]
    assert [(one.before.name, one.after.name, one.asked.reason) for one in corrected] == [
        (returned.name, "Inés", "Así lo escribe.")
    ]
    assert [(one.asked.by, one.approved.by) for one in corrected] == [(coordinator, administrator)]
    assert f"{returned.name} → Inés" in client.get(url("acta", acta)).content.decode()


def test_records_that_changed_since_she_looked_stop_a_correction(
    client: Client, returned: ActaLine, coordinator: Any
) -> None:
    client.force_login(coordinator)
    form = client.get(url("correct", returned.acta, returned.pk)).context["form"]
    Enrolment.objects.filter(person=returned.person_id).update(ethics_accepted_at=None)
    data = {"name": "Inés", "reason": "Así lo escribe.", "seen": form["seen"].value()}
    assert said(client.post(url("correct", returned.acta, returned.pk), data))
    assert not ActaLine.objects.filter(supersedes=returned).exists()


def test_a_line_is_left_out_by_an_administrator(
    client: Client, returned: ActaLine, administrator: Any, coordinator: Any
) -> None:
    acta = returned.acta
    client.force_login(coordinator)
    client.post(url("leave_out", acta, returned.pk), {"reason": "No."})
    assert not LineStep.objects.filter(kind="left_out").exists()
    client.force_login(administrator)
    client.post(url("leave_out", acta, returned.pk), {"reason": "La autoridad lo decidió."})
    assert LineStep.objects.get(kind="left_out").reason == "La autoridad lo decidió."


def test_a_line_of_another_acta_is_not_found_here(
    client: Client, returned: ActaLine, coordinator: Any
) -> None:
    other = actas.propose_acta(cohort_id=class_of(1).pk, by=coordinator, at=timezone.now())
    client.force_login(coordinator)
    assert client.get(url("correct", other, returned.pk)).status_code == 404


def test_a_review_is_answered_in_words_for_her(
    client: Client, approved: Acta, administrator: Any, coordinator: Any
) -> None:
    line, account = approved.lines.get(is_graduate=False), UserFactory(role="trainee")
    client.force_login(administrator)
    assert client.get(url("review", approved, line.pk)).status_code == 404  # she asked for nothing
    Person.objects.filter(pk=line.person_id).update(account=account)
    reviews.ask_review(line=line, about="hours", by=account, at=timezone.now())
    assert url("review", approved, line.pk) in client.get(url("acta", approved)).content.decode()
    data = {"outcome": "confirmed", "explanation": "Faltan seis horas."}
    client.force_login(coordinator)
    client.post(url("review", approved, line.pk), data)
    assert not hasattr(ActaLine.objects.get(pk=line.pk).review, "answer")
    client.force_login(administrator)
    client.post(url("review", approved, line.pk), data)
    assert ActaLine.objects.get(pk=line.pk).review.answer.explanation == "Faltan seis horas."


# --- papers and checks ----------------------------------------------------------------------------


@needs_press
def test_the_school_prints_both_editions(client: Client, sent: Acta, coordinator: Any, trainer: Any) -> None:
    client.force_login(coordinator)
    for name in ("pdf", "pdf_authority"):
        answer = client.get(url(name, sent))
        assert answer.content.startswith(b"%PDF")
        assert "no-store" in answer["Cache-Control"]
    client.force_login(trainer)
    assert client.get(url("pdf", sent)).status_code == 404


def test_the_acta_is_compared_with_the_records_on_a_page(
    client: Client, approved: Acta, coordinator: Any
) -> None:
    client.force_login(coordinator)
    assert not client.get(url("recheck", approved)).context["rows"]
    Enrolment.objects.filter(cohort=approved.cohort_id).update(
        ethics_accepted_at=timezone.now() + timedelta(days=1)
    )
    page = client.get(url("recheck", approved))
    assert {str(row["difference"].kind) for row in page.context["rows"]} >= {
        "source_altered",
        "value_changed",
    }
    assert graduates(approved)[0].name in page.content.decode()


# --- what the page shows --------------------------------------------------------------------------


@needs_press
def test_the_way_shows_what_is_done_and_what_is_next(
    client: Client, approved: Acta, coordinator: Any, administrator: Any, officer: Any
) -> None:
    client.force_login(coordinator)

    def way() -> list[bool]:
        return [step["is_done"] for step in client.get(url("acta", approved)).context["steps"]]

    assert way() == [True, True, False, False, False, False, False]
    answers.send_lines(acta=approved, channel="portal", by=coordinator, at=timezone.now())
    assert way() == [True, True, True, False, False, False, False]
    answers.answer_lines(
        acta=approved,
        accepted=[line.pk for line in graduates(approved)],
        oficio_number="1",
        oficio_date=timezone.localdate(),
        oficio=scan(),
        by=officer,
        at=timezone.now(),
    )
    assert way() == [True, True, True, True, False, False, False]
    awards.issue_acta(acta=approved, by=administrator, at=timezone.now())
    assert way() == [True, True, True, True, True, False, False]  # decided, and none of them made yet
    for diploma in Certificate.objects.filter(acta=approved)[:1]:
        tasks.render(str(diploma.pk))
    assert way() == [True, True, True, True, True, False, False]
    for diploma in Certificate.objects.filter(acta=approved):
        tasks.render(str(diploma.pk))
    assert way() == [True, True, True, True, True, True, False]


@needs_press
def test_an_acta_counts_as_issued_once_its_diplomas_are_made(
    client: Client, issued: Acta, administrator: Any
) -> None:
    client.force_login(administrator)
    words = str(issued.get_state_display())
    assert words not in client.get(reverse("actas:index")).content.decode()
    for diploma in Certificate.objects.filter(acta=issued):
        tasks.render(str(diploma.pk))
    assert words in client.get(reverse("actas:index")).content.decode()


def test_each_line_stands_in_the_group_of_what_it_waits_for(
    client: Client, returned: ActaLine, coordinator: Any
) -> None:
    client.force_login(coordinator)
    groups = client.get(url("acta", returned.acta)).context["groups"]
    assert {group["key"]: len(group["rows"]) for group in groups} == {"returned": 1, "sent": 1, "internal": 1}
    corrections.correct_line(line=returned, reason="Acento.", by=coordinator, at=timezone.now())
    groups = client.get(url("acta", returned.acta)).context["groups"]
    assert [group["key"] for group in groups] == ["to_approve", "sent", "internal", "superseded"]


def test_the_first_page_tells_each_what_waits_for_her(
    client: Client, acta: Acta, coordinator: Any, administrator: Any, trainer: Any
) -> None:
    home, address = reverse("wagtailadmin_home"), url("acta", acta)

    def finds_it(user: Any) -> bool:
        client.force_login(user)
        return address in client.get(home).content.decode()

    assert (finds_it(administrator), finds_it(coordinator), finds_it(trainer)) == (True, False, False)
    actas.approve_acta(acta=acta, by=administrator, at=timezone.now())
    assert (finds_it(administrator), finds_it(coordinator)) == (False, True)
    answers.send_lines(acta=acta, channel="portal", by=coordinator, at=timezone.now())
    assert (finds_it(administrator), finds_it(coordinator)) == (False, False)


def test_an_acta_holds_its_queries(
    client: Client, coordinator: Any, administrator: Any, officer: Any, queries_of: Callable[[str], int]
) -> None:
    counts: list[list[int]] = []
    for count in (2, 20):
        made = actas.propose_acta(cohort_id=class_of(count).pk, by=coordinator, at=timezone.now())
        client.force_login(administrator)
        found = [queries_of(url("acta", made)), queries_of(url("approve", made))]
        actas.approve_acta(acta=made, by=administrator, at=timezone.now())
        answers.send_lines(acta=made, channel="portal", by=coordinator, at=timezone.now())
        client.force_login(coordinator)
        found += [queries_of(url(name, made)) for name in ("acta", "record", "recheck")]
        answers.answer_lines(
            acta=made,
            accepted=[line.pk for line in graduates(made)],
            oficio_number="1",
            oficio_date=timezone.localdate(),
            oficio=scan(),
            by=officer,
            at=timezone.now(),
        )
        awards.issue_acta(acta=made, by=administrator, at=timezone.now())
        client.force_login(administrator)
        counts.append([*found, queries_of(url("acta", made))])
    assert counts[0] == counts[1]


def test_a_proposal_holds_its_queries(
    client: Client, coordinator: Any, queries_of: Callable[[str], int]
) -> None:
    client.force_login(coordinator)
    cohorts = [class_of(2), class_of(20)]
    few, many = (queries_of(f"{reverse('actas:propose')}?cohort={cohort.pk}") for cohort in cohorts)
    assert few == many


@pytest.mark.parametrize("name", ["actas:index", "wagtailadmin_home"])
def test_the_lists_hold_their_queries(
    client: Client, coordinator: Any, administrator: Any, queries_of: Callable[[str], int], name: str
) -> None:
    def approve() -> None:
        made = actas.propose_acta(cohort_id=class_of(1).pk, by=coordinator, at=timezone.now())
        actas.approve_acta(acta=made, by=administrator, at=timezone.now())

    for _ in range(2):
        approve()
    client.force_login(coordinator)
    few = queries_of(reverse(name))
    for _ in range(6):
        approve()
    assert queries_of(reverse(name)) <= few

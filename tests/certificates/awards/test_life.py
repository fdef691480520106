"""What may happen to an award after it was issued: who may, twice, in the wrong state, and what is logged."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from certificates import tasks
from certificates.actas.models import Acta
from certificates.audit import actions as audit
from certificates.awards import batches, book, erasure, life
from certificates.awards.models import Certificate, Job, Registration, SuspensionEvent
from certificates.credentials import status
from certificates.errors import Refused
from certificates.log.models import LogEntry
from certificates.records import IsFinal
from certificates.verification.lookup import find
from tests.factories.awards import acta_of, made

pytestmark = pytest.mark.django_db
Act = Callable[..., Any]


@pytest.fixture
def diploma(coordinator: Any, administrator: Any) -> Certificate:
    """Issued, made and stored."""
    return made(acta_of(1, coordinator=coordinator, administrator=administrator), administrator)[0]


def act(name: str, diploma: Certificate, by: Any) -> Any:
    """One of the acts, with what it needs."""
    doing: dict[str, Act] = {
        "revoke": lambda: life.revoke_certificate(
            certificate=diploma, reason="error", by=by, at=timezone.now()
        ),
        "suspend": lambda: life.suspend_certificate(certificate=diploma, by=by, at=timezone.now()),
        "lift": lambda: life.lift_suspension(certificate=diploma, by=by, at=timezone.now()),
        "replace": lambda: life.replace_certificate(
            certificate=diploma, name="Nombre Nuevo", by=by, at=timezone.now()
        ),
    }
    return doing[name]()


def logged(certificate: Certificate) -> list[str]:
    return list(LogEntry.objects.filter(award=certificate.pk).values_list("type", flat=True))


def index(certificate: Certificate) -> tuple[int, int]:
    return certificate.status_list, certificate.status_index


@pytest.mark.parametrize("name", ["revoke", "suspend", "lift", "replace"])
def test_only_administrators_change_the_life_of_a_diploma(
    diploma: Certificate, coordinator: Any, officer: Any, trainer: Any, stranger: Any, name: str
) -> None:
    for user in (coordinator, officer, trainer, stranger):
        with pytest.raises(Refused):
            act(name, diploma, user)
    assert logged(diploma) == ["issue"]
    assert status.revoked() == set()


@pytest.mark.parametrize("name", ["revoke", "suspend", "replace"])
def test_each_act_is_done_once(diploma: Certificate, administrator: Any, name: str) -> None:
    act(name, diploma, administrator)
    with pytest.raises(Refused):
        act(name, diploma, administrator)


@pytest.mark.parametrize(
    ("before", "then"),
    [
        ("revoke", "replace"),
        ("revoke", "suspend"),
        ("revoke", "lift"),
        ("replace", "revoke"),
        ("replace", "suspend"),
        ("suspend", "replace"),
    ],
)
def test_what_contradicts_its_state_is_refused_in_words(
    diploma: Certificate, administrator: Any, before: str, then: str
) -> None:
    act(before, diploma, administrator)
    with pytest.raises(Refused) as refusal:
        act(then, diploma, administrator)
    assert str(refusal.value).endswith(".")


def test_a_revocation_is_public_at_once_in_log_and_status_list(
    diploma: Certificate, administrator: Any
) -> None:
    act("revoke", diploma, administrator)
    assert logged(diploma) == ["issue", "revoke"]
    assert status.revoked() == {index(diploma)}


def test_a_reason_that_is_not_in_the_list_revokes_nothing(diploma: Certificate, administrator: Any) -> None:
    with pytest.raises(Refused):
        life.revoke_certificate(certificate=diploma, reason="spite", by=administrator, at=timezone.now())
    assert status.revoked() == set()


def test_a_suspended_diploma_may_still_be_revoked(diploma: Certificate, administrator: Any) -> None:
    act("suspend", diploma, administrator)
    act("revoke", diploma, administrator)
    assert logged(diploma) == ["issue", "revoke"]


def test_a_suspension_is_lifted_and_leaves_no_mark_outside(diploma: Certificate, administrator: Any) -> None:
    act("suspend", diploma, administrator)
    assert Certificate.objects.with_state().get(pk=diploma.pk).is_suspended
    act("lift", diploma, administrator)
    assert not Certificate.objects.with_state().get(pk=diploma.pk).is_suspended
    assert [event.is_suspended for event in SuspensionEvent.objects.all()] == [True, False]
    assert logged(diploma) == ["issue"]
    assert status.revoked() == set()


def test_a_replacement_has_a_new_folio_and_the_old_diploma_keeps_its_facts(
    diploma: Certificate, administrator: Any
) -> None:
    before = diploma.payload
    new = act("replace", diploma, administrator)
    tasks.work()
    assert new.name == "Nombre Nuevo"
    assert new.folio != diploma.folio
    old = Certificate.objects.select_related("key").get(pk=diploma.pk)
    assert old.payload == before
    assert old.name != "Nombre Nuevo"
    assert (logged(diploma), logged(new)) == (["issue", "replace"], ["issue"])
    assert status.revoked() == {index(diploma)}
    assert new.payload["recognition"] == before["recognition"]
    assert Registration.objects.count() == 2


def test_a_replacement_goes_before_every_batch(
    diploma: Certificate, coordinator: Any, administrator: Any
) -> None:
    new = act("replace", diploma, administrator)
    assert new.job.is_urgent


@pytest.mark.parametrize("name", [" ", "Ana‮nA", "x" * 200])
def test_a_name_that_cannot_be_printed_replaces_nothing(
    diploma: Certificate, administrator: Any, name: str
) -> None:
    with pytest.raises(Refused):
        life.replace_certificate(certificate=diploma, name=name, by=administrator, at=timezone.now())
    assert Certificate.objects.count() == 1
    assert Registration.objects.count() == 1
    assert status.revoked() == set()


def test_the_same_name_again_is_a_reprint_and_no_replacement(
    diploma: Certificate, administrator: Any
) -> None:
    with pytest.raises(Refused):
        life.replace_certificate(
            certificate=diploma, name=f" {diploma.name} ", by=administrator, at=timezone.now()
        )


@pytest.mark.parametrize("name", ["revoke", "replace"])
def test_what_is_being_made_is_waited_for(issued: Acta, administrator: Any, name: str) -> None:
    waiting = issued.certificates.all()[0]
    with pytest.raises(Refused):
        act(name, waiting, administrator)
    assert logged(waiting) == []


def test_what_could_not_be_made_is_replaced_and_never_made_again(issued: Acta, administrator: Any) -> None:
    """A name with signs that the typeface lacks: the way out is another spelling, not an endless failure."""
    failed = issued.certificates.all()[0]
    Job.objects.filter(certificate=failed).update(state=Job.State.FAILED, last_error="…")
    new = act("replace", failed, administrator)
    assert Job.objects.get(certificate=failed).state == Job.State.CANCELLED
    with pytest.raises(Refused):
        batches.retry_one(job=Job.objects.get(certificate=failed), by=administrator, at=timezone.now())
    tasks.work()
    assert Job.objects.get(certificate=new).state == Job.State.DONE
    assert not hasattr(Certificate.objects.get(pk=failed.pk), "document")


@pytest.mark.parametrize("name", ["revoke", "replace"])
def test_what_was_never_made_ends_without_a_leaf(issued: Acta, administrator: Any, name: str) -> None:
    """Nobody outside ever saw it: the log does not say «revoked» of what it never said «issued»."""
    failed = issued.certificates.all()[0]
    Job.objects.filter(certificate=failed).update(state=Job.State.FAILED, last_error="…")
    act(name, failed, administrator)
    assert Job.objects.get(certificate=failed).state == Job.State.CANCELLED
    assert logged(failed) == []
    assert status.revoked() == {index(failed)}
    assert find(failed.code) is None
    assert audit.check(timezone.now()).findings == []


def test_the_register_says_that_it_was_annulled_before_it_was_issued(
    issued: Acta, administrator: Any
) -> None:
    made, failed = issued.certificates.order_by("folio")
    tasks.render(str(made.pk))
    Job.objects.filter(certificate=failed).update(state=Job.State.FAILED, last_error="…")
    for one in (made, failed):
        act("revoke", one, administrator)
    series = failed.registration.series
    with override("en"):
        said = [line.state for line in book.entries(series, failed.registration.book)]
    assert said == ["revoked", "annulled before it was issued"]


def test_what_was_erased_before_it_was_made_may_be_annulled(issued: Acta, administrator: Any) -> None:
    waiting = issued.certificates.all()[0]
    erasure.erase(certificate=waiting, by=administrator, at=timezone.now())
    act("revoke", waiting, administrator)
    assert logged(waiting) == []
    assert audit.check(timezone.now()).findings == []


def test_no_door_of_the_orm_changes_an_award(diploma: Certificate) -> None:
    diploma.folio = "EPS-0000-0000"
    for door in (
        diploma.save,
        diploma.delete,
        Certificate.objects.all().delete,
        lambda: Certificate.objects.update(folio="x"),
        lambda: diploma.document.delete(),
        lambda: diploma.registration.delete(),
    ):
        with pytest.raises(IsFinal):
            door()

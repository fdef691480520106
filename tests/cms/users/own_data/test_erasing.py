"""She erases everything: nothing names her any more, and the figures of her cohort stay as they were."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from certificates.actas.actions import propose_acta
from certificates.actas.models import Acta
from certificates.actas.recheck import recheck
from certificates.awards.models import Certificate, Erasure
from certificates.management.commands.recheck_acta import note_of_erased
from certificates.verification import lookup
from cms.backup import erasing
from cms.users.models import User
from cms.users.own_data import acts, plan
from cms.users.roles import TRAINER
from courses.assessments.outings.models import OutingNote
from courses.attendance.models import AttendanceRecord
from courses.cohorts.models import Cohort, Enrolment
from courses.consents.later import COOKIE
from courses.erasures import Erased
from courses.imports.models import ImportRow
from courses.own_data.erasing import erase_records
from courses.own_data.models import DataRequest
from courses.own_data.totals import figures_of
from courses.people.models import Person
from tests.certificates.awards.test_no_trace import HERS, files_that_tell, log_of_before, traces
from tests.factories.courses import PIN

pytestmark = pytest.mark.django_db
ADDRESS = "/mis-datos/borrar/"
SURE = {"is_sure": "on", "pin": PIN}


def leftovers(person_id: Any) -> set[str]:
    """The tables of the plan in which something still leads to her."""
    gone = Person(pk=person_id)
    return {one.label for one in plan.PLAN if not one.way.startswith("account") and one.rows(gone).exists()}


def test_she_erases_everything_with_her_pin_and_nothing_names_her(
    hers: Client,
    person: Person,
    diploma: Certificate,
    coordinator: Any,
    storage: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:
    log_of_before(person, coordinator)
    assert ModelLogEntry.objects.filter(label=HERS).exists()
    account: Any = person.account
    with django_capture_on_commit_callbacks(execute=True):
        page = hers.post(ADDRESS, {**SURE, "awards": "erase"})
    assert page.status_code == 200
    assert traces() == set()
    assert files_that_tell(storage) == []
    assert not Person.objects.filter(pk=person.pk).exists()
    left = leftovers(person.pk)
    assert not {label for label in left if label.startswith(("courses.", "users."))}
    assert not User.objects.filter(username=account.username).exists()
    assert hers.get("/hoy/").wsgi_request.user.is_anonymous


def test_the_last_page_leads_to_what_her_phone_keeps_and_clears_nothing_of_others(
    hers: Client, person: Person
) -> None:
    account: Any = person.account
    response = hers.post(ADDRESS, SURE)
    page = response.content.decode()
    assert f'data-user="{account.username}"' in page, "by it the phone finds what it keeps of her"
    assert 'href="/telefono/"' in page
    assert "users/erased" in page
    assert response["Clear-Site-Data"] == '"cache"', "others may keep work here that was not sent"
    assert "no-store" in response["Cache-Control"]
    assert response.cookies[COOKIE]["max-age"] == 0


def test_the_figures_of_her_cohort_stay_the_same(person: Person, cohort: Cohort) -> None:
    before = figures_of(cohort)
    assert before["enrolled"] == 2
    assert before["attended_minutes"] == 180
    assert before["tests_passed"] == before["practicals"] == before["lessons"] == 1
    acts.erase_person(person=person, keeps_awards=False, by=person.account, at=timezone.now())
    assert not AttendanceRecord.objects.exists()
    assert figures_of(cohort) == before


def test_a_diploma_that_she_keeps_goes_on_being_valid_under_her_name(
    hers: Client, person: Person, diploma: Certificate
) -> None:
    page = hers.post(ADDRESS, {**SURE, "awards": "keep"})
    assert page.context["keeps_awards"]
    assert "Aquí ya nada te nombra" not in page.content.decode(), "her diploma does"
    assert not Person.objects.exclude(enrolments__isnull=False).filter(pk=person.pk).exists()
    kept = Certificate.objects.with_state().select_related("key").get(pk=diploma.pk)
    assert kept.name == HERS
    assert kept.line.enrolment_id is None
    assert lookup.look_up(kept.code).state == "valid"
    assert DataRequest.objects.get(kind="erasure").keeps_awards


def test_the_acta_of_a_kept_diploma_still_agrees_once_her_records_are_gone(
    person: Person, diploma: Certificate, client: Client, administrator: Any
) -> None:
    assert recheck(diploma.acta) == []
    acts.erase_person(person=person, keeps_awards=True, by=person.account, at=timezone.now())
    acta = Acta.objects.get(pk=diploma.acta_id)
    assert recheck(acta) == []
    out = StringIO()
    call_command("recheck_acta", "--all", stdout=out)
    assert out.getvalue().splitlines()[0] == note_of_erased(1)
    call_command("reconcile", stdout=StringIO())
    client.force_login(administrator)
    page = client.get(reverse("actas:recheck", args=[acta.pk]))
    assert (page.status_code, page.context["rows"]) == (200, [])


def test_a_line_of_the_erased_is_still_compared_with_itself(person: Person, diploma: Certificate) -> None:
    acts.erase_person(person=person, keeps_awards=True, by=person.account, at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("update certificates_evidence set value = 99 where line_id = %s", [diploma.line_id])
    assert {str(one.kind) for one in recheck(diploma.acta)} == {"row_altered"}


def test_who_is_gone_without_an_entry_in_the_trail_is_told_as_missing(
    person: Person, diploma: Certificate
) -> None:
    erase_records(person=person, keeps_awards=True, at=timezone.now())
    assert "person_missing" in {str(one.kind) for one in recheck(diploma.acta)}


def test_after_an_older_backup_the_acta_agrees_again(person: Person, diploma: Certificate) -> None:
    entry = Erased(at=timezone.now().isoformat(), what=acts.PERSON, person=str(person.pk))
    assert acts.erase_again(entry)
    assert recheck(diploma.acta) == []


def test_who_erased_her_own_diploma_leaves_an_empty_account(
    hers: Client, person: Person, diploma: Certificate
) -> None:
    hers.post(ADDRESS, {**SURE, "awards": "erase"})
    shell = Erasure.objects.get(certificate=diploma).by
    assert not shell.is_active
    assert not shell.has_usable_password()
    assert shell.username.startswith("erased-")
    assert not shell.groups.exists()


def test_whoever_works_here_too_keeps_her_account_without_anything_of_hers(
    person: Person, client: Client, administrator: Any
) -> None:
    account: Any = person.account
    account.groups.add(Group.objects.get(name=TRAINER))
    client.force_login(administrator)
    page = client.get(reverse("own_data_desk:erase", args=[person.pk])).content.decode()
    assert "su cuenta se queda" in page
    acts.erase_person(
        person=person, keeps_awards=False, by=administrator, at=timezone.now(), was_present=True
    )
    account = User.objects.get(pk=account.pk)
    assert account.is_active
    assert set(account.groups.values_list("name", flat=True)) == {TRAINER}
    assert not Person.objects.filter(account=account).exists()


def test_without_a_diploma_her_account_is_gone_too(person: Person) -> None:
    account: Any = person.account
    acts.erase_person(person=person, keeps_awards=False, by=account, at=timezone.now())
    assert not get_user_model()._default_manager.filter(pk=account.pk).exists()


def test_an_older_backup_brings_back_nobody_who_was_erased(
    person: Person, storage: Path, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        acts.erase_person(person=person, keeps_awards=True, by=person.account, at=timezone.now())
    noted = [one for one in erasing.known() if one.what == acts.PERSON]
    assert [one.person for one in noted] == [str(person.pk)]
    Person.objects.create(pk=person.pk, name=HERS)  # as a backup of before would
    assert erasing.apply(noted) == (1, [])
    assert not Person.objects.filter(pk=person.pk).exists()
    assert erasing.apply(noted) == (0, [])


def test_the_records_of_her_companion_stay_without_her(person: Person, cohort: Cohort) -> None:
    acts.erase_person(person=person, keeps_awards=False, by=person.account, at=timezone.now())
    note = OutingNote.objects.get()
    assert note.pair_with is None
    assert Enrolment.objects.filter(cohort=cohort).count() == 1
    assert not ImportRow.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {**SURE, "awards": "keep", "pin": "000000"},
        {**SURE, "awards": "keep", "pin": "' OR 1=1"},
        {**SURE, "awards": "everything"},
        {**SURE},
        {"pin": PIN, "awards": "keep"},
    ],
    ids=["nothing", "wrong PIN", "hostile", "no such choice", "not chosen", "not sure"],
)
def test_it_is_not_done_without_her_choice_her_word_and_her_pin(
    hers: Client, person: Person, diploma: Certificate, sent: dict[str, str]
) -> None:
    page = hers.post(ADDRESS, sent)
    assert page.status_code == 200
    assert page.context["form"].errors
    assert Person.objects.filter(pk=person.pk).exists()


def test_wrong_pins_are_slowed_as_at_the_door(hers: Client, person: Person) -> None:
    answers = [hers.post(ADDRESS, {"is_sure": "on", "pin": "111222"}).status_code for _try in range(12)]
    assert answers[0] == 200
    assert answers[-1] == 429
    assert hers.post(ADDRESS, SURE).status_code == 429
    assert Person.objects.filter(pk=person.pk).exists()


def test_looking_at_the_page_erases_nothing_and_says_what_becomes_of_the_diploma(
    hers: Client, person: Person, diploma: Certificate
) -> None:
    page = hers.get(ADDRESS).content.decode()
    assert diploma.folio in page
    assert 'value="keep"' in page
    assert 'value="erase"' in page
    assert Person.objects.filter(pk=person.pk).exists()


def test_nobody_is_asked_about_a_diploma_that_does_not_exist(hers: Client) -> None:
    assert 'name="awards"' not in hers.get(ADDRESS).content.decode()


def test_an_acta_that_waits_is_not_changed_under_who_reads_it(
    hers: Client, person: Person, cohort: Cohort, coordinator: Any
) -> None:
    propose_acta(cohort_id=cohort.pk, by=coordinator, at=timezone.now())
    page = hers.post(ADDRESS, {**SURE, "awards": "erase"})
    assert page.context["form"].non_field_errors()
    assert Person.objects.filter(pk=person.pk).exists()
    hers.post(ADDRESS, {**SURE, "awards": "keep"})
    assert not Person.objects.filter(pk=person.pk).exists()


@pytest.mark.parametrize("name", ["kept", "consents", "receipt", "copy", "name", "leave", "erase"])
def test_these_pages_are_for_her_alone(name: str, client: Client, coordinator: Any) -> None:
    address = reverse(f"own_data:{name}")
    assert client.get(address)["Location"].startswith("/entrar/")
    client.force_login(coordinator)
    assert client.get(address)["Location"] == "/hoy/"

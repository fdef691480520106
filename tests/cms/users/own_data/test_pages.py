"""Her permissions, her receipt, her copy, her name, leaving: what she reads and what it does."""

import json
import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.test import Client
from django.utils import timezone

from certificates.actas.actions import propose_acta
from certificates.actas.recheck import recheck
from certificates.awards.models import Certificate, HolderChoice
from certificates.verification import lookup
from cms.users.own_data import acts, copying
from courses import api
from courses.care.models import CareNote
from courses.cohorts.models import Cohort, Enrolment
from courses.consents import rules
from courses.consents.models import Consent
from courses.errors import Refused
from courses.own_data.models import DataRequest
from courses.people.models import Person
from courses.records import RecordIsFinal
from courses.trail.deeds import Deed
from courses.trail.models import TrailEntry
from tests.certificates.awards.test_no_trace import HERS

pytestmark = pytest.mark.django_db
PERMITS = "/mis-datos/permisos/"


def say(browser: Client, purpose: str, answer: str) -> Any:
    return browser.post(f"{PERMITS}{purpose}/", {"answer": answer, "was_heard": "on"})


@pytest.mark.parametrize("purpose", [one for one in rules.PURPOSES if one != rules.STUDY])
def test_each_permission_is_given_and_taken_back_by_itself_and_she_goes_on_studying(
    hers: Client, person: Person, purpose: str
) -> None:
    assert say(hers, purpose, "yes")["Location"] == PERMITS
    say(hers, purpose, "no")
    assert list(Consent.objects.values_list("purpose", "is_given", "was_heard")) == [
        (purpose, True, True),
        (purpose, False, True),
    ]
    assert Enrolment.objects.active().filter(person=person).exists()
    assert hers.get("/curso/").status_code == 200


def test_the_same_answer_twice_is_one(hers: Client, person: Person) -> None:
    say(hers, "photo", "no")
    say(hers, "photo", "no")
    assert Consent.objects.count() == 1


@pytest.mark.parametrize("answer", ["", "maybe", "yes' --", "y" * 5000])
def test_what_is_no_answer_changes_nothing(hers: Client, person: Person, answer: str) -> None:
    assert say(hers, "donor", answer).status_code == 200
    assert not Consent.objects.exists()
    assert say(hers, "sangre", "yes").status_code == 404


def test_an_answer_keeps_the_words_she_was_read_and_is_never_rewritten(hers: Client, person: Person) -> None:
    hers.cookies.load({"django_language": "fr"})
    say(hers, "donor", "yes")
    kept = Consent.objects.get()
    assert kept.language == "es"
    assert kept.words.startswith(f"{rules.VERSION}/")
    with pytest.raises(RecordIsFinal):
        kept.save()
    with pytest.raises(RecordIsFinal):
        Consent.objects.all().delete()


def test_saying_no_to_studying_is_leaving_and_asks_once_more(hers: Client, person: Person) -> None:
    assert say(hers, "study", "no")["Location"] == "/mis-datos/salir/"
    assert not Consent.objects.exists()
    assert hers.post("/mis-datos/salir/", {}).context["form"].errors
    assert Enrolment.objects.active().filter(person=person).exists()
    hers.post("/mis-datos/salir/", {"is_sure": "on"})
    assert Enrolment.objects.get(person=person).status == Enrolment.Status.WITHDRAWN
    assert Consent.objects.get().is_given is False
    assert hers.get("/mis-datos/").status_code == 200
    assert hers.get("/curso/mis-datos/").status_code == 200


def test_her_permission_is_what_shows_her_name_to_whoever_verifies(
    hers: Client, person: Person, diploma: Certificate
) -> None:
    assert lookup.look_up(diploma.code).name == ""
    say(hers, "verification", "yes")
    assert lookup.look_up(diploma.code).name == HERS
    say(hers, "verification", "no")
    assert lookup.look_up(diploma.code).name == ""


def test_the_switch_on_her_diploma_is_the_same_permission(
    hers: Client, person: Person, diploma: Certificate
) -> None:
    hers.post(f"/mi-diploma/{diploma.pk}/nombre/", {"is_shown": "1"})
    assert api.names_shown([person.pk]) == {person.pk}
    assert HolderChoice.objects.filter(shows_name=True).exists()
    acts.answer(person=person, purpose=rules.VERIFICATION, is_given=False, at=timezone.now())
    assert not HolderChoice.objects.filter(shows_name=True).exists()


def test_a_diploma_made_after_her_yes_shows_her_name(person: Person, request: pytest.FixtureRequest) -> None:
    acts.answer(person=person, purpose=rules.VERIFICATION, is_given=True, at=timezone.now())
    diploma = request.getfixturevalue("diploma")
    assert lookup.look_up(diploma.code).name == HERS


def test_who_wants_no_diploma_is_on_no_acta(person: Person, cohort: Cohort, coordinator: Any) -> None:
    acts.answer(person=person, purpose=rules.CERTIFICATE, is_given=False, at=timezone.now())
    acta = propose_acta(cohort_id=cohort.pk, by=coordinator, at=timezone.now())
    assert not acta.lines.filter(person_id=person.pk).exists()
    assert acta.lines.count() == 1
    assert recheck(acta) == []


def test_only_who_said_yes_is_counted_for_donors(person: Person) -> None:
    assert api.counted_for_donors([person.pk]) == set()
    acts.answer(person=person, purpose=rules.DONOR, is_given=True, at=timezone.now())
    assert api.counted_for_donors([person.pk]) == {person.pk}


def test_what_was_answered_is_not_asked_again(hers: Client, person: Person) -> None:
    first = hers.get(PERMITS)
    assert first.context["waiting"] == "study"
    for purpose in rules.PURPOSES:
        say(hers, purpose, "yes")
    page = hers.get(PERMITS)
    assert page.context["waiting"] is None


def test_every_purpose_is_read_aloud_by_a_small_file_of_ours(hers: Client, person: Person) -> None:
    for purpose in rules.PURPOSES:
        audio = Path("courses/static/courses/consents") / f"{purpose}.mp3"
        assert 10_000 < audio.stat().st_size <= 60 * 1024
        assert f"courses/consents/{purpose}" in hers.get(f"{PERMITS}{purpose}/").content.decode()


def test_the_receipt_says_what_she_said_and_neither_cohort_nor_place(
    hers: Client, person: Person, cohort: Cohort
) -> None:
    say(hers, "donor", "yes")
    page = hers.get(f"{PERMITS}comprobante/").content.decode()
    answer = hers.get(f"{PERMITS}comprobante.pdf")
    assert 'filename="comprobante.pdf"' in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    pdf = pypdf.PdfReader(BytesIO(answer.content))
    text = " ".join(one.extract_text() for one in pdf.pages)
    words = Consent.objects.get().words
    for told in (page, text):
        assert words in told
        assert "Secretaría Anticorrupción" in " ".join(told.split())
        assert cohort.name not in told
        assert cohort.place_code not in told
    assert cohort.name not in str(pdf.metadata)


def test_the_receipt_says_yes_and_no_in_words_that_mean_nothing_else(hers: Client, person: Person) -> None:
    say(hers, "donor", "yes")
    say(hers, "photo", "no")
    text = " ".join(hers.get(f"{PERMITS}comprobante/").content.decode().split())
    assert "<b>Dijiste que sí.</b>" in text
    assert "<b>Dijiste que no.</b>" in text
    assert "Núm." not in text  # «No.» is also the short word for a number


def test_yes_and_no_are_buttons_of_the_same_weight(hers: Client, person: Person) -> None:
    page = hers.get(f"{PERMITS}donor/").content.decode()
    looks = re.findall(r'<button type="submit" class="([^"]*)" name="answer"', page)
    assert len(looks) == 2
    assert looks[0] == looks[1]


def test_her_copy_is_one_neutral_file_to_read_and_to_carry_on(
    hers: Client, person: Person, diploma: Certificate
) -> None:
    answer = hers.post("/mis-datos/copia/")
    assert answer["Content-Disposition"] == f'attachment; filename="{copying.NAME}"'
    assert "no-store" in answer["Cache-Control"]
    archive = zipfile.ZipFile(BytesIO(answer.content))
    assert archive.testzip() is None
    assert set(archive.namelist()) == {"index.html", "estilo.css", "data.json", "diploma-1.pdf"}
    told = json.loads(archive.read("data.json"))
    assert (told["format"], told["version"]) == ("promotora-own-data", 1)
    assert told["sections"]["you"]["courses.Person"][0]["name"] == HERS
    assert told["sections"]["legal_name"]["courses.LegalName"][0]["name"] == HERS
    assert told["sections"]["results"]["courses.Attempt"][0]["answers"] == {"q": "a"}
    page = archive.read("index.html").decode()
    assert HERS in page
    assert "://" not in page
    assert "<script" not in page
    assert archive.read("diploma-1.pdf").startswith(b"%PDF")
    assert DataRequest.objects.get().person == person


def test_nobody_elses_name_is_in_her_copy(hers: Client, person: Person, coordinator: Any) -> None:
    archive = zipfile.ZipFile(BytesIO(hers.post("/mis-datos/copia/").content))
    told = archive.read("data.json").decode() + archive.read("index.html").decode()
    others = Person.objects.exclude(pk=person.pk)
    assert others.exists()
    for other in others:
        assert other.name not in told
        assert str(other.pk) not in told
    assert coordinator.username not in told


def test_her_copy_and_her_list_take_as_many_queries_for_much_as_for_little(
    hers: Client, person: Person, cohort: Cohort, queries_of: Any, client: Client
) -> None:
    account: Any = person.account
    client.force_login(account)
    before = queries_of("/mis-datos/")
    enrolment = person.enrolments.get()
    for _more in range(20):
        CareNote.objects.create(enrolment=enrolment, what="called", by=account, at=timezone.now())
    assert queries_of("/mis-datos/") == before


def test_she_changes_her_name_and_her_diploma_keeps_the_old_one(
    hers: Client, person: Person, diploma: Certificate
) -> None:
    assert diploma.folio in hers.get("/mis-datos/nombre/").content.decode()
    hers.post("/mis-datos/nombre/", {"name": "  Luna   Nueva "})
    person.refresh_from_db()
    assert person.name == "Luna Nueva"
    assert Certificate.objects.get(pk=diploma.pk).name == HERS
    noted = TrailEntry.objects.get(what=Deed.NAME_CHANGED)
    account: Any = person.account
    assert (noted.actor, noted.about, noted.facts) == (account.key, str(person.pk), {})


@pytest.mark.parametrize("name", ["", "   ", "x" * 5000, "yo@correo.mx", "961 123 4567", "漢字"])
def test_what_is_no_name_is_refused_and_nothing_is_lost(hers: Client, person: Person, name: str) -> None:
    page = hers.post("/mis-datos/nombre/", {"name": name})
    assert page.context["form"].errors
    person.refresh_from_db()
    assert person.name == HERS


def test_a_purpose_that_nobody_asks_about_is_refused(person: Person) -> None:
    with pytest.raises(Refused):
        acts.answer(person=person, purpose="blood", is_given=True, at=timezone.now())

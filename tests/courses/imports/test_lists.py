"""A list looked at, asked about, saved by a worker, and taken back."""

import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from courses.assessments.outings.models import OutingNote
from courses.attendance.actions import Mark, mark_register
from courses.cohorts.actions import enrol
from courses.cohorts.models import Cohort, Enrolment, WaitingEntry
from courses.errors import Refused
from courses.imports import work
from courses.imports.actions import answer, answer_all, confirm, look_at_list, throw_away
from courses.imports.models import ImportRow, PeopleImport
from courses.imports.undoing import undo
from courses.people.actions import legal_name_of
from courses.people.models import LegalName, Person
from courses.sync.models import SyncEvent
from tests.courses.imports.conftest import inside, looked_at, saved
from tests.factories.courses import FIRST_DAY, OPENED, PersonFactory, UserFactory, enrolled

pytestmark = pytest.mark.django_db


def fates(batch: PeopleImport) -> list[tuple[int, str]]:
    return list(batch.rows.values_list("number", "fate"))


def test_looking_saves_nobody(cohort: Cohort, coordinator: Any) -> None:
    batch = looked_at(cohort, coordinator, "Nombre\nAna\nEva\n")
    assert fates(batch) == [(2, "new"), (3, "new")]
    assert not Person.objects.exists()
    assert not Enrolment.objects.exists()


def test_confirmed_a_list_becomes_people_with_seats_and_no_pins(cohort: Cohort, coordinator: Any) -> None:
    text = "Nombre,Idioma,Usuario,Nombre legal\nLucía,ht,luz24,Lucía Pérez Gómez\nEva,,,\n"
    batch = saved(looked_at(cohort, coordinator, text))
    assert (batch.state, batch.done, batch.total) == ("done", 2, 2)
    lucia, eva = (
        Person.objects.order_by("-language", "name").filter(name="Lucía").get(),
        Person.objects.get(name="Eva"),
    )
    assert (lucia.language, eva.language) == ("ht", "es")
    account: Any = lucia.account
    assert (account.username, account.has_pin, account.has_usable_password()) == ("luz24", False, False)
    assert account.groups.get().name == "trainee"
    assert eva.account is None
    assert legal_name_of(lucia) == "Lucía Pérez Gómez"
    assert b"rez" not in bytes(LegalName.objects.get().sealed)
    assert {one.person for one in Enrolment.objects.for_register(cohort)} == {lucia, eva}
    assert not batch.rows.exclude(name="").exists(), "the lines keep no names once they are saved"


def test_a_bad_line_in_the_middle_is_told_and_the_others_are_kept(cohort: Cohort, coordinator: Any) -> None:
    batch = looked_at(cohort, coordinator, "Nombre\nAna\nana@correo.mx\nEva\n")
    assert fates(batch) == [(2, "new"), (3, "bad"), (4, "new")]
    saved(batch)
    assert set(Person.objects.values_list("name", flat=True)) == {"Ana", "Eva"}
    assert batch.rows.get(number=3).outcome == "refused"


def test_or_all_are_dropped_when_that_was_chosen(cohort: Cohort, coordinator: Any) -> None:
    batch = saved(looked_at(cohort, coordinator, "Nombre\nAna\n=1+1\nEva\n"), keeps_good=False)
    assert batch.state == "dropped"
    assert not Person.objects.exists()


def test_an_error_that_comes_late_drops_what_was_saved_before(cohort: Cohort, coordinator: Any) -> None:
    lines = [f"Mujer {chr(97 + n // 26)}{chr(97 + n % 26)}," for n in range(work.PART)]
    text = "\n".join(["Nombre,Usuario", *lines, "Eva,luz24"])
    cohort.seats = 500
    cohort.save()
    batch = looked_at(cohort, coordinator, text)
    answer_all(batch=batch, as_new=True)
    UserFactory(username="LUZ24")
    saved(batch, keeps_good=False)
    assert batch.state == "dropped"
    assert not Person.objects.exists()
    assert not Enrolment.objects.exists()


def test_likely_the_same_woman_is_asked(cohort: Cohort, coordinator: Any) -> None:
    known = PersonFactory(name="María José Hernández")
    batch = looked_at(cohort, coordinator, "Nombre\nhernandez maria jose\nAna\n")
    assert fates(batch) == [(2, "doubt"), (3, "new")]
    with pytest.raises(Refused):
        confirm(batch=batch, keeps_good=True, starts_on=FIRST_DAY, at=OPENED)
    assert answer(batch=batch, choices={2: str(known.pk), 3: "skip"}) == 1
    saved(batch)
    assert Person.objects.count() == 2
    assert Enrolment.objects.active().filter(person=known, cohort=cohort).exists()


@pytest.mark.parametrize("name", ["María Hernández", "Hernandes Ruiz María José Luz", "maria jose ruiz"])
def test_a_name_with_more_or_fewer_words_is_asked_too(cohort: Cohort, coordinator: Any, name: str) -> None:
    known = PersonFactory(name="María José Hernández Ruiz")
    PersonFactory(name="María")
    batch = looked_at(cohort, coordinator, f"Nombre\n{name}\nMaría Soto\n")
    assert [row.candidates for row in batch.rows.all()] == [[str(known.pk)], []]


def test_a_telephone_in_a_wrong_column_is_not_kept(cohort: Cohort, coordinator: Any) -> None:
    batch = looked_at(cohort, coordinator, "Nombre,Usuario\n961 123 4567,ana@correo.mx\n")
    [row] = batch.rows.all()
    assert (row.fate, row.name, row.username) == ("bad", "", "")


def test_a_person_who_was_not_offered_cannot_be_chosen(cohort: Cohort, coordinator: Any) -> None:
    PersonFactory(name="Ana")
    stranger = PersonFactory(name="Otra")
    batch = looked_at(cohort, coordinator, "Nombre\nAna\n")
    assert answer(batch=batch, choices={2: str(stranger.pk)}) == 0


def test_the_same_name_twice_in_a_list_is_asked_too(cohort: Cohort, coordinator: Any) -> None:
    batch = looked_at(cohort, coordinator, "Nombre\nAna López\nLopes Ana\n")
    assert fates(batch) == [(2, "new"), (3, "doubt")]
    answer_all(batch=batch, as_new=False)
    saved(batch)
    assert Person.objects.count() == 1


def test_bringing_the_same_list_twice_adds_nobody(cohort: Cohort, coordinator: Any) -> None:
    text = "Nombre,Usuario\nAna,luz24\nEva,\n"
    saved(looked_at(cohort, coordinator, text))
    again = looked_at(cohort, coordinator, text)
    assert [fate for _number, fate in fates(again)] == ["here", "here"]
    saved(again)
    assert (Person.objects.count(), Enrolment.objects.count()) == (2, 2)


@pytest.mark.parametrize(("written", "fate"), [("belkís  MORENO", "here"), ("Belkys Moreno", "doubt")])
def test_only_the_very_same_name_is_here_already_and_both_are_asked(
    cohort: Cohort, coordinator: Any, written: str, fate: str
) -> None:
    belkis = inside(cohort, "Belkis Moreno").person
    batch = looked_at(cohort, coordinator, f"Nombre\n{written}\n")
    [row] = batch.rows.all()
    assert (row.fate, row.candidates, row.waits) == (fate, [str(belkis.pk)], False)
    assert row.choice == ("skip" if fate == "here" else ""), "who is likely here is not left out unasked"
    answer(batch=batch, choices={2: "new"})
    saved(batch)
    assert Enrolment.objects.active().filter(cohort=cohort).count() == 2


def test_all_the_same_leaves_out_who_is_here_and_enrols_who_is_not(cohort: Cohort, coordinator: Any) -> None:
    inside(cohort, "Belkis Moreno")
    ana = PersonFactory(name="Ana Cruz")
    batch = looked_at(cohort, coordinator, "Nombre\nBelkys Moreno\nAna Cruz\n")
    answer_all(batch=batch, as_new=False)
    assert list(batch.rows.values_list("choice", flat=True)) == ["skip", str(ana.pk)]
    saved(batch)
    assert Person.objects.count() == Enrolment.objects.active().filter(cohort=cohort).count() == 2


def test_whoever_finds_no_seat_waits_in_the_order_of_the_list(cohort: Cohort, coordinator: Any) -> None:
    cohort.seats = 2
    cohort.save()
    enrolled(cohort)
    batch = looked_at(cohort, coordinator, "Nombre\nAna\nEva\nLuz\n")
    assert list(batch.rows.values_list("waits", flat=True)) == [False, True, True]
    saved(batch)
    assert [one.person.name for one in WaitingEntry.objects.waiting(cohort)] == ["Eva", "Luz"]


def waits(batch: PeopleImport) -> list[bool]:
    return list(batch.rows.order_by("number").values_list("waits", flat=True))


def test_who_finds_no_seat_is_counted_anew_after_each_answer(cohort: Cohort, coordinator: Any) -> None:
    cohort.seats = 2
    cohort.save()
    belkis = inside(cohort, "Belkis Moreno").person
    ana = PersonFactory(name="Ana Cruz")
    names = "Nombre\nAna Crus\nEva\nBelkys Moreno\nLuz\nAna Cruz\n"
    batch = looked_at(cohort, coordinator, names)
    assert waits(batch) == [False, True, False, True, True], "one seat is free; who is likely here needs none"
    answer(batch=batch, choices={2: ImportRow.SKIP})
    assert waits(batch) == [False, False, False, True, True]
    answer(batch=batch, choices={2: str(ana.pk), 6: str(ana.pk)})
    assert waits(batch) == [False, True, False, True, False], "one woman needs one seat"
    answer(batch=batch, choices={4: ImportRow.AS_NEW})
    assert waits(batch) == [False, True, True, True, False]
    answer(batch=batch, choices={4: str(belkis.pk)})
    assert waits(batch) == [False, True, False, True, False]
    seen = waits(batch)
    saved(batch)
    assert [
        one == "waiting" for one in batch.rows.order_by("number").values_list("outcome", flat=True)
    ] == seen


def test_all_answered_at_once_is_counted_anew_too(cohort: Cohort, coordinator: Any) -> None:
    cohort.seats = 1
    cohort.save()
    enrolled(cohort)
    PersonFactory(name="Ana Cruz")
    batch = looked_at(cohort, coordinator, "Nombre\nAna Crus\nEva\nEva\n")
    assert waits(batch) == [True, True, True]
    answer_all(batch=batch, as_new=False)
    assert waits(batch) == [True, True, False]


def test_user_names_that_are_taken_or_stand_twice_are_errors(cohort: Cohort, coordinator: Any) -> None:
    UserFactory(username="Luz24")
    batch = looked_at(cohort, coordinator, "Nombre,Usuario\nAna,luz24\nEva,sol7\nMar,SOL7\nRo,con espacio\n")
    codes = [[problem["code"] for problem in row.errors] for row in batch.rows.all()]
    assert codes == [["username_taken"], [], ["username_twice"], ["username_letters"]]


def test_a_list_is_confirmed_once_and_not_after_a_day(cohort: Cohort, coordinator: Any) -> None:
    batch = looked_at(cohort, coordinator, "Nombre\nAna\n")
    with pytest.raises(Refused):
        confirm(batch=batch, keeps_good=True, starts_on=FIRST_DAY, at=OPENED + timedelta(hours=25))
    saved(batch)
    with pytest.raises(Refused):
        confirm(batch=batch, keeps_good=True, starts_on=FIRST_DAY, at=OPENED)
    with pytest.raises(Refused):
        throw_away(batch=batch, at=OPENED)


def test_a_list_that_is_thrown_away_leaves_no_name(cohort: Cohort, coordinator: Any) -> None:
    batch = throw_away(batch=looked_at(cohort, coordinator, "Nombre\nAna\n"), at=OPENED)
    assert batch.state == "cancelled"
    assert not ImportRow.objects.exists()


def test_the_work_goes_on_where_a_killed_worker_left_it(cohort: Cohort, coordinator: Any) -> None:
    cohort.seats = 500
    cohort.save()
    text = "\n".join(["Nombre", *(f"{a}{b}{c}" for a in "BDF" for b in "aeou" for c in "lmnrst")] * 1)
    batch = looked_at(cohort, coordinator, text)
    answer_all(batch=batch, as_new=True)
    confirm(batch=batch, keeps_good=True, starts_on=FIRST_DAY, at=OPENED)
    mine = PeopleImport.objects.filter(pk=batch.pk)
    dead = ImportRow._meta.get_field("person_key").get_default()
    mine.update(lease=dead, leased_until=OPENED + timedelta(days=3650))
    assert not work.bring_in(batch.pk), "another worker holds it"
    mine.update(lease=dead)
    assert work.save_part(batch.pk, dead)
    mine.update(leased_until=OPENED)
    assert work.bring_in(batch.pk)
    assert not work.save_part(batch.pk, dead), "the lease is gone"
    batch.refresh_from_db()
    assert (batch.state, Person.objects.count(), Enrolment.objects.count()) == ("done", 72, 72)
    assert not work.bring_in(batch.pk)
    assert Person.objects.count() == 72


def test_undoing_takes_everybody_back(cohort: Cohort, coordinator: Any) -> None:
    known = PersonFactory(name="Ana")
    cohort.seats = 2
    cohort.save()
    batch = looked_at(cohort, coordinator, "Nombre,Usuario,Nombre legal\nAna,,\nEva,luz24,Eva Luz\nMar,,\n")
    answer(batch=batch, choices={2: str(known.pk)})
    saved(batch)
    assert WaitingEntry.objects.count() == 1
    undo(batch=batch, by=coordinator, at=batch.finished_at)  # type: ignore[arg-type]  # it is done
    batch.refresh_from_db()
    assert (batch.state, batch.undone_by) == ("undone", coordinator)
    assert list(Person.objects.all()) == [known]
    assert not Enrolment.objects.exists()
    assert not WaitingEntry.objects.exists()
    assert not LegalName.objects.exists()
    assert not type(coordinator).objects.filter(username="luz24").exists()


def test_undoing_is_refused_once_something_was_done(cohort: Cohort, coordinator: Any) -> None:
    batch = saved(looked_at(cohort, coordinator, "Nombre\nAna\nEva\n"))
    ana = Enrolment.objects.get(person__name="Ana")
    session = cohort.sessions.first()
    assert session is not None
    mark_register(session=session, marks={ana.pk: Mark("present")}, by=coordinator, at=session.ends_at)
    finished: Any = batch.finished_at
    with pytest.raises(Refused):
        undo(batch=batch, by=coordinator, at=finished)
    assert Person.objects.count() == 2


def sent_by_her_phone(eva: Enrolment, _friend: Enrolment, _by: Any) -> None:
    """Work of her phone, which no mark and no lesson shows."""
    SyncEvent.objects.create(
        event=uuid4(), digest="d", person=eva.person, received_at=OPENED, status="rejected"
    )


def sent_of_her_place(eva: Enrolment, _friend: Enrolment, _by: Any) -> None:
    """Work about her place in the cohort."""
    SyncEvent.objects.create(event=uuid4(), digest="d", enrolment=eva, received_at=OPENED, status="rejected")


def sent_by_her_account(eva: Enrolment, _friend: Enrolment, _by: Any) -> None:
    """Work that her account did as one of the team."""
    account = eva.person.account
    SyncEvent.objects.create(event=uuid4(), digest="d", staff=account, received_at=OPENED, status="rejected")


def walked_beside(eva: Enrolment, friend: Enrolment, by: Any) -> None:
    """Another woman's outing names her as the one who went along."""
    session, until = friend.cohort.sessions.all()[0], OPENED + timedelta(hours=2)
    kept = {"minutes": 120, "by": by, "at": until, "started_at": OPENED, "ended_at": until}
    OutingNote.objects.create(session=session, enrolment=friend, pair_with=eva, **kept)


@pytest.mark.parametrize("act", [sent_by_her_phone, sent_of_her_place, sent_by_her_account, walked_beside])
def test_undoing_is_refused_where_only_a_key_that_leads_one_way_tells_of_her(
    act: Any, cohort: Cohort, coordinator: Any
) -> None:
    friend = inside(cohort, "Ana")
    batch = saved(looked_at(cohort, coordinator, "Nombre,Usuario\nEva,luz24\n"))
    act(Enrolment.objects.get(person__name="Eva"), friend, coordinator)
    finished: Any = batch.finished_at
    with pytest.raises(Refused):
        undo(batch=batch, by=coordinator, at=finished)
    batch.refresh_from_db()
    assert batch.state == "done"
    assert Person.objects.filter(name="Eva").exists()


def test_undoing_is_refused_after_a_day_and_for_who_joined_another_cohort(
    cohort: Cohort, coordinator: Any, course_twin: Cohort
) -> None:
    batch = saved(looked_at(cohort, coordinator, "Nombre\nAna\n"))
    finished: Any = batch.finished_at
    with pytest.raises(Refused):
        undo(batch=batch, by=coordinator, at=finished + timedelta(hours=25))
    enrol(person=Person.objects.get(), cohort=course_twin, starts_on=FIRST_DAY)
    with pytest.raises(Refused):
        undo(batch=batch, by=coordinator, at=finished)


def test_old_lists_are_forgotten(cohort: Cohort, coordinator: Any) -> None:
    batch = looked_at(cohort, coordinator, "Nombre\nAna\n")
    work.sweep(OPENED + timedelta(hours=23))
    assert batch.rows.exists()
    work.sweep(OPENED + timedelta(hours=25))
    batch.refresh_from_db()
    assert batch.state == "expired"
    assert not ImportRow.objects.exists()


def test_two_thousand_eight_hundred_lines_hash_no_pin(
    cohort: Cohort, coordinator: Any, settings: Any
) -> None:
    """A PIN that was hashed here would raise: no hasher is known."""
    settings.PASSWORD_HASHERS = []
    cohort.seats = 2800
    cohort.save()
    syllables = ["ba", "de", "fi", "go", "lu", "me", "ni", "po", "ra", "su", "ta", "ve", "xi", "zo"]
    found = [f"{a}{b} {c}{d}".title() for a in syllables for b in syllables for c in syllables for d in "aeo"]
    text = "\n".join(["Nombre,Usuario", *(f"{name},u{n}" for n, name in enumerate(found[:2800]))])
    batch = look_at_list(cohort=cohort, raw=text.encode(), by=coordinator, at=OPENED)
    answer_all(batch=batch, as_new=True)
    started = time.monotonic()
    saved(batch)
    print(f"2800 lines in {time.monotonic() - started:.1f} s")
    assert Enrolment.objects.active().filter(cohort=cohort).count() == 2800

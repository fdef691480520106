"""What she decides about her data, where it concerns courses, awards and her account at once."""

import uuid
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from certificates.actas.models import ActaLine
from certificates.awards import choices, erasure
from certificates.awards.models import Certificate
from certificates.errors import Refused as NotNow
from cms.users import sessions
from cms.users.models import User
from cms.users.retention import unname_in_log
from cms.users.roles import TRAINEE
from courses import erasures
from courses.cohorts.actions import withdraw
from courses.cohorts.models import Enrolment
from courses.consents import rules
from courses.consents.actions import note_consent
from courses.consents.models import Consent
from courses.erasures import Erased
from courses.errors import Refused
from courses.own_data.erasing import erase_records
from courses.people.models import Person
from courses.trail import actions as trail

PERSON = "person"  # in the ledger: everything that courses and accounts kept of her


@transaction.atomic
def answer(
    *,
    person: Person,
    purpose: str,
    is_given: bool,
    at: datetime,
    was_heard: bool = False,
    noted_by: Any = None,
    language: str = "",
) -> Consent:
    """Keep her answer to one purpose, and do what it says. Raises Refused.

    Her name then shows on all her awards or on none. Who says «no» to studying leaves her course.
    """
    given = note_consent(
        person=person,
        purpose=purpose,
        is_given=is_given,
        at=at,
        was_heard=was_heard,
        noted_by=noted_by,
        language=language,
    )
    if purpose == rules.VERIFICATION:
        choices.follow_consent(person.pk, at=at)
    if purpose == rules.STUDY and not is_given:
        _leave(person, noted_by or person.account, at)
    return given


def _leave(person: Person, by: Any, at: datetime) -> None:
    for enrolment in Enrolment.objects.active().filter(person=person).select_related("cohort"):
        on = max(enrolment.cohort.today(at), enrolment.starts_on)
        withdraw(enrolment=enrolment, on=on, by=by, at=at)


def awards_of(person: Person) -> list[Certificate]:
    """Her diplomas and statements with all that tells their state, the newest first."""
    found = Certificate.objects.with_state().select_related("key", "line").filter(line__person_id=person.pk)
    return list(found)


def is_decided_about(person: Person) -> bool:
    """Whether an acta or an award names her, which she may keep or erase."""
    return ActaLine.objects.filter(person_id=person.pk, key__wrapped__isnull=False).exists()


@transaction.atomic
def erase_person(
    *, person: Person, keeps_awards: bool, by: Any, at: datetime, was_present: bool = False
) -> None:
    """Take away everything about her; her diplomas too unless she keeps them. Nobody can undo it.

    `by`: she herself, or who of the school does it in her presence. Raises Refused while an acta that she is
    on waits for approval, if it would have to be changed.
    """
    if not keeps_awards:
        try:
            erasure.erase_person(person_id=person.pk, by=by, at=at)
        except NotNow as error:
            raise Refused(str(error)) from error
    trail.note(
        trail.Deed.PERSON_ERASED,
        about=person,
        by=by,
        at=at,
        keeps_awards=keeps_awards,
        was_present=was_present,
    )
    entry = Erased(at=at.isoformat(), what=PERSON, person=str(person.pk), by=by.pk)
    transaction.on_commit(partial(erasures.note, entry), robust=True)
    account = erase_records(
        person=person,
        keeps_awards=keeps_awards,
        at=at,
        by=by if was_present else None,
        was_present=was_present,
    )
    if account is not None:
        _end_account(account, at)


def erase_again(erased: Erased) -> bool:
    """Repeat an erasure of the ledger after an older backup came back; False when nobody is left to erase.

    Of her awards the ledger tells apart: they are erased again only if she did not keep them.
    """
    with transaction.atomic():
        person = Person.objects.filter(pk=erased.person).first()
        if person is None:
            return False
        trail.note(trail.Deed.PERSON_ERASED, about=person, by=None, at=datetime.fromisoformat(erased.at))
        account = erase_records(person=person, keeps_awards=True, at=datetime.fromisoformat(erased.at))
        if account is not None:
            _end_account(account, datetime.fromisoformat(erased.at))
        return True


def works_here(account: User | None) -> bool:
    """Has she another role than a trainee's?"""
    return account is not None and (account.is_superuser or account.groups.exclude(name=TRAINEE).exists())


def _end_account(account: User, at: datetime) -> None:
    """Delete it with its sessions and cards. What she erased herself names an empty account instead.

    Whoever has another role here keeps her account, which leads to nothing of hers any more.
    """
    if works_here(account):
        account.groups.remove(*account.groups.filter(name=TRAINEE))
        return
    unname_in_log([account.pk])
    sessions.end_of(account, forget_devices=True)
    try:
        with transaction.atomic():
            account.delete()
    except ProtectedError:
        account.refresh_from_db()
        for related in (account.devices, account.cards, account.open_sessions):
            related.all().delete()
        account.groups.clear()
        account.user_permissions.clear()
        account.username, account.key = f"erased-{uuid.uuid4().hex[:12]}", uuid.uuid4()
        account.first_name = account.last_name = account.email = account.language = ""
        account.is_active, account.last_login, account.date_joined = False, None, at
        account.set_unusable_password()
        account.save()

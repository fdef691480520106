"""Giving a person an account, her legal name if she wants one kept, and what she chooses herself."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import ModelLogEntry

from courses.errors import Refused
from courses.people import rules, sealing
from courses.people.models import LegalName, Person
from courses.trail import actions as trail


@transaction.atomic
def give_account(*, person: Person, username: str, by: Any = None, at: datetime | None = None) -> Person:
    """Make a trainee's account; a sign-in card opens it. Raises Refused for a second one."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    accounts = get_user_model()
    if person.account_id:
        raise Refused(_("She already has an account."))
    if accounts._default_manager.filter(username__iexact=username).exists():
        raise Refused(_("This user name is taken. Choose another one."))
    account = accounts(username=username)
    account.set_unusable_password()
    account.save()
    account.groups.add(Group.objects.get(name="trainee"))
    person.account = account
    person.save(update_fields=["account"])
    trail.note(trail.Deed.ACCOUNT_GIVEN, about=person, by=by, at=at or timezone.now(), account=account.key)
    return person


def choose_language(*, person: Person, language: str) -> Person:
    """Show her the site in `language` from now on. Raises Refused for one the site does not speak."""
    if language not in dict(settings.LANGUAGES):
        raise Refused(_("Choose a language from the list."))
    person.language = language
    person.save(update_fields=["language"])
    return person


@transaction.atomic
def change_name(*, person: Person, name: str, by: Any, at: datetime) -> Person:
    """Call her `name` from now on. What was decided and printed before stays. Raises Refused for no name."""
    name = rules.tidy(name)
    if not name or len(name) > rules.LONGEST_NAME or rules.looks_like_contact(name):
        raise Refused(_("Write a name of at most %(most)d letters.") % {"most": rules.LONGEST_NAME})
    person.name = name
    person.save(update_fields=["name"])
    note_name(person=person, by=by, at=at)
    return person


def note_name(*, person: Person, by: Any, at: datetime) -> None:
    """That her name is another one now; neither of the two is told."""
    trail.note(trail.Deed.NAME_CHANGED, about=person, by=by, at=at)


def unname_log(*, person: Person) -> None:
    """Let the admin's log call her by her id: Wagtail notes what a record was called that day."""
    ModelLogEntry.objects.for_instance(person).update(label=str(person.pk))


@transaction.atomic
def keep_legal_name(*, person: Person, name: str, is_printed: bool, by: Any, at: datetime) -> LegalName:
    """Seal her legal name in place of the one before. Raises Refused for an empty or endless one."""
    name = rules.tidy(name)
    if not name or len(name) > rules.LONGEST_NAME:
        raise Refused(
            _("Write a legal name of at most %(most)d letters, or remove it.") % {"most": rules.LONGEST_NAME}
        )
    sealed = sealing.seal(name, person_id=person.pk)
    kept, _created = LegalName.objects.update_or_create(
        person=person, defaults={"sealed": sealed, "is_printed": is_printed, "by": by, "at": at}
    )
    trail.note(trail.Deed.LEGAL_NAME_KEPT, about=person, by=by, at=at, is_printed=is_printed)
    return kept


def keep_or_forget_legal_name(*, person: Person, name: str, is_printed: bool, by: Any, at: datetime) -> None:
    """What a form asks for: keep it, or erase it when it was left empty."""
    if name:
        keep_legal_name(person=person, name=name, is_printed=is_printed, by=by, at=at)
    else:
        forget_legal_name(person=person, by=by, at=at)


@transaction.atomic
def forget_legal_name(*, person: Person, by: Any = None, at: datetime | None = None) -> bool:
    """Erase it; whether there was one."""
    is_gone = bool(LegalName.objects.filter(person=person).delete()[0])
    if is_gone:
        trail.note(trail.Deed.LEGAL_NAME_ERASED, about=person, by=by, at=at or timezone.now())
    return is_gone


@transaction.atomic
def erase_legal_names(*, people: Iterable[UUID], noted_before: datetime) -> int:
    """Erase those of `people` that were written before then; how many."""
    old = LegalName.objects.filter(person__in=list(people), at__lt=noted_before)
    erased = int(old.delete()[0])
    if erased:
        trail.note(trail.Deed.LEGAL_NAME_ERASED, about=LegalName, by=None, at=timezone.now(), count=erased)
    return erased


def printed_names(people: Iterable[UUID]) -> dict[UUID, str]:
    """The legal names of those of `people` who want them on their diplomas. One query."""
    wanted = LegalName.objects.filter(person__in=list(people), is_printed=True)
    return {
        person_id: sealing.unseal(bytes(sealed), person_id=person_id)
        for person_id, sealed in wanted.values_list("person", "sealed")
    }


def legal_name_of(person: Person) -> str:
    """Her legal name for her own eyes and who may see it; nothing when none is kept."""
    kept = LegalName.objects.filter(person=person).first()
    return sealing.unseal(bytes(kept.sealed), person_id=person.pk) if kept else ""

"""Noting what she allows, and asking what she allowed."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses.consents import rules
from courses.consents.models import Consent
from courses.consents.wording import words_as_read
from courses.errors import Refused
from courses.people.models import Person
from courses.trail import actions as trail


@transaction.atomic
def note_consent(
    *,
    person: Person,
    purpose: str,
    is_given: bool,
    at: datetime,
    was_heard: bool = False,
    noted_by: Any = None,
    language: str = "",
) -> Consent:
    """Keep her answer, with the words she was read. The same answer twice stays the first one.

    `noted_by`: the colleague who read them to her. Raises Refused for a purpose nobody asks about.
    """
    if not rules.is_purpose(purpose):
        raise Refused(_("Choose a purpose from the list."))
    Person.objects.select_for_update().get(pk=person.pk)
    standing = answers_of(person).get(purpose)
    if standing is not None and standing.is_given == is_given:
        return standing
    words, shown = words_as_read(purpose, language or get_language() or "es")
    given = Consent.objects.create(
        person=person,
        purpose=purpose,
        is_given=is_given,
        words=words,
        language=shown,
        was_heard=was_heard or noted_by is not None,
        noted_by=noted_by,
        at=at,
    )
    by = noted_by or person.account
    trail.note(trail.Deed.CONSENT_NOTED, about=given, by=by, at=at, permission=purpose, is_given=is_given)
    return given


def answers_of(person: Person) -> dict[str, Consent]:
    """Her answer in force to each purpose she was asked about. One query."""
    standing = Consent.objects.all().standing([person.pk]).select_related("noted_by")
    return {one.purpose: one for one in standing}


def who_said(people: Collection[UUID], purpose: str, *, is_given: bool) -> set[UUID]:
    """Those of `people` whose last answer to this purpose is «yes» (or «no»). One query."""
    standing = Consent.objects.all().standing(people).filter(purpose=purpose, is_given=is_given)
    return set(standing.values_list("person", flat=True))

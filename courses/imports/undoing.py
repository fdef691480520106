"""Taking back a list: everybody it made goes again, as long as nothing was done with any of them."""

import logging
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import ForeignObjectRel, Model
from django.utils.translation import gettext as _

from courses.cohorts.models import Enrolment, WaitingEntry
from courses.errors import Refused
from courses.imports.models import ImportRow, PeopleImport
from courses.people.models import LegalName, Person
from courses.trail import actions as trail

State = PeopleImport.State

log = logging.getLogger(__name__)


@transaction.atomic
def undo(*, batch: PeopleImport, by: Any, at: datetime) -> PeopleImport:
    """Take back everything the list made. Raises Refused once something was done with one of them."""
    batch = PeopleImport.objects.select_for_update().get(pk=batch.pk)
    if not batch.can_undo(at):
        raise Refused(_("This list cannot be undone any more. It is possible for a day after it was saved."))
    if _was_touched(batch):
        raise Refused(
            _(
                "Something was done already with people of this list: a mark, a lesson, a card, a sign-in. "
                "It cannot be undone as a whole. Let single persons leave the cohort instead."
            )
        )
    _take_back(batch)
    batch.state, batch.undone_by, batch.undone_at = State.UNDONE, by, at
    batch.save(update_fields=["state", "undone_by", "undone_at"])
    trail.note(trail.Deed.LIST_UNDONE, about=batch, by=by, at=at)
    log.info("list %s is undone", batch.pk)
    return batch


def drop(batch: PeopleImport, now: datetime) -> None:
    """Take back the parts that were saved of a list of which all or nothing was wanted."""
    _take_back(batch, keeps_rows=True)
    batch.state, batch.finished_at, batch.leased_until, batch.done = State.DROPPED, now, None, 0
    batch.save(update_fields=["state", "finished_at", "leased_until", "done"])


def _was_touched(batch: PeopleImport) -> bool:
    """Whether anything refers to what the list made, beside what the list made itself."""
    enrolments = Enrolment.objects.filter(pk__in=batch.rows.exclude(enrolment=None).values("enrolment"))
    people = Person.objects.filter(pk__in=batch.rows.filter(is_made=True).values("person"))
    accounts = get_user_model()._default_manager.filter(person__in=people)
    entries = WaitingEntry.objects.filter(pk__in=batch.rows.exclude(entry=None).values("entry"))
    seated = batch.rows.exclude(enrolment=None).values("enrolment")
    if (
        enrolments.exclude(status=Enrolment.Status.ACTIVE).exists()
        or enrolments.filter(ethics_accepted_at__isnull=False).exists()
        or entries.filter(ended_at__isnull=False).exists()
        or accounts.exclude(last_login=None).exists()
        or accounts.filter(has_pin=True).exists()
        or Enrolment.objects.filter(person__in=people).exclude(pk__in=seated).exists()
        or WaitingEntry.objects.filter(person__in=people).exclude(pk__in=entries).exists()
    ):
        return True
    own = {ImportRow, LegalName, Enrolment, WaitingEntry, Person}
    return any(
        _is_referred_to(model, found, own - {Enrolment} if model is Enrolment else own)
        for model, found in ((Enrolment, enrolments), (Person, people), (get_user_model(), accounts))
    )


def _is_referred_to(model: type[Model], found: Any, own: Collection[Any]) -> bool:
    """Whether a row of any other table points at one of `found`, also by a key that leads one way only.

    What a record says of itself, such as the roles of an account, goes with it.
    """
    ours = {*own, *(field.remote_field.through for field in model._meta.many_to_many)}
    return any(
        relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": found}).exists()
        for relation in model._meta.get_fields(include_hidden=True)
        if isinstance(relation, ForeignObjectRel) and relation.related_model not in ours
    )


def _take_back(batch: PeopleImport, *, keeps_rows: bool = False) -> None:
    rows = batch.rows.all()
    enrolments = list(rows.exclude(enrolment=None).values_list("enrolment", "enrolment__person"))
    entries = list(rows.exclude(entry=None).values_list("entry", flat=True))
    people = list(rows.filter(is_made=True).exclude(person=None).values_list("person", flat=True))
    accounts = list(
        Person.objects.filter(pk__in=people, account__isnull=False).values_list("account", flat=True)
    )
    times = list(rows.exclude(done_at=None).order_by().values_list("done_at", flat=True).distinct())
    if keeps_rows:
        rows.update(enrolment=None, entry=None, person=None, is_made=False, done_at=None)
    else:
        rows.delete()
    WaitingEntry.objects.filter(pk__in=entries).delete()
    Enrolment.objects.filter(pk__in=[pk for pk, _person in enrolments]).delete()
    WaitingEntry.objects.filter(
        cohort=batch.cohort_id, person__in=[person for _pk, person in enrolments], ended_at__in=times
    ).update(ended_at=None, outcome="")
    Person.objects.filter(pk__in=people).delete()
    get_user_model()._default_manager.filter(pk__in=accounts).delete()

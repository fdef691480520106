"""What a woman chooses about her award: which allowed issuer it shows, and whether her name shows online."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from certificates.actas.actions import require
from certificates.awards import access
from certificates.awards.models import Certificate, HolderChoice, SuspensionEvent
from certificates.errors import Refused
from courses import api
from courses.api import Deed, note


@dataclass(frozen=True)
class Open:
    """A choice that is still hers: the names she may have on her diploma, and the one it would show today."""

    options: api.IssuerOptions
    chosen: str

    @property
    def is_own(self) -> bool:
        """The cohort's own issuer stands."""
        return self.chosen == self.options.issuer


def open_choices(user: Any) -> list[Open]:
    """Where she may still choose: cohorts of hers without an award, with more than one name. Four queries."""
    person_id = access.person_of(user)
    if person_id is None:
        return []
    decided = set(
        Certificate.objects.filter(line__person_id=person_id).values_list("acta__cohort_id", flat=True)
    )
    chosen = dict(HolderChoice.objects.filter(person_id=person_id).values_list("cohort_id", "issuer"))
    return [
        Open(options, chosen.get(options.cohort_id) or options.issuer)
        for options in api.issuer_options(person_id)
        if options.cohort_id not in decided and len(options.allowed) > 1
    ]


def open_choice(user: Any, cohort_id: int) -> Open | None:
    """The one about this cohort; None when it is not hers, or no longer hers to make."""
    return next((one for one in open_choices(user) if one.options.cohort_id == cohort_id), None)


@transaction.atomic
def choose_issuer(*, cohort_id: int, issuer: str, by: Any, at: datetime) -> HolderChoice:
    """Which name her diploma will show as its issuer; the cohort's own counts as no choice.

    Raises Refused for a name that is not allowed, for a cohort that is not hers, and once it is issued.
    """
    person_id, choice = access.person_of(by), open_choice(by, cohort_id)
    if person_id is None or choice is None:
        raise Refused(_("There is nothing to choose here any more. Talk to your coordinator."))
    if issuer not in choice.options.allowed:
        raise Refused(_("Choose one of the names in the list."))
    saved, _made = HolderChoice.objects.update_or_create(
        person_id=person_id,
        cohort_id=cohort_id,
        defaults={"issuer": "" if issuer == choice.options.issuer else issuer, "at": at},
    )
    note(Deed.ISSUER_CHOSEN, about=saved, by=by, at=at, cohort=cohort_id)
    return saved


@transaction.atomic
def show_name(*, certificate: Certificate, is_shown: bool, by: Any, at: datetime) -> None:
    """Whether whoever verifies her awards sees her name; she may change it any time."""
    require(access.is_holder(by, certificate))
    api.let_name_be_seen(certificate.line.person_id, is_shown=is_shown, at=at)
    follow_consent(certificate.line.person_id, at=at)
    note(Deed.NAME_SHOWN, about=certificate, by=by, at=at, is_shown=is_shown)


@transaction.atomic
def follow_consent(person_id: UUID, *, at: datetime) -> None:
    """Let all her awards show her name, or none, as she last said."""
    awards = Certificate.objects.filter(line__person_id=person_id)
    cohorts = set(awards.values_list("acta__cohort_id", flat=True))
    show_names({person_id: cohorts}, is_shown=person_id in api.names_shown([person_id]), at=at)


def show_names(cohorts: Mapping[UUID, Collection[int]], *, is_shown: bool, at: datetime) -> None:
    """Note it beside what else they chose about their awards: person → cohorts. One query."""
    HolderChoice.objects.bulk_create(
        [
            HolderChoice(person_id=person_id, cohort_id=cohort_id, shows_name=is_shown, at=at)
            for person_id, hers in cohorts.items()
            for cohort_id in hers
        ],
        update_conflicts=True,
        unique_fields=["person_id", "cohort_id"],
        update_fields=["shows_name", "at"],
    )


def shows_name(certificate: Certificate) -> bool:
    """Whether she lets her name be seen. One query."""
    found = HolderChoice.objects.filter(
        person_id=certificate.line.person_id, cohort_id=certificate.acta.cohort_id, shows_name=True
    )
    return found.exists()


@dataclass(frozen=True)
class Trouble:
    """Why her diploma does not count now: since when, and what of the reason is public."""

    state: str
    since: datetime
    reason: str = ""


def trouble_of(certificate: Certificate) -> Trouble | None:
    """What stands against her diploma; None while it counts. Load `with_state()`. One query if suspended."""
    if hasattr(certificate, "revocation"):
        told = certificate.revocation
        return Trouble("revoked", told.at, str(told.get_reason_display()))
    if hasattr(certificate, "replaced_by"):
        return Trouble("replaced", certificate.replaced_by.created_at)
    if getattr(certificate, "is_suspended", False):
        last = SuspensionEvent.objects.filter(certificate=certificate).latest("pk")
        return Trouble("suspended", last.at)
    return None


def state_for_holder(certificate: Certificate) -> str:
    """How her diploma stands, as she should read it. Load `with_state()` and `key`."""
    for state, holds in (
        ("revoked", hasattr(certificate, "revocation")),
        ("replaced", hasattr(certificate, "replaced_by")),
        ("erased", certificate.key.wrapped is None),
        ("suspended", bool(getattr(certificate, "is_suspended", False))),
        ("ready", hasattr(certificate, "document")),
    ):
        if holds:
            return state
    return "waiting"

"""What the page of a diploma shows: its state in words and everything that happened to it, in order."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates.awards.models import Certificate, Delivery, Job, SuspensionEvent
from certificates.log.models import LogEntry

NOT_MADE = [Job.State.FAILED, Job.State.CANCELLED]
STATES = [
    ("preparing", gettext_lazy("in preparation")),
    ("failed", gettext_lazy("could not be made")),
    ("issued", gettext_lazy("issued")),
    ("suspended", gettext_lazy("suspended")),
    ("replaced", gettext_lazy("replaced")),
    ("revoked", gettext_lazy("revoked")),
    ("erased", gettext_lazy("name erased")),
]


def state_of(certificate: Certificate) -> str:
    """The state of a diploma loaded `with_state()`: what counts most for whoever looks at the register."""
    for state, holds in (
        ("revoked", hasattr(certificate, "revocation")),
        ("replaced", hasattr(certificate, "replaced_by")),
        ("suspended", bool(getattr(certificate, "is_suspended", False))),
        ("issued", hasattr(certificate, "document")),
    ):
        if holds:
            return state
    return "failed" if certificate.job.state in NOT_MADE else "preparing"


def state_in_words(certificate: Certificate) -> str:
    """Its state, and whether her name was erased."""
    state = state_of(certificate)
    words = str(dict(STATES)[state])
    if state in {"revoked", "replaced"} and not hasattr(certificate, "document"):
        words = _("annulled before it was issued")
    if hasattr(certificate, "erasure"):
        return _("%(state)s, name erased") % {"state": words}
    return words


def in_state(diplomas: QuerySet[Any], state: str) -> QuerySet[Any]:
    """Those of `diplomas` (loaded `with_state()`) in one state, as `state_of` tells it."""
    if state == "erased":
        return diplomas.filter(erasure__isnull=False)
    if state == "revoked":
        return diplomas.filter(revocation__isnull=False)
    diplomas = diplomas.filter(revocation__isnull=True)
    if state == "replaced":
        return diplomas.filter(replaced_by__isnull=False)
    diplomas = diplomas.filter(replaced_by__isnull=True)
    if state == "suspended":
        return diplomas.filter(is_suspended=True)
    diplomas = diplomas.exclude(is_suspended=True)
    if state == "issued":
        return diplomas.filter(document__isnull=False)
    diplomas = diplomas.filter(document__isnull=True)
    return (
        diplomas.filter(job__state__in=NOT_MADE)
        if state == "failed"
        else diplomas.exclude(job__state__in=NOT_MADE)
    )


# The sign before an event; its words say the same.
DONE, WARNING, ENDED, SWAPPED, GONE = "✓", "!", "✕", "→", "–"


@dataclass(frozen=True)
class Event:
    """One thing that happened: when, what, by whom, and the leaf of the log that proves it."""

    at: datetime
    words: str
    by: str = ""
    note: str = ""
    log_index: int | None = None
    mark: str = DONE


def timeline(certificate: Certificate) -> list[Event]:
    """Everything that happened to a diploma, the first first. Four queries."""
    leaves = {one.type: one.index for one in LogEntry.objects.filter(award=certificate.pk)}
    events = [
        Event(
            certificate.registration.at, _("entered into the register"), _name(certificate.registration.by)
        ),
        Event(certificate.created_at, _("decided to issue"), _name(certificate.created_by)),
        *_deliveries(certificate),
        *_suspensions(certificate),
    ]
    if hasattr(certificate, "document"):
        events.append(
            Event(
                certificate.document.issued_at,
                _("made and signed"),
                log_index=leaves.get(LogEntry.Type.ISSUE),
            )
        )
    if hasattr(certificate, "countersignature"):
        one = certificate.countersignature
        leaf = leaves.get(LogEntry.Type.COUNTERSIGN)
        events.append(Event(one.at, _("countersigned"), note=one.signer, log_index=leaf))
    if hasattr(certificate, "replaced_by"):
        new = certificate.replaced_by
        leaf = leaves.get(LogEntry.Type.REPLACE)
        events.append(Event(new.created_at, _("replaced"), _name(new.created_by), new.folio, leaf, SWAPPED))
    if hasattr(certificate, "revocation"):
        revocation = certificate.revocation
        leaf = leaves.get(LogEntry.Type.REVOKE)
        reason = str(revocation.get_reason_display())
        events.append(Event(revocation.at, _("revoked"), _name(revocation.by), reason, leaf, ENDED))
    if hasattr(certificate, "erasure"):
        events.append(
            Event(certificate.erasure.at, _("name erased"), _name(certificate.erasure.by), mark=GONE)
        )
    return sorted(events, key=lambda event: event.at)


def _deliveries(certificate: Certificate) -> list[Event]:
    words = {
        Delivery.What.DIPLOMA: _("handed over"),
        Delivery.What.REPRINT: _("printed again and handed over"),
        Delivery.What.CARD: _("wallet card handed over"),
    }
    found = certificate.deliveries.select_related("by")
    return [Event(one.at, words[Delivery.What(one.what)], _name(one.by)) for one in found]


def _suspensions(certificate: Certificate) -> list[Event]:
    found = SuspensionEvent.objects.filter(certificate=certificate).select_related("by")
    return [
        Event(one.at, _("suspended"), _name(one.by), mark=WARNING)
        if one.is_suspended
        else Event(one.at, _("suspension lifted"), _name(one.by))
        for one in found
    ]


def _name(user: Any) -> str:
    return str(user.get_username()) if user else ""

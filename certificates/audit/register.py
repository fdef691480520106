"""Log, register and actas against each other: one statement a question, so that work may go on meanwhile."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from certificates import payload
from certificates.actas.models import Acta, ActaLine, LineStep
from certificates.audit.findings import Report
from certificates.awards.models import (
    Certificate,
    Countersignature,
    Document,
    FolioSeries,
    Job,
    Registration,
    Revocation,
)
from certificates.credentials import status
from certificates.log.models import LogEntry

UNDECIDED = [Acta.State.PROPOSED, Acta.State.RETURNED]
FEW = 20
Kind = Certificate.Kind


@dataclass(frozen=True)
class Event:
    """What the register calls an event of an award that has a leaf, and which columns must agree."""

    type: LogEntry.Type
    rows: Any
    award: str
    made: str = ""  # where it leads to the file: an award that was never made ends without a leaf
    agree: dict[str, str] = field(default_factory=dict)  # column of the leaf: column of the row


EVENTS = [
    Event(
        LogEntry.Type.ISSUE,
        Document.objects.order_by("pk"),
        "certificate_id",
        agree={"pdf_sha256": "pdf_sha256", "vc_sha256": "vc_sha256", "at": "issued_at"},
    ),
    Event(
        LogEntry.Type.COUNTERSIGN,
        Countersignature.objects.order_by("pk"),
        "certificate_id",
        agree={"pdf_sha256": "pdf_sha256", "at": "at"},
    ),
    Event(
        LogEntry.Type.REVOKE,
        Revocation.objects.order_by("pk"),
        "certificate_id",
        made="certificate__document",
        agree={"at": "at"},
    ),
    Event(
        LogEntry.Type.REPLACE,
        Certificate.objects.filter(replaces__isnull=False).order_by("pk"),
        "replaces_id",
        made="replaces__document",
        agree={"at": "created_at"},
    ),
]


def check_register(report: Report) -> None:
    """Everything that can be compared without opening a file."""
    for event in EVENTS:
        _check_event(report, event)
    _check_jobs(report)
    _check_grounds(report)
    _check_acta_counts(report)
    _check_folios(report)
    _check_facts(report)
    _check_status_lists(report)


def _check_event(report: Report, event: Event) -> None:
    """Each row of an award that was made has its leaf with the same hashes and time, each leaf its row."""
    leaves = LogEntry.objects.filter(type=event.type)
    own = leaves.filter(award=OuterRef(event.award))
    same = own.filter(**{column: OuterRef(of_row) for column, of_row in event.agree.items()})
    rows = event.rows.filter(**{f"{event.made}__isnull": False}) if event.made else event.rows
    report.counts[str(event.type)] = rows.count()
    questions: list[tuple[str, Any, str]] = [
        (
            "unlogged",
            rows.filter(~Exists(own)).values_list(event.award, flat=True),
            _("Award %(award)s: «%(what)s» is in the register and not in the log."),
        ),
        (
            "differs",
            rows.filter(Exists(own), ~Exists(same)).values_list(event.award, flat=True),
            _("Award %(award)s: of «%(what)s» the register says something else than the log."),
        ),
        (
            "unregistered",
            leaves.filter(~Exists(rows.filter(**{event.award: OuterRef("award")}))).values_list(
                "award", flat=True
            ),
            _("Award %(award)s: «%(what)s» is in the log and not in the register."),
        ),
    ]
    for kind, found, sentence in questions:
        _say(report, kind, found, sentence, what=event.type.label)


def _check_jobs(report: Report) -> None:
    """What is said to be made has a document, and the other way round."""
    done = Q(job__state=Job.State.DONE)
    wrong = Certificate.objects.filter(
        Q(job__isnull=True) | (done & Q(document__isnull=True)) | (~done & Q(document__isnull=False))
    )
    _say(
        report,
        "job",
        wrong.values_list("pk", flat=True),
        _("Award %(award)s: its making and its file do not agree."),
    )


def _check_grounds(report: Report) -> None:
    """No award without a decided acta, and no diploma without acceptance or the decision to do without."""
    steps = LineStep.objects.filter(line=OuterRef("line_id"))
    is_accepted, is_approved, is_left_out = (
        Exists(steps.filter(kind=kind))
        for kind in (LineStep.Kind.ACCEPTED, LineStep.Kind.APPROVED, LineStep.Kind.LEFT_OUT)
    )
    is_diploma = Q(kind=Kind.DIPLOMA)
    questions: list[tuple[Any, str]] = [
        (
            ~Q(acta_id=F("line__acta_id")) | Q(acta__state__in=UNDECIDED),
            _("Award %(award)s stands on no approved acta."),
        ),
        (
            Q(is_diploma, line__is_graduate=False) | Q(~is_diploma, line__is_graduate=True),
            _("Award %(award)s is not what its acta decided."),
        ),
        (
            Q(is_diploma, acta__unrecognised_issue__isnull=True) & ~is_accepted,
            _("Award %(award)s: its line was not accepted by the authority, nor was that waived."),
        ),
        (
            (Q(line__supersedes__isnull=False) & ~is_approved) | (is_diploma & is_left_out),
            _("Award %(award)s: its line of the acta was corrected and not approved, or left out."),
        ),
        (
            Q(replaces__isnull=False) & ~Q(line_id=F("replaces__line_id")),
            _("Award %(award)s replaces one of another line."),
        ),
        (
            Q(key__wrapped__isnull=True, erasure__isnull=True),
            _("Award %(award)s was erased without a record of it."),
        ),
    ]
    for wrong, sentence in questions:
        found = Certificate.objects.filter(wrong).order_by("created_at", "pk").values_list("pk", flat=True)
        _say(report, "grounds", found, sentence)


def _check_acta_counts(report: Report) -> None:
    """As many diplomas as lines that are ready for one: whatever was slipped in shows here."""
    steps = LineStep.objects.filter(line=OuterRef("pk"))
    lines = ActaLine.objects.filter(
        Q(acta__unrecognised_issue__isnull=False) | Exists(steps.filter(kind=LineStep.Kind.ACCEPTED)),
        Q(supersedes__isnull=True) | Exists(steps.filter(kind=LineStep.Kind.APPROVED)),
        ~Exists(steps.filter(kind=LineStep.Kind.LEFT_OUT)),
        is_graduate=True,
        superseded_by__isnull=True,
    ).exclude(acta__state__in=UNDECIDED)
    diplomas = Certificate.objects.filter(kind=Kind.DIPLOMA, replaces__isnull=True)
    ready = _by_acta(lines)
    waiting = _by_acta(lines.filter(certificates__isnull=True, key__wrapped__isnull=False))
    report.diplomas_by_acta = dict(sorted(_by_acta(diplomas).items()))
    for acta, issued in report.diplomas_by_acta.items():
        words = {"acta": acta, "issued": issued, "ready": ready.get(acta, 0), "waiting": waiting.get(acta, 0)}
        if words["issued"] > words["ready"]:
            sentence = _("Acta %(acta)d has %(issued)d diplomas and %(ready)d lines that are ready for one.")
            report.add("count", sentence % words)
        if words["waiting"]:
            report.notes.append(_("Acta %(acta)d: lines that wait for their diploma: %(waiting)d.") % words)


def _by_acta(rows: QuerySet[Any]) -> dict[int, int]:
    return dict(rows.order_by().values_list("acta_id").annotate(Count("pk", distinct=True)))


def _check_folios(report: Report) -> None:
    """Each series counts from 1 to its last number without a gap, and every folio says its own number."""
    series = FolioSeries.objects.annotate(
        entries=Count("registrations"),
        lowest=Min("registrations__number"),
        highest=Max("registrations__number"),
    )
    for one in series.order_by("prefix", "year"):
        whole = (1, one.last_number) if one.last_number else (None, None)
        if one.entries == one.last_number and (one.lowest, one.highest) == whole:
            continue
        numbers = set(one.registrations.values_list("number", flat=True))
        missing = [number for number in range(1, one.last_number + 1) if number not in numbers]
        words = {
            "series": str(one),
            "last": one.last_number,
            "entries": one.entries,
            "missing": ", ".join(map(str, missing[:FEW])) or "—",
        }
        sentence = _(
            "The series %(series)s gave out %(last)d folios and the register has %(entries)d. "
            "Missing: %(missing)s."
        )
        report.add("folio", sentence % words)
    _check_entries(report)


def _check_entries(report: Report) -> None:
    """Each entry of the register carries its folio, and its award the same one on the same line."""
    entries = Registration.objects.order_by("pk")
    said = entries.values_list("pk", "folio", "series__prefix", "series__year", "number")
    wrong = {pk for pk, folio, *rest in said.iterator() if folio != "{}-{}-{:04d}".format(*rest)}
    differing = ~Q(certificate__folio=F("folio")) | ~Q(certificate__line_id=F("line_id"))
    wrong |= set(entries.filter(differing, certificate__isnull=False).values_list("pk", flat=True))
    for pk in sorted(wrong):
        sentence = _("Entry %(entry)d of the register does not fit its folio or its award.")
        report.add("folio", sentence % {"entry": pk})
    if waiting := entries.filter(certificate__isnull=True).count():
        report.notes.append(_("Folios that wait for their award: %(count)d.") % {"count": waiting})


def _check_facts(report: Report) -> None:
    """The facts of every award are those that were frozen, and its columns say the same."""
    rows = Certificate.objects.order_by("created_at", "pk").values_list(
        "pk", "folio", "code", "name_hash", "kind", "payload", "payload_sha256"
    )
    wrong = [
        pk
        for pk, *columns, facts, digest in rows.iterator(chunk_size=500)
        if payload.digest(facts) != digest
        or [facts.get(key) for key in ("award", "folio", "code", "name_hash", "kind")] != [str(pk), *columns]
    ]
    _say(report, "facts", wrong, _("Award %(award)s: its facts are not those that were decided."))


def _check_status_lists(report: Report) -> None:
    """Revoked and replaced awards, and only they, are revoked in the status lists."""
    wrong = revoked_by_register() ^ status.revoked()
    if wrong:  # an award may have been revoked between the two questions
        wrong &= revoked_by_register() ^ status.revoked()
    if wrong:
        sentence = _(
            "%(count)d places of the status lists do not say what the register says. "
            "«manage.py reconcile --apply» puts them right."
        )
        report.add("status", sentence % {"count": len(wrong)})


def taken_by_register() -> set[status.Index]:
    """Every place in a status list that an award has. One query."""
    return set(Certificate.objects.order_by().values_list("status_list", "status_index"))


def revoked_by_register() -> set[status.Index]:
    """Those of awards that were revoked or replaced. One query."""
    ended = Certificate.objects.filter(Q(revocation__isnull=False) | Q(replaced_by__isnull=False))
    return set(ended.order_by().values_list("status_list", "status_index"))


def _say(report: Report, kind: str, awards: Iterable[Any], sentence: str, **words: Any) -> None:
    """A finding for each award."""
    for award in awards:
        report.add(kind, sentence % {"award": award, **words})

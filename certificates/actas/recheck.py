"""Recomputing an acta from the records of today: every difference in plain words. Changes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from certificates.actas import ledger
from certificates.actas.models import Acta, ActaLine, Evidence
from courses import api


class Kind(StrEnum):
    """What differs."""

    ROW_ALTERED = "row_altered"
    DECISION_ALTERED = "decision_altered"
    RULES_CHANGED = "rules_changed"
    PROGRAMME_CHANGED = "programme_changed"
    VALUE_CHANGED = "value_changed"
    SOURCE_MISSING = "source_missing"
    SOURCE_ALTERED = "source_altered"
    SOURCE_NOT_COUNTED = "source_not_counted"
    SOURCE_ADDED = "source_added"
    REQUIREMENT_MISSING = "requirement_missing"
    REQUIREMENT_ADDED = "requirement_added"
    PERSON_MISSING = "person_missing"
    PERSON_ADDED = "person_added"


WORDS: dict[Kind, Promise] = {
    Kind.ROW_ALTERED: _("The ledger's own row was altered: it does not match its hash."),
    Kind.DECISION_ALTERED: _("The decision does not follow from its evidence and exception."),
    Kind.RULES_CHANGED: _("The cohort's rules are not those of the acta any more."),
    Kind.PROGRAMME_CHANGED: _("The cohort's lessons, tests or rubrics are not those of the acta any more."),
    Kind.VALUE_CHANGED: _("The records give another value today."),
    Kind.SOURCE_MISSING: _("A record that the decision rests on is gone."),
    Kind.SOURCE_ALTERED: _("A record that the decision rests on was altered."),
    Kind.SOURCE_NOT_COUNTED: _("A record that the decision rests on was corrected since: it does not count."),
    Kind.SOURCE_ADDED: _("A record counts today that was not there at the decision."),
    Kind.REQUIREMENT_MISSING: _("A requirement of the acta is not asked for any more."),
    Kind.REQUIREMENT_ADDED: _("A requirement is asked for today that the acta does not have."),
    Kind.PERSON_MISSING: _("Somebody in the acta is not in the cohort any more."),
    Kind.PERSON_ADDED: _("Somebody is in the cohort who is not in the acta."),
}
Requirement = tuple[str, str]


@dataclass(frozen=True)
class Difference:
    """One difference between ledger and records: ids and numbers, never a name."""

    kind: Kind
    acta: int
    line: int | None = None
    enrolment: str = ""
    requirement: str = ""  # its kind, and the quiz or rubric it is about
    source: str = ""
    then: str = ""
    now: str = ""

    @property
    def words(self) -> str:
        """The difference as a sentence in the active language."""
        return str(WORDS[self.kind])

    def as_dict(self) -> dict[str, object]:
        """For a machine: what is said, without what is empty."""
        told = {**self.__dict__, "kind": str(self.kind)}
        return {key: value for key, value in told.items() if value not in ("", None)}


def recheck(acta: Acta) -> list[Difference]:
    """Every difference between the ledger of `acta` and the records, in the order of its lines.

    A number of queries that does not grow with the cohort, but for people who left it. Lines that were
    superseded are compared with their own hashes only: the records went on, and a newer line follows them.
    So are those that were erased, and those of a woman who kept her diploma and had her records erased: they
    are gone, and rightly. And so are all lines of an acta that
    is done, once the records of its cohort have been kept long enough.
    """
    facts = api.cohort_facts(acta.cohort_id, at=acta.proposed_at)
    with override(acta.facts["language"]):
        today = {decision.enrolment_id: decision for decision in api.decisions(acta.cohort_id)}
    lines = list(acta.lines.select_related("key", "superseded_by", "exception").prefetch_related("evidence"))
    named = {source for line in lines for row in line.evidence.all() for source in row.sources}
    digests = api.source_digests(named)
    found = []
    if facts.rule_version != acta.rule_version:
        found.append(_of_acta(acta, Kind.RULES_CHANGED, acta.rule_version, facts.rule_version))
    if facts.content_digest != acta.facts["content_digest"]:
        found.append(
            _of_acta(acta, Kind.PROGRAMME_CHANGED, acta.facts["content_digest"], facts.content_digest)
        )
    is_kept = acta.state != Acta.State.ISSUED or not api.are_records_over(acta.cohort_id, timezone.now())
    gone = _rightly_gone(lines)
    for line in lines:
        found += _in_itself(line)
        if not is_kept:
            continue
        if not hasattr(line, "superseded_by") and not is_erased(line) and line.person_id not in gone:
            found += _against_records(line, today.get(line.enrolment_id), digests)
    if not is_kept:
        return found
    known = {line.enrolment_id for line in lines}
    added = [one for one in today if one not in known and today[one].wants_award]
    found += [Difference(Kind.PERSON_ADDED, acta.pk, enrolment=str(one)) for one in added]
    return found


def is_erased(line: ActaLine) -> bool:
    """What named her was destroyed. Her records may go too: the line is checked in itself only."""
    return line.key.wrapped is None


def erased_lines(acta: Acta) -> int:
    """How many decisions in force are checked in themselves only."""
    lines = list(acta.lines.filter(superseded_by__isnull=True).select_related("key"))
    gone = _rightly_gone(lines)
    return sum(is_erased(line) or line.person_id in gone for line in lines)


def _rightly_gone(lines: Sequence[ActaLine]) -> set[UUID]:
    """Who had her records erased: nobody is asked about while she has her place in the cohort."""
    return api.rightly_gone([line.person_id for line in lines if line.enrolment_id is None])


def _of_acta(acta: Acta, kind: Kind, then: str, now: str) -> Difference:
    return Difference(kind, acta.pk, then=then[:12], now=now[:12])


def _about(line: ActaLine, kind: Kind, **more: str) -> Difference:
    return Difference(kind, line.acta_id, line=line.pk, enrolment=str(line.enrolment_id or ""), **more)


def _in_itself(line: ActaLine) -> Iterator[Difference]:
    """Was the ledger written to since? Needs no records."""
    rows = list(line.evidence.all())
    for row in rows:
        if ledger.digest_of_row(row) != row.digest:
            yield _about(line, Kind.ROW_ALTERED, requirement=_named(row.kind, row.subject))
    follows = bool(rows) and all(row.is_met for row in rows)
    if line.is_graduate is not (follows is not hasattr(line, "exception")):
        yield _about(line, Kind.DECISION_ALTERED, now=str(line.is_graduate))


def _against_records(
    line: ActaLine, decision: api.DecisionFacts | None, digests: dict[str, str]
) -> Iterator[Difference]:
    rows = {(row.kind, row.subject): row for row in line.evidence.all()}
    for row in rows.values():
        yield from _sources(line, row, digests)
    if decision is None:
        yield _about(line, Kind.PERSON_MISSING)
        return
    asked = {(item.kind, item.subject): item for item in decision.evidence}
    for requirement, row in rows.items():
        if (item := asked.get(requirement)) is None:
            yield _about(line, Kind.REQUIREMENT_MISSING, requirement=_named(*requirement))
        else:
            yield from _values(line, row, item, digests)
    for requirement in asked.keys() - rows.keys():
        yield _about(line, Kind.REQUIREMENT_ADDED, requirement=_named(*requirement))


def _sources(line: ActaLine, row: Evidence, digests: dict[str, str]) -> Iterator[Difference]:
    for source in row.sources:
        about = {"requirement": _named(row.kind, row.subject), "source": source}
        if source not in digests:
            yield _about(line, Kind.SOURCE_MISSING, **about)
        elif digests[source] != row.source_digests.get(source):
            yield _about(line, Kind.SOURCE_ALTERED, **about)


def _values(
    line: ActaLine, row: Evidence, item: api.EvidenceFacts, digests: dict[str, str]
) -> Iterator[Difference]:
    requirement = _named(row.kind, row.subject)
    then, now = _value(row), _value(item)
    if then != now:
        yield _about(line, Kind.VALUE_CHANGED, requirement=requirement, then=then, now=now)
    for source in row.sources:
        if source in digests and source not in item.sources:
            yield _about(line, Kind.SOURCE_NOT_COUNTED, requirement=requirement, source=source)
    for source in item.sources:
        if source not in row.sources:
            yield _about(line, Kind.SOURCE_ADDED, requirement=requirement, source=source)


def _value(item: Evidence | api.EvidenceFacts) -> str:
    return f"{item.value}/{item.needed}/{item.total}{' ✓' if item.is_met else ''}"


def _named(kind: str, subject: str) -> str:
    return f"{kind}:{subject}" if subject else kind

"""The evidence ledger: what every decision rests on, hashed row by row, and told apart from the records."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from certificates import payload
from certificates.actas.models import Acta, ActaLine, Evidence
from courses import api


def _sha256(facts: dict[str, Any]) -> str:
    return hashlib.sha256(payload.canonical(facts)).hexdigest()


def write(line: ActaLine, decision: api.DecisionFacts, rule_version: str) -> list[Evidence]:
    """Freeze why: one row for each requirement, with the hash of every record it rests on."""
    rows = []
    for position, item in enumerate(decision.evidence):
        facts = {**asdict(item), "sources": list(item.sources), "rule_version": rule_version}
        row = Evidence(line=line, position=position, **facts)
        row.digest = digest_of_row(row)
        rows.append(row)
    Evidence.objects.bulk_create(rows)
    return rows


def digest_of_row(row: Evidence) -> str:
    """What `digest` must say, computed from everything else the row says."""
    return _sha256(
        {
            "kind": row.kind,
            "subject": row.subject,
            "label": row.label,
            "value": row.value,
            "needed": row.needed,
            "total": row.total,
            "is_met": row.is_met,
            "sentence": row.sentence,
            "sources": row.sources,
            "source_digests": row.source_digests,
            "rule_version": row.rule_version,
        }
    )


def digest_of_line(line: ActaLine, rows: Iterable[Evidence]) -> str:
    """One hash of a decision: its outcome, its minutes and every row of evidence, without her name."""
    return _sha256(
        {
            "person": str(line.person_id),
            "is_graduate": line.is_graduate,
            "minutes": line.minutes,
            "supersedes": line.supersedes_id or 0,
            "evidence": [row.digest for row in rows],
        }
    )


def digest_of_acta(acta: Acta) -> str:
    """One hash of the whole ledger of an acta, in the order of its lines. Two queries."""
    lines = acta.lines.order_by("position", "pk").prefetch_related("evidence")
    return _sha256(
        {
            "facts": _sha256(acta.facts),
            "rule_version": acta.rule_version,
            "lines": [digest_of_line(line, line.evidence.all()) for line in lines],
        }
    )

"""What a check found, in words that name nobody: ids and numbers only."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Finding:
    """Something that does not fit: a kind for programs, a translated sentence for people."""

    kind: str
    sentence: str


@dataclass
class Report:
    """The outcome of one check."""

    at: datetime
    size: int = 0
    root: str = ""
    heads: int = 0
    is_deep: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    diplomas_by_acta: dict[int, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Nothing was found."""
        return not self.findings

    def add(self, kind: str, sentence: str) -> None:
        """One more finding."""
        self.findings.append(Finding(kind, sentence))

    def as_json(self) -> dict[str, Any]:
        """The same for a program."""
        return {
            "at": self.at.isoformat(),
            "size": self.size,
            "root": self.root,
            "heads": self.heads,
            "deep": self.is_deep,
            "counts": self.counts,
            "diplomas_by_acta": self.diplomas_by_acta,
            "clean": self.is_clean,
            "findings": [{"kind": one.kind, "sentence": one.sentence} for one in self.findings],
            "notes": self.notes,
        }

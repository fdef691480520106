"""Is every diploma there exactly once, with its folio, its file and its place in the log?"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count

from certificates.actas.models import Acta
from certificates.awards import files
from certificates.awards.models import Certificate, Document, FolioSeries, Job, Registration
from certificates.log.models import LogEntry
from certificates.records import private_storage


@dataclass
class Verdict:
    """What was found, in words; nothing is what one hopes for."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)  # files that no row speaks of
    disagreements: list[str] = field(default_factory=list)

    def add(self, other: "Verdict") -> None:
        """Take over what another look found."""
        self.lost += other.lost
        self.doubled += other.doubled
        self.strays += other.strays
        self.disagreements += other.disagreements

    @property
    def is_clean(self) -> bool:
        """Nothing found."""
        return not (self.lost or self.doubled or self.strays or self.disagreements)


def judge() -> Verdict:
    """Look at every row and every file there is, without trusting a constraint or the house's own audit."""
    found = Verdict()
    _lines(found)
    _documents(found)
    _log(found)
    _folios(found)
    _strays(found)
    return found


def _lines(found: Verdict) -> None:
    """Every graduate of an issued acta has one diploma that replaces none."""
    for acta in Acta.objects.filter(state=Acta.State.ISSUED):
        graduates = acta.lines.filter(is_graduate=True).values_list("pk", flat=True)
        first = Certificate.objects.filter(acta=acta, replaces__isnull=True).values_list("line_id", flat=True)
        held = Counter(first)
        found.lost += [f"line {line} has no diploma" for line in graduates if not held[line]]
        found.doubled += [f"line {line} has {count} diplomas" for line, count in held.items() if count > 1]


def _documents(found: Verdict) -> None:
    """Every diploma has one document, one finished job, and a file that opens and is what the row says."""
    states = dict(Job.objects.values_list("certificate_id", "state"))
    documents: dict[Any, list[Document]] = {}
    for document in Document.objects.all():
        documents.setdefault(document.certificate_id, []).append(document)
    for certificate in Certificate.objects.select_related("key"):
        award, mine = certificate.pk, documents.get(certificate.pk, [])
        if not mine:
            found.lost.append(f"{award} was not made ({states.get(award)})")
        elif len(mine) > 1:
            found.doubled.append(f"{award} has {len(mine)} documents")
        for document in mine:
            if states.get(award) != Job.State.DONE:
                found.disagreements.append(f"{award} is made, its job is {states.get(award)}")
            try:
                content = files.read(document.path, certificate.key, award)
            except Exception as error:  # whatever is wrong with it, her diploma is lost
                found.lost.append(f"{award}: its file cannot be read ({type(error).__name__})")
            else:
                if hashlib.sha256(content).hexdigest() != document.pdf_sha256:
                    found.lost.append(f"{award}: its file is another one")


def _log(found: Verdict) -> None:
    """One leaf of issue for each document, with its hash; indexes without a gap."""
    leaves: dict[Any, list[str]] = {}
    for entry in LogEntry.objects.filter(type=LogEntry.Type.ISSUE):
        leaves.setdefault(entry.award, []).append(entry.pdf_sha256)
    made = dict(Document.objects.values_list("certificate_id", "pdf_sha256"))
    found.doubled += [
        f"{award} was logged {len(those)} times" for award, those in leaves.items() if those[1:]
    ]
    found.lost += [f"{award} is not in the log" for award in made if award not in leaves]
    found.disagreements += [
        f"{award}: log and register differ" for award, those in leaves.items() if made.get(award) not in those
    ]
    indexes = sorted(LogEntry.objects.values_list("index", flat=True))
    if indexes != list(range(len(indexes))):
        found.disagreements.append("the log has gaps")


def _folios(found: Verdict) -> None:
    """Each folio once, and each number of a series up to its last."""
    twice = Certificate.objects.values_list("folio").annotate(n=Count("pk")).filter(n__gt=1)
    found.doubled += [f"folio {folio} was given {count} times" for folio, count in twice.order_by("folio")]
    for series in FolioSeries.objects.all():
        numbers = sorted(Registration.objects.filter(series=series).values_list("number", flat=True))
        if numbers != list(range(1, series.last_number + 1)):
            found.disagreements.append(f"series {series} has gaps")


def _strays(found: Verdict) -> None:
    """In the storage of diplomas lies what the rows name, and nothing else."""
    named = set(Document.objects.values_list("path", flat=True))
    found.strays += sorted(set(_lying("diplomas")) - named)


def _lying(folder: str) -> Iterator[str]:
    try:
        folders, names = private_storage().listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in names if name)
    for name in filter(None, folders):
        yield from _lying(f"{folder}/{name}")

"""The sealed packet for an authority that works on paper: a ZIP whose signed manifest tells any alteration.

    acta.pdf               the authority's edition of the acta, signed
    graduados.xlsx         number, name, hours, and whether her diploma was revoked or replaced
    evidencia.json         hashes of the evidence of each line, and of the whole ledger
    LEAME.txt              how to check it
    manifest.json          SHA-256 of each of these
    manifest.json.p7s      the school's signature over the manifest (CMS, detached, DER)

It is made anew each time and not kept: what is kept is the hash of its manifest, with who made it and when.
"""

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from certificates.actas import ledger, paper, summary
from certificates.actas.models import Acta
from certificates.actas.standing import Standing
from certificates.actas.summary import Summary
from certificates.printing import pades
from courses.sheets import plain

ACTA, LIST, EVIDENCE, README = "acta.pdf", "graduados.xlsx", "evidencia.json", "LEAME.txt"
MANIFEST, SIGNATURE = "manifest.json", "manifest.json.p7s"
TO_LEAVE = summary.OUTSIDE | {Standing.TO_SEND}
VERSION = 1
PROPERTIES = "docProps/core.xml"
SAVED_AT = re.compile(rb"<dcterms:modified.*?</dcterms:modified>", re.DOTALL)


@dataclass(frozen=True)
class Packet:
    """A packet, and the hash by which it is known again."""

    content: bytes
    manifest_sha256: str
    waiting: frozenset[int]  # the lines in it that were not sent before


def build(acta: Acta, at: datetime, wanted: Collection[Standing] = TO_LEAVE) -> Packet:
    """The packet of every line that was sent or waits to be. Raises what `paper.acta_pdf` raises."""
    with override(acta.facts["language"]):
        told = summary.for_authority(acta, wanted)
        files = {
            ACTA: paper.acta_pdf(acta, is_internal=False, at=at, wanted=wanted),
            LIST: graduates_xlsx(told, at),
            EVIDENCE: evidence_json(acta, told),
            README: _readme(acta).encode(),
        }
    manifest = manifest_json(acta, files, at)
    files |= {MANIFEST: manifest, SIGNATURE: pades.sign_apart(manifest, at=at)}
    waiting = frozenset(one.line.pk for one in told.graduates if one.standing == Standing.TO_SEND)
    return Packet(zipped(files, at), hashlib.sha256(manifest).hexdigest(), waiting)


def manifest_json(acta: Acta, files: Mapping[str, bytes], at: datetime) -> bytes:
    """What the packet holds, each file with its SHA-256."""
    return _json(
        {
            "v": VERSION,
            "acta": acta.pk,
            "made_at": at.astimezone(UTC).isoformat(timespec="seconds"),
            "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
        }
    )


def evidence_json(acta: Acta, told: Summary) -> bytes:
    """The hashes of each line's evidence under its number, and of the ledger as a whole. No name."""
    return _json(
        {
            "v": VERSION,
            "acta": acta.pk,
            "rule_version": acta.rule_version,
            "content_digest": acta.facts["content_digest"],
            "ledger": ledger.digest_of_acta(acta),
            "lines": [
                {
                    "number": one.number,
                    "line": ledger.digest_of_line(one.line, one.line.evidence.all()),
                    "evidence": [row.digest for row in one.line.evidence.all()],
                }
                for one in told.graduates
            ],
        }
    )


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def graduates_xlsx(told: Summary, at: datetime) -> bytes:
    """The list of graduates: number, name, hours; and what became of her diploma, once anything did."""
    book = Workbook()
    sheet = book.active
    sheet.title = _("Graduates")
    ended = any(one.afterwards for one in told.graduates)
    sheet.append([_("No."), _("Name"), _("Hours"), *([_("Diploma")] if ended else [])])
    for one in told.graduates:
        words = one.afterwards.words if one.afterwards else ""
        sheet.append([one.number, plain(one.name), one.hours, *([words] if ended else [])])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in sheet.iter_rows(min_row=2):
        row[1].data_type = "s"
        row[2].alignment = Alignment(horizontal="right")
    sheet.column_dimensions["B"].width = 48
    sheet.column_dimensions["D"].width = 26
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    book.properties.creator = "Promotora"
    book.properties.created = at.astimezone(UTC).replace(tzinfo=None)
    target = BytesIO()
    book.save(target)
    with ZipFile(target) as written:
        parts = {name: written.read(name) for name in sorted(written.namelist())}
    parts[PROPERTIES] = SAVED_AT.sub(b"", parts[PROPERTIES])  # openpyxl writes the clock
    return zipped(parts, at)


def _readme(acta: Acta) -> str:
    """How to check the packet, in the language of the acta."""
    words = _(
        "This packet holds acta %(acta)d for the health authority.\n"
        "\n"
        "To check that nothing was altered:\n"
        "1. openssl cms -verify -binary -inform DER -in manifest.json.p7s -content manifest.json "
        "-CAfile school.pem -out checked.json\n"
        "   (school.pem: the certificate that the school handed to you in person)\n"
        "2. The SHA-256 of each file must be the one that manifest.json names: sha256sum acta.pdf …\n"
        "\n"
        "The answer goes line by line, by the numbers of graduados.xlsx: accepted with an oficio, "
        "or returned with a reason.\n"
    )
    return words % {"acta": acta.pk}


def zipped(files: Mapping[str, bytes], at: datetime) -> bytes:
    """The files as a ZIP: the same bytes for the same files and time."""
    stamp = at.astimezone(UTC).timetuple()[:6]
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = ZipInfo(name, date_time=stamp)
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return target.getvalue()

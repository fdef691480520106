"""A PDF that somebody dropped: is it the very file that we issued, and if not, what differs.

The register answers first: a file whose SHA-256 stands there is ours, byte for byte. Anything else is
never called valid, however good it looks; what can be told is in which way it is not our file.
"""

import hashlib
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from certificates import codes
from certificates.credentials.verify import verify_ours
from certificates.printing.inspection import Problem, inspect
from certificates.verification import answers, lookup
from certificates.verification.lookup import Found, Verdict

READER = Path(__file__).with_name("pdf_text.py")
PATIENCE = 15  # seconds of wall clock for the reader; it has five of the processor's
PRINTED_CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}\b")
MOST_CODES = 3  # codes of one file that are looked up
CARD_SIDES = 2
CARD_SIZE = (242.65, 153.07)  # points: 85.6 x 54 mm, ISO/IEC 7810 ID-1
SPACES = re.compile(r"[\s\u00a0\u200b\ufffe\x02-]+")


class Finding(StrEnum):
    """In which way a file is not the one we issued."""

    DAMAGED = "damaged"  # no reader of PDFs can open it
    ENCRYPTED = "encrypted"
    ADDED = "added"  # our file, and something after it
    STRANGER = "stranger"  # the same, signed by somebody whom we do not know
    ALTERED = "altered"  # our signature no longer fits what it covers
    SIGNATURE = "signature"  # the signature itself was touched
    OTHER_SIGNER = "other_signer"
    IMPOSTOR = "impostor"  # by a certificate that only bears our name
    UNSIGNED = "unsigned"
    CARD = "card"  # a wallet card: never signed, so that its file proves nothing
    UNREGISTERED = "unregistered"  # we signed it, and the register does not know it
    FACTS = "facts"  # what the paper says is not what the register says
    CREDENTIAL = "credential"  # the digital credential inside is not the one we signed


SIGNATURE_FINDINGS = {
    Problem.NONE: Finding.UNREGISTERED,
    Problem.NOT_PDF: Finding.DAMAGED,
    Problem.UNSIGNED: Finding.UNSIGNED,
    Problem.NOT_OURS: Finding.OTHER_SIGNER,
    Problem.IMPOSTOR: Finding.IMPOSTOR,
    Problem.ALTERED: Finding.ALTERED,
    Problem.SIGNATURE_DAMAGED: Finding.SIGNATURE,
    Problem.ADDED: Finding.ADDED,
    Problem.SIGNED_BY_STRANGER: Finding.STRANGER,
    Problem.UNREADABLE: Finding.DAMAGED,
}
FOREIGN = {Finding.UNSIGNED, Finding.OTHER_SIGNER}  # of a file that says nothing of us


@dataclass(frozen=True)
class Judgement:
    """What came out: the award whose file it is or pretends to be, and what differs."""

    certificate: Found | None = None
    is_our_file: bool = False
    findings: tuple[Finding, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()  # facts of the register that the file lacks

    @property
    def verdict(self) -> Verdict | None:
        """The state of the award, if one was found."""
        return lookup.verdict(self.certificate) if self.certificate else None


def judge(pdf: bytes, now: datetime) -> Judgement:
    """Compare a file with the register, and if it is not there, find out what it is. Never raises."""
    if own := lookup.find_file(hashlib.sha256(pdf).hexdigest()):
        return Judgement(own, is_our_file=True)
    looked = inspect(pdf)
    findings = [SIGNATURE_FINDINGS[looked.problem]]
    if findings == [Finding.DAMAGED]:
        return Judgement(findings=tuple(findings))
    told = read(pdf)
    if "problem" in told:
        return Judgement(findings=(Finding(told["problem"]),))
    was = lookup.find_file(looked.signed_sha256) if looked.signed_sha256 else None
    certificate = was or _meant(told["text"])
    if certificate is None:
        return Judgement(findings=tuple(one for one in findings if one not in FOREIGN))
    if findings == [Finding.UNSIGNED] and _is_card(told):
        return Judgement(certificate, findings=(Finding.CARD,))
    missing = _missing(told["text"], lookup.verdict(certificate))
    if missing:
        findings.append(Finding.FACTS)
    if looked.credential and verify_ours(looked.credential, at=now).award != str(certificate.pk):
        findings.append(Finding.CREDENTIAL)
    return Judgement(certificate, findings=tuple(findings), missing=missing)


def read(pdf: bytes) -> dict[str, Any]:
    """The words of a PDF, read in a process of its own that may use little and may die."""
    if not pdf.startswith(b"%PDF-"):
        return {"problem": Finding.DAMAGED.value}
    try:
        done = subprocess.run(  # noqa: S603 -- our own program, and nothing of the file in its arguments
            [sys.executable, "-I", str(READER)], input=pdf, capture_output=True, timeout=PATIENCE, check=True
        )
        told: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        return {"problem": Finding.DAMAGED.value}
    return told


def _is_card(told: dict[str, Any]) -> bool:
    """Whether every page has the size of a bank card: ours are printed on demand and signed by nobody."""
    return told["pages"] == CARD_SIDES and all(
        abs(side - should) < 1 for size in told["sizes"] for side, should in zip(size, CARD_SIZE, strict=True)
    )


def _meant(text: str) -> Found | None:
    """The award whose code stands in the words of a file, as printed."""
    for printed in list(dict.fromkeys(PRINTED_CODE.findall(text)))[:MOST_CODES]:
        try:
            found = lookup.find(codes.normalise(printed))
        except codes.MistypedCode:
            continue
        if found:
            return found
    return None


def _missing(text: str, verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """The facts of the register that are not among the words of the file."""
    words = _run_together(text)
    return tuple(
        (label, value) for label, value in answers.printed(verdict) if _run_together(value) not in words
    )


def _run_together(text: str) -> str:
    """Without spaces, line breaks and hyphens: where a line ends is no fact."""
    return SPACES.sub("", text).casefold()

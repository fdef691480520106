"""What can be said about a PDF that somebody brings: did we sign it, and is it as we signed it.

The bytes may be anybody's: they are looked at as bytes (envelopes.py); nothing is drawn, run, fetched or
kept. Only a file that holds an intact signature of ours, with something after it, is read as a PDF.

A good answer here is not the last word. Whoever shows it to people also asks the log for the hash of the
file: that finds what no signature can tell, such as a second signature of ours over the same bytes.
"""

import hashlib
import logging
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from certificates.printing import envelopes
from certificates.printing.envelopes import Envelope
from certificates.printing.seals import Pins, Seal, changes_are_allowed, opened, our_pins

MAGIC = b"%PDF-"
LARGEST_CREDENTIAL = 262_144

log = logging.getLogger(__name__)


class Problem(StrEnum):
    """Why a file is not simply a file that we signed; empty when it is."""

    NONE = ""
    NOT_PDF = "not_pdf"
    UNSIGNED = "unsigned"
    NOT_OURS = "not_ours"  # signed by somebody else
    IMPOSTOR = "impostor"  # by somebody whose certificate carries our name
    ALTERED = "altered"  # what our signature covers was changed
    SIGNATURE_DAMAGED = "signature_damaged"  # the signature itself was changed
    ADDED = "added"  # something was put after our signature
    SIGNED_BY_STRANGER = "signed_by_stranger"  # the same, signed by somebody whom we do not know
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Inspection:
    """What the bytes say. `problem` is empty only for a file that we signed and nobody changed since."""

    sha256: str
    is_pdf: bool = False
    is_ours: bool = False  # it holds a signature by exactly one of our certificates
    is_intact: bool = False  # what that signature covers is what was signed
    covers_whole_file: bool = False  # no byte stands outside of the last signature
    changed_after_signing: bool = False  # more stands after ours than the authority's signature or an archive
    signer: str = ""  # whom the certificate of our signature names
    authority: str = ""  # whom the authority's signature names
    signed_at: datetime | None = None  # as our clock told
    timestamped_at: datetime | None = None  # as the timestamp authority told
    signed_sha256: str = ""  # of the file as it was when we signed it, found again inside this one
    credential: bytes | None = None  # the attached credential.json; not to be trusted unless is_intact
    problem: Problem = Problem.UNREADABLE

    @property
    def is_good(self) -> bool:
        """We signed it, and nothing was changed or added but what we allow."""
        return self.problem == Problem.NONE


def inspect(pdf: bytes) -> Inspection:
    """Look at a file of any origin. Never raises; reads the register of keys in one query."""
    pins = our_pins()
    looked = Inspection(hashlib.sha256(pdf).hexdigest())
    try:
        return _inspected(looked, pdf, pins)
    except Exception as error:  # hostile bytes find what nobody thought of; the answer is still no
        log.warning("a file could not be inspected: %s", type(error).__name__)
        return replace(looked, is_pdf=pdf.startswith(MAGIC))


def _inspected(looked: Inspection, pdf: bytes, pins: Pins) -> Inspection:
    if not pdf.startswith(MAGIC):
        return replace(looked, problem=Problem.NOT_PDF)
    looked = replace(looked, is_pdf=True)
    if not envelopes.mentions(pdf):
        return replace(looked, problem=Problem.UNSIGNED)
    found = [(one, opened(one, pdf, pins)) for one in envelopes.found(pdf)]
    seals = [(one, seal) for one, seal in found if seal]
    if not seals:
        return replace(looked, problem=Problem.SIGNATURE_DAMAGED)
    ours = next(((one, seal) for one, seal in seals if seal.is_by_us), None)
    if ours is None:
        bears_our_name = any(seal.bears_our_name for _one, seal in seals)
        return replace(looked, problem=Problem.IMPOSTOR if bears_our_name else Problem.NOT_OURS)
    return _of_ours(replace(looked, is_ours=True, signer=ours[1].subject), pdf, ours, seals)


def _of_ours(
    looked: Inspection, pdf: bytes, ours: tuple[Envelope, Seal], seals: list[tuple[Envelope, Seal]]
) -> Inspection:
    envelope, seal = ours
    looked = replace(looked, credential=_credential(pdf[: envelope.ends]))
    if not seal.is_intact:
        return replace(looked, problem=Problem.ALTERED)
    if not (seal.is_signed and seal.is_tidy):
        return replace(looked, problem=Problem.SIGNATURE_DAMAGED)
    looked = replace(
        looked,
        is_intact=True,
        signed_at=_time(envelope.written_at),
        timestamped_at=seal.timestamped_at,
        signed_sha256=hashlib.sha256(memoryview(pdf)[: envelope.ends]).hexdigest(),
    )
    if envelope.ends == len(pdf):
        return replace(looked, covers_whole_file=True, problem=Problem.NONE)
    return _with_more(looked, pdf, envelope.ends, [pair for pair in seals if pair[0].ends > envelope.ends])


def _with_more(looked: Inspection, pdf: bytes, signed: int, later: list[tuple[Envelope, Seal]]) -> Inspection:
    """Something stands after our signature: the authority's, an archive timestamp, or what nobody allowed."""
    looked = replace(looked, changed_after_signing=True)
    if not later or later[-1][0].ends != len(pdf):
        return replace(looked, problem=Problem.ADDED)
    looked = replace(looked, covers_whole_file=True)
    seals = [seal for _envelope, seal in later]
    if not all(seal.is_by_authority or seal.is_timestamp for seal in seals):
        return replace(looked, problem=Problem.SIGNED_BY_STRANGER)
    if not all(seal.is_intact and seal.is_signed and seal.is_tidy for seal in seals):
        return replace(looked, problem=Problem.SIGNATURE_DAMAGED)
    if not changes_are_allowed(pdf, signed):
        return replace(looked, problem=Problem.ADDED)
    authority = next((seal.subject for seal in seals if seal.is_by_authority), "")
    return replace(looked, authority=authority, changed_after_signing=False, problem=Problem.NONE)


def _credential(pdf: bytes) -> bytes | None:
    """The attached file, as our diplomas carry it; None if it is not there or too large."""
    label = pdf.find(b"/EmbeddedFile")
    start = pdf.find(b"stream\n", label, label + 1000) if label >= 0 else -1
    if start < 0:
        return None
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(pdf[start + 7 : start + 7 + LARGEST_CREDENTIAL], LARGEST_CREDENTIAL)
    except zlib.error:
        return None
    return content if unpacker.eof else None


def _time(written: str) -> datetime | None:
    """A PDF's date (ISO 32000-1, 7.9.4) in UTC, as we write it."""
    try:
        return datetime.strptime(written, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None

"""A diploma to sign, what people try to do to a signed one, and what each tool says of it."""

import asyncio
import hashlib
import io
import re
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import pyhanko.sign.validation
from asn1crypto import cms, core
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from certificates.designs.actions import CLASSIC
from certificates.keys.identity import Identity, chain_pem
from certificates.printing import envelopes, inspection, rendering
from certificates.printing.envelopes import Envelope
from tests.certificates.printing.tsa import asn1
from tests.factories.certificates import facts

ACCEPTS, REJECTS = "accepts", "rejects"
NOT_WHOLE = "accepts, but says that not the whole file is signed"
NOT_LOOKED = "does not look at signatures"
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@cache
def plain_diploma() -> bytes:
    """A diploma as it is before it is signed."""
    credential = b'{"type": ["VerifiableCredential"], "id": "urn:uuid:0b7f6c1e-0000-4000-8000-000000000001"}'
    return rendering.render(facts(), design=CLASSIC, credential=credential).content


# --- what people try --------------------------------------------------------------------------------


def untouched(pdf: bytes) -> bytes:
    """As it was issued."""
    return pdf


def one_byte(pdf: bytes) -> bytes:
    """One bit of a page's drawing is another."""
    at = pdf.index(b"stream\n") + 100
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def appended(pdf: bytes) -> bytes:
    """Some bytes after the end."""
    return pdf + b"% nothing to see here\n"


def overlaid(pdf: bytes) -> bytes:
    """Another text drawn over the page, as any editor saves it: by an incremental update."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    box = b"q 1 1 1 rg 150 280 500 60 re f Q"
    writer.add_stream_to_page(0, writer.add_object(generic.StreamObject(stream_data=box)))
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def in_the_signature(pdf: bytes) -> bytes:
    """One digit of the signature's value."""
    (envelope,) = envelopes.found(pdf)
    value = cms.ContentInfo.load(envelope.cms)["content"]["signer_infos"][0]["signature"].native
    at = pdf.index(value.hex().upper().encode()) + len(value)  # the middle of its digits
    return pdf[:at] + (b"0" if pdf[at : at + 1] != b"0" else b"1") + pdf[at + 1 :]


def in_the_certificate(pdf: bytes) -> bytes:
    """One digit of the issuer's certificate, which the signature carries and no signature covers."""
    (envelope,) = envelopes.found(pdf)
    signed = cms.ContentInfo.load(envelope.cms)["content"]
    signer = signed["signer_infos"][0]["sid"].chosen["serial_number"].native
    (other,) = [one.chosen for one in signed["certificates"] if one.chosen.serial_number != signer]
    at = pdf.index(other.signature.hex().upper().encode()) + 40
    return pdf[:at] + (b"0" if pdf[at : at + 1] != b"0" else b"1") + pdf[at + 1 :]


def in_the_padding(pdf: bytes) -> bytes:
    """One digit of the zeros that fill the room left for the signature."""
    (envelope,) = envelopes.found(pdf)
    at = envelope.hole_ends - 5
    return pdf[:at] + b"1" + pdf[at + 1 :]


def written_otherwise(pdf: bytes) -> bytes:
    """The same ECDSA signature in its other form (s becomes n − s): valid, but not the bytes we issued."""
    (envelope,) = envelopes.found(pdf)
    content = cms.ContentInfo.load(envelope.cms)
    info = content["content"]["signer_infos"][0]
    pair = core.SequenceOf.load(info["signature"].native, spec=core.Integer)
    info["signature"] = core.SequenceOf(
        [pair[0].native, P256_ORDER - pair[1].native], spec=core.Integer
    ).dump()
    return with_cms(pdf, envelope, content.dump(force=True))


def with_cms(pdf: bytes, envelope: Envelope, content: bytes) -> bytes:
    """The file with another signature in the same place."""
    room = envelope.hole_ends - envelope.hole_starts - 2
    digits = content.hex().upper().encode().ljust(room, b"0")
    return pdf[: envelope.hole_starts + 1] + digits + pdf[envelope.hole_ends - 1 :]


def forged(pdf: bytes, impostor: Identity, pkcs12: Path, passphrase: str) -> bytes:
    """An unsigned diploma signed by somebody whose certificate bears our name, with pyHanko as it comes."""
    assert impostor.subject.startswith("CN=DEMOSTRACIÓN")
    signer = signers.SimpleSigner.load_pkcs12(pkcs12, passphrase=passphrase.encode())
    metadata = signers.PdfSignatureMetadata(
        field_name="SelloInstitucional",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    return bytes(signers.sign_pdf(writer, metadata, signer=signer).getvalue())


TAMPERINGS: dict[str, Callable[[bytes], bytes]] = {
    "nothing: as issued": untouched,
    "one byte flipped in a page": one_byte,
    "bytes appended": appended,
    "overlay by incremental update": overlaid,
    "a digit of the signature's value": in_the_signature,
    "a digit of the issuer's certificate inside the signature": in_the_certificate,
    "a digit of the padding inside the signature": in_the_padding,
    "the signature written in its other valid form": written_otherwise,
}
IMPOSTOR = "signed by another authority of the same name"


# --- what each tool says ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Bench:
    """Where tools work: a folder, and the identity whose authority they are told to trust."""

    folder: Path
    trusted: Identity
    issued: frozenset[str]  # the hashes in the log

    def file(self, pdf: bytes) -> Path:
        """The bytes as a file."""
        path = self.folder / "diploma.pdf"
        path.write_bytes(pdf)
        return path


def run(*command: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, timeout=60, errors="replace"
    )


def qpdf(bench: Bench, pdf: bytes) -> str:
    """`qpdf --check`: is it a sound PDF?"""
    return f"{ACCEPTS} ({NOT_LOOKED})" if run("qpdf", "--check", bench.file(pdf)).returncode == 0 else REJECTS


def pdfsig(bench: Bench, pdf: bytes) -> str:
    """Poppler's pdfsig, with the authority in its NSS database."""
    database = bench.folder / "nss"
    if not database.exists():
        database.mkdir()
        authority = bench.folder / "authority.pem"
        authority.write_text(chain_pem(bench.trusted.chain[1:]))
        run("certutil", "-N", "-d", f"sql:{database}", "--empty-password")
        run("certutil", "-A", "-d", f"sql:{database}", "-n", "school", "-t", "CT,C,C", "-i", authority)
    words = run("pdfsig", "-nssdir", f"sql:{database}", bench.file(pdf)).stdout
    if "Signature is Valid" not in words or "Certificate is Trusted" not in words:
        return REJECTS
    return ACCEPTS if "Total document signed" in words else NOT_WHOLE


def openssl(bench: Bench, pdf: bytes) -> str:
    """`openssl cms -verify` over what the signature says that it covers."""
    match = re.search(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]", pdf)
    if match is None:
        return REJECTS
    first, second, rest = (int(number) for number in match.groups())
    covered, signature = bench.folder / "covered", bench.folder / "signature"
    authority = bench.folder / "trusted.pem"
    authority.write_text(chain_pem(bench.trusted.chain[1:]))
    covered.write_bytes(pdf[:first] + pdf[second : second + rest])
    signature.write_bytes(bytes.fromhex(pdf[first + 1 : second - 1].decode()))
    options = [
        "-inform",
        "DER",
        "-binary",
        "-purpose",
        "any",
        "-CAfile",
        authority,
        "-out",
        bench.folder / "out",
    ]
    done = run("openssl", "cms", "-verify", "-in", signature, "-content", covered, *options)
    if done.returncode:
        return REJECTS
    return ACCEPTS if second + rest == len(pdf) else NOT_WHOLE


def apart(work: Callable[[], Any]) -> Any:
    """The result of `work` in a thread of its own, where no other test's event loop runs."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def pyhanko_validation(bench: Bench, pdf: bytes) -> str:
    """pyHanko's own verdict (`bottom_line`), trusting the authority."""
    roots = [asn1(one) for one in bench.trusted.chain[1:]]
    try:
        (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        context = ValidationContext(trust_roots=roots, allow_fetching=False)
        status = apart(
            partial(
                pyhanko.sign.validation.validate_pdf_signature, signature, signer_validation_context=context
            )
        )
    except Exception:  # whatever it finds to complain about
        return REJECTS
    if not status.bottom_line:
        return REJECTS
    return ACCEPTS if status.coverage == SignatureCoverageLevel.ENTIRE_FILE else NOT_WHOLE


def our_inspection(_bench: Bench, pdf: bytes) -> str:
    """What `inspect` says of the bytes alone."""
    seen = inspection.inspect(pdf)
    return ACCEPTS if seen.is_good else f"{REJECTS}: {seen.problem}"


def our_check(bench: Bench, pdf: bytes) -> str:
    """What a visitor is told: the same, and is the file's hash in the log?"""
    seen = inspection.inspect(pdf)
    return ACCEPTS if seen.is_good and seen.sha256 in bench.issued else REJECTS


@dataclass(frozen=True)
class Tool:
    """A tool by the name in the table, what it needs installed, how to ask it, and of which version."""

    name: str
    programs: tuple[str, ...]
    ask: Callable[[Bench, bytes], str]
    asks_version: tuple[str, ...] = ()
    version: str = ""

    @property
    def other_version(self) -> str:
        """What is installed, when it is not the version that the table speaks of."""
        if not self.asks_version:
            return ""
        done = run(*self.asks_version)
        first = (done.stdout + done.stderr).partition("\n")[0]
        return "" if self.version in first else first

    @property
    def missing(self) -> str:
        """The programs that are not installed."""
        return ", ".join(program for program in self.programs if not shutil.which(program))


TOOLS = (
    Tool("qpdf --check", ("qpdf",), qpdf, ("qpdf", "--version"), "version 11."),
    Tool("pdfsig", ("pdfsig", "certutil"), pdfsig, ("pdfsig", "-v"), "version 22.12"),
    Tool("openssl cms -verify", ("openssl",), openssl, ("openssl", "version"), "OpenSSL 3."),
    Tool("pyHanko", (), pyhanko_validation),
    Tool("our inspection", (), our_inspection),
    Tool("our whole check", (), our_check),
)


def stamped_by_anybody(pdf: bytes, tail: bytes, table: int, stamper: Any) -> bytes:
    """`pdf` with `tail` after it, under a timestamp that holds: anybody can make herself an authority.

    `table` is where the file says that its last table of objects lies.
    """
    room = 12_000
    body = pdf + tail + b"\n900 0 obj\n<</Type /DocTimeStamp /Contents "
    starts, ends = len(body), len(body) + room + 2
    rest = b"%%-60s>>\nendobj\nstartxref\n%d\n%%%%%%%%EOF\n" % table
    length = len(rest % b"")
    end = rest % (b"/ByteRange [0 %d %d %d]" % (starts, ends, length))
    digest = hashlib.sha256(body + end).digest()
    token = apart(lambda: asyncio.run(stamper.async_timestamp(digest, "sha256")))
    return body + b"<" + token.dump().hex().encode().ljust(room, b"0") + b">" + end

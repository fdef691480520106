"""What the QR code says to a phone without signal, read by a reader of its own."""

import hashlib
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
import segno
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from PIL import Image
from pyzbar.pyzbar import decode

from certificates import names, payload
from certificates.keys import custody
from certificates.keys.models import SigningKey
from certificates.printing import offline_code
from tests.factories.certificates import NAME, facts, printed

pytestmark = pytest.mark.django_db
LARGEST = 81  # modules that a cheap phone still reads on paper
BYTES_IN = {2: 1, 4: 2, 5: 3, 7: 4, 8: 5, 10: 6, 11: 7}
SIGNATORIES = [
    payload.Signatory("Dra. Rosa Elena Gómez Pérez", "Directora de la Escuela"),
    payload.Signatory("Mtro. Juan Ruiz López", "Jefe de la Jurisdicción Sanitaria VII"),
]
LONG_MODULES = [
    payload.ModuleFacts(f"{hashlib.sha256(bytes([n])).hexdigest()}: acompañamiento {n}", 600 + n)
    for n in range(1, 15)
]


@dataclass(frozen=True)
class Read:
    """A token taken apart."""

    signed: bytes
    signature: bytes
    name_key: bytes
    name_hash: str
    lines: list[str]


def read(address: str) -> Read:
    """Take an address apart by the words of the module's docstring alone."""
    head, _mark, token = address.partition("#")
    assert token[0] == "1"
    blocks = [token[at : at + 11] for at in range(1, len(token), 11)]
    data = b"".join(int(block, 36).to_bytes(BYTES_IN[len(block)], "big") for block in blocks)
    unpacked = zlib.decompressobj(-15, offline_code.DICTIONARY).decompress(data[96:])
    return Read(
        signed=b"promotora qr 1\n" + head.encode() + b"\n" + data[64:96] + unpacked,
        signature=data[:64],
        name_key=data[64:80],
        name_hash=data[80:96].hex(),
        lines=unpacked.decode().split("\n"),
    )


def is_signed(found: Read) -> bool:
    """Whether the public half of the key that the token names made its signature."""
    row = next(row for row in custody.public_keys(SigningKey.Purpose.QR) if row.kid == found.lines[0])
    key = load_pem_public_key(row.public_key.encode())
    assert isinstance(key, EllipticCurvePublicKey)
    r, s = (int.from_bytes(half, "big") for half in (found.signature[:32], found.signature[32:]))
    try:
        key.verify(encode_dss_signature(r, s), found.signed, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def test_a_reader_of_its_own_finds_every_printed_fact_and_the_signature() -> None:
    told = printed(signatories=SIGNATORIES, texts={"to": "A {name}, por {duration}", "awards": "se honra en"})
    found = read(offline_code.url(told))
    assert is_signed(found)
    assert found.lines[1:] == [
        "es",
        "diploma",
        "",
        "EPS-2026-0001",
        "2026",
        "1",
        told["issuer"],
        told["ally"],
        told["recognition"]["authority"],
        told["recognition"]["oficio_number"],
        "noviembre de 2026",
        told["title"],
        "120 horas",
        told["span"],
        told["issued"],
        "\t".join(text for one in SIGNATORIES for text in (one.name, one.post)),
        "\t".join(["5", *(text for one in told["modules"] for text in (one["title"], one["duration"]))]),
        "2\tse honra en\tA {name}, por 120 horas",
    ]


def test_the_name_is_matched_without_a_server_and_stands_nowhere() -> None:
    found = read(offline_code.url(printed()))
    assert names.matches(found.name_key, NAME.upper().replace("Í", "I"), found.name_hash)
    assert not names.matches(found.name_key, "Otra Persona", found.name_hash)
    assert "Guadalupe" not in "\n".join(found.lines)


def test_facts_with_her_name_are_refused() -> None:
    with pytest.raises(ValueError, match="no name"):
        offline_code.url(facts())


def test_a_demonstration_says_so_under_the_signature() -> None:
    assert read(offline_code.url(printed(is_demo=True))).lines[3] == "demo"


def test_an_award_of_which_little_is_known_is_signed_too() -> None:
    found = read(offline_code.url(printed(kind="statement", ally=None, recognition=None, modules=[])))
    assert is_signed(found)
    assert (found.lines[2], found.lines[8:12], found.lines[17]) == ("statement", [""] * 4, "0")


@pytest.mark.parametrize(
    "change", [{"title": "Diplomado en Otra Cosa"}, {"is_demo": True}, {"name": "Otra Persona"}]
)
def test_a_signature_does_not_fit_other_facts(change: dict[str, Any]) -> None:
    honest, other = read(offline_code.url(printed())), read(offline_code.url(printed(**change)))
    assert not is_signed(replace(other, signature=honest.signature))


@pytest.mark.parametrize("part", ["verifica", "150T042K0KYPSY9E"])
def test_a_signature_does_not_fit_another_address(part: str) -> None:
    assert not is_signed(read(offline_code.url(printed()).replace(part, "OTRA", 1)))


def test_the_same_facts_give_the_same_address_for_ever() -> None:
    assert offline_code.url(printed()) == offline_code.url(printed())


def test_the_key_is_the_one_of_the_year_of_issue() -> None:
    assert read(offline_code.url(printed())).lines[0].startswith("2026-")
    old = printed(issued_on=datetime(2025, 12, 31, tzinfo=UTC).date())
    assert read(offline_code.url(old)).lines[0].startswith("2025-")


@pytest.mark.parametrize("changes", [{}, {"signatories": SIGNATORIES}, {"modules": LONG_MODULES}])
def test_the_drawing_stays_readable(changes: dict[str, Any]) -> None:
    address = offline_code.url(printed(**changes))
    assert len(address) <= offline_code.LONGEST
    parts: Any = address.partition("#")  # segno takes parts, each in its own mode
    drawing = segno.make(parts, error="m", micro=False, boost_error=False)
    assert drawing.symbol_size(border=0)[0] <= LARGEST
    picture = BytesIO()
    drawing.save(picture, kind="png", scale=3)
    assert decode(Image.open(picture))[0].data.decode() == address


def test_sentences_too_long_for_the_drawing_are_counted_and_the_modules_stay() -> None:
    long = " ".join(hashlib.sha256(bytes([n])).hexdigest() for n in range(9))
    found = read(offline_code.url(printed(texts={"notes": long})))
    assert is_signed(found)
    assert found.lines[17].startswith("5\tDerechos")
    assert found.lines[18] == "1"


def test_contents_too_long_for_the_drawing_are_counted_only() -> None:
    found = read(offline_code.url(printed(modules=LONG_MODULES)))
    assert is_signed(found)
    assert found.lines[17] == str(len(LONG_MODULES))

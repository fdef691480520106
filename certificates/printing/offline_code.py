"""What the QR code of a paper says to a phone without signal: the printed facts, signed.

The address of verification carries a token behind «#», which browsers never send to a server. The token is
`1`, then in base 36 (digits and capitals: dense in a QR code, and left alone by whatever it is pasted into):

    signature (64) · name key (16) · name hash (16) · raw DEFLATE, with DICTIONARY, of the lines

The signature is ECDSA P-256 with SHA-256 (FIPS 186-5, r and s of 32 bytes, deterministic by RFC 6979) over
`DOMAIN`, the address before «#», a line feed, name key, name hash, and the lines. The code stands in the
address only. Lines are joined by line feeds, fields in a line by tabs, in the order of `_lines`; no printed
text holds either. The first line is the key's id. A paper with so much text that no phone would read the
drawing leaves the sentences of its design out, then the modules, and says how many there are. A sentence
that holds her name has `{name}` in its place.
"""

import zlib
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from certificates.keys import custody, secrets
from certificates.keys.models import SigningKey

VERSION = "1"
DOMAIN = b"promotora qr 1\n"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BLOCK = 7  # bytes that go together into base 36
DIGITS = (0, 2, 4, 5, 7, 8, 10, 11)  # how many digits so many bytes take
LONGEST = 650  # characters of the whole address: a drawing of at most 81 modules (level M)
SHORTER = ("", "texts", "texts modules")  # what is left out, in turn
HALF = 32  # bytes of r and of s

# Common words of diplomas, the most common last. Part of version 1: it never changes.
DICTIONARY = (
    "January February March April May June July August September October November December "
    "Module Community health Training Course Diploma programme Ministry of Health from to in hours minutes "
    "maternidad lactancia adolescencias comunicación alimentación nutrición vacunación ambiente "
    "acompañamiento evaluación integrador proyecto taller curso seminario programa básico avanzado "
    "Universidad Autónoma Instituto Nacional de la Salud Pública Jurisdicción "
    "Sanitaria Dirección General Servicios Municipal Gobierno Ayuntamiento Centro Fundación Asociación Civil "
    "Colectiva Casa Red Alianza Organización Coordinadora Coordinación Directora Director Presidenta "
    "Presidente Secretaria Secretario Titular Representante Responsable Académica Docente Dra. Dr. Lic. "
    "Mtra. Mtro. Ing. María Guadalupe José Hernández García Martínez López González Pérez Rodríguez Sánchez "
    "Ramírez Primeros auxilios Derechos humanos ética y escucha activa Género Interculturalidad Autocuidado "
    "Práctica supervisada y autocuidado Reducción de daños Salud sexual y reproductiva Salud mental "
    "Prevención de la violencia Prevención de enfermedades Promoción de la salud en la comunidad "
    "Promotoras Comunitarias Promotores Comunitarios Escuela de Promotoras de Salud Comunitaria "
    "Secretaría de Salud del Estado de \nDiplomado en Promoción Comunitaria de la Salud\n"
    " minutos\n1 hora 30 minutos\t2 horas\t10 horas\t12 horas\t15 horas\t20 horas\t24 horas\t"
    "30 horas\t40 horas\nde enero de febrero de marzo de abril de mayo de junio de julio de agosto "
    "a septiembre de octubre de noviembre de diciembre de 2025\nde enero a junio de 2027\n"
    "de 2026\n2026-1\nes\ndiploma\n"
).encode()


def url(facts: dict[str, Any]) -> str:
    """The address that the QR code of this award opens, with its signed facts behind «#».

    `facts` are the payload as stored. The same give the same address while the year's key lasts. Raises
    ValueError for facts with her name, which no QR code tells, and `KeyProblem`.
    """
    if "name" in facts:
        raise ValueError("A QR code tells no name.")
    address, whole = str(facts["verify_url"]), ""
    for left_out in SHORTER:
        whole = f"{address}#{_token(facts, address, left_out)}"
        if len(whole) <= LONGEST:
            break
    return whole


def _token(facts: dict[str, Any], address: str, left_out: str) -> str:
    month = datetime.strptime(facts["issued_month"], "%Y-%m").replace(tzinfo=UTC)
    signer = custody.signer(SigningKey.Purpose.QR, month)
    lines = "\n".join(_lines(facts, signer.kid, left_out)).encode()
    names = secrets.name_key(facts["award"]) + bytes.fromhex(facts["name_hash"])
    if not isinstance(signer.private, EllipticCurvePrivateKey):
        raise TypeError("The key of the QR code is not an elliptic one.")
    signature = signer.private.sign(
        DOMAIN + address.encode() + b"\n" + names + lines, ECDSA(SHA256(), deterministic_signing=True)
    )
    r, s = decode_dss_signature(signature)
    packed = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9, zlib.Z_DEFAULT_STRATEGY, DICTIONARY)
    body = packed.compress(lines) + packed.flush()
    return VERSION + _base36(r.to_bytes(HALF, "big") + s.to_bytes(HALF, "big") + names + body)


def _lines(facts: dict[str, Any], kid: str, left_out: str) -> list[str]:
    """Every printed fact in the order of version 1."""
    recognition = facts["recognition"] or {}
    signatories = [field for one in facts["signatories"] for field in (one["name"], one["post"])]
    texts = [" ".join(facts["texts"][key].split()) for key in sorted(facts["texts"])]
    modules = [field for one in facts["modules"] for field in (one["title"], one["duration"])]
    return [
        kid,
        facts["language"],
        facts["kind"],
        "demo" if facts["is_demo"] else "",
        facts["folio"],
        facts["book"],
        str(facts["page"]),
        facts["issuer"],
        facts["ally"] or "",
        recognition.get("authority", ""),
        recognition.get("oficio_number", ""),
        recognition.get("oficio_date", ""),
        facts["title"],
        facts["duration"],
        facts["span"],
        facts["issued"],
        "\t".join(signatories),
        _counted(len(facts["modules"]), [] if "modules" in left_out else modules),
        _counted(len(texts), [] if "texts" in left_out else texts),
    ]


def _counted(count: int, fields: list[str]) -> str:
    return "\t".join([str(count), *fields])


def _base36(data: bytes) -> str:
    """Seven bytes as eleven digits, the highest first; what is left over as few as it takes."""
    blocks = (data[at : at + BLOCK] for at in range(0, len(data), BLOCK))
    return "".join(_digits(int.from_bytes(block, "big"), DIGITS[len(block)]) for block in blocks)


def _digits(value: int, count: int) -> str:
    digits = ""
    for _ in range(count):
        value, digit = divmod(value, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits

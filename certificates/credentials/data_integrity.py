"""Data Integrity proofs of the cryptosuite eddsa-rdfc-2022, and keys as Multikey.

https://www.w3.org/TR/vc-di-eddsa/#eddsa-rdfc-2022
"""

import hashlib
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from certificates.credentials import linked_data

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
ED25519 = b"\xed\x01"  # the multicodec prefix of an Ed25519 public key
KEY_BYTES, SIGNATURE_BYTES = 32, 64
FIXED = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "proofPurpose": "assertionMethod"}
TOLD = {"created", "verificationMethod", "proofValue"}


class ProofInvalid(Exception):
    """The proof is not of the form that we sign, or the signature does not fit the document."""


def timestamp(at: datetime) -> str:
    """A moment as XML Schema writes it, in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def sign(
    document: dict[str, Any], *, key: Ed25519PrivateKey, method: str, created: datetime
) -> dict[str, Any]:
    """The document with its proof. The same input gives the same bytes (RFC 8032).

    Raises linked_data.UndefinedTerm for what would stay outside the signature.
    """
    told = {**FIXED, "created": timestamp(created), "verificationMethod": method}
    return {**document, "proof": {**told, "proofValue": base58(key.sign(_hashes(document, told)))}}


def check(secured: dict[str, Any], key: Ed25519PublicKey) -> None:
    """Pass if `key` signed exactly this document. Raises ProofInvalid or linked_data.UndefinedTerm."""
    document = {name: value for name, value in secured.items() if name != "proof"}
    proof = proof_of(secured)
    told = {name: value for name, value in proof.items() if name != "proofValue"}
    try:
        key.verify(from_base58(proof["proofValue"], SIGNATURE_BYTES), _hashes(document, told))
    except InvalidSignature as error:
        raise ProofInvalid("The signature does not fit.") from error


def proof_of(secured: dict[str, Any]) -> dict[str, str]:
    """The one proof of a document, if it has the form that we sign. Raises ProofInvalid."""
    proof = secured.get("proof")
    if not isinstance(proof, dict) or proof.keys() != FIXED.keys() | TOLD:
        raise ProofInvalid("There is not one proof of the known form.")
    if any(proof[name] != value for name, value in FIXED.items()):
        raise ProofInvalid("The proof is of another kind.")
    if not all(isinstance(value, str) for value in proof.values()):
        raise ProofInvalid("The proof is not of the known form.")
    return proof


def multikey(key: Ed25519PublicKey) -> str:
    """A public key as `publicKeyMultibase`."""
    return base58(ED25519 + key.public_bytes_raw())


def from_multikey(text: str) -> Ed25519PublicKey:
    """The key that `publicKeyMultibase` tells. Raises ProofInvalid if it is not an Ed25519 key."""
    decoded = from_base58(text, len(ED25519) + KEY_BYTES)
    if not decoded.startswith(ED25519):
        raise ProofInvalid("The key is of another kind.")
    return Ed25519PublicKey.from_public_bytes(decoded[len(ED25519) :])


def base58(content: bytes) -> str:
    """Multibase base58-btc."""
    number, text = int.from_bytes(content), ""
    while number:
        number, digit = divmod(number, 58)
        text = ALPHABET[digit] + text
    return "z" + "1" * (len(content) - len(content.lstrip(b"\0"))) + text


def from_base58(text: str, length: int) -> bytes:
    """The `length` bytes of a multibase base58-btc text. Raises ProofInvalid for any other spelling."""
    try:
        number = 0
        for character in text[1:] if len(text) < length * 2 else "":
            number = number * 58 + ALPHABET.index(character)
        content = number.to_bytes(length)
    except (ValueError, OverflowError) as error:
        raise ProofInvalid("A value is not base58.") from error
    if base58(content) != text:
        raise ProofInvalid("A value is not base58 of the right length.")
    return content


def _hashes(document: dict[str, Any], told: dict[str, str]) -> bytes:
    signed = hashlib.sha256(linked_data.canonical(document)).digest()
    return _hash_of_config(tuple(document["@context"]), tuple(told.items())) + signed


@lru_cache(maxsize=64)
def _hash_of_config(contexts: tuple[str, ...], told: tuple[tuple[str, str], ...]) -> bytes:
    """The hash of the proof's own words: the same for all that one key signs at one time, as a batch is."""
    config = {"@context": list(contexts), **dict(told)}
    return hashlib.sha256(linked_data.canonical(config)).digest()

"""Every way of tampering with a credential that we know of, as data for our check and for other people's."""

import copy
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyld import jsonld

from certificates.credentials import data_integrity, did, linked_data, open_badge, status, verify
from certificates.credentials.models import SIZE, StatusList
from tests.factories.certificates import facts

Credential = dict[str, Any]
STRANGER = Ed25519PrivateKey.from_private_bytes(b"stranger" * 4)


@dataclass(frozen=True)
class Case:
    """A credential, the keys and the status list that a verifier would fetch for it, and the time."""

    credential: Credential
    did_document: dict[str, Any]
    status_list: Credential
    now: datetime

    def as_data(self) -> dict[str, Any]:
        """For a verifier in another process."""
        return {
            "credential": self.credential,
            "didDocument": self.did_document,
            "statusList": self.status_list,
            "now": self.now.isoformat(),
        }


def untouched(now: datetime, **changes: Any) -> Case:
    """A credential as we issue it, with our real keys and the real status list, signed now."""
    told = facts(**changes)
    [(number, index)] = status.take_indexes(1)
    content = open_badge.issue(told, at=now, status_list=number, status_index=index)
    status.refresh(now)
    signed = StatusList.objects.get(number=number).document
    return Case(json.loads(content), did.document(told["did"]), json.loads(signed), now)


def our_result(case: Case, ours: dict[str, Any]) -> verify.Result:
    """What our check says, by the keys of our DID unless the case is about them."""
    keys = case.did_document if case.did_document["id"] == ours["id"] else ours
    credential = json.dumps(case.credential, ensure_ascii=False).encode()
    return verify.verify(credential, keys, json.dumps(case.status_list), at=case.now)


def every(now: datetime) -> Iterator[tuple[str, Case]]:
    """Each tampering by name; the first is none at all."""
    good = untouched(now)
    yield "nothing", good
    for name, tamper in TAMPERINGS.items():
        yield name, tamper(copy.deepcopy(good))


def _altered(change: Callable[[Credential], Any]) -> Callable[[Case], Case]:
    def tamper(case: Case) -> Case:
        change(case.credential)
        return case

    return tamper


def _of_achievement(**changes: Any) -> Callable[[Case], Case]:
    return _altered(lambda told: told["credentialSubject"]["achievement"].update(changes))


def _revoked(case: Case) -> Case:
    entry = case.credential["credentialStatus"]
    number = int(entry["statusListCredential"].rsplit("/", 1)[1])
    status.revoke(number, int(entry["statusListIndex"]), at=case.now)
    signed = json.loads(StatusList.objects.get(number=number).document)
    return Case(case.credential, case.did_document, signed, case.now)


def _resigned(document: Credential, method: str, now: datetime) -> Credential:
    """A document signed anew with the stranger's key."""
    body = {name: value for name, value in document.items() if name != "proof"}
    return data_integrity.sign(body, key=STRANGER, method=method, created=now)


def _stranger_signs(case: Case) -> Case:
    method = case.credential["proof"]["verificationMethod"]
    return Case(_resigned(case.credential, method, case.now), case.did_document, case.status_list, case.now)


def _stranger_lists_herself(case: Case) -> Case:
    """Another issuer, all in order by its own DID: only who expects us can tell."""
    other = "did:web:otra.example"
    credential = case.credential | {"issuer": case.credential["issuer"] | {"id": other}}
    document = {
        "@context": case.did_document["@context"],
        "id": other,
        "verificationMethod": [
            {
                "id": f"{other}#1",
                "type": "Multikey",
                "controller": other,
                "publicKeyMultibase": data_integrity.multikey(STRANGER.public_key()),
            }
        ],
        "assertionMethod": [f"{other}#1"],
    }
    listed = _resigned(case.status_list | {"issuer": other}, f"{other}#1", case.now)
    return Case(_resigned(credential, f"{other}#1", case.now), document, listed, case.now)


def _key_may_not_assert(case: Case) -> Case:
    return Case(case.credential, case.did_document | {"assertionMethod": []}, case.status_list, case.now)


def _list_by_stranger(case: Case) -> Case:
    """A list that clears everybody, signed by the wrong key in our name."""
    method = case.status_list["proof"]["verificationMethod"]
    forged = _resigned(case.status_list, method, case.now)
    return Case(case.credential, case.did_document, forged, case.now)


def _list_of_another(case: Case) -> Case:
    """A true list of ours, but not the one that the credential names."""
    [(number, index)] = status.take_indexes(1)
    entry = open_badge.status_entry(case.did_document["id"], number + 1, index)
    told = case.credential | {"credentialStatus": entry}
    content = {name: value for name, value in told.items() if name != "proof"}
    method = case.credential["proof"]["verificationMethod"]
    credential = _resigned(content, method, case.now)
    keys = copy.deepcopy(case.did_document)
    for one in keys["verificationMethod"]:
        if one["id"] == method:
            one["publicKeyMultibase"] = data_integrity.multikey(STRANGER.public_key())
    listed = _resigned(case.status_list, method, case.now)
    return Case(credential, keys, listed, case.now)


def _undefined_and_signed(case: Case) -> Case:
    """What a signer without our refusal makes: a CURP that its own signature does not cover, then changed."""
    told = copy.deepcopy(case.credential)
    proof = told.pop("proof")
    told["credentialSubject"]["curp"] = "HERM800101MCSRZR09"
    config = {"@context": told["@context"], **proof}
    config.pop("proofValue")
    options = {"documentLoader": linked_data.load, "algorithm": "URDNA2015", "format": "application/n-quads"}
    hashes = b"".join(
        hashlib.sha256(jsonld.normalize(one, options).encode()).digest() for one in (config, told)
    )
    told["proof"] = proof | {"proofValue": data_integrity.base58(STRANGER.sign(hashes))}
    told["credentialSubject"]["curp"] = "XXXX000000XXXXXX00"
    keys = copy.deepcopy(case.did_document)
    for one in keys["verificationMethod"]:
        one["publicKeyMultibase"] = data_integrity.multikey(STRANGER.public_key())
    return Case(told, keys, case.status_list, case.now)


TAMPERINGS: dict[str, Callable[[Case], Case]] = {
    "the title changed": _of_achievement(name="Diplomado en Enfermería"),
    "the hours changed": _of_achievement(creditsAvailable=1200),
    "her name's hash changed": _altered(
        lambda told: told["credentialSubject"]["identifier"][0].update(
            identityHash=open_badge.identity_hash("Otra Persona", "0" * 32)
        )
    ),
    "the letter of recognition removed": _altered(lambda told: told["evidence"].pop()),
    "the status entry removed": _altered(lambda told: told.pop("credentialStatus")),
    "another status index": _altered(
        lambda told: told["credentialStatus"].update(
            statusListIndex=str((int(told["credentialStatus"]["statusListIndex"]) + 1) % SIZE)
        )
    ),
    "the time of signing changed": _altered(
        lambda told: told["proof"].update(created="2020-01-01T00:00:00Z")
    ),
    "the proof removed": _altered(lambda told: told.pop("proof")),
    "an undefined term added": _altered(
        lambda told: told["credentialSubject"].update(curp="HERM800101MCSRZR09")
    ),
    "an undefined term, signed elsewhere and changed": _undefined_and_signed,
    "a context added": _altered(lambda told: told["@context"].append({"curp": "https://example.org/curp"})),
    "another key in our name": _stranger_signs,
    "another issuer, in order by its own keys": _stranger_lists_herself,
    "a key that may not assert": _key_may_not_assert,
    "revoked": _revoked,
    "a status list signed by another key": _list_by_stranger,
    "a status list of another address": _list_of_another,
}

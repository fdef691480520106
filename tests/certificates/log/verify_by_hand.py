"""Check a diploma against the log with nothing but Python: no package, none of our code (docs/log.md).

    python3 verify_by_hand.py --keys keys --head head
    python3 verify_by_hand.py --keys keys --head head --proof proof.json --pdf diploma.pdf
    python3 verify_by_hand.py --keys keys --head head --old kept-head --consistency consistency.json

Exit code 0: everything given holds. It follows C2SP signed-note and tlog-checkpoint, RFC 8032 (Ed25519) and
RFC 9162, sections 2.1.3.2 and 2.1.4.2, word for word and in no hurry.
"""

import argparse
import base64
import hashlib
import json
import sys
from pathlib import Path

# --- Ed25519 (RFC 8032, section 6) ------------------------------------------------------------------
P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def add(one: Point, two: Point) -> Point:
    a, b = (one[1] - one[0]) * (two[1] - two[0]) % P, (one[1] + one[0]) * (two[1] + two[0]) % P
    c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(number: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = add(total, point)
        point, number = add(point, point), number >> 1
    return total


def recover_x(y: int, sign: int) -> int:
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if y >= P or (square == 0 and sign):
        raise ValueError("no point of the curve")
    x: int = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P:
        raise ValueError("no point of the curve")
    return P - x if x & 1 != sign else x


def point_of(data: bytes) -> Point:
    number = int.from_bytes(data, "little")
    y = number & (1 << 255) - 1
    x = recover_x(y, number >> 255)
    return (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def is_signature(public: bytes, message: bytes, signature: bytes) -> bool:
    if len(public) != 32 or len(signature) != 64:
        return False
    try:
        key, r = point_of(public), point_of(signature[:32])
    except ValueError:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= Q:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % Q
    left, right = times(s, BASE), add(r, times(h, key))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 == (left[1] * right[2] - right[1] * left[2]) % P


# --- signed heads -----------------------------------------------------------------------------------
def read_head(note: str, keys: str) -> tuple[str, int, bytes]:
    """Origin, size and root of a head that one of these keys signed."""
    text, signatures = note.split("\n\n", 1)
    origin, size, root = (text + "\n").split("\n")[:3]
    for line in keys.splitlines():
        name, key_id, encoded = line.split("+", 2)
        public = base64.b64decode(encoded)[1:]
        if hashlib.sha256(name.encode() + b"\n\x01" + public).hexdigest()[:8] != key_id or name != origin:
            continue
        for signature in signatures.splitlines():
            _dash, signer, token = signature.split(" ")
            data = base64.b64decode(token)
            is_ours = signer == origin and data[:4].hex() == key_id
            if is_ours and is_signature(public, (text + "\n").encode(), data[4:]):
                return origin, int(size), base64.b64decode(root)
    raise SystemExit("✗ No key of the list signed this head.")


# --- proofs -----------------------------------------------------------------------------------------
def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def is_included(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    fn, sn, r = index, size - 1, leaf
    if index >= size:
        return False
    for p in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def is_consistent(first: int, old: bytes, second: int, new: bytes, path: list[bytes]) -> bool:
    if first == second:
        return old == new and not path
    if not 0 < first < second or not path:
        return False
    if first & (first - 1) == 0:
        path = [old, *path]
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == old and sr == new


def hashes(steps: list[str]) -> list[bytes]:
    return [bytes.fromhex(step) for step in steps]


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("--keys", "--head"):
        parser.add_argument(name, type=Path, required=True)
    for name in ("--proof", "--pdf", "--old", "--consistency"):
        parser.add_argument(name, type=Path)
    given = parser.parse_args()
    keys = given.keys.read_text(encoding="utf-8")
    origin, size, root = read_head(given.head.read_text(encoding="utf-8"), keys)
    print(f"✓ The head of {size} entries of {origin} is signed.")
    if given.proof:
        proof = json.loads(given.proof.read_text(encoding="utf-8"))
        leaf = hashlib.sha256(b"\x00" + proof["leaf"].encode()).digest()
        if not is_included(leaf, proof["index"], size, hashes(proof["path"]), root):
            sys.exit("✗ The entry is not in the log under this head.")
        print(f"✓ Entry {proof['index']} is in the log: {proof['leaf']}")
        if given.pdf:
            digest = hashlib.sha256(given.pdf.read_bytes()).hexdigest()
            if json.loads(proof["leaf"])["pdf_sha256"] != digest:
                sys.exit("✗ The entry speaks of another file.")
            print("✓ The entry speaks of exactly this file.")
    if given.old:
        old_origin, old_size, old_root = read_head(given.old.read_text(encoding="utf-8"), keys)
        path = hashes(json.loads(given.consistency.read_text(encoding="utf-8"))["path"])
        if origin != old_origin or not is_consistent(old_size, old_root, size, root, path):
            sys.exit("✗ The log was rewritten: it does not begin with the entries of the old head.")
        print(f"✓ The log begins with the {old_size} entries of the old head.")


if __name__ == "__main__":
    main()

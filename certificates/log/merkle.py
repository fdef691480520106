"""Merkle trees after RFC 9162, section 2.1: roots, proofs and their verification. Pure: no Django here.

A tree is read through a `Lookup`: the hash of the complete subtree `(level, index)`, which covers the leaves
from `index * 2^level` up to `(index + 1) * 2^level`; level 0 are the leaf hashes. Whatever is asked of a tree
of n leaves looks up at most about 3·log2(n) of them.
"""

import hashlib
from collections.abc import Callable, Sequence

Node = tuple[int, int]  # level, index
Lookup = Callable[[int, int], bytes]

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def grow(frontier: Sequence[bytes], size: int, leaf: bytes) -> tuple[list[bytes], list[tuple[Node, bytes]]]:
    """Append a leaf hash to a tree of `size` leaves; its new frontier, and the subtrees that it completed.

    A frontier holds the roots of the complete subtrees, the largest first: one for each bit set in `size`.
    Raises ValueError when the two do not belong together.
    """
    if len(frontier) != size.bit_count():
        raise ValueError("This frontier is not of a tree of this size.")
    left, completed = list(frontier), []
    level, index = 0, size
    while index & 1:
        leaf, level, index = node_hash(left.pop(), leaf), level + 1, index >> 1
        completed.append(((level, index), leaf))
    return [*left, leaf], completed


def root_of_frontier(frontier: Sequence[bytes]) -> bytes:
    """The root of the tree whose complete subtrees these are."""
    if not frontier:
        return EMPTY_ROOT
    *left, root = frontier
    for subtree in reversed(left):
        root = node_hash(subtree, root)
    return root


def root(size: int, lookup: Lookup) -> bytes:
    """The root of the first `size` leaves."""
    return _root(0, size, lookup) if size else EMPTY_ROOT


def inclusion_path(index: int, size: int, lookup: Lookup) -> list[bytes]:
    """The proof that leaf `index` is in the tree of `size` leaves (RFC 9162, 2.1.3.1).

    Raises ValueError for a leaf that is not in it.
    """
    if not 0 <= index < size:
        raise ValueError("This leaf is not in a tree of this size.")
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_root(middle, end, lookup))
            end = middle
        else:
            path.append(_root(start, middle, lookup))
            start = middle
    return path[::-1]


def consistency_path(first: int, second: int, lookup: Lookup) -> list[bytes]:
    """The proof that the tree of `second` leaves begins with that of `first` (RFC 9162, 2.1.4.1).

    Raises ValueError unless 0 < first ≤ second.
    """
    if not 0 < first <= second:
        raise ValueError("These sizes cannot be compared.")
    path, start, end, is_known = [], 0, second, True
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            path.append(_root(middle, end, lookup))
            end = middle
        else:
            path.append(_root(start, middle, lookup))
            start, is_known = middle, False
    if not is_known:
        path.append(_root(start, end, lookup))
    return path[::-1]


def nodes_needed(prove: Callable[[Lookup], object]) -> set[Node]:
    """What `prove` would look up, so that all of it can be read at once."""
    needed: set[Node] = set()

    def note(level: int, index: int) -> bytes:
        needed.add((level, index))
        return EMPTY_ROOT

    prove(note)
    return needed


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Does `path` prove that this leaf hash is number `index` under `root`? (RFC 9162, 2.1.3.2)"""
    if not 0 <= index < size:
        return False
    position, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if position & 1 or position == last:
            found = node_hash(step, found)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            found = node_hash(found, step)
        position, last = position >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(
    first: int, first_root: bytes, second: int, second_root: bytes, path: Sequence[bytes]
) -> bool:
    """Does `path` prove that the second tree only added leaves to the first? (RFC 9162, 2.1.4.2)"""
    if not 0 < first <= second:
        return False
    if first == second:
        return not path and first_root == second_root
    steps = [first_root, *path] if first.bit_count() == 1 else list(path)
    if not steps:
        return False
    position, last = first - 1, second - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, step)
        position, last = position >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _split(width: int) -> int:
    """The largest power of two smaller than `width`."""
    return 1 << (width - 1).bit_length() - 1


def _root(start: int, end: int, lookup: Lookup) -> bytes:
    """The root of these leaves; `start` is a multiple of a power of two no smaller than the range."""
    width = end - start
    if width.bit_count() == 1:
        level = width.bit_length() - 1
        return lookup(level, start >> level)
    middle = start + _split(width)
    return node_hash(_root(start, middle, lookup), _root(middle, end, lookup))

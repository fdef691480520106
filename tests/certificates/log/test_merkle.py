"""Our Merkle tree against the text of the standard and against another implementation, pymerkle."""

from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree, InvalidProof, verify_consistency, verify_inclusion

from certificates.log import merkle

BIGGEST = 130
ENTRIES = [f"leaf {number}".encode() for number in range(BIGGEST)]
HASHES = [merkle.leaf_hash(entry) for entry in ENTRIES]
# RFC 9162 gives no vectors; these are those of its predecessor's reference implementation
# (Certificate Transparency, merkletree/test_data), which uses the same tree.
REFERENCE_INPUTS = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
REFERENCE_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def tree(leaves: list[bytes]) -> dict[merkle.Node, bytes]:
    """Every complete subtree, as the table keeps them."""
    nodes, frontier = {}, list[bytes]()
    for index, leaf in enumerate(leaves):
        nodes[0, index] = leaf
        frontier, completed = merkle.grow(frontier, index, leaf)
        nodes.update(completed)
    return nodes


NODES = tree(HASHES)


def lookup(level: int, index: int) -> bytes:
    return NODES[level, index]


@cache
def root(size: int) -> bytes:
    return merkle.root(size, lookup)


def by_definition(leaves: list[bytes]) -> bytes:
    """MTH, word for word from RFC 9162, 2.1.1."""
    if not leaves:
        return merkle.EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return merkle.node_hash(by_definition(leaves[:k]), by_definition(leaves[k:]))


def accepts(check: Callable[..., None], *arguments: object) -> bool:
    try:
        check(*arguments)
    except InvalidProof:
        return False
    return True


def test_the_roots_are_those_of_the_reference_vectors() -> None:
    leaves = [merkle.leaf_hash(bytes.fromhex(entry)) for entry in REFERENCE_INPUTS]
    nodes = tree(leaves)
    found = [merkle.root(size, lambda *node: nodes[node]).hex() for size in range(1, 9)]
    assert found == REFERENCE_ROOTS


def test_an_empty_tree_has_the_root_of_nothing() -> None:
    assert merkle.root(0, lookup) == merkle.root_of_frontier([]) == by_definition([])


def test_every_root_is_the_one_of_the_definition_of_the_frontier_and_of_pymerkle() -> None:
    other, frontier = InmemoryTree(algorithm="sha256"), list[bytes]()
    for size in range(1, BIGGEST + 1):
        other.append(ENTRIES[size - 1])
        frontier, _completed = merkle.grow(frontier, size - 1, HASHES[size - 1])
        assert root(size) == by_definition(HASHES[:size]) == merkle.root_of_frontier(frontier)
        assert root(size) == other.get_state()


@pytest.mark.parametrize("size", range(1, BIGGEST + 1))
def test_every_inclusion_proof_verifies_and_none_fits_another_leaf(size: int) -> None:
    for index in range(size):
        path = merkle.inclusion_path(index, size, lookup)
        assert merkle.is_included(HASHES[index], index, size, path, root(size))
        assert not merkle.is_included(HASHES[index - 1], index, size, path, root(size)) or size == 1
        assert not merkle.is_included(HASHES[index], (index + 1) % size, size, path, root(size)) or size == 1
        assert not merkle.is_included(HASHES[index], index, size, [*path, HASHES[0]], root(size))
        assert not path or not merkle.is_included(HASHES[index], index, size, path[:-1], root(size))


@pytest.mark.parametrize("second", range(1, BIGGEST + 1))
def test_every_consistency_proof_verifies_and_none_fits_another_root(second: int) -> None:
    for first in range(1, second + 1):
        path = merkle.consistency_path(first, second, lookup)
        assert merkle.is_consistent(first, root(first), second, root(second), path)
        assert not merkle.is_consistent(first, HASHES[-1], second, root(second), path)
        assert not merkle.is_consistent(first, root(first), second, HASHES[-1], path)
        assert not merkle.is_consistent(first, root(first), second, root(second), [*path, HASHES[0]])
        assert not path or not merkle.is_consistent(first, root(first), second, root(second), path[:-1])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 65, 100, 129, 130])
def test_pymerkle_accepts_the_same_proofs(size: int) -> None:
    other = InmemoryTree(algorithm="sha256")
    for entry in ENTRIES[:size]:
        other.append(entry)
    for index in range(size):
        proof = other.prove_inclusion(index + 1)
        verify_inclusion(HASHES[index], root(size), proof)
        # Its path starts with the leaf itself; what follows must be our proof.
        assert proof.path[1:] == merkle.inclusion_path(index, size, lookup)
    for first in range(1, size + 1):
        proof = other.prove_consistency(first, size)
        assert accepts(verify_consistency, root(first), root(size), proof)
        assert not accepts(verify_consistency, HASHES[-1], root(size), proof)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 3), (7, 3)])
def test_there_is_no_proof_for_a_leaf_outside(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="not in a tree"):
        merkle.inclusion_path(index, size, lookup)
    assert not merkle.is_included(HASHES[0], index, size, [], HASHES[0])


@pytest.mark.parametrize(("first", "second"), [(0, 0), (0, 5), (5, 4), (-1, 4)])
def test_sizes_that_cannot_be_compared_are_refused(first: int, second: int) -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        merkle.consistency_path(first, second, lookup)
    assert not merkle.is_consistent(first, HASHES[0], second, HASHES[0], [])


def test_a_frontier_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="not of a tree"):
        merkle.grow([HASHES[0]], 3, HASHES[1])


sizes = st.integers(min_value=1, max_value=BIGGEST)


@given(data=st.data(), size=sizes)
def test_a_proof_with_one_flipped_bit_never_verifies(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion_path(index, size, lookup)
    parts = [HASHES[index], root(size), *path]
    which, bit = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.integers(0, 255))
    flipped = (int.from_bytes(parts[which], "big") ^ (1 << bit)).to_bytes(merkle.HASH_BYTES, "big")
    parts[which] = flipped
    assert not merkle.is_included(parts[0], index, size, parts[2:], parts[1])


@given(leaves=st.lists(st.binary(max_size=40), min_size=2, max_size=60), data=st.data())
def test_rewriting_any_leaf_breaks_consistency_with_what_was_published(
    leaves: list[bytes], data: st.DataObject
) -> None:
    first = data.draw(st.integers(1, len(leaves)))
    position = data.draw(st.integers(0, first - 1))
    rewritten = [*leaves[:position], leaves[position] + b"!", *leaves[position + 1 :]]
    before = tree([merkle.leaf_hash(leaf) for leaf in leaves])
    after = tree([merkle.leaf_hash(leaf) for leaf in rewritten])
    old = merkle.root(first, lambda *node: before[node])
    new = merkle.root(len(leaves), lambda *node: after[node])
    path = merkle.consistency_path(first, len(leaves), lambda *node: after[node])
    assert not merkle.is_consistent(first, old, len(leaves), new, path)


@given(size=st.integers(1, 10**12), data=st.data())
def test_a_proof_reads_few_nodes_however_big_the_tree(size: int, data: st.DataObject) -> None:
    index, first = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    few = 3 * size.bit_length()
    assert len(merkle.nodes_needed(lambda look: merkle.inclusion_path(index, size, look))) <= few
    assert len(merkle.nodes_needed(lambda look: merkle.consistency_path(first, size, look))) <= few

"""What the log can prove, read with few queries however long it is."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db.models import Q

from certificates.log import merkle
from certificates.log.models import LogEntry, LogNode, TreeHead

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class InclusionProof:
    """That a leaf stands in the log under a published head: all that a verifier needs, hashes as bytes."""

    index: int
    size: int
    leaf: str  # the canonical JSON that was hashed
    leaf_hash: bytes
    path: tuple[bytes, ...]
    root: bytes
    note: str  # the signed head


def inclusion_of(award: UUID, type: str = LogEntry.Type.ISSUE) -> InclusionProof | None:
    """The proof for one event of an award under the latest head; at most four queries.

    None while no such event is in the log, or no published head covers it yet (at most a day).
    """
    entry = LogEntry.objects.filter(award=award, type=type).first()
    head = latest_head() if entry else None
    if entry is None or head is None:
        return None
    return inclusion_under(entry, head)


def inclusion_under(entry: LogEntry, head: TreeHead) -> InclusionProof | None:
    """The proof for a leaf under this head; None when the head was published before it. Two queries."""
    if entry.index >= head.size:
        return None
    return InclusionProof(
        index=entry.index,
        size=head.size,
        leaf=entry.leaf,
        leaf_hash=bytes.fromhex(entry.leaf_hash),
        path=tuple(inclusion_path(entry.index, head.size)),
        root=bytes.fromhex(head.root_hash),
        note=head.note,
    )


def inclusion_path(index: int, size: int) -> list[bytes]:
    """See `merkle.inclusion_path`. At most two queries."""
    return _proved(lambda lookup: merkle.inclusion_path(index, size, lookup))


def consistency_path(first: int, second: int) -> list[bytes]:
    """See `merkle.consistency_path`. At most two queries."""
    return _proved(lambda lookup: merkle.consistency_path(first, second, lookup))


def latest_head() -> TreeHead | None:
    """The head of the most leaves that was published. One query."""
    return TreeHead.objects.order_by("-size").first()


def is_logged(pdf_sha256: str) -> LogEntry | None:
    """The event by which exactly this file was issued or countersigned. One query."""
    return LogEntry.objects.filter(pdf_sha256=pdf_sha256).first() if pdf_sha256 else None


def _proved(prove: Callable[[merkle.Lookup], Answer]) -> Answer:
    """Find out which nodes a proof needs, read them, then make it. Raises KeyError if one is missing."""
    nodes = _read(merkle.nodes_needed(prove))
    return prove(lambda level, index: nodes[level, index])


def _read(needed: Iterable[merkle.Node]) -> dict[merkle.Node, bytes]:
    by_level: dict[int, list[int]] = defaultdict(list)
    for level, index in needed:
        by_level[level].append(index)
    found: dict[merkle.Node, bytes] = {}
    if leaves := by_level.pop(0, []):
        for index, digest in LogEntry.objects.filter(pk__in=leaves).values_list("index", "leaf_hash"):
            found[0, index] = bytes.fromhex(digest)
    if by_level:
        wanted = Q()
        for level, indexes in by_level.items():
            wanted |= Q(level=level, index__in=indexes)
        for level, index, digest in LogNode.objects.filter(wanted).values_list("level", "index", "hash"):
            found[level, index] = bytes.fromhex(digest)
    return found

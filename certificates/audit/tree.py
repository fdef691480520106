"""The log against itself: every leaf hashed anew, every stored subtree and every head compared with that.

Leaves are only ever added, so everything is read up to the size that the state row had at the beginning, in
small pieces, while workers go on appending.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import ExpressionWrapper, F, FloatField, Q, Subquery
from django.db.models.functions import Power
from django.utils.translation import gettext as _

from certificates.audit.findings import Report
from certificates.log import merkle
from certificates.log.actions import leaf_bytes
from certificates.log.models import LogEntry, LogNode, LogState

BATCH = 2048


@dataclass
class Tree:
    """What the leaves amount to: how many, their root, and the roots that were asked for by size."""

    size: int
    root: bytes
    roots: dict[int, bytes]


def check_tree(report: Report, sizes: Collection[int]) -> Tree:
    """Recompute the tree from the leaves; say what is missing, rewritten or too much."""
    state = LogState.objects.first() or LogState(size=0, frontier=[])
    frontier: list[bytes] = []
    roots = {0: merkle.EMPTY_ROOT}
    wanted, wrong_nodes = set(sizes), []
    for start in range(0, state.size, BATCH):
        end = min(start + BATCH, state.size)
        entries = {entry.index: entry for entry in LogEntry.objects.filter(index__gte=start, index__lt=end)}
        completed: dict[merkle.Node, bytes] = {}
        for index in range(start, end):
            leaf = _leaf_hash(report, index, entries.get(index))
            frontier, new = merkle.grow(frontier, index, leaf)
            completed.update(new)
            if index + 1 in wanted:
                roots[index + 1] = merkle.root_of_frontier(frontier)
        wrong_nodes += _wrong_nodes(completed, start, end)
    if wrong_nodes:
        level, index = wrong_nodes[0]
        words = {"count": len(wrong_nodes), "level": level, "index": index}
        report.add(
            "nodes",
            _(
                "%(count)d stored subtrees do not fit the entries below them; "
                "the first is %(level)d/%(index)d."
            )
            % words,
        )
    if [bytes.fromhex(one) for one in state.frontier] != frontier:
        report.add("state", _("The state of the log does not fit its entries: something was rewritten."))
    _check_surplus(report)
    tree = Tree(state.size, merkle.root_of_frontier(frontier), roots)
    report.size, report.root = tree.size, tree.root.hex()
    return tree


def _leaf_hash(report: Report, index: int, entry: LogEntry | None) -> bytes:
    """The hash of what the leaf says, after checking that its row says the same."""
    if entry is None:
        report.add("missing", _("Entry %(index)d of the log is missing.") % {"index": index})
        return merkle.EMPTY_ROOT
    computed = merkle.leaf_hash(entry.leaf.encode())
    if computed.hex() != entry.leaf_hash:
        report.add("rewritten", _("Entry %(index)d of the log was rewritten.") % {"index": index})
    elif entry.leaf.encode() != _leaf_of_row(entry):
        report.add(
            "row", _("Entry %(index)d of the log says something else than its row.") % {"index": index}
        )
    return computed


def _leaf_of_row(entry: LogEntry) -> bytes:
    """What the leaf must be if the columns are true."""
    return leaf_bytes(
        entry.type, award=entry.award, pdf_sha256=entry.pdf_sha256, vc_sha256=entry.vc_sha256, at=entry.at
    )


def _wrong_nodes(completed: dict[merkle.Node, bytes], start: int, end: int) -> list[merkle.Node]:
    """Which of these subtrees are missing in the table or differ there."""
    if not completed:
        return []
    wanted = Q()
    for level in {level for level, _index in completed}:
        wanted |= Q(level=level, index__gte=start >> level, index__lte=end - 1 >> level)
    stored = {
        (level, index): digest
        for level, index, digest in LogNode.objects.filter(wanted).values_list("level", "index", "hash")
    }
    return sorted(node for node, digest in completed.items() if stored.get(node) != digest.hex())


def _check_surplus(report: Report) -> None:
    """Rows that the state does not know; asked in one statement each, so that no append comes between."""
    size = Subquery(LogState.objects.filter(pk=1).values("size"))
    extra = LogEntry.objects.filter(index__gte=size).values_list("index", flat=True)
    if LogState.objects.exists():
        found = list(extra[:20])
    else:
        found = list(LogEntry.objects.values_list("index", flat=True)[:20])
    for index in found:
        report.add("surplus", _("Entry %(index)d stands after the end of the log.") % {"index": index})
    ends = ExpressionWrapper((F("index") + 1) * Power(2, F("level")), output_field=FloatField())
    nodes = LogNode.objects.annotate(end=ends).filter(Q(end__gt=size) | Q(level=0)).count()
    if nodes:
        report.add(
            "surplus",
            _("%(count)d stored subtrees lie outside of the log.") % {"count": nodes},
        )

"""Published heads against the log: signed by our keys, true to the leaves, each grown out of the last."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.conf import settings
from django.utils.translation import gettext as _

from certificates.audit.findings import Report
from certificates.audit.tree import Tree
from certificates.keys import custody
from certificates.keys.models import SigningKey
from certificates.log import checkpoint, merkle, proofs
from certificates.log.checkpoint import BadNote, Checkpoint
from certificates.log.models import TreeHead


def stored() -> list[TreeHead]:
    """Every head that was published, the first one first. Read them before the tree."""
    return list(TreeHead.objects.select_related("key").order_by("size"))


def check_heads(report: Report, heads: list[TreeHead], tree: Tree) -> None:
    """Signature, origin, size and root of every head; and consistency between neighbours."""
    report.heads = len(heads)
    before: Checkpoint | None = None
    for head in heads:
        said = _check_note(report, head)
        if said is None:
            continue
        if not _fits(said, tree):
            report.add(
                "head",
                _(
                    "The log is not the one whose head was published with %(size)d entries: "
                    "entries were removed or rewritten since."
                )
                % {"size": said.size},
            )
        elif before is not None and not _is_grown(before, said):
            report.add(
                "consistency",
                _("There is no proof that the head of %(second)d entries grew out of that of %(first)d.")
                % {"first": before.size, "second": said.size},
            )
        before = said if _fits(said, tree) else None


def check_kept_head(report: Report, note: str, tree: Tree) -> None:
    """A head that a witness kept: it must be ours, and the log of today must begin with it."""
    try:
        said = checkpoint.read(note)
    except BadNote:
        report.add("kept", _("The file is not a head of a log."))
        return
    keys = [public for row in custody.public_keys(custody.Purpose.LOG) if (public := _public(row))]
    if said.origin != settings.LOG_ORIGIN:
        report.add(
            "kept",
            _("The head in the file is of another log: %(origin)s.") % {"origin": said.origin[:200]},
        )
    elif not any(checkpoint.is_signed_by(note, public) for public in keys):
        report.add("kept", _("The head in the file was not signed by any key of this log."))
    elif said.size > tree.size:
        report.add(
            "kept",
            _("The log has %(size)d entries and had %(kept)d when this head was signed: its end was cut off.")
            % {"size": tree.size, "kept": said.size},
        )
    elif not _fits(said, tree):
        report.add(
            "kept",
            _("The first %(size)d entries are not those of the head in the file: the log was rewritten.")
            % {"size": said.size},
        )
    else:
        report.notes.append(
            _("The log begins with the %(size)d entries of the head in the file.") % {"size": said.size}
        )


def size_of(note: str) -> int:
    """How many entries a note speaks of; 0 when it is none."""
    try:
        return checkpoint.read(note).size
    except BadNote:
        return 0


def _check_note(report: Report, head: TreeHead) -> Checkpoint | None:
    """What the note says, if it is signed and its row says the same."""
    words = {"size": head.size}
    try:
        said = checkpoint.read(head.note)
        public = _public(head.key)
        is_signed = public is not None and checkpoint.is_signed_by(head.note, public)
    except BadNote:
        report.add("signature", _("The head of %(size)d entries cannot be read.") % words)
        return None
    if head.key.purpose != custody.Purpose.LOG or not is_signed:
        report.add("signature", _("The head of %(size)d entries is not signed by its key.") % words)
        return None
    if (said.size, said.root.hex()) != (head.size, head.root_hash):
        report.add("row", _("The head of %(size)d entries says something else than its row.") % words)
    return said


def _fits(said: Checkpoint, tree: Tree) -> bool:
    return tree.roots.get(said.size) == said.root


def _is_grown(first: Checkpoint, second: Checkpoint) -> bool:
    """Do the stored subtrees prove it, as they would to anyone who asks?"""
    try:
        path = proofs.consistency_path(first.size, second.size)
    except KeyError:
        return False
    return merkle.is_consistent(first.size, first.root, second.size, second.root, path)


def _public(row: SigningKey) -> Ed25519PublicKey | None:
    try:
        found = load_pem_public_key(row.public_key.encode())
    except ValueError:
        return None
    return found if isinstance(found, Ed25519PublicKey) else None

"""Checking everything, keeping what was found, and repairing what needs no decision."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from certificates.audit import heads, register, storage, tree
from certificates.audit.findings import Report
from certificates.awards import files
from certificates.credentials import status
from certificates.log.models import AuditRun
from certificates.printing import font_folders

MOST_KEPT = 100

log = logging.getLogger(__name__)


def check(now: datetime, *, is_deep: bool = False, kept_head: str = "") -> Report:
    """Prove that nothing was removed or rewritten, and that log, register, actas and files agree.

    `is_deep` opens every sealed file; `kept_head` is the note that a witness kept. Changes nothing.
    """
    report = Report(at=now, is_deep=is_deep)
    published = heads.stored()
    sizes = {head.size for head in published} | {heads.size_of(head.note) for head in published}
    found = tree.check_tree(report, sizes | {heads.size_of(kept_head)})
    heads.check_heads(report, published, found)
    if kept_head:
        heads.check_kept_head(report, kept_head, found)
    register.check_register(report)
    storage.check_files(report, is_deep=is_deep)
    return report


def audit(now: datetime, *, is_deep: bool = False, kept_head: str = "") -> Report:
    """Check, and keep the outcome for the administrators' page."""
    report = check(now, is_deep=is_deep, kept_head=kept_head)
    AuditRun.objects.create(
        at=now,
        size=report.size,
        is_deep=is_deep,
        findings=[one.sentence for one in report.findings[:MOST_KEPT]],
        findings_count=len(report.findings),
    )
    if report.findings:
        log.error("audit of the log: %d findings", len(report.findings))
    return report


@dataclass
class Repairs:
    """What `reconcile` did, or would do."""

    files: list[str] = field(default_factory=list)
    font_folders: int = 0
    status_lists: list[int] = field(default_factory=list)

    @property
    def sentences(self) -> list[str]:
        """The same in words."""
        return [
            _("Files in the storage that no award names: %(count)d") % {"count": len(self.files)},
            _("Temporary folders of programs that were killed: %(count)d") % {"count": self.font_folders},
            _("Status lists that did not say what the register says: %(count)d")
            % {"count": len(self.status_lists)},
        ]


def reconcile(now: datetime, *, is_applied: bool, min_age: timedelta = storage.MIN_AGE) -> Repairs:
    """Remove what crashes left behind and make the status lists say what the register says.

    Without `is_applied` it only tells. It never touches the log, the register or an acta, nor files younger
    than `min_age`: their row may be on its way.
    """
    repairs = Repairs(files=storage.leftovers(now, min_age))
    taken, revoked = register.taken_by_register(), register.revoked_by_register()
    if not is_applied:
        repairs.font_folders = len(font_folders.left())
        wrong = (revoked ^ status.revoked()) | (taken - status.taken())
        repairs.status_lists = sorted({number for number, _index in wrong})
        return repairs
    for path in repairs.files:
        files.drop(path)
    repairs.font_folders = font_folders.remove_left()
    repairs.status_lists = status.rebuild(taken=taken, revoked=revoked, at=now)
    return repairs

"""Prove that nothing was removed from the log or rewritten, and that log, register, actas and files agree."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.audit import actions
from certificates.audit.findings import Report


class Command(BaseCommand):
    """`manage.py audit_log [--json] [--deep] [--since-head FILE]`. Exit code 1 when something was found."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="answer in JSON, for programs")
        parser.add_argument("--deep", action="store_true", help="open every sealed file and compare its hash")
        parser.add_argument("--since-head", metavar="FILE", help="a signed head that a witness kept")

    def handle(self, *args: Any, **options: Any) -> None:
        kept = _read(options["since_head"]) if options["since_head"] else ""
        report = actions.audit(timezone.now(), is_deep=options["deep"], kept_head=kept)
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=1))
        else:
            self._tell(report)
        if not report.is_clean:
            sys.exit(1)

    def _tell(self, report: Report) -> None:
        words = {"size": report.size, "heads": report.heads}
        self.stdout.write(_("Entries in the log: %(size)d. Heads published: %(heads)d.") % words)
        for acta, diplomas in sorted(report.diplomas_by_acta.items()):
            self.stdout.write(
                _("Acta %(acta)d: %(diplomas)d diplomas.") % {"acta": acta, "diplomas": diplomas}
            )
        for note in report.notes:
            self.stdout.write(note)
        for finding in report.findings:
            self.stdout.write(self.style.ERROR(f"✗ {finding.sentence}"))
        if report.is_clean:
            self.stdout.write(self.style.SUCCESS(_("Nothing was removed or rewritten. Everything agrees.")))
        else:
            count = len(report.findings)
            self.stdout.write(self.style.ERROR(_("Things that do not fit: %(count)d") % {"count": count}))


def _read(name: str) -> str:
    """The file a witness kept. An empty one is still a file to be judged."""
    try:
        return Path(name).read_text() or "\n"
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(_("The file %(name)s cannot be read.") % {"name": name}) from error

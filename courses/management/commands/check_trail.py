"""Prove that no entry of the audit trail was changed, removed or put in between (docs/audit.md)."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.trail import actions, checking, rules


class Command(BaseCommand):
    """`manage.py check_trail [--json] [--head "41 9f86…"]`. Exit code 1 when something does not fit."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="answer in JSON, for programs")
        parser.add_argument("--head", metavar="NUMBER HASH", help="a head that somebody kept outside")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            kept = rules.parse_head(options["head"]) if options["head"] else None
        except ValueError as error:
            raise CommandError(_("A head is a number, a space and 64 letters and figures.")) from error
        actions.chain()
        report = checking.check_and_keep(timezone.now(), kept_head=kept)
        if options["json"]:
            self.stdout.write(json.dumps(asdict(report), ensure_ascii=False, indent=1))
        else:
            self.stdout.write(_("Entries that fit: %(size)d. Head: %(size)d %(hash)s") % asdict(report))
            for finding in report.findings:
                self.stdout.write(self.style.ERROR(f"✗ {finding}"))
            if report.is_whole:
                self.stdout.write(self.style.SUCCESS(_("No entry was changed or removed.")))
        if not report.is_whole:
            sys.exit(1)

"""Remove what crashes left behind and make the status lists say what the register says."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.audit import actions
from certificates.audit.storage import MIN_AGE


class Command(BaseCommand):
    """`manage.py reconcile [--apply] [--min-age SECONDS]`. Without --apply it only tells."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="do it, instead of only telling")
        parser.add_argument(
            "--min-age",
            type=int,
            default=int(MIN_AGE.total_seconds()),
            metavar="SECONDS",
            help="leave younger files alone; 0 only while nobody makes diplomas",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        repairs = actions.reconcile(
            timezone.now(), is_applied=options["apply"], min_age=timedelta(seconds=options["min_age"])
        )
        for sentence in repairs.sentences:
            self.stdout.write(sentence)
        if options["verbosity"] > 1:
            for path in repairs.files:
                self.stdout.write(f"  {path}")
        if not options["apply"]:
            self.stdout.write(_("Nothing was changed. With --apply it is put right."))

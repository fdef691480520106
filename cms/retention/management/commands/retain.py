"""`manage.py retain`: let go of what was kept long enough; with --dry-run, only say what would go."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cms.retention import actions, report, rules
from cms.retention.tasks import SECONDS


class Command(BaseCommand):
    """Numbers and ids of cohorts, never a name."""

    help = "Let go of what was kept long enough (docs/retention.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Change nothing; say what would go.")
        parser.add_argument("--seconds", type=int, default=SECONDS, help="Stop after so long; go on later.")

    def handle(self, *_args: Any, **options: Any) -> None:
        now = timezone.now()
        if not options["dry_run"]:
            went = actions.run(now, seconds=options["seconds"])
            self.stdout.write("\n".join(f"{code}: {count}" for code, count in sorted(went.items())))
            return
        ended = rules.ended(now)
        for found in report.dry_run(now, ended.ids):
            self.stdout.write(f"{found.rule.code}: {found.count}")
            for kind in found.found:
                self.stdout.write(f"  {kind.code}: {kind.count}")
        for word, cohorts in (("going", report.with_people(ended.going)), ("waiting", ended.waiting)):
            self.stdout.write(f"cohorts {word}: {', '.join(str(one.pk) for one in cohorts) or '-'}")

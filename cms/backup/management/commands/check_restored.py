"""After a restore: migrate, erase again what was erased since the backup, and verify every diploma."""

import json
import logging
import sys
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.backup import archive, erasing, verifying
from courses.trail import actions as trail
from courses.trail.models import TrailEntry


class Command(BaseCommand):
    """`manage.py check_restored EXPECTED`, the end of a restore. Exit code 1: something is wrong."""

    help = __doc__
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("expected", help="counts and erasures, as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        logging.getLogger().setLevel(logging.WARNING)
        expected = json.loads(Path(options["expected"]).read_text())
        call_command("migrate", interactive=False, verbosity=0)
        erased, strange = erasing.apply(erasing.read(expected["erasures"]))
        if erased:
            self._tell(
                ngettext(
                    "%(count)d woman had her name erased since: it was erased again.",
                    "%(count)d women had their names erased since: they were erased again.",
                    erased,
                )
                % {"count": erased}
            )
        problems = [
            _("This version cannot repeat an erasure of the kind «%(kind)s».") % {"kind": one}
            for one in strange
        ]
        problems += self._counted(expected["counts"])
        trail.note_look(trail.Deed.RESTORED, about=TrailEntry, by=None, at=timezone.now())
        found = verifying.verify_all(timezone.now(), tell=self._tell)
        problems += found.problems
        for state, count in sorted(found.states.items()):
            self._tell(f"  {count:6} {state}")
        for problem in problems:
            self.stdout.write(self.style.ERROR(f"✗ {problem}"))
        if problems:
            sys.exit(1)
        self.stdout.write(
            self.style.SUCCESS(
                ngettext(
                    "%(count)d diploma verifies: file, signature, log and state.",
                    "%(count)d diplomas verify: file, signature, log and state.",
                    found.verified,
                )
                % {"count": found.verified}
            )
        )

    def _counted(self, expected: dict[str, int]) -> list[str]:
        here = archive.counts()
        return [
            _("%(what)s: %(here)d, and the backup says at least %(there)d.")
            % {"what": name, "here": here.get(name, 0), "there": count}
            for name, count in expected.items()
            if here.get(name, 0) < count
        ]

    def _tell(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()

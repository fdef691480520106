"""Restore a backup: check it, put it in place, migrate, erase again what was erased since, verify all."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.backup import archive, database, erasing, passphrases, restoring, staging
from cms.backup.sealed import BadArchive
from cms.backup.workplace import stopped_in_order, workplace
from cms.process.options import ROOT, Refusal, claim
from courses import erasures


class Command(BaseCommand):
    """`manage.py restore FILE|FOLDER [--over] [--newest FILE] [--passphrase-file F] [--escrow-file F]`."""

    help = __doc__
    requires_system_checks = []  # keys may be missing: they are in the backup
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", metavar="FILE", help="a backup, or a folder: its newest one")
        parser.add_argument("--passphrase-file", metavar="FILE", help="whose first line is the passphrase")
        parser.add_argument("--escrow-file", metavar="FILE", help="the same for the keys")
        parser.add_argument(
            "--without-keys", action="store_true", help="the keys are on this machine already"
        )
        parser.add_argument("--over", action="store_true", help="in the place of the school that is here")
        parser.add_argument(
            "--newest", metavar="FILE", help="a newer backup: what it knows as erased is erased again"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        os.umask(0o077)  # personal data: whoever types this may have another one
        try:
            self._restore(options)
        except (BadArchive, Refusal, OSError) as error:
            raise CommandError(str(error)) from error

    def _restore(self, options: dict[str, Any]) -> None:
        data_dir = Path(settings.DATA_DIR)
        lock = claim(data_dir, patience=0)
        database.check_programs()
        is_lived_in = restoring.check_place(is_over=options["over"])
        source = Path(options["source"]).absolute()
        source = archive.newest(source) if source.is_dir() else source
        passphrase = passphrases.ask(_("Passphrase of the backup"), options["passphrase_file"], is_new=False)
        keys = None if options["without_keys"] else self._escrow(options, passphrase)
        with stopped_in_order(), workplace(self._tell) as work:
            self._tell(_("Reading and checking %(name)s …") % {"name": source.name})
            staged = staging.stage(source, work, passphrase, keys)
            self._tell(
                _("It is whole: %(count)d parts, of %(at)s.")
                % {"count": staged.files, "at": staged.about["made_at"]}
            )
            restoring.check_keys(staged, is_over=options["over"])
            again = erasing.written(self._erased(staged, options, passphrase))
            aside = restoring.put_in_place(staged, at=timezone.now(), tell=self._tell)
            expected = work / "expected.json"
            expected.write_text(json.dumps({"counts": staged.about["counts"], "erasures": again}))
            is_well = self._finish(expected)
        os.close(lock)
        if aside and not is_lived_in:
            shutil.rmtree(aside)  # the keys that this very start made
        elif aside:
            self._tell(
                _(
                    "What was here before lies in %(folder)s. Delete it when all is well: "
                    "it may hold names that were erased."
                )
                % {"folder": aside}
            )
        self._tell(_("What was due to go since then came back with it. Now type: manage.py retain"))
        if not is_well:
            raise CommandError(_("It was restored, and something does not fit: see above."))

    def _escrow(self, options: dict[str, Any], passphrase: str) -> str:
        if settings.IS_DEMO and not options["escrow_file"] and options["passphrase_file"]:
            return passphrase
        return passphrases.ask(_("Passphrase of the keys"), options["escrow_file"], is_new=False)

    def _erased(
        self, staged: staging.Staged, options: dict[str, Any], passphrase: str
    ) -> list[erasures.Erased]:
        """Of this backup, of a newer one, and of the ledger and register that are still here."""
        found = list(erasing.read(staged.erasures))
        if options["newest"]:
            newer = staging.read_text(Path(options["newest"]), passphrase, "erasures.json")
            found += erasing.read(newer)
        found += erasing.of_what_is_here()
        return erasing.once(found)

    def _finish(self, expected: Path) -> bool:
        """In a process of its own: this one was started with other keys."""
        done = subprocess.run(  # noqa: S603 -- our own program
            [sys.executable, str(ROOT / "manage.py"), "check_restored", str(expected)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        return done.returncode == 0

    def _tell(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()

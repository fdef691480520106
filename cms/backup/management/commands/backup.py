"""Make a backup: one sealed file of the database, every file, and the keys under their own passphrase."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.backup import archive, escrow, passphrases
from cms.backup.sealed import BadArchive
from cms.backup.workplace import stopped_in_order
from courses.trail import actions as trail
from courses.trail.models import TrailEntry


class Command(BaseCommand):
    """`manage.py backup [--to FOLDER] [--passphrase-file F] [--escrow-file F | --without-keys] [--prune]`."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", metavar="FOLDER", help="DATA_DIR/backups unless said otherwise")
        parser.add_argument("--passphrase-file", metavar="FILE", help="whose first line is the passphrase")
        parser.add_argument(
            "--escrow-file", metavar="FILE", help="the same for the keys; never the same words"
        )
        parser.add_argument("--without-keys", action="store_true", help="leave the keys out")
        parser.add_argument(
            "--prune", action="store_true", help="then keep 7 daily, 4 weekly, 6 monthly ones"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(options["to"] or Path(settings.DATA_DIR) / "backups").absolute()
        try:
            passphrase = passphrases.ask(
                _("Passphrase of the backup"), options["passphrase_file"], is_new=True
            )
            keys = None if options["without_keys"] else self._escrow(options, passphrase)
            with stopped_in_order():
                made = archive.write(folder, passphrase, keys, at=timezone.now(), tell=self._tell)
            trail.note_look(trail.Deed.BACKED_UP, about=TrailEntry, by=None, at=timezone.now())
            gone = archive.prune(folder) if options["prune"] else []
        except (BadArchive, OSError) as error:
            raise CommandError(str(error)) from error
        size = made.path.stat().st_size / 1_000_000
        self.stdout.write(
            self.style.SUCCESS(
                _("%(path)s (%(size).1f MB, %(count)d parts)")
                % {"path": made.path, "size": size, "count": made.files}
            )
        )
        if not made.has_keys:
            self._tell(_("The keys are not in it: without them no name and no diploma can be opened."))
        elif escrow.is_in_a_token():
            self._tell(_("The key that signs PDFs lies in a token and cannot be copied: it is not in it."))
        for path in gone:
            self._tell(_("Removed: %(name)s") % {"name": path.name})

    def _escrow(self, options: dict[str, Any], passphrase: str) -> str:
        if settings.IS_DEMO and not options["escrow_file"] and options["passphrase_file"]:
            self._tell(_("A demo: its keys are sealed with the same passphrase."))
            return passphrase
        keys = passphrases.ask(_("Passphrase of the keys"), options["escrow_file"], is_new=True)
        if keys == passphrase and not settings.IS_DEMO:
            raise BadArchive(_("The keys need another passphrase than the backup, kept by somebody else."))
        return keys

    def _tell(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()

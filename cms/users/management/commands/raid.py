"""`manage.py raid`: end all sessions and cards, where the web cannot be reached (docs/signing-in.md)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cms.users.raid import end_everything


class Command(BaseCommand):
    help = "End every session, forget every known browser, revoke every sign-in card that waits."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not options["yes"] and input("Everybody is signed out. Type END: ").strip() != "END":
            raise CommandError("Nothing was done.")
        ended = end_everything(by=None, at=timezone.now())
        self.stdout.write(f"Ended: {ended.sessions} sessions, {ended.devices} browsers, {ended.cards} cards.")
        self.stdout.write(
            "Phones wipe what they keep to read at their next contact. Phones without signal, paper, "
            "pictures, backups and browser histories are out of reach of this command: docs/signing-in.md"
        )

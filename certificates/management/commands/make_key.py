"""`manage.py make_key <purpose>`: a new key for credentials, QR codes or the log, and its registration."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from certificates.keys import custody, keyfiles


class Command(BaseCommand):
    """Makes this year's key, or next year's if this year's is there, or the one that is asked for."""

    help = "Make a key that signs from the start of a year (docs/keys.md). Keys of other years stay."
    requires_system_checks = []  # they say that keys are missing

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("purpose", choices=sorted(custody.ALGORITHMS))
        parser.add_argument("--year", type=int, help="such as 2027")
        parser.add_argument(
            "--again", action="store_true", help="a further key of a year that has one, to take its place"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        purpose, this_year = options["purpose"], custody.year_of(timezone.now())
        taken = {file.year for file in keyfiles.found(custody.folder(), purpose)}
        year = options["year"] or (this_year + 1 if this_year in taken else this_year)
        if year in taken and not options["again"]:
            raise CommandError(f"{purpose} has a key of {year}. To replace it, add --again.")
        made = custody.make_key(purpose, year)
        self.stdout.write(
            f"{purpose} {made.kid} is in {custody.folder()} and in the register.\n"
            "Copy the file to every machine that signs, then start the workers anew."
        )

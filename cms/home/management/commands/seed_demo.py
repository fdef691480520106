"""`manage.py seed_demo`: the demo school. Run it as often as you like; what is there is left alone."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from cms.home.seeding.school import cohort_of_size, demo_school


class Command(BaseCommand):
    help = "Build the demo school: a course, one finished cohort with diplomas, one in its sixth week."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--trainees",
            type=int,
            metavar="N",
            help="also make a finished cohort of N, its acta still to propose",
        )
        parser.add_argument(
            "--issue", action="store_true", help="with --trainees: propose, approve, recognise and issue it"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        count = options["trainees"]
        if count is not None and not 1 <= count <= 32_000:
            raise CommandError("--trainees takes a number from 1 to 32000.")
        with translation.override("es"):
            demo_school(now=timezone.now())
            if count is not None:
                cohort = cohort_of_size(count, is_issued=options["issue"], now=timezone.now())
                self.stdout.write(f"{cohort.pk}\t{cohort.name}")

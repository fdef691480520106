"""`manage.py reset_second_step NAME`: for the last administrator who lost phone and recovery codes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms.users import entering, factors


class Command(BaseCommand):
    help = "Take away the second step of an account and end its sessions; she sets it up at her next sign-in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *_args: Any, **options: Any) -> None:
        account = entering.find(options["username"])
        if account is None:
            raise CommandError("Nobody has this user name.")
        factors.reset(account=account, by=None)
        self.stdout.write("Done. The second step is set up anew at the next sign-in.")

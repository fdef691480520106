"""`manage.py first_administrator ana`: the one account that nobody inside can make. She makes the others."""

import getpass
import secrets
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from cms.users.models import User
from cms.users.roles import ADMINISTRATOR
from courses.trail import actions as trail


class Command(BaseCommand):
    """Only while the school has no administrator: afterwards accounts are made in the admin, by somebody."""

    help = "Make the first administrator. Her password is asked for; --generate prints one instead."

    def add_arguments(self, parser: CommandParser) -> None:
        """The user name."""
        parser.add_argument("username")
        parser.add_argument("--generate", action="store_true", help="print a random password once")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Refuses when there is an administrator already, or the name is taken."""
        if User.objects.filter(groups__name=ADMINISTRATOR, is_active=True).exists():
            raise CommandError("There is an administrator already: she makes further accounts.")
        user = User(username=options["username"])
        try:
            user.full_clean(exclude=["password"])
            password = secrets.token_urlsafe(15) if options["generate"] else getpass.getpass("Password: ")
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        set_secret = user.give_password if options["generate"] else user.set_password
        set_secret(password)
        user.save()
        user.groups.add(Group.objects.get(name=ADMINISTRATOR))
        told = {"roles": [ADMINISTRATOR], "is_active": True}
        trail.note(trail.Deed.ACCOUNT_MADE, about=user, by=None, at=timezone.now(), **told)
        if options["generate"]:
            self.stdout.write(f"Password: {password}")

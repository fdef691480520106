"""`manage.py sync_roles`: make the groups say what cms/users/roles.py says. Run after every migration."""

from typing import Any

from django.core.management.base import BaseCommand

from cms.users.roles import sync_roles


class Command(BaseCommand):
    help = "Make the roles' groups and permissions what cms/users/roles.py says."

    def handle(self, *_args: Any, **_options: Any) -> None:
        sync_roles()

"""`manage.py prepare`: everything between an empty or older database and a site that can be opened."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from certificates.keys import custody

# Before any release the award was laid out anew, with names sealed: such a demo cannot be carried over.
UNRELEASED = ("certificates", "0002_initial")


class Command(BaseCommand):
    """Migrates if there is something to migrate, then seeds the demo school, or the roles alone."""

    help = "Migrate and, in a demo, seed: all in one process, so that a start stays short."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what is missing and nothing else."""
        executor = MigrationExecutor(connection)
        if UNRELEASED in executor.loader.applied_migrations:
            raise CommandError(
                f"{settings.DATA_DIR} holds a demo of an unreleased version that cannot be carried over. "
                f"Nothing was changed. Move the folder away or set another DATA_DIR, and start again."
            )
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=1)
        custody.ensure_keys(timezone.now())
        call_command("seed_demo" if settings.IS_DEMO else "sync_roles")

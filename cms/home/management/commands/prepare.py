"""`manage.py prepare`: everything between an empty or older database and a site that can be opened."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    """Migrates if there is something to migrate, then seeds the demo school, or the roles alone."""

    help = "Migrate and, in a demo, seed: all in one process, so that a start stays short."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what is missing and nothing else."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=1)
        call_command("seed_demo" if settings.IS_DEMO else "sync_roles")

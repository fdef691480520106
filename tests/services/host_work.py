"""What is done on one host or looked at there, by `manage.py shell` in its network; answers in JSON."""

import json

import boto3
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from bench.havoc.judge import judge
from certificates.awards.models import Certificate, Document, Job
from certificates.log.models import LogEntry
from cms.users.roles import ADMINISTRATOR, COORDINATOR
from tests.conftest import lay_ground
from tests.factories.awards import acta_of
from tests.factories.courses import UserFactory


def tables() -> None:
    """Every table straight from its model: half a minute less than by migrations."""
    settings.MIGRATION_MODULES = {one.label: None for one in apps.get_app_configs()}
    call_command("migrate", run_syncdb=True, verbosity=0)


def lay(graduates: int) -> None:
    """Tables, a bucket, an acta that may be issued, and an administrator who is signed in."""
    private = settings.STORAGES["private"]["OPTIONS"]
    service = boto3.client(
        "s3",
        endpoint_url=private["endpoint_url"],
        region_name=private["region_name"],
        config=private["client_config"],
    )
    service.create_bucket(Bucket=private["bucket_name"])
    tables()
    lay_ground()
    administrator = UserFactory(role=ADMINISTRATOR)
    coordinator = UserFactory(role=COORDINATOR)
    acta = acta_of(graduates, coordinator=coordinator, administrator=administrator)
    client = Client()
    client.force_login(administrator)
    print(json.dumps({"acta": acta.pk, "session": client.cookies["sessionid"].value}))


def account() -> None:
    """Everything that must be there exactly once, counted without trusting the house's own audit."""
    found = judge()
    told = {
        "certificates": Certificate.objects.count(),
        "documents": Document.objects.count(),
        "issued": LogEntry.objects.filter(type=LogEntry.Type.ISSUE).count(),
        "jobs": {state: count for state, count in Job.objects.tally().items() if count},
        "wrong": found.lost + found.doubled + found.strays + found.disagreements,
    }
    print(json.dumps(told))

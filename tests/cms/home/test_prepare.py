"""What happens to a database before the site opens."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from courses.people.models import Person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("school")]


def test_a_demo_of_an_unreleased_version_is_left_as_it_is_and_the_way_on_is_said() -> None:
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    recorder.record_applied("certificates", "0002_initial")
    try:
        with pytest.raises(CommandError, match="Move the folder away"):
            call_command("prepare")
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(recorder.Migration)
    assert not Person.objects.exists()

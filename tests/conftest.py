"""The cast, and the ground that migrations would lay: tests run without them."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck
from pytest_django.plugin import blocking_manager_key
from wagtail.models import Collection, Locale, Page, Site
from wagtail_localize.models import Translation

from certificates.keys import custody
from cms.home.face import faces
from cms.users.roles import ADMINISTRATOR, COORDINATOR, OFFICER, REVIEWER, TRAINEE, TRAINER, sync_roles
from courses.cohorts.actions import enrol
from courses.cohorts.models import Cohort, Enrolment
from tests.factories.courses import PIN, CohortFactory, PersonFactory, UserFactory

# Machines are noisy: how long one example takes is measured in bench/, never judged here.
# HYPOTHESIS_PROFILE=thorough asks twenty times as many examples of whatever names no number of its own.
patient = hypothesis.settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=50)
hypothesis.settings.register_profile("patient", patient)
hypothesis.settings.register_profile("thorough", patient, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "patient"))
pytest_plugins = ["tests.stack"]  # the fixture `stack`: real processes
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs a loop around synchronous tests


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests with real servers first: they are few and long (cms/bootstrap.py hands out whole files).

    Who stands in the school needs a database: pytest-django makes one only where the mark or `db` says so,
    and `school` asks for it while it runs, which is too late for a test that runs alone.
    """
    for item in items:
        if "school" in getattr(item, "fixturenames", ()) and item.get_closest_marker("django_db") is None:
            item.add_marker(pytest.mark.django_db)
    items.sort(key=lambda item: not item.nodeid.startswith("tests/services"))


def lay_ground() -> None:
    """The rows that migrations and a first start make: locale, root page, collection, site, roles, keys."""
    MigrationRecorder(connection).ensure_schema()  # wagtail-localize reads the table, also where it is empty
    Locale.objects.get_or_create(language_code="es")
    Permission.objects.get_or_create(
        content_type=ContentType.objects.get_for_model(Translation),
        codename="submit_translation",
        defaults={"name": "Can submit translations"},
    )
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root")
    if Collection.get_first_root_node() is None:
        Collection.add_root(name="Root")
    Site.objects.get_or_create(is_default_site=True, defaults={"hostname": "localhost", "root_page": root})
    sync_roles()
    custody.ensure_keys(timezone.now())


class Ground:
    """A copy of the database as it stood before the first test: SQLite takes and lays it page by page."""

    copy: sqlite3.Connection | None = None
    is_gone = False  # flushed by a test with transaction=True

    def keep(self) -> None:
        """Remember how it stands, with the last key of each table."""
        if connection.vendor == "sqlite":
            self.copy = sqlite3.connect(":memory:")
            connection.ensure_connection()
            connection.connection.backup(self.copy)

    def lay(self) -> None:
        """All as it was. Rows laid anew would get other keys, and so stand under none of the molds."""
        self.is_gone = False
        if self.copy is not None:
            connection.ensure_connection()
            self.copy.backup(connection.connection)
            ContentType.objects.clear_cache()


GROUND = Ground()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The ground lies there before the first test."""
    with django_db_blocker.unblock():
        lay_ground()
        faces()
        GROUND.keep()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before the fixtures of the first test after one that flushed the database."""
    if GROUND.is_gone:
        with item.config.stash[blocking_manager_key].unblock():
            GROUND.lay()


@pytest.fixture(autouse=True)
def ground(request: pytest.FixtureRequest) -> None:
    """Whoever needs the database finds the ground in it."""
    marked = request.node.get_closest_marker("django_db") is not None
    if marked or {"db", "transactional_db"} & set(request.fixturenames):
        request.getfixturevalue("school")


@pytest.fixture
def school(request: pytest.FixtureRequest) -> None:
    """A database with the ground, whatever the test before left of it."""
    request.getfixturevalue("transactional_db" if "transactional_db" in request.fixturenames else "db")
    GROUND.is_gone = not connection.in_atomic_block  # afterwards
    if Page.get_first_root_node() is None:  # not on SQLite
        lay_ground()


@pytest.fixture(scope="module")
def lasting(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A transaction around a whole module: what its own fixtures write in it, every test of it finds."""
    with django_db_blocker.unblock(), transaction.atomic():
        if Page.get_first_root_node() is None:
            lay_ground()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def queries_of(client: Client) -> Callable[[str], int]:
    """How many queries a page takes, the second time it is asked for."""

    def count(url: str) -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as context:
            assert client.get(url).status_code == 200
        return len(context)

    return count


@pytest.fixture
def trainer(school: None) -> Any:
    """She gives the course to `cohort`."""
    return UserFactory(username="formadora", role=TRAINER)


@pytest.fixture
def other_trainer(school: None) -> Any:
    """She gives another cohort, or none."""
    return UserFactory(username="otra-formadora", role=TRAINER)


@pytest.fixture
def coordinator(school: None) -> Any:
    return UserFactory(username="coordinadora", role=COORDINATOR)


@pytest.fixture
def reviewer(school: None) -> Any:
    """She answers for the medical and legal truth of what others write."""
    return UserFactory(username="revisora", role=REVIEWER)


@pytest.fixture
def administrator(school: None) -> Any:
    return UserFactory(username="administradora", role=ADMINISTRATOR)


@pytest.fixture
def officer(school: None) -> Any:
    """The health authority's officer."""
    return UserFactory(username="autoridad", role=OFFICER)


@pytest.fixture
def stranger(school: None) -> Any:
    """An account without a role: nothing is hers."""
    return UserFactory(username="ajena")


@pytest.fixture
def cohort(trainer: Any) -> Cohort:
    """An open cohort of `trainer` with three class sessions in the past."""
    return CohortFactory(trainers=[trainer], sessions=3)


@pytest.fixture
def trainee(school: None) -> Any:
    """An account with a person; `enrolment` puts her into `cohort`."""
    user = UserFactory(username="alumna", role=TRAINEE, pin=PIN)
    PersonFactory(name="Lucía", account=user)
    return user


@pytest.fixture
def enrolment(trainee: Any, cohort: Cohort) -> Enrolment:
    """`trainee` in `cohort`, from its first day."""
    return enrol(person=trainee.person, cohort=cohort, starts_on=cohort.starts_on)

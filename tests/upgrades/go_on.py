"""The next cohort of a carried-over school graduates."""

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.utils import timezone

from certificates.log import actions as log
from tests.factories.awards import acta_of, made
from tests.factories.courses import CohortFactory, OrganisationFactory


def main() -> None:
    """Two more diplomas and a head of the log, by the accounts that are there."""
    for factory in (CohortFactory, OrganisationFactory):
        factory.reset_sequence(1000)  # names of other numbers than those that are there
    call_command("sync_roles", verbosity=0)
    accounts = get_user_model().objects
    administrator = accounts.get(username="administradora")
    coordinator = accounts.get(username="coordinadora")
    made(acta_of(2, coordinator=coordinator, administrator=administrator), administrator)
    log.publish_head(timezone.now())

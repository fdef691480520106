"""Many who sign in at the same moment. Also run on PostgreSQL (tests/services)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from cms.users import rules, tries
from cms.users.models import WrongTry

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("school")]
AT_ONCE, ROUNDS = 4, 8


def test_the_first_after_quiet_days_do_not_wait_for_each_other_for_ever() -> None:
    """Each holds her own stale row and clears away the stale rows of others: nobody gets an error page."""
    now = timezone.now()
    long_ago = now - timedelta(seconds=3 * rules.FORGOTTEN_AFTER)
    start = Barrier(AT_ONCE)

    def come_in(place: int) -> None:
        try:
            for number in range(ROUNDS):
                start.wait()
                tries.begin([tries.Subject("account", f"{place}-{number}")], now)
        finally:
            connection.close()

    for number in range(ROUNDS):
        subjects = [tries.Subject("account", f"{place}-{number}") for place in range(AT_ONCE)]
        WrongTry.objects.bulk_create(WrongTry(subject=one.key, last_at=long_ago) for one in subjects)
    WrongTry.objects.create(subject="of nobody who comes", last_at=long_ago)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(come_in, range(AT_ONCE)))
    assert set(WrongTry.objects.values_list("count", flat=True)) == {1}
    assert WrongTry.objects.count() == AT_ONCE * ROUNDS

"""Only exceptions travel: what is recorded is what marking everybody one by one would have recorded."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.attendance.actions import Mark, RosterChanged, confirm_register
from courses.attendance.models import AttendanceRecord
from courses.attendance.roster import digest_of, roster
from tests.factories.courses import CohortFactory, enrolled

pytestmark = pytest.mark.django_db
WOMEN = 5
rounds = st.lists(
    st.dictionaries(
        st.integers(0, WOMEN - 1), st.sampled_from(["present", "late", "excused", "absent"]), max_size=WOMEN
    ),
    min_size=1,
    max_size=4,
)


@pytest.fixture
def ground(trainer: Any) -> Any:
    cohort = CohortFactory(trainers=[trainer], sessions=1)
    return cohort.sessions.get(), enrolled(cohort, WOMEN)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(confirmed=rounds)
def test_exceptions_over_proposals_are_what_holds(ground: Any, trainer: Any, confirmed: Any) -> None:
    session, women = ground
    with transaction.atomic():
        naive = dict.fromkeys(range(WOMEN), "present")
        words: list[list[str]] = [[] for _woman in women]
        at = session.ends_at
        for tapped in confirmed:
            at += timedelta(minutes=1)
            naive |= tapped
            exceptions = {women[n].pk: Mark(status, 10 * (status == "late")) for n, status in tapped.items()}
            shown = digest_of(roster(session, at))
            confirm_register(session=session, exceptions=exceptions, shown=shown, by=trainer, at=at)
            for number, status in naive.items():
                if words[number][-1:] != [status]:
                    words[number].append(status)
        for number, woman in enumerate(women):
            kept = AttendanceRecord.objects.filter(enrolment=woman).order_by("pk")
            assert list(kept.values_list("status", flat=True)) == words[number]
        if digest_of(roster(session, at)) != shown:  # the first count changed what is in force
            with pytest.raises(RosterChanged):
                confirm_register(session=session, exceptions={}, shown=shown, by=trainer, at=at)
        transaction.set_rollback(True)

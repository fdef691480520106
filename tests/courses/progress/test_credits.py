"""What somebody brings from a former cohort, against a naive model over random histories."""

from hypothesis import given
from hypothesis import strategies as st

from courses.progress.rules import Credit, credited

MEETINGS = st.tuples(st.sampled_from(["class", "outing", "tutoring"]), st.integers(1, 6))
CREDITS = st.builds(
    lambda meeting, is_own, is_planned, is_made_up, minutes, source: Credit(
        source=str(source),
        is_own=is_own,
        is_class=meeting[0] == "class" and is_planned,
        is_outing=meeting[0] == "outing",
        meeting=meeting,
        is_made_up=is_made_up and meeting[0] == "class",
        minutes=minutes,
    ),
    MEETINGS,
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.integers(1, 180),
    st.integers(),
)
HISTORIES = st.lists(CREDITS, max_size=25, unique_by=lambda one: (one.is_own, one.meeting))
PLANS = st.sets(st.integers(1, 6))


def naive(credits: list[Credit], planned: set[int]) -> tuple[int, int, int]:
    """(attended, made up, outings), meeting by meeting as one would on paper."""
    attended = made_up = outings = 0
    for meeting in {credit.meeting for credit in credits}:
        hers = [credit for credit in credits if credit.meeting == meeting]
        outings += any(credit.is_outing for credit in hers)
        valid = [one for one in hers if one.is_class and (one.is_own or meeting[1] in planned)]
        if any(not one.is_made_up for one in valid):
            attended += 1
        elif valid:
            made_up += 1
    return attended, made_up, outings


@given(HISTORIES, PLANS)
def test_each_meeting_counts_once_and_by_its_best(credits: list[Credit], planned: set[int]) -> None:
    total = credited(credits, planned)
    assert (total.attended, total.made_up, total.outings) == naive(credits, planned)
    assert len(total.class_sources) == total.attended + total.made_up
    assert len(total.outing_sources) == total.outings


@given(HISTORIES, PLANS)
def test_what_she_brings_never_takes_anything_away(credits: list[Credit], planned: set[int]) -> None:
    own = [credit for credit in credits if credit.is_own]
    alone, together = credited(own, planned), credited(credits, planned)
    assert together.attended >= alone.attended
    assert together.attended + together.made_up >= alone.attended + alone.made_up
    assert together.outings >= alone.outings


@given(HISTORIES, PLANS)
def test_without_a_transfer_everything_of_hers_counts_in_its_order(
    credits: list[Credit], planned: set[int]
) -> None:
    own = [credit for credit in credits if credit.is_own]
    total = credited(own, planned)
    assert total.minutes == sum(credit.minutes for credit in own)
    assert total.class_sources == [credit.source for credit in own if credit.is_class]

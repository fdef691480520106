"""Time zones are read by people, so they stand in words."""

import pytest
from django.utils import translation

from courses.cohorts.forms import CohortForm
from courses.cohorts.models import TIME_ZONES
from courses.cohorts.zones import zone_choices, zone_in_words


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("America/Mexico_City", "centre of Mexico"),
        ("America/Port-au-Prince", "Haiti"),
        ("America/Punta_Arenas", "Punta Arenas"),
        ("America/Argentina/San_Luis", "Argentina, San Luis"),
    ],
)
def test_a_zone_is_told_by_where_it_is(zone: str, words: str) -> None:
    with translation.override("en"):
        assert zone_in_words(zone) == words


def test_every_zone_can_be_chosen_once_and_none_is_read_as_a_code() -> None:
    near, others = zone_choices()
    listed = [*near[1], *others[1]]
    assert sorted(name for name, _words in listed) == sorted(name for name, _name in TIME_ZONES)
    assert not any("/" in words or "_" in words for _name, words in listed)


@pytest.mark.django_db
def test_the_form_of_a_cohort_lists_them_in_words() -> None:
    page = str(CohortForm()["time_zone"])
    assert ">America/" not in page
    assert 'value="America/Mexico_City" selected' in page

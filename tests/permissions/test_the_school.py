"""The table for nobody, trainees, trainers and reviewers.

The other roles stand in test_the_office.py: two files, because the gate hands out whole files.
"""

import pytest

from tests.permissions.comparing import compare
from tests.permissions.walking import House

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("school")]


def test_the_school_gets_in_where_the_table_says_and_nowhere_else(house: House) -> None:
    compare(house, ("nobody", "trainee", "woman2", "trainer", "trainer2", "reviewer"))

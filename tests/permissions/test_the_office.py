"""The table, the other half of the roles: coordination, administration, authorities, observers, strangers."""

import pytest

from tests.permissions.comparing import compare
from tests.permissions.walking import House

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("school")]


def test_the_office_gets_in_where_the_table_says_and_nowhere_else(house: House) -> None:
    compare(house, ("coord", "admin", "officer", "officer2", "observer", "stranger"))

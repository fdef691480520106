"""One house for all that a module asks."""

import pytest

from tests.permissions.walking import House, lay


@pytest.fixture(scope="module")
def house(lasting: None) -> House:
    """Everybody and everything, made once; whatever a request changes is undone."""
    return lay()

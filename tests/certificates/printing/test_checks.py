"""The check at every start for the libraries that draw diplomas."""

import pytest

from certificates.printing import checks


def test_it_is_silent_where_the_libraries_are() -> None:
    if checks.missing_libraries():
        pytest.skip("the libraries of WeasyPrint are not installed here")
    assert checks.check_libraries(None) == []


def test_it_warns_with_the_one_command_where_one_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(checks.LIBRARIES, "Pango", ("libno-such-library.so.9",))
    (message,) = checks.check_libraries(None)
    assert message.id == "certificates.W001"
    assert "Pango" in message.msg
    assert checks.install_command() in str(message.hint)
    assert not message.is_serious()

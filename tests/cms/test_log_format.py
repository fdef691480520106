"""No verification code or share token lies in a log."""

import logging
import sys
from typing import Any

import pytest
from django.conf import settings

from cms.log_format import WithoutCodes

CODE, TOKEN = "150T042K0KYPSY9E", "kJ3_x-QmZ0a1b2c3d4e5f6"


@pytest.mark.parametrize(
    "line",
    [
        f"Internal Server Error: /v/{CODE}/",
        '"GET /v/150T-042K-0KYP-SY9E/?lang=en HTTP/1.1" 200 5128',
        f'"GET /api/v1/verify/{CODE} HTTP/1.1" 200',
        f"POST /api/v1/verify/{CODE}/name",
        f"Not Found: /c/{TOKEN}/",
        f"GET /v/?code={CODE}&lang=en",
        f"Referer: https://verifica.example/v/{CODE}/#1ABC",
    ],
)
def test_codes_and_tokens_are_left_out(line: str) -> None:
    record = logging.LogRecord("courses.x", logging.ERROR, "", 0, "%s", (line,), None)
    written = WithoutCodes("%(message)s").format(record)
    assert "…" in written
    for secret in (CODE, "150T-042K-0KYP-SY9E", TOKEN):
        assert secret not in written


def test_a_traceback_is_written_without_them_too() -> None:
    try:
        raise ValueError(f"could not answer /v/{CODE}/")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", (), sys.exc_info())
    written = WithoutCodes("%(message)s").format(record)
    assert "ValueError" in written
    assert "could not answer" not in written
    assert "ValueError: could not answer /v/…/" in WithoutCodes("%(message)s", is_open=True).format(record)


def test_other_lines_stay_as_they_are() -> None:
    line = "diploma 0b7f6c1e-0000-4000-8000-000000000001 issued, see /curso/v/1"
    record = logging.LogRecord("x", logging.INFO, "", 0, line, (), None)
    assert WithoutCodes("%(message)s").format(record) == line.replace("/v/1", "/v/…")


def test_every_logger_of_ours_writes_through_it() -> None:
    logging_settings: dict[str, Any] = settings.LOGGING
    assert {handler["formatter"] for handler in logging_settings["handlers"].values()} == {"line"}
    assert logging_settings["formatters"]["line"]["()"] == "cms.log_format.WithoutCodes"
    for name in ("django", "django.server"):
        assert logging_settings["loggers"][name]["handlers"] == ["console"]
        assert logging_settings["loggers"][name]["propagate"] is False

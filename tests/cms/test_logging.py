"""No log line names anybody: hostile visitors, libraries, failing tasks; nor does what a Sentry is told."""

import json
import logging
import logging.config
import sys
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import sentry_sdk
from celery import Celery
from celery.app.trace import build_tracer
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from sentry_sdk.transport import Transport

from cms import celery as celery_module
from cms.log_format import JsonLines, WithoutCodes
from cms.monitoring import reporting, trace
from cms.urls import urlpatterns as real_patterns
from tests.factories.courses import UserFactory

MARK = "maria-planted"
CODE = "150T042K0KYPSY9E"
UUID = "0b7f6c1e-0000-4000-8000-000000000001"


def fails(request: HttpRequest, name: str = "") -> HttpResponse:
    """A view that fails with what was sent in its message, its cause and its variables."""
    secret = request.POST.get("name", name)
    try:
        raise IntegrityError(f"DETAIL: Key (username)=({secret}) already exists.")
    except IntegrityError as error:
        raise ValueError(f"cannot save {secret}") from error


urlpatterns = [path("fails/<str:name>/", fails, name="fails"), *real_patterns]
handler500 = "django.views.defaults.server_error"


@pytest.fixture
def written() -> Iterator[StringIO]:
    """What production writes, of every logger, at the level it writes."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root, django = logging.getLogger(), logging.getLogger("django")
    level = root.level
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    django.addHandler(handler)  # it does not propagate
    yield stream
    root.removeHandler(handler)
    django.removeHandler(handler)
    root.setLevel(level)


def lines(stream: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.fixture
def hostile() -> Client:
    return Client(raise_request_exception=False, headers={"User-Agent": MARK, "X-Request-ID": MARK})


def test_nothing_that_visitors_send_stands_in_a_line(
    hostile: Client, written: StringIO, db: None, settings: Any
) -> None:
    settings.ROOT_URLCONF = "tests.cms.test_logging"
    settings.PROXY_COUNT = 1
    UserFactory(username=MARK)
    answers = [
        hostile.post("/entrar/", {"username": MARK, "pin": "048213", "password": MARK}),
        hostile.post("/entrar/equipo/", {"username": MARK, "password": MARK}),
        hostile.get(f"/v/{CODE}/", {"name": MARK}),
        hostile.post(f"/v/{CODE}/", {"name": MARK}),
        hostile.get("/v/", {"code": MARK}),
        hostile.post("/sync/v1/events/", {"owner": MARK}, content_type="application/json"),
        hostile.get(f"/{MARK}/{UUID}/"),
        hostile.post(f"/fails/{MARK}/", {"name": MARK}),
        hostile.get("/health/", headers={"Host": f"{MARK}.example"}),
        hostile.generic(MARK.upper(), "/entrar/"),
    ]
    assert 500 in {answer.status_code for answer in answers}
    told = written.getvalue()
    for secret in (MARK, MARK.upper(), CODE, UUID, "048213", "127.0.0.1"):
        assert secret not in told, secret
    access = [line for line in lines(written) if line["logger"] == "cms.requests"]
    routes = {line["route"] for line in access}
    assert {"sign_in", "certificates:verify_code", "fails"} <= routes
    assert all({"method", "route", "status", "ms", "request_id"} <= line.keys() for line in access)
    assert {line["method"] for line in access} == {"GET", "POST", "OTHER"}


def test_an_exception_tells_its_kinds_and_places_under_the_id_of_its_request(
    hostile: Client, written: StringIO, settings: Any, db: None
) -> None:
    settings.ROOT_URLCONF = "tests.cms.test_logging"
    answer = hostile.get(f"/fails/{MARK}/")
    (line,) = [line for line in lines(written) if "error" in line]
    assert [error["kind"] for error in line["error"]] == ["ValueError", "django.db.utils.IntegrityError"]
    assert line["error"][0]["at"][-1].endswith(" fails")
    assert line["request_id"] == answer["X-Request-ID"]
    assert MARK not in written.getvalue()


@pytest.mark.parametrize(
    ("told", "is_taken"),
    [
        ("0B7F6C1E-0000-4000-8000-000000000001", True),
        ("0b7f6c1e000040008000000000000001", True),
        (MARK, False),
        ("0b7f6c1e000040008000000000000001\n", False),
        ("0" * 33, False),
        ("", False),
    ],
)
def test_an_id_is_taken_from_a_proxy_only_if_it_is_one(told: str, is_taken: bool, settings: Any) -> None:
    assert (trace.id_from(told) == told.lower()) is is_taken
    settings.PROXY_COUNT = 1
    answer = Client().get("/health/", headers={"X-Request-ID": told.strip()})
    assert (answer["X-Request-ID"] == told.lower()) is is_taken
    settings.PROXY_COUNT = 0
    answer = Client().get("/health/", headers={"X-Request-ID": told.strip()})
    assert answer["X-Request-ID"] != told.lower()


# --- tasks -------------------------------------------------------------------------------------------
@pytest.fixture
def failing() -> Any:
    """A task that fails with what it was given in its message."""
    app = Celery("test", set_as_current=False)

    @app.task(name="tests.failing")
    def failing(name: str) -> None:
        logging.getLogger("courses.test").info("at work")
        raise ValueError(f"cannot greet {name}")

    return failing


def test_a_failing_task_tells_no_more_and_bears_the_id_of_its_request(
    failing: Any, written: StringIO
) -> None:
    request_id = trace.new_id()
    token = trace.current.set(request_id)
    headers: dict[str, Any] = {}
    celery_module.pass_on(headers=headers)
    trace.current.reset(token)
    tracer = build_tracer(failing.name, failing, app=failing.app)
    tracer(UUID, [MARK], {}, {"id": UUID, "task": failing.name, **headers})
    told = lines(written)
    assert MARK not in written.getvalue()
    (error,) = [line for line in told if "error" in line]
    assert error["error"][0]["kind"] == "ValueError"
    assert failing.name in error["message"]
    assert {line["request_id"] for line in told} == {request_id}
    assert {line["task"] for line in told} == {failing.name}
    assert trace.current.get() == ""


def test_a_task_that_a_clock_rang_for_bears_its_own_id(failing: Any, written: StringIO) -> None:
    build_tracer(failing.name, failing, app=failing.app)(UUID, [MARK], {}, {"id": UUID})
    assert {line["request_id"] for line in lines(written)} == {UUID}


# --- single lines ------------------------------------------------------------------------------------
def record(name: str, message: str, *args: Any, error: BaseException | None = None) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord(name, logging.ERROR, "", 0, message, args, info)


@pytest.mark.parametrize("formatter", [JsonLines(), WithoutCodes("%(message)s")])
@pytest.mark.parametrize(
    "line",
    [
        record("django.request", "Internal Server Error: %s", f"/x/{MARK}/"),
        record("wagtail.models", 'Page published: "%s" id=%d', MARK, 1),
        record("django.security.DisallowedHost", f"Invalid host {MARK}", error=ValueError(MARK)),
        record("courses.x", "version %s reaches no cohort: %s", 1, ValueError(MARK)),
        record("courses.x", "failed", error=ValueError(MARK)),
        record("celery.app.trace", "Task: %(exc)s", {"exc": f"ValueError('{MARK}')"}),
    ],
)
def test_a_line_of_a_library_is_its_template(formatter: Any, line: logging.LogRecord) -> None:
    assert MARK not in formatter.format(line)


def test_an_extra_of_somebody_else_is_left_out() -> None:
    line = record("cms.x", "said")
    line.user = line.request = MARK
    assert json.loads(JsonLines().format(line)).keys() == {"time", "level", "logger", "message", "process"}


def test_while_debugging_everything_is_written() -> None:
    try:
        raise ValueError(MARK)
    except ValueError as error:
        line = record("x", "failed", error=error)
    assert f"ValueError: {MARK}" in WithoutCodes("%(message)s", is_open=True).format(line)


def test_workers_write_as_the_site_does(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(logging.config, "dictConfig", told.append)
    celery_module.log_as_the_site_does()
    assert told == [settings.LOGGING]


# --- Sentry ------------------------------------------------------------------------------------------
class Kept(Transport):
    """A transport that keeps what would have left."""

    def __init__(self) -> None:
        super().__init__()
        self.left: list[str] = []

    def capture_envelope(self, envelope: Any) -> None:
        self.left.append(envelope.serialize().decode())


@pytest.fixture
def sentry() -> Iterator[Kept]:
    kept = Kept()
    reporting.start("https://key@sentry.example/1", transport=kept)
    yield kept
    sentry_sdk.get_global_scope().set_client(None)


def test_nothing_personal_leaves_with_an_error(
    sentry: Kept, hostile: Client, settings: Any, trainee: Any
) -> None:
    settings.ROOT_URLCONF = "tests.cms.test_logging"
    sentry_sdk.set_user({"username": MARK})
    sentry_sdk.set_tag("name", MARK)
    sentry_sdk.add_breadcrumb(message=MARK)
    hostile.force_login(trainee)
    hostile.cookies["note"] = MARK
    hostile.post(f"/fails/{MARK}/?q={MARK}", {"name": MARK})
    logging.getLogger("courses.x").error("diploma %s failed", MARK)
    logging.getLogger("library").error(f"could not greet {MARK}")
    sentry_sdk.flush()
    left = "".join(sentry.left)
    assert MARK not in left
    assert trainee.username not in left
    assert "cannot save" not in left
    assert '"ValueError"' in left
    assert "test_logging.py" in left
    assert "diploma %s failed" in left


def test_a_transport_would_show_what_was_not_scrubbed(sentry: Kept) -> None:
    event = {"exception": {"values": [{"type": "X", "value": MARK}]}, "user": {"id": MARK}, "level": "error"}
    assert MARK not in json.dumps(reporting.scrubbed(event, {}))
    assert MARK in json.dumps(event)
    assert sys.modules["sentry_sdk"].get_client().options["send_default_pii"] is False

"""Errors told to a Sentry of one's own (SENTRY_DSN), if one is wanted: which kind, and where in the code.

Each event is built anew from what may leave: kinds of exceptions, files and lines, ids that we made.
Whatever else Sentry collects (messages, values, requests, cookies, users, breadcrumbs) is never copied.
"""

import logging
from collections.abc import Mapping
from typing import Any

import sentry_sdk
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.transport import Transport

from cms.log_format import OURS
from cms.monitoring import trace

KEPT = ("event_id", "timestamp", "level", "platform", "release", "environment", "logger", "sdk")
FRAME = ("filename", "module", "function", "lineno", "in_app")


def start(dsn: str, *, transport: type[Transport] | Transport | None = None) -> None:
    """Tell this Sentry of errors from now on."""
    sentry_sdk.init(
        dsn=dsn,
        transport=transport,
        before_send=scrubbed,  # type: ignore[arg-type]  # an Event is a dictionary
        before_send_transaction=nothing,
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        traces_sample_rate=None,
        auto_session_tracking=False,
        send_client_reports=False,
        server_name="",
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            DjangoIntegration(middleware_spans=False, signals_spans=False),
            CeleryIntegration(),
            LoggingIntegration(level=None, event_level=logging.ERROR),
        ],
    )


def nothing(_event: Mapping[str, Any], _hint: Mapping[str, Any]) -> None:
    """No timings leave the house."""


def scrubbed(event: Mapping[str, Any], _hint: Mapping[str, Any]) -> dict[str, Any]:
    """What may leave of an event."""
    told: dict[str, Any] = {name: event[name] for name in KEPT if name in event}
    values = (event.get("exception") or {}).get("values") or []
    told["exception"] = {"values": [_exception(value) for value in values]}
    told["tags"] = {"request_id": trace.current.get(), "task": trace.task.get()}
    if not values and str(told.get("logger", "")).partition(".")[0] in OURS:  # what we wrote, not whom about
        told["logentry"] = {"message": str((event.get("logentry") or {}).get("message", ""))}
    return told


def _exception(value: Mapping[str, Any]) -> dict[str, Any]:
    frames = (value.get("stacktrace") or {}).get("frames") or []
    return {
        "type": value.get("type"),
        "module": value.get("module"),
        "value": "",
        "stacktrace": {"frames": [{name: frame.get(name) for name in FRAME} for frame in frames]},
    }

"""The id that ties together what one request caused, in the web process and in the workers' tasks. Pure."""

import re
import uuid
from contextvars import ContextVar

HEADER = "X-Request-ID"
# As proxies make them: 32 hexadecimal digits, or a UUID. Whatever else a client sends could be a name.
WELL_FORMED = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

current: ContextVar[str] = ContextVar("request_id", default="")
task: ContextVar[str] = ContextVar("task", default="")  # which task is being done, by name


def new_id() -> str:
    """A random id."""
    return uuid.uuid4().hex


def id_from(told: str) -> str:
    """The id that a proxy told, if it is one; otherwise a new one."""
    return told.lower() if WELL_FORMED.fullmatch(told) else new_id()

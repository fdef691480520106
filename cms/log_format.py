"""Log lines that name nobody: without codes, tokens, searches, addresses, or what an exception says.

One rule for every process. Our own lines carry ids only, and are written as they are. Of a library's line the
template is written and not what it fills in: a path, a row of the database, a title. Of an exception its kind
and where it came from: its message may quote what somebody typed.
"""

import copy
import logging
import re
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from cms.monitoring import trace

# A code or token in an address, whoever wrote the line: after these paths, or in a query.
SECRETS = re.compile(r"(/(?:v|c|api/v1/verify)/|[?&](?:code|token|q)=)[^\s/?&#\"'<>,)]+")
OURS = {"cms", "courses", "certificates"}
WORKERS = {"celery", "kombu", "granian", "_granian"}  # tasks carry ids; what they say is about the machine
TELLING = {"exc", "return_value", "args", "kwargs", "traceback"}  # of a line about a task
KIND = re.compile(r"[A-Za-z_][\w.]*")
FRAMES = 12
EXTRAS = ("method", "route", "status", "ms")  # what a line may carry beside its words
ErrorInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def words(record: logging.LogRecord) -> str:
    """What this line may say."""
    template = str(record.msg)
    family = record.name.partition(".")[0]
    error = record.exc_info[1] if record.exc_info else None
    if family in OURS | WORKERS:
        if not isinstance(record.args, tuple):
            text = template % _telling_nothing(record.args) if record.args else template
        else:
            text = template % tuple(map(_plain, record.args)) if record.args else template
    elif error is not None and not record.args:
        text = type(error).__name__  # its message alone, as Django writes a suspicious request
    else:
        text = template
    return SECRETS.sub(r"\1…", text)


def _plain(value: Any) -> Any:
    return type(value).__name__ if isinstance(value, BaseException) else value


def _telling_nothing(args: Mapping[str, Any] | None) -> dict[str, Any]:
    told = {name: _plain(value) for name, value in (args or {}).items()}
    for name in TELLING & told.keys():
        kind = KIND.match(str(told[name])) if name == "exc" else None  # Celery gives it as text
        told[name] = kind[0] if kind else "…"
    return told


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and what it came from, the last first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def kind_of(error: BaseException) -> str:
    """The full name of its class."""
    return f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")


def places(error: BaseException) -> list[str]:
    """Where it came from: file, line and function of the last frames, the innermost last."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return [f"{'/'.join(frame.filename.split('/')[-3:])}:{frame.lineno} {frame.name}" for frame in frames]


class WithoutCodes(logging.Formatter):
    """Lines for people (`make run`). With `is_open` (DEBUG) whatever there is is written."""

    def __init__(self, *args: Any, is_open: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_open = is_open

    def format(self, record: logging.LogRecord) -> str:
        """The line as the format says it, and the id of its request where there is one."""
        if self.is_open:
            return SECRETS.sub(r"\1…", super().format(record))
        told = copy.copy(record)
        told.msg, told.args, told.exc_text = words(record), (), None
        if request_id := trace.current.get():
            told.msg = f"[{request_id}] {told.msg}"
        return super().format(told)

    def formatException(self, ei: Any) -> str:
        """Kinds and places; the messages with `is_open` only."""
        if self.is_open:
            return super().formatException(ei)
        lines = []
        for error in chain(ei[1]):
            lines += [kind_of(error), *(f"  {place}" for place in places(error))]
        return "\n".join(lines)


class JsonLines(JsonFormatter):
    """Lines for programs (production): one JSON object each, of these fields and no other."""

    def format(self, record: logging.LogRecord) -> str:
        """The object, built from scratch: whatever else a record carries stays where it is."""
        told = logging.LogRecord(record.name, record.levelno, "", 0, "", (), None)
        told.created, told.exc_info = record.created, record.exc_info
        told.msg = words(record)
        told.__dict__.update({name: record.__dict__[name] for name in EXTRAS if name in record.__dict__})
        return super().format(told)

    def formatException(self, ei: Any) -> Any:
        """Nothing: `add_fields` tells kinds and places."""
        return ""

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        """When, how grave, who says so, what; the request and the task it belongs to; the exception."""
        log_data["time"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        log_data["level"] = record.levelname.lower()
        log_data["logger"] = record.name
        log_data["message"] = str(record.msg)
        log_data["process"] = record.process
        if request_id := trace.current.get():
            log_data["request_id"] = request_id
        if task := trace.task.get():
            log_data["task"] = task
        log_data.update({name: record.__dict__[name] for name in EXTRAS if name in record.__dict__})
        if record.exc_info and record.exc_info[1] is not None:
            log_data["error"] = [
                {"kind": kind_of(error), "at": places(error)} for error in chain(record.exc_info[1])
            ]

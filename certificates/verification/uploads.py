"""A file that somebody wants checked: held in memory, bounded, never written anywhere."""

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest

LARGEST = 5 * 1024 * 1024  # bytes of a file
FORM = 64 * 1024  # bytes that a form may take around it


class TooLarge(Exception):
    """More was sent than is looked at; nothing of it was read."""


class InMemory(MemoryFileUploadHandler):
    """Keeps every file in memory; Django's own would put large ones on the disk."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        """Take the file whatever its length: `receive` has looked at that."""
        self.activated = True


def receive(request: HttpRequest) -> None:
    """Make ready to read a form with a file. Call it before anything reads the form. Raises TooLarge."""
    if length(request) > LARGEST + FORM:
        raise TooLarge
    request.upload_handlers = [InMemory(request)]


def length(request: HttpRequest) -> int:
    """How many bytes the client says it sends; what says nothing is not read at all."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0

"""How much one place may ask of the pages where diplomas are verified, counted as courses.throttle does."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from courses.throttle import address_of, seconds_to_wait


@dataclass(frozen=True)
class Limit:
    """At most `count` a minute."""

    name: str
    count: int

    def seconds_to_wait(self, request: HttpRequest, now: datetime) -> int:
        """Count this question; 0 when it may be answered, else after how many seconds one may ask again."""
        return seconds_to_wait(f"verify:{self.name}", address_of(request), self.count, now)


def api_limit() -> Limit:
    """Questions to the API from one place."""
    return Limit("api", settings.VERIFY_PER_MINUTE)


def file_limit() -> Limit:
    """Files that one place drops: each takes work."""
    return Limit("file", settings.VERIFY_FILES_PER_MINUTE)


def name_limit() -> Limit:
    """Names from one place, whatever the codes: five an hour for each code are counted beside this."""
    return Limit("name", settings.VERIFY_PER_MINUTE)

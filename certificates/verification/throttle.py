"""So many questions from one place, and then a pause. Addresses are never stored, only keyed hashes.

Counted in the cache by fixed windows: with the cache in memory each web process counts for itself, with a
shared one they count together. A lost cache loses counts, nothing else.
"""

import ipaddress
import logging
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

log = logging.getLogger(__name__)
IPV6_HOME = 64  # bits of an address that one household or phone has to itself


@dataclass(frozen=True)
class Limit:
    """At most `count` in every `seconds`."""

    name: str
    count: int
    seconds: int

    def seconds_to_wait(self, request: HttpRequest, now: datetime) -> int:
        """Count this question; 0 when it may be answered, else after how many seconds one may ask again."""
        window, passed = divmod(int(now.timestamp()), self.seconds)
        client = salted_hmac("certificates.verification.client", address_of(request), algorithm="sha256")
        key = f"verify:{self.name}:{window}:{client.hexdigest()[:32]}"
        try:
            cache.add(key, 0, timeout=self.seconds)
            asked = cache.incr(key)
        except ValueError:  # it expired between the two
            asked = 1
        except Exception as error:  # whatever a cache's client raises: who verifies must get an answer
            log.warning("questions are not counted: %s", type(error).__name__)
            return 0
        return self.seconds - passed if asked > self.count else 0


def api_limit() -> Limit:
    """Questions to the API from one place."""
    return Limit("api", settings.VERIFY_PER_MINUTE, 60)


def file_limit() -> Limit:
    """Files that one place drops: each takes work."""
    return Limit("file", settings.VERIFY_FILES_PER_MINUTE, 60)


def name_limit() -> Limit:
    """Names from one place, whatever the codes: five an hour for each code are counted beside this."""
    return Limit("name", settings.VERIFY_PER_MINUTE, 60)


def address_of(request: HttpRequest) -> str:
    """Where a question comes from: what the outermost of our own proxies saw, a network where it is IPv6."""
    told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    proxies = settings.PROXY_COUNT
    address = told[-proxies] if 0 < proxies <= len(told) else request.META.get("REMOTE_ADDR", "")
    if address.count(":") == 1:  # some proxies append the port
        address = address.partition(":")[0]
    try:
        parsed = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, IPV6_HOME), strict=False))
    return str(parsed)

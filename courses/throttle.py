"""So many questions from one place, and then a pause. Addresses are never stored, only keyed hashes.

Counted in the cache by fixed windows: with the cache in memory each web process counts for itself, with a
shared one they count together. A lost cache loses counts, nothing else.
"""

import ipaddress
import logging
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

log = logging.getLogger(__name__)
IPV6_HOME = 64  # bits of an address that one household or phone has to itself
WINDOW = 60  # seconds


def seconds_to_wait(name: str, who: str, most: int, now: datetime) -> int:
    """Count this question of `who`; 0 when it may be answered, else after how many seconds to ask again."""
    window, passed = divmod(int(now.timestamp()), WINDOW)
    client = salted_hmac("courses.throttle.client", who, algorithm="sha256").hexdigest()[:32]
    key = f"throttle:{name}:{window}:{client}"
    try:
        cache.add(key, 0, timeout=WINDOW)
        asked = cache.incr(key)
    except ValueError:  # it expired between the two
        asked = 1
    except Exception as error:  # whatever a cache's client raises: an answer must get through
        log.warning("questions are not counted: %s", type(error).__name__)
        return 0
    return WINDOW - passed if asked > most else 0


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

"""What a PIN may be, how long one waits after wrong tries, and how a device is called. Pure."""

import re
from itertools import pairwise

PIN_LENGTH = 6
COMMON = {"112233", "123321", "159753", "147258"}
MINUTE, HOUR, DAY = 60, 3600, 86400

# The count of wrong tries from which on → seconds to wait before the next one (docs/signing-in.md).
WAITS = ((5, MINUTE), (6, 2 * MINUTE), (7, 5 * MINUTE), (8, 15 * MINUTE), (9, 30 * MINUTE), (10, 2 * HOUR))
LOCKED_FROM = 10  # so many wrong tries are called a lock: every further one costs two hours
FORGOTTEN_AFTER = DAY  # seconds without a wrong try, and the count begins again
ADDRESS_WAITS = ((20, MINUTE), (30, 5 * MINUTE), (40, 15 * MINUTE))
ADDRESS_FORGOTTEN_AFTER = HOUR

SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows"}
SYSTEMS |= {"CrOS": "ChromeOS", "Mac OS": "Mac", "Linux": "Linux"}
BROWSERS = {"SamsungBrowser": "Samsung", "OPR/": "Opera", "Edg": "Edge", "Firefox": "Firefox"}
BROWSERS |= {"FxiOS": "Firefox", "CriOS": "Chrome", "Chrome": "Chrome", "Safari": "Safari"}


def is_pin(text: str) -> bool:
    """Six digits, weak or not."""
    return re.fullmatch(r"[0-9]{6}", text) is not None


def is_weak(pin: str, username: str) -> bool:
    """Would somebody try it first: a run, a repetition, a common one, or her user name."""
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    is_run = steps in ({1}, {9})
    is_repeated = any(pin == pin[:part] * (PIN_LENGTH // part) for part in (1, 2, 3))
    return is_run or is_repeated or pin in COMMON or pin == username


def seconds_after(count: int, waits: tuple[tuple[int, int], ...] = WAITS) -> int:
    """How long one waits after so many wrong tries."""
    return max((seconds for start, seconds in waits if count >= start), default=0)


def device_in_words(user_agent: str) -> str:
    """«Android · Chrome»; what is not recognised is left out."""
    system, browser = (
        next((name for mark, name in names.items() if mark in user_agent), "")
        for names in (SYSTEMS, BROWSERS)
    )
    return " · ".join(filter(None, (system, browser)))

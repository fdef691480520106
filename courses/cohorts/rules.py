"""What the School of Health Advocates asks by default, and the fingerprint of a rule set. Pure."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

ATTENDANCE_PERCENT = 80
MAKE_UP_LIMIT = 4
OUTINGS = 6


def rule_version(requirements: Sequence[dict[str, Any]]) -> str:
    """The SHA-256 of a rule set in its order: the same rules give the same version."""
    text = json.dumps(list(requirements), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()

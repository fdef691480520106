"""Pure facts about content: its canonical form and digest."""

import hashlib
import json
from typing import Any


def canonical_json(content: Any) -> bytes:
    """JSON with sorted keys and no spaces, UTF-8: the same content gives the same bytes (cf. RFC 8785)."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(content: Any) -> str:
    """SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical_json(content)).hexdigest()

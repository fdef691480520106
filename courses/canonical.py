"""The one spelling of facts that are hashed. Pure."""

import json
from typing import Any


def canonical_json(content: Any) -> bytes:
    """JSON with sorted keys and no spaces, UTF-8: the same content gives the same bytes (cf. RFC 8785)."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

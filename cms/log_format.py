"""Log lines without verification codes, share tokens or what was searched for: none may lie in a log."""

import logging
import re

# A code or token in an address, whoever wrote the line: after these paths, or in a query.
SECRETS = re.compile(r"(/(?:v|c|api/v1/verify)/|[?&](?:code|token|q)=)[^\s/?&#\"'<>,)]+")


class WithoutCodes(logging.Formatter):
    """Writes every line, and every traceback, with «…» where a code or a token stood."""

    def format(self, record: logging.LogRecord) -> str:
        """The line as the format says it, redacted."""
        return SECRETS.sub(r"\1…", super().format(record))

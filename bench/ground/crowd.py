"""People who come when they come and do what they came for: `python crowd.py HOST:PORT < plan.json`.

An open loop from a process of its own, as visitors.py: a plan is a list of errands, each with the moment at
which it starts. An errand opens an address, sends a form to it, or does one after the other with the hidden
fields of the page in the form. Prints [kind, milliseconds, status] for each answer as JSON; status 0 is none.
"""

import asyncio
import json
import re
import sys
import time
from typing import Any
from urllib.parse import urlencode

HIDDEN = re.compile(r'<input type="hidden" name="(shown|latest)" value="([^"]*)"')
TOKEN = "b" * 32
PATIENCE = 30  # seconds until somebody gives up
Told = list[tuple[str, float, int]]


async def ask(place: tuple[str, int], errand: dict[str, Any], body: str | None) -> tuple[int, bytes]:
    """Status and body of an answer; 0 where none comes."""
    method = "GET" if body is None else "POST"
    cookies = f"sessionid={errand['session']}; csrftoken={TOKEN}" if errand.get("session") else ""
    lines = [f"{method} {errand['address']} HTTP/1.1", f"Host: localhost:{place[1]}", "Connection: close"]
    lines += [f"Cookie: {cookies}"] if cookies else []
    if body is not None:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    try:
        reader, writer = await asyncio.open_connection(*place)
        writer.write(("\r\n".join([*lines, "", ""]) + (body or "")).encode())
        answer = await asyncio.wait_for(reader.read(-1), PATIENCE)
        writer.close()
    except OSError:
        return 0, b""
    head, _gap, content = answer.partition(b"\r\n\r\n")
    return int((head.split(b" ", 2)[1:2] or [b"0"])[0]), content


async def run(place: tuple[str, int], errand: dict[str, Any], start: float) -> Told:
    """One errand. The first answer is waited for from the moment that was drawn."""
    due, told, fields = start + errand["at"], [], dict(errand.get("fields") or {})
    await asyncio.sleep(due - time.perf_counter())
    if errand["opens"]:
        status, content = await ask(place, errand, None)
        told.append((errand["kind"], (time.perf_counter() - due) * 1000, status))
        fields |= dict(HIDDEN.findall(content.decode(errors="replace")))
        due = time.perf_counter()
    if errand.get("fields") is not None:
        status, _content = await ask(place, errand, urlencode({**fields, "csrfmiddlewaretoken": TOKEN}))
        told.append((errand["sends"], (time.perf_counter() - due) * 1000, status))
    return told


async def everybody(place: tuple[str, int], plan: list[dict[str, Any]]) -> Told:
    """All errands."""
    start = time.perf_counter() + 0.1
    told = await asyncio.gather(*(run(place, errand, start) for errand in plan))
    return [one for some in told for one in some]


def main(arguments: list[str]) -> None:
    """Read the plan, come, print."""
    host, _colon, port = arguments[0].rpartition(":")
    print(json.dumps(asyncio.run(everybody((host, int(port)), json.load(sys.stdin)))))


if __name__ == "__main__":
    main(sys.argv[1:])

"""Visitors who come when they come: `python visitors.py HOST:PORT SEED RATE SECONDS ADDRESS…`.

An open loop from a process of its own: requests start at moments that were drawn before, whether the
answers to earlier ones are there or not, and a wait counts from the moment that was drawn. Prints
milliseconds as JSON.
"""

import asyncio
import itertools
import json
import random
import sys
import time


async def visit(host: str, port: int, address: str, due: float) -> float:
    """Milliseconds from `due` until the whole answer is there. Raises ValueError for anything but 200."""
    await asyncio.sleep(due - time.perf_counter())
    reader, writer = await asyncio.open_connection(host, port)
    lines = [
        f"GET {address} HTTP/1.1",
        f"Host: localhost:{port}",
        "Accept-Encoding: gzip",
        "Connection: close",
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    answer = await reader.read(-1)
    milliseconds = (time.perf_counter() - due) * 1000
    writer.close()
    status = answer.split(b" ", 2)[1:2]
    if status != [b"200"]:
        raise ValueError(f"{address} answered {status}")
    return milliseconds


def moments(dice: random.Random, rate: float, seconds: float) -> list[float]:
    """When they come: independent of each other, `rate` a second on average."""
    drawn, now = [], 0.0
    while (now := now + dice.expovariate(rate)) < seconds:
        drawn.append(now)
    return drawn


async def visits(host: str, port: int, drawn: list[float], addresses: list[str]) -> list[float]:
    """Everybody's wait."""
    start = time.perf_counter() + 0.1
    coming = zip(itertools.cycle(addresses), drawn, strict=False)
    waits = (visit(host, port, address, start + when) for address, when in coming)
    return list(await asyncio.gather(*waits))


def main(arguments: list[str]) -> None:
    """Draw, visit, print."""
    place, seed, rate, seconds, *addresses = arguments
    host, _colon, port = place.rpartition(":")
    drawn = moments(random.Random(int(seed)), float(rate), float(seconds))
    print(json.dumps(asyncio.run(visits(host, int(port), drawn, addresses))))


if __name__ == "__main__":
    main(sys.argv[1:])

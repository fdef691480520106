"""What a visitor who verifies a diploma costs, and waits, beside a view that does nothing.

The page is asked for by visitors from another process, 20 a second at moments drawn by dice, of the same web
server that `make run` starts; blocks of the page and of the empty view take turns.
"""

import gzip
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import ground  # first: it sets Django up before anything of ours is imported

# isort: split
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.ground.fleet import Fleet, cpu_seconds
from certificates import codes
from certificates.awards import jobs, life
from certificates.awards.models import Certificate
from certificates.credentials import status
from certificates.log import actions as log_actions
from cms.users.models import User

RATE = 20
ISSUER = "administradora"
EMPTY = "/empty/"
FILES = {"status_list": "/status/1", "log_head": "/log/head", "did": "/.well-known/did.json"}
VISITORS = Path(ground.__file__).with_name("visitors.py")


def make_diplomas() -> dict[str, Certificate]:
    """The demo school's diplomas, made; one of them revoked, one suspended, one replaced: state → diploma."""
    call_command("seed_demo", verbosity=0)
    by = User.objects.get(username=ISSUER)
    make_all()
    first, second, third, *_rest = Certificate.objects.filter(document__isnull=False).order_by("folio")
    life.revoke_certificate(certificate=first, reason="error", by=by, at=timezone.now())
    life.suspend_certificate(certificate=second, by=by, at=timezone.now())
    life.replace_certificate(certificate=third, name="Ana Ñáñez Pérez", by=by, at=timezone.now())
    make_all()
    status.refresh(timezone.now())
    log_actions.publish_if_due(timezone.now())
    return {"revoked": first, "suspended": second, "replaced": third}


def make_all() -> None:
    """Every diploma that waits, here and now."""
    while (claimed := jobs.claim_next(timezone.now())) is not None:
        if not jobs.make(claimed):
            raise SystemExit("Diplomas cannot be made here.")


def get(client: Client, address: str, expected: int = 200, **headers: str) -> Any:
    """An answer that must be the expected one."""
    response = client.get(address, headers=headers)
    if response.status_code != expected:
        raise SystemExit(f"{address} answered {response.status_code}, not {expected}.")
    return response


def pages(others: dict[str, Certificate]) -> tuple[list[str], list[tuple[str, int]]]:
    """The addresses of diplomas in force, and those of every state with what they answer."""
    apart = [one.pk for one in others.values()]
    valid = Certificate.objects.filter(document__isnull=False).exclude(pk__in=apart)
    addresses = [f"/v/{code}/" for code in valid.values_list("code", flat=True)]
    states = [(addresses[0], 200), *((f"/v/{one.code}/", 200) for one in others.values())]
    return addresses, [*states, (f"/v/{codes.new_code()}/", 404)]


def cost_of_page(states: list[tuple[str, int]]) -> list[ground.Figure]:
    """The most queries and bytes that any state takes."""
    client, queries, sizes = Client(SERVER_NAME="localhost"), [], []
    for address, expected in states:
        get(client, address, expected)
        with CaptureQueriesContext(connection) as captured:
            content = get(client, address, expected).content
        queries.append(len(captured))
        sizes.append(len(content))
    zipped = len(gzip.compress(get(client, states[0][0]).content, 6))
    return [
        ground.Figure("verify.queries", max(queries), "queries", len(states), 4),
        ground.Figure("verify.bytes", max(sizes), "bytes", len(states), 12 * 1024),
        ground.Figure("verify.bytes_gzip", zipped, "bytes", 1),
    ]


def cost_of_files(code: str) -> list[ground.Figure]:
    """What programs fetch: its size, and that nothing is sent to whoever has it already."""
    client, figures = Client(SERVER_NAME="localhost"), []
    for name, address in {**FILES, "verify.api": f"/api/v1/verify/{code}"}.items():
        with CaptureQueriesContext(connection) as captured:
            response = get(client, address)
        queries = len(captured)  # before the next request clears them
        again = get(client, address, 304, **{"If-None-Match": response.headers["ETag"]})
        figures += [
            ground.Figure(f"{name}_bytes", len(response.content), "bytes", 1),
            ground.Figure(f"{name}_again_bytes", len(again.content), "bytes", 1),
            ground.Figure(f"{name}_queries", queries, "queries", 1),
        ]
    return figures


def waits(fleet: Fleet, addresses: list[str], seed: int, seconds: float) -> list[float]:
    """How long each visitor of a block waited, in milliseconds."""
    place = f"127.0.0.1:{fleet.port}"
    command = [sys.executable, str(VISITORS), place, str(seed), str(RATE), str(seconds), *addresses]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return [float(wait) for wait in json.loads(done.stdout)]


def p95(values: list[float]) -> float:
    """The wait that 95 of 100 do not exceed."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def cpu(name: str, seconds: float, n: int) -> ground.Figure:
    """What a request cost all processes of the server, on average."""
    return ground.Figure(name, round(seconds / n * 1000, 2), "ms", n)


def under_load(addresses: list[str], blocks: int, seconds: float) -> list[ground.Figure]:
    """p95 of the page and of the empty view at the same rate, in turns."""
    fleet = Fleet(settings_module="bench.server.settings")
    try:
        fleet.start_web()
        for warm in (EMPTY, addresses[0]):
            waits(fleet, [warm], 0, 3)
        empty: list[float] = []
        page: list[float] = []
        busy = {"empty": 0.0, "page": 0.0}
        for block in range(blocks):
            for name, asked, found in (("empty", [EMPTY], empty), ("page", addresses, page)):
                before = cpu_seconds(fleet.processes("web"))
                found += waits(fleet, asked, block, seconds)
                busy[name] += cpu_seconds(fleet.processes("web")) - before
    finally:
        fleet.stop()
    return [
        ground.Figure(
            "verify.empty_server_cpu_ms", round(busy["empty"] / len(empty) * 1000, 2), "ms", len(empty)
        ),
        cpu("verify.server_cpu_ms", busy["page"], len(page)),
        ground.median("verify.empty_median_ms", empty),
        ground.Figure("verify.empty_p95_ms", round(p95(empty), 2), "ms", len(empty)),
        ground.Figure("verify.p95_ms", round(p95(page), 2), "ms", len(page)),
        ground.median("verify.median_ms", page),
        ground.Figure("verify.p95_ratio_to_empty", round(p95(page) / p95(empty), 2), "", len(page), 5),
    ]


def main() -> int:
    """Measure and report."""
    options = ground.options()
    ground.lay_database()
    others = make_diplomas()
    addresses, states = pages(others)
    figures = cost_of_page(states)
    figures += cost_of_files(addresses[0].split("/")[2])
    connection.close()
    figures += under_load(addresses, *((6, 20.0) if options.full else (2, 6.0)))
    ground.report(figures, as_json=options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())

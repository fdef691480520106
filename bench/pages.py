"""What a lesson costs the server for a woman who is signed in, beside a view that does nothing."""

import sys
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import ground  # first: it sets Django up before anything of ours is imported

# isort: split
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.users.models import User

TRAINEE = "promotora"
LESSON = "m3-l13"
WARM_UP = 20


def get(client: Client, address: str) -> Any:
    """A page that must be there."""
    response = client.get(address)
    if response.status_code != 200:
        raise SystemExit(f"{address} answered {response.status_code}.")
    return response


def main() -> int:
    """Measure and report."""
    options = ground.options()
    count = 2000 if options.full else 200
    ground.lay_database()
    call_command("seed_demo")
    settings.ROOT_URLCONF = "bench.server.urls"
    stranger, client = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username=TRAINEE))
    lesson = reverse("courses:lesson", args=[LESSON])
    for _ in range(WARM_UP):
        get(stranger, "/empty/")
        get(client, lesson)
    empty = ground.cpu_ms(partial(get, stranger, "/empty/") for _ in range(count))
    signed_in = ground.cpu_ms(partial(get, client, lesson) for _ in range(count))
    with CaptureQueriesContext(connection) as queries:
        get(client, lesson)
    figures = [
        ground.median("pages.empty_view_cpu_ms", empty),
        ground.median("pages.lesson_signed_in_cpu_ms", signed_in),
        ground.Figure("pages.lesson_signed_in_queries", len(queries), "queries", 1),
    ]
    ground.report(figures, as_json=options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())

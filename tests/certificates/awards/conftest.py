"""What the tests of awards share: storage of their own, a broker in memory, people who may act."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from certificates.awards import bells
from cms.celery import app
from tests.stack import point_app_at


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, settings: Any) -> Path:
    """Private storage of this test alone."""
    folder = tmp_path / "private"
    private = {**settings.STORAGES["private"], "OPTIONS": {"location": folder, "base_url": None}}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    return folder


@pytest.fixture
def bells_heard() -> Iterator[Callable[[], int]]:
    """A broker in memory; call it to learn how many bells rang since the last time."""
    before = app.conf.broker_url, app.conf.broker_transport_options
    point_app_at("memory://", {})

    def count() -> int:
        heard = 0
        with app.connection_for_read() as connection:
            queue = connection.SimpleQueue(app.conf.task_default_queue)
            while queue.qsize():
                message = queue.get(block=False)
                message.ack()
                heard += message.headers["task"] == bells.WORK
            queue.close()
        return heard

    count()
    try:
        yield count
    finally:
        point_app_at(*before)

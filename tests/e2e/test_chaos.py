"""Whatever is killed, no diploma is lost and none is made twice. Real processes, kill -9."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import House, wait_until, words_of

pytestmark = pytest.mark.processes
BATCH = 28


@pytest.fixture
def house(prepared: Path, tmp_path: Path) -> Iterator[House]:
    """A running house whose demo diplomas are made, so that only the batch of the test is under way."""
    house = House(shutil.copytree(prepared, tmp_path / "var")).start()
    try:
        wait_until(lambda: made(house) == queued(house) > 0, "the demo's diplomas are made")
        yield house
    finally:
        house.stop()


def made(house: House) -> int:
    return int(str(house.ask("select count(*) from certificates_document")[0][0]))


def queued(house: House) -> int:
    return int(str(house.ask("select count(*) from certificates_certificate")[0][0]))


def check_that_all_is_there(house: House, total: int) -> None:
    """Every certificate once: one folio, one document, one leaf, one file that opens, and no other file."""
    assert house.ask(
        "select count(*), count(distinct folio), count(distinct code) from certificates_certificate"
    ) == [(total, total, total)]
    documents = house.ask("select certificate_id, path from certificates_document")
    assert len({certificate for certificate, _path in documents}) == len(documents) == total
    issued = "select count(*), count(distinct award) from certificates_logentry where type = 'issue'"
    assert house.ask(issued) == [(total, total)]
    assert house.ask("select distinct state from certificates_job") == [("done",)]
    root = house.data_dir / "private"
    files = {str(file.relative_to(root)) for file in (root / "diplomas").rglob("*") if file.is_file()}
    assert files == {path for _certificate, path in documents}
    house.manage("audit_log", "--deep")  # fails when log, register, actas or files disagree


def test_twenty_eight_diplomas_survive_the_death_of_worker_and_broker(house: House) -> None:
    before = queued(house)
    house.manage("seed_demo", "--trainees", str(BATCH), "--issue")
    wait_until(lambda: made(house) >= before + 3, "the batch is under way")
    assert house.kill("celery")
    wait_until(lambda: made(house) >= before + 8, "the worker came back")
    assert house.kill("valkey") or house.kill("redis")
    wait_until(lambda: made(house) == before + BATCH, "every diploma is made")
    check_that_all_is_there(house, before + BATCH)


def test_a_broker_that_is_down_delays_diplomas_and_fails_nothing(house: House) -> None:
    before = queued(house)
    nowhere = {"BROKER_URL": f"redis+socket://{house.data_dir}/nobody.sock"}
    house.broker_environment = lambda: nowhere  # type: ignore[method-assign]  # issue as if the broker were gone
    house.manage("seed_demo", "--trainees", "5", "--issue")
    assert queued(house) == before + 5
    wait_until(lambda: made(house) == before + 5, "the sweep found them")
    check_that_all_is_there(house, before + 5)


def test_killing_the_manager_leaves_no_process_behind(prepared: Path, tmp_path: Path) -> None:
    house = House(shutil.copytree(prepared, tmp_path / "var")).start()
    family = house.family()
    assert len(family) >= 4
    assert house.process is not None
    house.process.kill()
    house.process.wait()
    wait_until(
        lambda: not any(str(tmp_path) in words_of(pid) or alive(pid) for pid in family), "all are gone", 30
    )


def alive(pid: int) -> bool:
    """True while a process is there and not a zombie waiting to be noticed."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False

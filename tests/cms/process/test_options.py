"""What can go wrong before anything is started is one clear line."""

import os
import socket
from pathlib import Path

import pytest

from cms.process.options import ROOT, Options, Refusal, check_port, claim, read


def test_without_variables_the_box_is_private_and_keeps_its_state_in_var() -> None:
    options = read({})
    assert options == Options(data_dir=ROOT / "var", host="127.0.0.1", port=8000, broker_url=None)
    assert options.address == "http://localhost:8000/"


def test_an_empty_variable_is_no_variable() -> None:
    assert read({"PORT": "", "DATA_DIR": "", "HOST": "", "BROKER_URL": ""}) == read({})


@pytest.mark.parametrize("text", ["0", "65536", "http", "-1", "80 80", "８０００"])
def test_a_port_that_is_none_is_a_wrong_call(text: str) -> None:
    with pytest.raises(Refusal, match="PORT must be a number") as refusal:
        read({"PORT": text})
    assert refusal.value.exit_code == 2


@pytest.mark.parametrize(
    ("host", "address", "probe"),
    [
        ("0.0.0.0", "http://localhost:8000/", "127.0.0.1"),
        ("::", "http://localhost:8000/", "::1"),
        ("192.0.2.7", "http://192.0.2.7:8000/", "192.0.2.7"),
        ("2001:db8::7", "http://[2001:db8::7]:8000/", "2001:db8::7"),
    ],
)
def test_the_address_is_one_that_a_browser_can_open(host: str, address: str, probe: str) -> None:
    options = read({"HOST": host})
    assert (options.address, options.probe_host) == (address, probe)


def test_a_taken_port_is_refused_with_the_next_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(Refusal, match=f"Port {port} is taken"):
            check_port("127.0.0.1", port)
    check_port("127.0.0.1", port)


def test_a_host_that_is_not_ours_is_refused() -> None:
    with pytest.raises(Refusal, match=r"Cannot listen on 192\.0\.2\.7"):
        check_port("192.0.2.7", 8000)


def test_a_folder_is_claimed_by_one_at_a_time(tmp_path: Path) -> None:
    folder = tmp_path / "a folder of its own"
    lock = claim(folder)
    with pytest.raises(Refusal, match=f"in use by another running Promotora \\(process {os.getpid()}\\)"):
        claim(folder, patience=0)
    os.close(lock)
    os.close(claim(folder, patience=0))


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("I am not a folder")
    with pytest.raises(Refusal, match="cannot be written"):
        claim(tmp_path / "var")
    with pytest.raises(Refusal, match="cannot be written"):
        claim(tmp_path / "var" / "below")


def test_a_folder_that_nobody_can_write_is_refused() -> None:
    with pytest.raises(Refusal, match="cannot be written"):
        claim(Path("/proc/promotora"))

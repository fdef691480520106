"""The decisions of the bootstrap; what it does to a machine was tried on fresh Debian, as root and not."""

import subprocess
import sys
from pathlib import Path

import pytest

from cms import bootstrap

HASHES = {"run": "r1", "dev": "d1"}


@pytest.mark.parametrize(
    ("wanted", "stamp", "to_sync"),
    [
        ("run", {}, "run"),
        ("dev", {}, "dev"),
        ("run", {"kind": "run", "hash": "r1"}, None),
        ("run", {"kind": "dev", "hash": "d1"}, None),
        ("dev", {"kind": "dev", "hash": "d1"}, None),
        ("dev", {"kind": "run", "hash": "r1"}, "dev"),
        ("run", {"kind": "run", "hash": "older"}, "run"),
        ("run", {"kind": "dev", "hash": "older"}, "dev"),
    ],
)
def test_an_environment_is_synced_only_when_its_lock_changed(
    wanted: str, stamp: dict[str, str], to_sync: str | None
) -> None:
    assert bootstrap.kind_to_sync(wanted, stamp, HASHES) == to_sync


def test_the_dev_lock_holds_all_of_the_run_lock() -> None:
    run, dev = (
        {line.split(" ")[0] for line in path.read_text().splitlines() if "==" in line and line[0].isalnum()}
        for path in bootstrap.LOCKS.values()
    )
    assert run - dev == set()


@pytest.mark.parametrize("path", [*bootstrap.LOCKS.values(), bootstrap.UV_LOCK])
def test_a_lock_has_hashes_and_names_no_host(path: Path) -> None:
    text = path.read_text()
    assert "--hash=sha256:" in text
    assert "://" not in text


def test_uv_takes_over_the_mirror_and_the_certificates_of_pip() -> None:
    env = bootstrap.uv_environment(
        {"PIP_CERT": "/etc/our.pem"}, True, {"index-url": "https://mirror.test/"}, False
    )
    assert env["UV_DEFAULT_INDEX"] == "https://mirror.test/"
    assert env["SSL_CERT_FILE"] == "/etc/our.pem"
    assert env["UV_SYSTEM_CERTS"] == "1"
    assert "UV_CACHE_DIR" not in env


def test_without_a_home_the_cache_lies_in_the_environment_folder() -> None:
    env = bootstrap.uv_environment({"PYTHONDONTWRITEBYTECODE": "1"}, False, {}, False)
    assert Path(env["UV_CACHE_DIR"]).parent == bootstrap.VENV
    assert "UV_SYSTEM_CERTS" not in env
    assert "PYTHONDONTWRITEBYTECODE" not in env


def test_what_uv_is_told_by_a_person_stays() -> None:
    told = {"UV_DEFAULT_INDEX": "https://own.test/", "UV_CACHE_DIR": "/cache"}
    env = bootstrap.uv_environment(told, False, {"index-url": "https://mirror.test/"}, True)
    assert told.items() <= env.items()


def test_only_new_packages_are_fetched_never_a_second_libc() -> None:
    simulated = """
Inst libglib2.0-0 (2.74.6-2 Debian:12 [amd64])
Inst libc6 [2.36-9] (2.36-10 Debian:12 [amd64])
Inst libpangoft2-1.0-0 (1.50.12 Debian:12 [amd64])
Conf libglib2.0-0 (2.74.6-2 Debian:12 [amd64])
"""
    assert bootstrap.packages_to_fetch(simulated) == ["libglib2.0-0", "libpangoft2-1.0-0"]


def test_children_are_told_of_unpacked_libraries_only_when_there_are_any(tmp_path: Path) -> None:
    env = bootstrap.child_environment({"PYTHONDONTWRITEBYTECODE": "1", "LD_LIBRARY_PATH": "/own"}, tmp_path)
    assert env["LD_LIBRARY_PATH"] == "/own"
    assert "FONTCONFIG_FILE" not in env
    assert "PYTHONDONTWRITEBYTECODE" not in env
    library = tmp_path / "usr/lib/x86_64-linux-gnu/libpango-1.0.so.0"
    library.parent.mkdir(parents=True)
    library.touch()
    env = bootstrap.child_environment({"LD_LIBRARY_PATH": "/own"}, tmp_path)
    assert env["LD_LIBRARY_PATH"] == f"{library.parent}:/own"
    assert env["FONTCONFIG_FILE"] == str(tmp_path / "fonts.conf")


@pytest.mark.parametrize("arguments", [[], ["start"], ["run", "faster"]])
def test_a_wrong_call_says_how_it_is_called(arguments: list[str]) -> None:
    result = subprocess.run(
        [sys.executable, "-I", bootstrap.__file__, *arguments], capture_output=True, text=True
    )
    assert result.returncode == 2
    assert result.stderr.startswith("usage: python3 cms/bootstrap.py run")

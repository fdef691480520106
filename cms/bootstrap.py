"""From a fresh machine to an environment that Promotora runs in. Standard library only.

    python3 cms/bootstrap.py run            make the environment, then start Promotora (`make run`)
    python3 cms/bootstrap.py manage CMD …   the same environment, then manage.py (`make backup`, …)
    python3 cms/bootstrap.py test [ARGS]    the same with what testing needs, then pytest (`make test`)
    python3 cms/bootstrap.py env [CMD …]    the same as test, then CMD instead of pytest

The environment is .venv, made from the hash-locked requirements; a stamp in it names the lock, so that a
second start changes nothing. Runs on any Python 3.7+ far enough to say which one it needs.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "promotora.json"
SYSTEM = VENV / "system"  # Debian packages, unpacked for a person who is not root
LOCKS = {"run": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
UV_LOCK = ROOT / "requirements-uv.lock"
OLDEST = (3, 11)
NEWER_PYTHONS = ("python3.13", "python3.12", "python3.11")
PANGO = ("libpangoft2-1.0-0", "libharfbuzz-subset0")  # all that WeasyPrint loads comes with these two
TEST_PROGRAMS = {  # package: the program that shows it is there
    "chromium": "chromium",
    "gettext": "msgfmt",
    "qpdf": "qpdf",
    "poppler-utils": "pdfsig",
    "libnss3-tools": "certutil",
    "openssl": "openssl",
    "tesseract-ocr": "tesseract",
}
CAN_DRAW = "import weasyprint"
TEST_LIBRARIES = {  # package: what works in the environment when it is there
    "libzbar0": "import pyzbar.pyzbar",
    "tesseract-ocr-spa": "import subprocess as s; "
    "assert b'spa' in s.run(['tesseract', '--list-langs'], stdout=s.PIPE, check=True).stdout",
    "libatomic1": "import pathlib, playwright, subprocess as s; "
    "s.run([pathlib.Path(playwright.__file__).parent / 'driver' / 'node', '--version'], check=True)",
}
FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>{system}/usr/share/fonts</dir>
  <include ignore_missing="yes">{system}/etc/fonts/conf.d</include>
  <cachedir>{system}/fontconfig-cache</cachedir>
</fontconfig>
"""


class Stop(Exception):
    """The environment cannot be made: one clear line, with the command that helps."""


def say(text: str) -> None:
    """One line a step; not on standard output, which belongs to the command that follows."""
    print(text, file=sys.stderr, flush=True)


# --- decisions that need no machine -----------------------------------------------------------------


def lock_hash(kind: str) -> str:
    """What the environment of this kind must have been made from."""
    content = b"".join(path.read_bytes() for path in (UV_LOCK, LOCKS[kind]))
    return hashlib.sha256(content).hexdigest()


def kind_to_sync(wanted: str, stamp: dict[str, str], hashes: dict[str, str]) -> str | None:
    """Which lock to install, None when what is there will do.

    The dev lock holds all of the run lock, so a developer's environment runs Promotora too, and stays one.
    """
    kind = "dev" if "dev" in (wanted, stamp.get("kind")) else "run"
    if stamp.get("kind") == kind and stamp.get("hash") == hashes[kind]:
        return None
    return kind


def uv_environment(
    environ: dict[str, str], home_is_usable: bool, pip_config: dict[str, str], has_system_certificates: bool
) -> dict[str, str]:
    """The variables uv runs with: pip's mirror and certificates, and a cache that can be written."""
    env = {name: value for name, value in environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    if not home_is_usable:
        env.setdefault("UV_CACHE_DIR", str(VENV / "uv-cache"))
    if pip_config.get("index-url"):
        env.setdefault("UV_DEFAULT_INDEX", pip_config["index-url"])
    certificates = environ.get("PIP_CERT") or pip_config.get("cert")
    if certificates:
        env.setdefault("SSL_CERT_FILE", certificates)
    if has_system_certificates or certificates:
        env.setdefault("UV_SYSTEM_CERTS", "1")
    env.setdefault("UV_NO_PROGRESS", "1")
    env.setdefault("UV_PYTHON_DOWNLOADS", "never")
    return env


def packages_to_fetch(simulated: str) -> list[str]:
    """The packages that `apt-get --simulate install` would add.

    Not those that it would upgrade (they have the old version in brackets): a second libc6 beside the
    machine's own would crash every program.
    """
    return re.findall(r"^Inst (\S+) \(", simulated, re.MULTILINE)


def library_folders(system: Path) -> list[str]:
    """The folders in an unpacked tree that hold shared libraries."""
    return sorted({str(path.parent) for path in system.glob("**/*.so.*")})


def child_environment(environ: dict[str, str], system: Path) -> dict[str, str]:
    """The variables Promotora runs with; they name the unpacked libraries when there are any."""
    env = {name: value for name, value in environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env["PATH"] = os.pathsep.join([str(VENV / "bin"), env.get("PATH") or os.defpath])
    env["VIRTUAL_ENV"] = str(VENV)
    folders = library_folders(system)
    if folders:
        before = [env["LD_LIBRARY_PATH"]] if env.get("LD_LIBRARY_PATH") else []
        env["LD_LIBRARY_PATH"] = os.pathsep.join(folders + before)
        env["FONTCONFIG_FILE"] = str(system / "fonts.conf")
    return env


# --- Python -----------------------------------------------------------------------------------------


def run_with_new_enough_python() -> None:
    """Go on in a newer Python when this one is too old and a newer one is there."""
    if sys.version_info >= OLDEST:
        return
    for name in NEWER_PYTHONS:
        found = shutil.which(name)
        if found and works([found, "-c", "import sys"]):
            os.execv(found, [found, *sys.argv])  # replaces this process
    raise Stop(
        f"Python 3.11 or newer is needed; this is {sys.version_info[0]}.{sys.version_info[1]}. "
        "On Debian 12 or Ubuntu 24.04, type: sudo apt install python3 python3-venv"
    )


def works(command: list[str], env: dict[str, str] | None = None, cwd: str | None = None) -> bool:
    """Does the command end well? What it prints is not shown."""
    try:
        result = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=env,
            cwd=cwd,
        )
    except OSError:
        return False
    return result.returncode == 0


def must(command: list[str], what: str, env: dict[str, str] | None = None) -> str:
    """Run a command; on failure stop with `what` and the end of what it said."""
    result = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=env,
    )
    if result.returncode:
        lines = [line.strip() for line in result.stdout.splitlines() if line.strip()]
        raise Stop("\n  ".join([what, *lines[-6:]]))
    return result.stdout


def make_venv() -> None:
    """An environment that runs, remade when the Python below it has gone."""
    if works([str(PYTHON), "-c", "import sys, pip; sys.exit(sys.version_info < (3, 11))"]):
        return
    if not works([sys.executable, "-c", "import ensurepip, venv"]):
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        if not (is_debian_root() and sys.executable.startswith("/usr/bin/")):
            raise Stop(
                f"This Python cannot make virtual environments. Type: sudo apt install {package}"
                "   and then the same command again."
            )
        say(f"Installing {package} …")
        apt_install([package])
    say("Making the environment in .venv …")
    if VENV.exists():
        shutil.rmtree(str(VENV))
    must([sys.executable, "-m", "venv", str(VENV)], "The virtual environment could not be made:")


def read_stamp() -> dict[str, str]:
    """What the environment was made from; empty when nobody knows."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def pip_configuration() -> dict[str, str]:
    """pip's settings for a mirror and its certificates: uv does not read them by itself."""
    command = [str(PYTHON), "-m", "pip", "config", "list"]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    lines = re.findall(r"^(?:global|install|:env:)\.([a-z-]+)='(.*)'$", result.stdout, re.MULTILINE)
    return dict(lines)


def home_is_usable() -> bool:
    """Can a cache be kept in the home folder?"""
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("HOME") or ""
    return os.path.isabs(home) and os.access(home, os.W_OK | os.X_OK)


def sync(kind: str) -> None:
    """Install exactly what the lock names: pip brings uv, uv brings the rest."""
    STAMP.unlink(missing_ok=True)  # until all is there, nobody knows what is
    say("Installing the Python packages (about a minute the first time) …")
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    if not home_is_usable():
        pip.append("--no-cache-dir")
    help_line = "The packages could not be installed. Is this machine connected to the internet?"
    must([*pip, "--require-hashes", "-r", str(UV_LOCK)], help_line, env)
    certificates = os.environ.get("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt")
    uv_env = uv_environment(env, home_is_usable(), pip_configuration(), os.path.exists(certificates))
    command = [str(VENV / "bin" / "uv"), "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode"]
    must([*command, "--python", str(PYTHON), str(LOCKS[kind])], help_line, uv_env)
    STAMP.write_text(json.dumps({"kind": kind, "hash": lock_hash(kind)}) + "\n")


# --- what comes from Debian -------------------------------------------------------------------------


def is_debian_root() -> bool:
    """May this person install Debian packages?"""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(packages: list[str]) -> bool:
    """Install Debian packages as root; the lists are fetched when that is needed."""
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    install = ["apt-get", "-o", "DPkg::Lock::Timeout=120", "-qq", "-y", "--no-install-recommends", "install"]
    if works([*install, *packages], env=env):
        return True
    return works(["apt-get", "-qq", "update"], env=env) and works([*install, *packages], env=env)


def fetch_beside(packages: tuple[str, ...]) -> bool:
    """Without root: download the packages that are missing here and unpack them into .venv/system."""
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        return False
    work = VENV / "system-work"
    shutil.rmtree(work, ignore_errors=True)
    for folder in (work / "lists" / "partial", work / "cache" / "archives" / "partial", work / "debs"):
        folder.mkdir(parents=True)
    options = ["-o", f"Dir::State::lists={work / 'lists'}", "-o", f"Dir::Cache={work / 'cache'}", "-qq"]
    if not works(["apt-get", *options, "update"]):
        return False
    simulate = ["apt-get", *options, "--no-install-recommends", "--simulate", "-q=0", "install", *packages]
    plan = subprocess.run(
        simulate, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    names = packages_to_fetch(plan.stdout)
    if plan.returncode or not names:
        return False
    if not works(["apt-get", *options, "download", *names], cwd=str(work / "debs")):
        return False
    unpacked = all(works(["dpkg", "-x", str(deb), str(SYSTEM)]) for deb in (work / "debs").glob("*.deb"))
    shutil.rmtree(work, ignore_errors=True)
    if unpacked:
        (SYSTEM / "fonts.conf").write_text(FONTS_CONF.format(system=SYSTEM))
    return unpacked


def can(code: str) -> bool:
    """Does this line of Python work in the environment?"""
    return works([str(PYTHON), "-c", code], env=child_environment(dict(os.environ), SYSTEM))


def check_drawing() -> None:
    """Get the libraries that WeasyPrint loads; without them all but the diplomas works."""
    if can(CAN_DRAW):
        return
    say("Installing the libraries that draw the diplomas (Pango) …")
    if sys.platform == "darwin":
        say("  Diplomas wait until Pango is there. Type: brew install pango")
        return
    if is_debian_root():
        apt_install(list(PANGO))
    else:
        SYSTEM.mkdir(parents=True, exist_ok=True)
        if fetch_beside(PANGO):
            say("  unpacked beside the environment, in .venv/system")
    if not can(CAN_DRAW):
        say(f"  Promotora runs, but diplomas wait in the queue. Type: sudo apt install {' '.join(PANGO)}")


def check_test_packages() -> None:
    """The browser, gettext, readers of PDF, QR codes and print: installed when root, or tests are skipped."""
    missing = [name for name, program in TEST_PROGRAMS.items() if not shutil.which(program)]
    missing += [name for name, code in TEST_LIBRARIES.items() if not can(code)]
    if not missing:
        return
    if is_debian_root():
        say(f"Installing {', '.join(missing)} …")
        missing = [name for name in missing if not apt_install([name])]
    if missing:
        say(f"  Some tests will be skipped. Type: sudo apt install {' '.join(missing)}")


# --- the three commands -----------------------------------------------------------------------------


def prepare(kind: str) -> None:
    """Make sure of the environment. Only one process at a time does."""
    run_with_new_enough_python()
    folder = os.open(str(ROOT), os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # a network folder may have no locks
            fcntl.flock(folder, fcntl.LOCK_EX)
        make_venv()
        missing = kind_to_sync(kind, read_stamp(), {name: lock_hash(name) for name in LOCKS})
        if missing:
            begun = time.monotonic()
            sync(missing)
            say(f"  installed in {time.monotonic() - begun:.0f} s")
        check_drawing()
    finally:
        os.close(folder)


def become(command: list[str]) -> None:
    """Go on as this command: signals and exit code are its own."""
    env = child_environment(dict(os.environ), SYSTEM)
    os.chdir(str(ROOT))
    os.execvpe(command[0], command, env)


def test(arguments: list[str]) -> int:
    """What was asked for; without arguments everything, a file at a time on every core.

    The order is that of tests/conftest.py: few long tests first, so that no core waits for them at the end.
    Browser tests come in a run of their own: Playwright's loop runs for as long as its process does.
    """
    env = child_environment(dict(os.environ), SYSTEM)
    pytest = [str(PYTHON), "-m", "pytest"]
    if arguments:
        return subprocess.call([*pytest, *arguments], cwd=ROOT, env=env)
    pytest += ["-n", str(min(os.cpu_count() or 1, 4)), "--dist", "loadfile"]
    first = subprocess.call([*pytest, "--no-loadscope-reorder", "--ignore=tests/e2e"], cwd=ROOT, env=env)
    return subprocess.call([*pytest, "tests/e2e"], cwd=ROOT, env=env) or first


def main(arguments: list[str]) -> int:
    """0 when all went well, 1 when the environment cannot be made, 2 for a wrong call."""
    mode, rest = (arguments or [""])[0], arguments[1:]
    if mode not in ("run", "manage", "test", "env") or (mode == "run" and rest):
        print("usage: python3 cms/bootstrap.py run | manage CMD | test [ARGS] | env [CMD]", file=sys.stderr)
        return 2
    try:
        prepare("run" if mode in ("run", "manage") else "dev")
        if mode == "manage":
            become([str(PYTHON), str(ROOT / "manage.py"), *rest])
        if mode == "run":
            become([str(PYTHON), "-m", "cms.launcher"])
        check_test_packages()
        if mode == "test":
            return test(rest)
        if rest:
            become(rest)
    except Stop as stop:
        print(f"Promotora: {stop}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Promotora: {error.strerror}: {os.fsdecode(error.filename or str(VENV))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

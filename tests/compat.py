"""`make compat`: the suite on Wagtail 8.0, and on newer Pythons where this machine has them.

Each variant has an environment of its own (.venv-compat-…), made from the same lock; browser tests and tests
against servers are left out unless arguments for pytest are given.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements-dev.lock"
WITHOUT_SERVERS = ["tests", "--ignore=tests/e2e", "--ignore=tests/services", "-q"]


@dataclass(frozen=True)
class Variant:
    """One combination to try."""

    name: str
    python: str | None  # None: no such interpreter here
    overrides: tuple[str, ...] = ()


def interpreter(version: str) -> str | None:
    """A Python of this version that really runs (a version manager's shim may not)."""
    managed = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    for found in [shutil.which(f"python{version}"), *map(str, managed)]:
        if found and subprocess.run([found, "-c", ""], capture_output=True).returncode == 0:
            return found
    return None


def variants() -> list[Variant]:
    """What is tried, in this order."""
    return [
        Variant("wagtail80", sys.executable, ("wagtail==8.0.*",)),
        Variant("py312", interpreter("3.12")),
        Variant("py313", interpreter("3.13")),
    ]


def make_environment(variant: Variant, python: Path) -> None:
    """Install the lock, then what this variant has instead. Raises CalledProcessError."""
    if not python.exists():
        run("uv", "venv", "--quiet", "--python", variant.python or "", str(python.parents[1]))
    install = ("uv", "pip", "install", "--quiet", "--python", str(python))
    run(*install, "--require-hashes", "-r", str(LOCK))
    if variant.overrides:
        run(*install, *variant.overrides)


def run(*command: str) -> None:
    """Run a command in the project's folder. Raises CalledProcessError."""
    subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=True)


def outcome(variant: Variant, arguments: list[str]) -> str:
    """Try one variant; how it went, in a few words."""
    if variant.python is None:
        return "not tried: no such Python on this machine"
    python = ROOT / f".venv-compat-{variant.name}" / "bin" / "python"
    try:
        make_environment(variant, python)
    except subprocess.CalledProcessError:
        return "FAILED: the packages could not be installed"
    env = os.environ | {"VIRTUAL_ENV": str(python.parents[1])}
    ran = subprocess.run([python, "-m", "pytest", *arguments], cwd=ROOT, env=env, stdin=subprocess.DEVNULL)
    return "passed" if ran.returncode == 0 else f"FAILED (pytest exit code {ran.returncode})"


def main(arguments: list[str]) -> int:
    """0 when every variant that could be tried passed."""
    results = {}
    for variant in variants():
        print(f"\n=== {variant.name}", flush=True)
        results[variant.name] = outcome(variant, arguments or WITHOUT_SERVERS)
    print("\n" + "\n".join(f"{name:12} {result}" for name, result in results.items()))
    return 1 if any(result.startswith("FAILED") for result in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

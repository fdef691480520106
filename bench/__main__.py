"""Runs every script of this folder, one after the other: `python -m bench [--json] [--full]`."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def scripts() -> list[Path]:
    """The measurements: each file of this folder that is not part of the machinery."""
    return sorted(path for path in FOLDER.glob("*.py") if not path.name.startswith("_"))


def main(arguments: list[str]) -> int:
    """0 when every script ended well."""
    if set(arguments) - {"--json", "--full"}:
        print("usage: python -m bench [--json] [--full]", file=sys.stderr)
        return 2
    failed = []
    for path in scripts():
        if "--json" not in arguments:
            print(f"\n{path.stem}", flush=True)
        result = subprocess.run(
            [sys.executable, path, *arguments], cwd=FOLDER.parent, stdin=subprocess.DEVNULL
        )
        if result.returncode:
            failed.append(path.stem)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

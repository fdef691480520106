"""Runs the scripts of this folder, one after the other: `python -m bench [NAME…] [--json] [--full]`."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def scripts() -> list[Path]:
    """The measurements: each file of this folder that is not part of the machinery."""
    return sorted(path for path in FOLDER.glob("*.py") if not path.name.startswith("_"))


def main(arguments: list[str]) -> int:
    """0 when every script ended well."""
    options = [word for word in arguments if word in {"--json", "--full"}]
    names = {word for word in arguments if word not in options}
    known = {path.stem: path for path in scripts()}
    if names - set(known):
        print(f"usage: python -m bench [{'] ['.join(known)}] [--json] [--full]", file=sys.stderr)
        return 2
    failed = []
    for path in [known[name] for name in known if name in names or not names]:
        if "--json" not in options:
            print(f"\n{path.stem}", flush=True)
        result = subprocess.run([sys.executable, path, *options], cwd=FOLDER.parent, stdin=subprocess.DEVNULL)
        if result.returncode:
            failed.append(path.stem)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

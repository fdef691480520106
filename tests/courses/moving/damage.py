"""Ways to damage a package: what an attacker, a bad copy or a newer house would send."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from courses.canonical import canonical_json
from tests.courses.moving.conftest import contents

Entries = list[tuple[zipfile.ZipInfo, bytes]]


def info(name: str, *, method: int = zipfile.ZIP_DEFLATED, mode: int = 0o100644) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    made.filename = made.orig_filename = name  # as it is, not as Python tidies it
    made.compress_type, made.create_system, made.external_attr = method, 3, mode << 16
    return made


def zipped(entries: Entries) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for one, content in entries:
            archive.writestr(one, content)
    return out.getvalue()


def repacked(found: Mapping[str, bytes], *more: tuple[zipfile.ZipInfo, bytes]) -> bytes:
    """The same entries, and others behind them."""
    return zipped([*((info(name), content) for name, content in found.items()), *more])


def told_again(found: dict[str, bytes]) -> dict[str, bytes]:
    """With a manifest that says what is there: a careful attacker's hashes are right."""
    manifest = json.loads(found["manifest.json"])
    for name, is_listed in (("parts", lambda path: path.endswith(".json")), ("files", lambda _path: True)):
        taken = {entry["path"] for entry in manifest["parts"]} if name == "files" else set()
        manifest[name] = [
            {"path": path, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
            for path, content in sorted(found.items())
            if path != "manifest.json" and path not in taken and is_listed(path)
        ]
    return {**found, "manifest.json": canonical_json(manifest)}


def with_manifest(raw: bytes, **facts: Any) -> bytes:
    """The package with other facts in its manifest."""
    found = contents(raw)
    manifest = {**json.loads(found["manifest.json"]), **facts}
    return repacked({**found, "manifest.json": canonical_json(manifest)})


def with_part(raw: bytes, kind: str, change: Callable[[dict[str, Any]], Any]) -> bytes:
    """The package with its first part of a kind changed, and hashes that are right."""
    found = contents(raw)
    path = min(path for path in found if path.startswith(f"{kind}/"))
    part = json.loads(found[path])
    change(part)
    return repacked(told_again({**found, path: canonical_json(part)}))


def with_file(raw: bytes, extension: str, content: bytes) -> bytes:
    """The package with other content in its first file of that kind, called by its new hash."""
    found = contents(raw)
    path = min(path for path in found if path.startswith("files/") and path.endswith(extension))
    other = f"files/{hashlib.sha256(content).hexdigest()}{extension}"
    changed = {
        name: value.replace(path.encode(), other.encode()) if name.endswith(".json") else value
        for name, value in found.items()
        if name != path
    }
    return repacked(told_again({**changed, other: content}))

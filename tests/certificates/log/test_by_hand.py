"""Anyone can check the log with our code uninstalled: a script of the standard library alone does it."""

import hashlib
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client

from certificates.log import actions
from tests.certificates.log.conftest import DAY, NOON, Fill

pytestmark = pytest.mark.django_db
SCRIPT = Path(__file__).with_name("verify_by_hand.py")
PDF = b"%PDF-1.7 a diploma"


@pytest.fixture
def folder(client: Client, fill: Fill, tmp_path: Path) -> Path:
    """What somebody downloaded, as docs/log.md says; the first head she kept from her mail."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    fill(5)
    first = actions.publish_head(NOON)
    fill(2)
    with transaction.atomic():
        actions.append("issue", award=uuid.uuid4(), pdf_sha256=hashlib.sha256(PDF).hexdigest(), at=NOON)
    fill(4)
    actions.publish_head(NOON + DAY)
    assert first is not None
    (folder / "kept").write_text(first.note)
    (folder / "diploma.pdf").write_bytes(PDF)
    for name, address in {
        "keys": "keys",
        "head": "head",
        "proof.json": f"proof/inclusion?pdf_sha256={hashlib.sha256(PDF).hexdigest()}",
        "consistency.json": "proof/consistency?first=5&second=12",
    }.items():
        response = client.get(f"/log/{address}")
        assert response.status_code == 200
        (folder / name).write_bytes(response.content)
    return folder


ALL = "--keys keys --head head --proof proof.json --pdf diploma.pdf --old kept --consistency consistency.json"


def run(folder: Path, arguments: str = ALL) -> "subprocess.CompletedProcess[str]":
    """Isolated, without site-packages: neither our code nor any package can be imported."""
    command = [sys.executable, "-I", "-S", str(SCRIPT), *arguments.split()]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)


def test_it_accepts_what_we_publish(folder: Path) -> None:
    result = run(folder)
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("✓") == 4


def test_a_changed_file_is_refused(folder: Path) -> None:
    (folder / "diploma.pdf").write_bytes(PDF + b"!")
    assert "another file" in run(folder).stderr


def test_a_changed_entry_is_refused(folder: Path) -> None:
    proof = folder / "proof.json"
    proof.write_text(proof.read_text().replace("issue", "other"))
    assert "not in the log" in run(folder).stderr


@pytest.mark.parametrize("name", ["head", "kept"])
def test_a_changed_head_is_refused(folder: Path, name: str) -> None:
    head = folder / name
    head.write_text(head.read_text().replace("/log\n", "/log\n1", 1))
    assert "No key" in run(folder).stderr


def test_a_log_that_was_rewritten_since_is_refused(folder: Path) -> None:
    path = folder / "consistency.json"
    path.write_text(path.read_text().replace('"path": ["', '"path": ["' + "00" * 32 + '", "'))
    assert "rewritten" in run(folder).stderr

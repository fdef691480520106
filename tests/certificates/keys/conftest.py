"""What the tests of keys share: a folder of keys of their own, and a registered authority."""

from pathlib import Path
from typing import Any

import pytest

from tests.certificates.keys import pki


@pytest.fixture
def keys_dir(tmp_path: Path, settings: Any) -> Path:
    """An empty folder of keys."""
    settings.KEYS_DIR = tmp_path / "keys"
    folder: Path = settings.KEYS_DIR
    return folder


@pytest.fixture(scope="session")
def authority() -> pki.Authority:
    """A certificate authority as operators use one."""
    return pki.authority()

"""What the tests of credentials share."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from certificates.keys.models import SigningKey
from tests.factories.certificates import facts


@pytest.fixture
def neutral_issuer(monkeypatch: pytest.MonkeyPatch) -> str:
    """The DID that `facts()` name is this installation's own."""
    monkeypatch.setattr(settings, "ISSUER_DID", facts()["did"])
    return str(settings.ISSUER_DID)


@pytest.fixture
def own_keys(db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keys made for this test alone: no year is there that it did not ask for."""
    monkeypatch.setattr(settings, "KEYS_DIR", tmp_path)
    SigningKey.objects.filter(purpose=SigningKey.Purpose.CREDENTIAL).delete()


@pytest.fixture
def storage(tmp_path: Path, settings: Any) -> Path:
    """Private storage of this test alone."""
    folder = tmp_path / "private"
    private = {**settings.STORAGES["private"], "OPTIONS": {"location": folder, "base_url": None}}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    return folder

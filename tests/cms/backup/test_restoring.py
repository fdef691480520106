"""Files in the place of others: the folder itself stays, readable for a proxy, and nothing is lost."""

from contextlib import ExitStack
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage

from cms.backup import restoring
from cms.settings import environment


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    """What was in a backup, for the owner alone."""
    flower = tmp_path / "staged/original_images/flor.png"
    flower.parent.mkdir(parents=True, mode=0o700)
    flower.write_bytes(b"new")
    flower.chmod(0o600)
    return tmp_path / "staged"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A school that is here."""
    old = tmp_path / "place/original_images/vieja.png"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"old")
    return tmp_path / "place"


def modes(folder: Path) -> dict[str, int]:
    return {str(one.relative_to(folder)): one.stat().st_mode & 0o7777 for one in folder.rglob("*")}


def test_the_folder_stays_itself_and_public_files_can_be_read_by_its_group(staged: Path, place: Path) -> None:
    place.chmod(0o750)
    before = place.stat()
    options = environment.media_storage("")["OPTIONS"]
    with ExitStack() as undo:
        restoring.place_files(staged, FileSystemStorage(place, **options), place.parent / "aside", undo)
        undo.pop_all()
    after = place.stat()
    assert (after.st_ino, after.st_mode, after.st_gid) == (before.st_ino, before.st_mode, before.st_gid)
    assert modes(place) == {"original_images": 0o750, "original_images/flor.png": 0o640}
    assert (place.parent / "aside/original_images/vieja.png").read_bytes() == b"old"


def test_private_files_are_for_their_owner_alone(staged: Path, tmp_path: Path) -> None:
    options = environment.private_storage("", tmp_path)["OPTIONS"]
    with ExitStack() as undo:
        restoring.place_files(staged, FileSystemStorage(**options), tmp_path / "aside", undo)
        undo.pop_all()
    assert modes(tmp_path / "private") == {"original_images": 0o700, "original_images/flor.png": 0o600}
    assert (tmp_path / "private").stat().st_mode & 0o077 == 0
    assert not (tmp_path / "aside").exists()


def test_what_fails_later_brings_everything_back_and_leaves_nothing(staged: Path, place: Path) -> None:
    aside = place.parent / "aside"
    with ExitStack() as undo:  # nobody says that all went well
        undo.callback(restoring.drop_empty, aside)
        restoring.place_files(staged, FileSystemStorage(place), aside / "media", undo)
        assert (place / "original_images/flor.png").exists()
    assert [path.name for path in place.rglob("*")] == ["original_images", "vieja.png"]
    assert not aside.exists()


def test_the_first_secret_of_a_new_folder_opens_it_to_nobody(tmp_path: Path) -> None:
    environment.kept_secret(tmp_path / "keys/master.key", environment.random_key)
    assert (tmp_path / "keys").stat().st_mode & 0o077 == 0

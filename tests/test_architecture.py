"""The house keeps its shape: what import-linter cannot say."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OURS = ("courses", "certificates", "cms")


def tracked(*patterns: str) -> list[Path]:
    """The files git knows or would know, by pattern."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listing.stdout.splitlines() if (ROOT / name).is_file()]


SOURCES = [path for path in tracked("*.py") if path.relative_to(ROOT).parts[0] in OURS]
CODE = [path for path in SOURCES if "migrations" not in path.parts]


def test_there_are_sources_to_check() -> None:
    assert len(CODE) > 50


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "services", "misc"])
def test_no_module_has_a_name_that_says_nothing(name: str) -> None:
    assert not [path for path in CODE if name in {path.stem, *path.relative_to(ROOT).parts[:-1]}]


def test_no_file_grows_beyond_reading() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in CODE
        if (count := len(path.read_text().splitlines())) > 400
    }
    assert not long


def test_the_only_signals_listened_to_are_a_published_page_a_made_translation_and_wagtails_log() -> None:
    listeners = [
        path.relative_to(ROOT).as_posix()
        for path in CODE
        if re.search(r"@receiver|\.connect\(", path.read_text()) and path.relative_to(ROOT).parts[0] != "cms"
    ]
    topics = ("", "trail/", "translations/")
    assert listeners == ["courses/apps.py", *(f"courses/{topic}receivers.py" for topic in topics)]


def test_templates_carry_no_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style[\s>]|\sstyle=|\son[a-z]+=\"", re.IGNORECASE)
    # A diploma is paper; the offline verifier is one file by design and pins its parts by hash in its CSP.
    one_file = {"diploma.html", "offline.html"}
    site = [path for path in tracked("*.html") if "admin" not in path.parts and path.name not in one_file]
    guilty = [
        path.relative_to(ROOT).as_posix()
        for path in site
        if "bench" not in path.parts and inline.search(path.read_text())
    ]
    assert not guilty


def test_every_link_in_the_documents_leads_somewhere() -> None:
    broken = []
    for page in tracked("*.md"):
        targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text())
        broken += [f"{page.name} → {target}" for target in targets if not (page.parent / target).exists()]
    assert not broken


def test_every_document_is_named_where_people_start_to_read() -> None:
    told = (ROOT / "README.md").read_text()
    assert not [page.name for page in (ROOT / "docs").glob("*.md") if f"docs/{page.name}" not in told]


def test_the_map_names_every_folder_of_the_house() -> None:
    told = (ROOT / "docs/architecture.md").read_text()
    folders = {path.relative_to(ROOT).parts[1] for path in CODE if len(path.relative_to(ROOT).parts) > 2} - {
        "management",
        "templatetags",
    }
    assert not {name for name in folders if f"{name}/" not in told}


def test_every_document_that_code_names_is_there() -> None:
    named = {
        (path.name, document)
        for path in CODE
        for document in re.findall(r"docs/[\w/-]+\.md", path.read_text())
    }
    assert not [pair for pair in named if not (ROOT / pair[1]).exists()]


def test_lock_files_carry_versions_and_hashes_and_no_addresses() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        text = lock.read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text

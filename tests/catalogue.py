"""The gate's look at the Spanish catalogue: nothing missing, nothing fuzzy, the .mo made from this .po.

The texts are collected in a copy of the project, so that looking changes nothing.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("manage.py", "cms", "courses", "certificates")
CATALOGUES = Path("cms/locale/es/LC_MESSAGES")


def collect(folder: Path) -> None:
    """Copy the project to `folder` and run makemessages there, as `make messages` does."""
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / part)
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--locale", "es", "--no-location", "--verbosity", "0"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        check=True,
    )


def words(entry: polib.POEntry) -> tuple[str, ...]:
    """The translation: one text, or one for each plural form."""
    return tuple(entry.msgstr_plural.values()) if entry.msgid_plural else (entry.msgstr,)


def is_good(entry: polib.POEntry) -> bool:
    """Is there Spanish for it that a person has looked at?"""
    return bool(entry.obsolete) or ("fuzzy" not in entry.flags and all(words(entry)))


def untranslated(catalogue: polib.POFile) -> list[str]:
    """The texts without a good Spanish translation."""
    return [entry.msgid for entry in catalogue if not is_good(entry)]


def is_compiled(po: Path) -> bool:
    """Does the .mo beside this .po hold the same words?"""
    mo = po.with_suffix(".mo")
    if not mo.exists():
        return False

    written = polib.pofile(str(po)).translated_entries()
    source = {(entry.msgctxt, entry.msgid): words(entry) for entry in written}
    return source == {(entry.msgctxt, entry.msgid): words(entry) for entry in polib.mofile(str(mo))}


def main() -> int:
    """0 when the catalogue is complete; else what is missing, and 1."""
    faults = []
    with tempfile.TemporaryDirectory(prefix="promotora-catalogue-") as name:
        collect(Path(name))
        for po in sorted((Path(name) / CATALOGUES).glob("*.po")):
            faults += [f"{po.name}: no Spanish for: {text}" for text in untranslated(polib.pofile(str(po)))]
            if not is_compiled(ROOT / CATALOGUES / po.name):
                faults.append(f"{po.name}: the .mo is not made from it. Type: make messages")
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

"""The gate's look at the catalogues: nothing missing, nothing fuzzy, each .mo made from its .po.

Spanish has every text. The other languages of the site have those that a trainee or a visitor reads: what
stands in a file that is not the staff's, and the labels in SHOWN. With `--collect` (part of `make messages`)
this program writes the catalogues of those languages anew: new texts empty, texts that are gone left out.

The texts are collected in a copy of the project, so that looking changes nothing.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("manage.py", "cms", "courses", "certificates")
LOCALE = Path("cms/locale")
CATALOGUES = LOCALE / "es/LC_MESSAGES"
PLURALS = {"fr": "n > 1", "pt": "n != 1", "ht": "n != 1"}  # the languages of trainees, and their plural rule
MARKS = re.compile(r"%\(\w+\)[sd]|</?[a-z]+[^>]*>")  # a placeholder or a tag, which every translation keeps

# Files whose words only staff read, in Spanish or English. A file that is not named here is a trainee's.
STAFF = [
    "*/admin/*",
    "*/wagtailadmin/*",
    "*/authority/*",
    "*/management/*",
    "*/apps.py",
    "*/blocks.py",
    "*/blocks/*.py",
    "*/blocks/*_preview.html",
    "*/models.py",
    "*/staff.py",
    "*/*viewsets.py",
    "*/*_panels.py",
    "*/wagtail_hooks.py",
    "*/admin_forms.py",
    "*/course_page.html",  # Wagtail's preview
    "*/module_page.html",
    "cms/backup/*",
    "cms/monitoring/*",
    "cms/retention/*",
    "cms/settings/*",
    "cms/users/factor*.py",
    "cms/users/paper.py",
    "cms/users/raid.py",
    "cms/users/retention.py",
    "cms/users/review.py",
    "cms/users/second_step.py",
    "cms/users/states.py",
    "cms/users/templates/users/raid_*.html",
    "cms/users/templates/users/second_step/*",
    "courses/assessments/grading/*",
    "courses/assessments/items/*",
    "courses/assessments/outings/*",
    "courses/attendance/actions.py",
    "courses/attendance/forms.py",
    "courses/care/absences.py",
    "courses/care/actions.py",
    "courses/care/calls.py",
    "courses/care/make_ups.py",
    "courses/care/wording.py",
    "courses/cohorts/actions.py",
    "courses/cohorts/changes.py",
    "courses/cohorts/changing.py",
    "courses/cohorts/forms.py",
    "courses/cohorts/review_forms.py",
    "courses/cohorts/wording.py",
    "courses/cohorts/zones.py",
    "courses/imports/*",
    "courses/moving/*",
    "courses/pages/*.py",
    "courses/pages/checks/*",
    "courses/people/actions.py",
    "courses/sheets.py",
    "courses/people/forms.py",
    "courses/progress/exports.py",
    "courses/progress/forms.py",
    "courses/progress/glance.py",
    "courses/records.py",
    "courses/sync/staff_*.py",
    "cms/phone/staff*",
    "cms/phone/templates/phone/staff*",
    "courses/reports/*",
    "courses/school/*",
    "courses/trail/*",
    "courses/translations/*",
    "certificates/actas/*",
    "certificates/audit/*",
    "certificates/awards/[!cfv]*.py",
    "certificates/awards/c*ing.py",
    "certificates/awards/facts.py",
    "certificates/awards/files.py",
    "certificates/credentials/*",
    "certificates/designs/*",
    "certificates/desk/*",
    "certificates/keys/*",
    "certificates/log/*",
    "certificates/printing/*",
    "certificates/records.py",
    "certificates/templates/certificates/acta_pdf.html",
    "certificates/templates/certificates/register.html",
    "certificates/verification/offline_*.py",  # the page to keep is one file in Spanish and English
]
# Words of those files that a trainee or a visitor reads all the same.
SHOWN = {
    "diploma",
    "statement of participation",
    "issued by mistake",
    "at the holder's request",
    "requirements not met",
    "administrative reason",
    "shows my name",
    "What is it about?",
    "health",
    "violence",
    "rights and papers",
    "shelter",
    "emergency",
    "other",
    "my attendance",
    "a test",
    "a practical",
    "my hours",
    "my name",
    "Choose what it is about.",
    "You already asked for a review. The school will answer you.",
    "The ten days to ask for a review have passed. Talk to your coordinator.",
    "Choose a language from the list.",
    "Legal name",
    "Print it on the diploma",
    "This letter cannot be printed on a diploma: %(letters)s. Write it another way.",
}
# Words of staff in files that are a trainee's.
NOT_SHOWN = {
    "Type her name to confirm",
    "She is here and asks for it herself",
    "This is not her name as it stands above.",
    "Afterwards your second step is asked: the six digits of your app, or your passkey.",
    "This is a demonstration: the second step is asked only of whoever has set one up. "
    "In a real school everybody of the team has one.",
    "Actas sent to you",
    "This practical does not belong to her cohort.",
    "This rubric has no critical step. Mark one before you observe.",
    "Score every step of the rubric. Nothing was saved.",
    "The points of a step are outside the scale. Nothing was saved.",
    "The comment is too long: %(most)d characters at most.",
    "This observation was already saved for someone else. Open the page again.",
    "The second assessor is someone else than you.",
    "The second assessor does not belong to this cohort. Choose one from the list.",
    "A colleague has noted something else for somebody on that list.",
    "By this day",
    "Choose a class",
    "Class she missed",
    "How she makes it up",
    "It arrived before that session began, or before that outing ended.",
    "It does not fit the rules of the register or of the rubric.",
    "Nobody answers her own notice.",
    "She did not have this cohort any more when it arrived.",
    "Somebody on it joined the cohort after that day, or had left before. The others count.",
    "That session was cancelled.",
    "The second assessor is not one of the trainers of that cohort.",
    "This account keeps no register. Ask the coordinator.",
    "This account may not send this.",
    "This notice was already answered.",
    "a field outing",
    "a register",
    "an observed practical",
    "goes to live somewhere else",
    "is back in town",
    "not yet",
    "the school called",
    "yes",
}


def collect(folder: Path) -> polib.POFile:
    """Copy the project to `folder` and run makemessages there; the Spanish catalogue it makes."""
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / part)
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--locale", "es", "--verbosity", "0"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        check=True,
    )
    return polib.pofile(str(folder / CATALOGUES / "django.po"))


def is_shown(entry: polib.POEntry) -> bool:
    """Does a trainee or a visitor read it?"""
    if entry.obsolete or entry.msgid in NOT_SHOWN:
        return False
    files = [file for file, _line in entry.occurrences]
    is_named = entry.msgid in SHOWN and not entry.msgctxt
    return is_named or any(not any(fnmatch(file, one) for one in STAFF) for file in files)


def words(entry: polib.POEntry) -> tuple[str, ...]:
    """The translation: one text, or one for each plural form."""
    return tuple(entry.msgstr_plural.values()) if entry.msgid_plural else (entry.msgstr,)


def is_good(entry: polib.POEntry) -> bool:
    """Is there a translation that a person has looked at?"""
    return bool(entry.obsolete) or ("fuzzy" not in entry.flags and all(words(entry)))


def untranslated(catalogue: polib.POFile) -> list[str]:
    """The texts without a good translation."""
    return [entry.msgid for entry in catalogue if not is_good(entry)]


def marks(text: str) -> Counter[str]:
    """The placeholders and tags of a text, each as often as it stands there."""
    return Counter(MARKS.findall(text))


def broken(catalogue: polib.POFile) -> list[str]:
    """The texts whose translation lost, gained or changed a placeholder or a tag."""
    return [
        entry.msgid
        for entry in catalogue
        for text in words(entry)
        if text and marks(text) not in (marks(entry.msgid), marks(entry.msgid_plural or entry.msgid))
    ]


def is_compiled(po: Path) -> bool:
    """Does the .mo beside this .po hold the same words?"""
    mo = po.with_suffix(".mo")
    if not mo.exists():
        return False

    written = polib.pofile(str(po)).translated_entries()
    source = {(entry.msgctxt, entry.msgid): words(entry) for entry in written}
    return source == {(entry.msgctxt, entry.msgid): words(entry) for entry in polib.mofile(str(mo))}


def catalogue_of(language: str) -> Path:
    """Where the texts of a trainee's language stand."""
    return ROOT / LOCALE / language / "LC_MESSAGES" / "django.po"


def empty_copy(entry: polib.POEntry) -> polib.POEntry:
    """The same text, to be translated."""
    forms = {0: "", 1: ""} if entry.msgid_plural else {}
    return polib.POEntry(
        msgctxt=entry.msgctxt, msgid=entry.msgid, msgid_plural=entry.msgid_plural, msgstr_plural=forms,
        flags=[flag for flag in entry.flags if flag.endswith("-format")],
    )  # fmt: skip


def faults_of(language: str, shown: list[polib.POEntry]) -> list[str]:
    """What is wrong with the catalogue of a trainee's language."""
    path = catalogue_of(language)
    catalogue = polib.pofile(str(path))
    present = {(entry.msgctxt, entry.msgid) for entry in catalogue if is_good(entry)}
    missing = [entry.msgid for entry in shown if (entry.msgctxt, entry.msgid) not in present]
    faults = [f"{language}: no translation for: {text}" for text in missing]
    faults += [f"{language}: another placeholder or tag in: {text}" for text in broken(catalogue)]
    return faults if is_compiled(path) else [*faults, f"{language}: not compiled. Type: make messages"]


def write(language: str, shown: list[polib.POEntry]) -> None:
    """Bring the catalogue of a trainee's language up to date, in the order of the Spanish one."""
    path = catalogue_of(language)
    known = (
        {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(path))} if path.exists() else {}
    )
    catalogue = polib.POFile(wrapwidth=100)
    catalogue.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": f"nplurals=2; plural=({PLURALS[language]});",
    }
    catalogue.extend([known.get((entry.msgctxt, entry.msgid)) or empty_copy(entry) for entry in shown])
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(path))


def spanish_faults(catalogue: polib.POFile) -> list[str]:
    """What is wrong with the Spanish catalogue."""
    faults = [f"es: no Spanish for: {text}" for text in untranslated(catalogue)]
    faults += [f"es: no text like this in the code: {text}" for text in sorted(strangers(catalogue))]
    if not is_compiled(ROOT / CATALOGUES / "django.po"):
        faults.append("es: the .mo is not made from it. Type: make messages")
    return faults


def strangers(catalogue: polib.POFile) -> set[str]:
    """Words named in this file that the code does not say any more."""
    return (SHOWN | NOT_SHOWN) - {entry.msgid for entry in catalogue if not entry.obsolete}


def main(arguments: list[str]) -> int:
    """0 when the catalogues are complete; else what is missing, and 1."""
    with tempfile.TemporaryDirectory(prefix="promotora-catalogue-") as name:
        catalogue = collect(Path(name))
    shown = [entry for entry in catalogue if is_shown(entry)]
    if "--collect" in arguments:
        for language in PLURALS:
            write(language, shown)
        return 0
    faults = spanish_faults(catalogue) + [
        fault for language in PLURALS for fault in faults_of(language, shown)
    ]
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

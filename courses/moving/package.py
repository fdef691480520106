"""What a package holds, and everything that can be wrong with it before any row is asked. Pure.

docs/moving-courses.md describes the format. The list of what is wrong is whole: not only the first fault.
"""

import json
import math
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from courses.canonical import canonical_json
from courses.moving.archive import Broken, Limits, Problem, digest, open_archive, quoted, read
from courses.moving.plain import WALKS, is_plain
from courses.moving.texts import UNPRINTABLE, is_plain_drawing
from courses.pages.rules import is_what_it_says

FORMAT, VERSION = "promotora-course", 1
DEEPEST = 40  # things inside things; a story in a warning needs 16
MANIFEST = "manifest.json"
COURSES, MODULES, LESSONS, QUIZZES, RUBRICS = "courses", "modules", "lessons", "quizzes", "rubrics"
BANKS, TERMS, SERVICES = "banks", "terms", "services"
IMAGES, MEDIA, DOCUMENTS = "images", "media", "documents"
PARENTS = {MODULES: COURSES, LESSONS: MODULES}
PAGES = (COURSES, MODULES, LESSONS)
LIBRARY = (IMAGES, MEDIA, DOCUMENTS)
KINDS = (*PAGES, QUIZZES, RUBRICS, BANKS, TERMS, SERVICES, *LIBRARY)

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
LANGUAGE = r"[a-z]{2,3}(?:-[a-z0-9]{2,8})?"
PART = re.compile(rf"({'|'.join(KINDS)})/({UUID})(?:\.({LANGUAGE}))?\.json")
FILE = re.compile(r"files/([0-9a-f]{64})\.([a-z0-9]{2,5})")
FILE_NAME = re.compile(r"[\w][\w .()-]{0,99}")
KEYS = {"format", "version", "course", "code", "title", "languages", "parts", "files"}
PICTURES: dict[str, Callable[[bytes], bool]] = {
    "jpg": lambda raw: raw.startswith(b"\xff\xd8\xff"),
    "jpeg": lambda raw: raw.startswith(b"\xff\xd8\xff"),
    "png": lambda raw: raw.startswith(b"\x89PNG\r\n\x1a\n"),
    "webp": lambda raw: raw[:4] == b"RIFF" and raw[8:12] == b"WEBP",
    "avif": lambda raw: raw[4:8] == b"ftyp" and raw[8:12] in {b"avif", b"avis", b"mif1"},
    "svg": is_plain_drawing,
}
Part = dict[str, Any]


@dataclass
class Package:
    """A package that is whole: its manifest, its parts by their path, and its files, still packed."""

    archive: zipfile.ZipFile
    manifest: dict[str, Any]
    parts: dict[str, Part] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)  # path → bytes

    def of_kind(self, *kinds: str) -> Iterator[tuple[str, Part]]:
        """The parts of these kinds, in the order of their paths."""
        return ((path, part) for path, part in sorted(self.parts.items()) if part["kind"] in kinds)

    @property
    def languages(self) -> list[str]:
        """The language of the original first."""
        return list(self.manifest["languages"])

    @property
    def course_path(self) -> str:
        return f"{COURSES}/{self.manifest['course']}.{self.languages[0]}.json"


def open_package(file: IO[bytes], limits: Limits | None = None) -> Package:
    """The package in `file`, if all of it is as the format says. Raises Broken with all that is wrong."""
    limits = limits or Limits()
    archive = open_archive(file, limits)
    names = [entry.filename for entry in archive.infolist()]
    if MANIFEST not in names:
        raise Broken([Problem(MANIFEST, "", "not_course")])
    manifest = _parse(archive, MANIFEST, limits)
    _check_manifest(manifest)
    told = {entry["path"]: entry for entry in [*manifest["parts"], *manifest["files"]]}
    problems = [Problem(path, "", "missing") for path in sorted(told.keys() - set(names))]
    problems += [Problem(quoted(name), "", "extra") for name in sorted(set(names) - told.keys() - {MANIFEST})]
    package = Package(archive, manifest)
    for path in sorted(told.keys() & set(names)):
        if archive.getinfo(path).file_size != told[path]["size"]:
            problems.append(Problem(path, "size", "size"))
        else:
            problems += _read_entry(package, path, told[path]["sha256"], limits)
    problems += _wrong_parts(package)
    if problems:
        raise Broken(problems)
    return package


def _read_entry(package: Package, path: str, sha256: str, limits: Limits) -> list[Problem]:
    """Take one entry into the package; what is wrong with it."""
    try:
        if digest(package.archive, path) != sha256:
            return [Problem(path, "sha256", "sha256")]
        if FILE.fullmatch(path):
            package.files[path] = package.archive.getinfo(path).file_size
            wrong = _what_is_wrong(package.archive, path)
            return [Problem(path, "", wrong)] if wrong else []
        package.parts[path] = _parse(package.archive, path, limits)
    except Broken as error:
        return error.problems
    return []


def _what_is_wrong(archive: zipfile.ZipFile, path: str) -> str:
    """What is wrong with a file: "type", or "more" for a picture that tells more than it shows."""
    found = FILE.fullmatch(path)
    extension = found[2] if found else ""
    if extension in {"mp3", "m4a", "ogg", "mp4", "webm"}:
        with archive.open(path) as opened:
            return "" if is_what_it_says(extension, opened.read(64)) else "type"
    content = read(archive, path)
    if not (PICTURES[extension](content) if extension in PICTURES else is_what_it_says(extension, content)):
        return "type"
    try:
        return "more" if extension in WALKS and not is_plain(extension, content) else ""
    except ValueError:
        return "type"


# --- JSON --------------------------------------------------------------------------------------------
def _parse(archive: zipfile.ZipFile, path: str, limits: Limits) -> dict[str, Any]:
    """A JSON object. Raises Broken for anything else, and for names that stand twice."""
    if archive.getinfo(path).file_size > (limits.parts if path == MANIFEST else limits.part):
        raise Broken([Problem(path, "", "too_big", str(limits.part // 1024**2))])
    try:
        found = json.loads(
            read(archive, path).decode("utf-8"),
            object_pairs_hook=_once,
            parse_constant=_refuse,
            parse_float=_finite,
        )
        canonical_json(found)  # half of a pair of surrogates is no letter
        _check_depth(found)
    except (ValueError, RecursionError) as error:
        raise Broken([Problem(path, "", "json")]) from error
    if not isinstance(found, dict):
        raise Broken([Problem(path, "", "json")])
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _value in pairs}) != len(pairs):
        raise ValueError("twice")
    return dict(pairs)


def _finite(text: str) -> float:
    """1e999 is no number that any database keeps."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _refuse(name: str) -> Any:
    raise ValueError(name)


def _check_depth(found: Any) -> None:
    """Raises ValueError where things stand inside things without an end."""
    level = [found]
    for _depth in range(DEEPEST):
        level = [inner for one in level if isinstance(one, dict | list) for inner in _inside(one)]
        if not level:
            return
    raise ValueError("deep")


def _inside(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value


# --- the manifest ------------------------------------------------------------------------------------
def _check_manifest(manifest: dict[str, Any]) -> None:
    if manifest.get("format") != FORMAT:
        raise Broken([Problem(MANIFEST, "format", "not_course")])
    version = manifest.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise Broken([Problem(MANIFEST, "version", "wrong")])
    if version > VERSION:
        raise Broken([Problem(MANIFEST, "version", "newer", str(version))])
    problems = [Problem(MANIFEST, quoted(name), "unknown") for name in sorted(manifest.keys() - KEYS)]
    problems += [Problem(MANIFEST, name, "lacks") for name in sorted(KEYS - manifest.keys())]
    if not problems:
        problems = list(_manifest_problems(manifest))
    if problems:
        raise Broken(problems)


def _manifest_problems(manifest: dict[str, Any]) -> Iterator[Problem]:
    for name, pattern in (("course", UUID), ("title", r".{1,255}"), ("code", r".{0,20}")):
        if not isinstance(manifest[name], str) or not re.fullmatch(pattern, manifest[name]):
            yield Problem(MANIFEST, name, "wrong")
    languages = manifest["languages"]
    if (
        not isinstance(languages, list)
        or not languages
        or not all(isinstance(one, str) and re.fullmatch(LANGUAGE, one) for one in languages)
        or len(set(languages)) != len(languages)
    ):
        yield Problem(MANIFEST, "languages", "wrong")
    for name, pattern_of in (("parts", PART), ("files", FILE)):
        yield from _entry_problems(manifest[name], name, pattern_of)


def _entry_problems(entries: Any, name: str, pattern: re.Pattern[str]) -> Iterator[Problem]:
    if not isinstance(entries, list):
        yield Problem(MANIFEST, name, "wrong")
        return
    paths = []
    for number, entry in enumerate(entries):
        if not _is_entry(entry, pattern):
            yield Problem(MANIFEST, f"{name}[{number}]", "wrong")
        else:
            paths.append(entry["path"])
    if len(set(paths)) != len(paths):
        yield Problem(MANIFEST, name, "twice")


def _is_entry(entry: Any, pattern: re.Pattern[str]) -> bool:
    return (
        isinstance(entry, dict)
        and entry.keys() == {"path", "sha256", "size"}
        and isinstance(entry["path"], str)
        and pattern.fullmatch(entry["path"]) is not None
        and isinstance(entry["sha256"], str)
        and re.fullmatch(r"[0-9a-f]{64}", entry["sha256"]) is not None
        and isinstance(entry["size"], int)
        and not isinstance(entry["size"], bool)
    )


# --- the parts ---------------------------------------------------------------------------------------
def _wrong_parts(package: Package) -> Iterator[Problem]:
    """What is wrong with how the parts are joined, by part and field."""
    used = set()
    for path, part in sorted(package.parts.items()):
        found = PART.fullmatch(path)
        assert found is not None  # the manifest was checked
        kind, key, language = found.groups()
        if (part.get("kind"), part.get("key"), part.get("language")) != (kind, key, language):
            yield Problem(path, "kind, key, language", "path")
            continue
        yield from _shape_problems(path, part)
        if kind in PARENTS:
            yield from _parent_problems(package, path, part, language)
        if kind in LIBRARY:
            used.add(str(part.get("file")))
            yield from _file_problems(package, path, part)
        if kind in PAGES and language not in package.languages:
            yield Problem(path, "language", "language", str(language))
    yield from (Problem(path, "", "extra") for path in sorted(package.files.keys() - used))
    courses = [path for path, part in package.parts.items() if part.get("kind") == COURSES]
    expected = [f"{COURSES}/{package.manifest['course']}.{one}.json" for one in package.languages]
    if sorted(courses) != sorted(expected):
        yield Problem(MANIFEST, "course", "one_course")


def _shape_problems(path: str, part: Part) -> Iterator[Problem]:
    """Each kind of part has its own members and no other."""
    kind = part["kind"]
    members: dict[str, type] = {"kind": str, "key": str, "fields": dict}
    if PART.fullmatch(path)[3] is not None:  # type: ignore[index]  # it was matched by the caller
        members["language"] = str
    if kind in PAGES:
        members |= (
            {"place": int, "is_live": bool, "reviewed": str}
            if kind == LESSONS
            else {
                "place": int,
                "is_live": bool,
            }
        )
    if kind in PARENTS:
        members["parent"] = str
    if kind in LIBRARY:
        members |= {"file": str, "name": str}
    yield from (Problem(path, name, "lacks") for name in sorted(members.keys() - part.keys()))
    yield from (Problem(path, quoted(name), "unknown") for name in sorted(part.keys() - members.keys()))
    for name in sorted(members.keys() & part.keys()):
        if not isinstance(part[name], members[name]) or (
            members[name] is int and (isinstance(part[name], bool) or not 0 < part[name] < 100_000)
        ):
            yield Problem(path, name, "wrong")
    if isinstance(part.get("fields"), Mapping):
        yield from _letter_problems(path, part["fields"], "")


def _letter_problems(path: str, value: Any, where: str) -> Iterator[Problem]:
    """Letters that nobody can type or print, wherever they stand."""
    if isinstance(value, str):
        if UNPRINTABLE.search(value):
            yield Problem(path, where, "letters")
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _letter_problems(path, inner, f"{where}.{quoted(name)}".lstrip("."))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _letter_problems(path, inner, f"{where}[{number}]")


def _parent_problems(package: Package, path: str, part: Part, language: str | None) -> Iterator[Problem]:
    parent = package.parts.get(str(part.get("parent")))
    if parent is None or parent.get("kind") != PARENTS[part["kind"]] or parent.get("language") != language:
        yield Problem(path, "parent", "reference", quoted(str(part.get("parent"))))


def _file_problems(package: Package, path: str, part: Part) -> Iterator[Problem]:
    file, name = str(part.get("file")), str(part.get("name"))
    found = FILE.fullmatch(file)
    if found is None or file not in package.files:
        yield Problem(path, "file", "reference", quoted(file))
        return
    extensions = {
        IMAGES: set(PICTURES),
        MEDIA: {"mp3", "m4a", "ogg", "mp4", "webm"},
        DOCUMENTS: {"pdf", "docx", "odt", "pptx", "odp", "xlsx", "ods", "txt", "vtt"},
    }[part["kind"]]
    if found[2] not in extensions:
        yield Problem(path, "file", "type")
    if not FILE_NAME.fullmatch(name) or ".." in name or name.rpartition(".")[2].lower() != found[2]:
        yield Problem(path, "name", "bad_name", quoted(name))

"""What is shown of a package before it is confirmed."""

from typing import Any

from courses.moving import package
from courses.moving.archive import Problem
from courses.moving.kinds import KINDS
from courses.moving.package import Package, Part

NAMED = 60  # notices that are shown


def library_row(part: Part) -> Any:
    """A row of the library for a part, nowhere saved: it knows where its file belongs."""
    told = {"type": part["fields"]["type"]} if part["kind"] == package.MEDIA and "fields" in part else {}
    return KINDS[part["kind"]].model(**told)


def report_on(found: Package, notices: list[Problem], *, is_here: bool) -> dict[str, Any]:
    """What a sound package holds, as JSON for the screen."""
    lessons = [part for _path, part in found.of_kind(package.LESSONS)]
    counts = {kind: len(list(found.of_kind(kind))) for kind in package.KINDS}
    return {
        "counts": counts,
        "languages": found.languages,
        "code": found.manifest["code"],
        "bytes": sum(found.files.values()),
        "modules": _outline(found),
        "reviewed": sum(bool(part["reviewed"]) for part in lessons),
        "here": is_here,
        "notices": [vars(one) for one in notices[:NAMED]],
        "problems": [],
    }


def _outline(found: Package) -> list[dict[str, Any]]:
    """The modules with the titles of their lessons, in the language of the original and in their order."""
    original = found.languages[0]
    modules = [(path, part) for path, part in found.of_kind(package.MODULES) if part["language"] == original]
    lessons = [part for _path, part in found.of_kind(package.LESSONS)]
    return [
        {
            "title": part["fields"].get("title", ""),
            "lessons": [
                lesson["fields"].get("title", "")
                for lesson in sorted(lessons, key=lambda told: int(told["place"]))
                if lesson["parent"] == path
            ],
        }
        for path, part in sorted(modules, key=lambda told: int(told[1]["place"]))
    ]

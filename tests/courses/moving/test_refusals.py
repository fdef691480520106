"""What is broken, hostile or newer is refused with a list, and nothing of it is saved."""

import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given as draws
from hypothesis import settings as rules
from hypothesis import strategies as st
from PIL import Image
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page

from courses.assessments.models import QuestionBank, Quiz
from courses.moving import work
from courses.moving.actions import bring_in, confirm, shelf
from courses.moving.archive import Broken, Limits, Problem
from courses.moving.models import CourseMove
from courses.moving.package import open_package
from courses.moving.texts import is_plain_drawing
from courses.moving.wording import PROBLEMS, say
from courses.pages.library import GlossaryTerm, ReferralService
from courses.tasks import carry_course
from tests.courses.moving.conftest import contents, given
from tests.courses.moving.damage import (
    info,
    repacked,
    told_again,
    with_file,
    with_manifest,
    with_part,
    zipped,
)
from tests.factories.courses import OPENED

pytestmark = pytest.mark.django_db
Change = Callable[[bytes], bytes]


def problems(raw: bytes, limits: Limits | None = None) -> list[Problem]:
    """What is wrong with a package, before any row is asked."""
    try:
        open_package(io.BytesIO(raw), limits)
    except Broken as error:
        return error.problems or [Problem("", "", "refused without a word")]
    return []


def codes(raw: bytes, limits: Limits | None = None) -> set[str]:
    """The same by its codes, each of which has its words."""
    found = problems(raw, limits)
    assert {one.code for one in found} <= PROBLEMS.keys()
    assert all(say(vars(one))["sentence"] for one in found)
    return {one.code for one in found}


def rows() -> list[int]:
    """How many rows there are of whatever a package makes."""
    models: list[Any] = [Page, Quiz, QuestionBank, GlossaryTerm, ReferralService]
    models += [get_image_model(), get_document_model()]
    return [model._default_manager.count() for model in models]


def media() -> set[str]:
    """Every file of the library."""
    return {str(path) for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


def changed(**facts: Any) -> Callable[[dict[str, Any]], None]:
    return lambda part: part.update(facts)


def field(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda part: part["fields"].update({name: value})


def bomb(raw: bytes) -> bytes:
    return repacked(contents(raw), (info("files/x.txt"), b"0" * 20_000_000))


def lying(raw: bytes) -> bytes:
    """An entry that says it unpacks to less than it does."""
    size = struct.pack("<L", len(contents(raw)["manifest.json"]))
    return raw.replace(size, struct.pack("<L", 10))


def shared_bytes(raw: bytes) -> bytes:
    """Two entries over the same bytes, as in a bomb without a nested archive."""
    out = io.BytesIO(raw)
    with zipfile.ZipFile(out, "a") as archive:
        first = archive.infolist()[1]
        twin = info("lessons/twin.json")
        twin.header_offset, twin.CRC = first.header_offset, first.CRC
        twin.compress_size, twin.file_size = first.compress_size, first.file_size
        archive.filelist.append(twin)
        archive.NameToInfo[twin.filename] = twin
        archive._didModify = True  # type: ignore[attr-defined]  # so that its table is written
    return out.getvalue()


def encrypted(raw: bytes) -> bytes:
    at = raw.index(b"PK\x01\x02") + 8
    return raw[:at] + b"\x01" + raw[at + 1 :]


PLAIN: dict[str, tuple[Change, str]] = {
    "nothing": (lambda _raw: b"", "not_zip"),
    "no archive": (lambda _raw: b"%PDF-1.7 " * 20, "not_zip"),
    "half of it": (lambda raw: raw[: len(raw) // 2], "not_zip"),
    "something before it": (lambda raw: b"#!/bin/sh\n" + raw, "damaged"),
    "a comment behind it": (lambda raw: raw[:-2] + b"\x02\x00hi", "not_zip"),
    "another archive": (lambda _raw: zipped([(info("hola.txt"), b"hola")]), "not_course"),
    "another manifest": (lambda raw: with_manifest(raw, format="other"), "not_course"),
    "a newer format": (lambda raw: with_manifest(raw, version=2, more=True), "newer"),
    "no version": (lambda raw: with_manifest(raw, version="1"), "wrong"),
    "a way up": (lambda raw: repacked(contents(raw), (info("../../settings.py"), b"x")), "bad_name"),
    "an absolute name": (lambda raw: repacked(contents(raw), (info("/etc/passwd"), b"x")), "bad_name"),
    "a drive": (lambda raw: repacked(contents(raw), (info("C:\\x.json"), b"x")), "bad_name"),
    "a hidden end": (lambda raw: repacked(contents(raw), (info("files/a.txt\x00.json"), b"x")), "bad_name"),
    "a link": (lambda raw: repacked(contents(raw), (info("files/x", mode=0o120777), b"/etc/passwd")), "link"),
    "a device": (lambda raw: repacked(contents(raw), (info("files/x", mode=0o020666), b"")), "link"),
    "a bomb": (bomb, "bomb"),
    "an entry that lies": (lying, "damaged"),
    "entries over each other": (shared_bytes, "damaged"),
    "an encrypted entry": (encrypted, "method"),
    "another method": (
        lambda raw: repacked(contents(raw), (info("x.json", method=zipfile.ZIP_LZMA), b"{}")),
        "method",
    ),
    "a number without an end": (
        lambda _raw: zipped([(info("manifest.json"), b'{"format": "promotora-course", "version": 1e999}')]),
        "json",
    ),
    "a file too many": (lambda raw: repacked(contents(raw), (info("files/x.txt"), b"x")), "extra"),
    "a file of no part": (
        lambda raw: repacked(
            told_again({**contents(raw), f"files/{hashlib.sha256(b'x').hexdigest()}.txt": b"x"})
        ),
        "extra",
    ),
}


@pytest.mark.parametrize("name", PLAIN)
def test_a_file_that_is_no_package_is_refused(raw: bytes, name: str) -> None:
    change, code = PLAIN[name]
    assert code in codes(change(raw))


def test_a_name_that_stands_twice_is_refused(raw: bytes) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = repacked(contents(raw), (info("manifest.json"), b"{}"))
    assert "twice" in codes(twice)
    assert "twice" in codes(repacked(contents(raw), (info("MANIFEST.json"), b"{}"))), "whatever the case"


def test_each_missing_entry_is_named(raw: bytes) -> None:
    found = contents(raw)
    for name in found:
        rest = {path: content for path, content in found.items() if path != name}
        code = "not_course" if name == "manifest.json" else "missing"
        assert code in codes(repacked(rest)), name


def test_each_changed_entry_is_found_by_its_hash(raw: bytes) -> None:
    found = contents(raw)
    for name in found.keys() - {"manifest.json"}:
        other = found[name][:-1] + bytes([found[name][-1] ^ 1])
        assert "sha256" in codes(repacked({**found, name: other})), name
        assert "size" in codes(repacked({**found, name: found[name] + b" "})), name


def test_too_much_is_refused_before_it_is_unpacked(raw: bytes) -> None:
    assert "too_many" in codes(raw, Limits(entries=3))
    assert "too_big" in codes(raw, Limits(total=1000))
    assert "too_big" in codes(raw, Limits(file=100))
    assert "too_big" in codes(raw, Limits(part=10))


PARTS: dict[str, tuple[str, Callable[[dict[str, Any]], Any], str, str]] = {
    "a field that is not known": ("lessons", field("is_admin", True), "unknown", "is_admin"),
    "a member that is not known": ("lessons", changed(owner=1), "unknown", "owner"),
    "a field that is missing": ("lessons", lambda part: part["fields"].pop("title"), "lacks", "title"),
    "another kind": ("lessons", changed(kind="modules"), "path", "kind, key, language"),
    "another key": ("lessons", changed(key="0" * 8), "path", "kind, key, language"),
    "another parent": ("lessons", changed(parent="modules/x.json"), "reference", "parent"),
    "a page as a number": ("lessons", field("title", 7), "wrong", "title"),
    "an empty title": ("lessons", field("title", ""), "invalid", "title"),
    "a title without an end": ("lessons", field("title", "a" * 300), "invalid", "title"),
    "an address that is none": ("lessons", field("slug", "../x"), "invalid", "slug"),
    "an accented address": ("lessons", field("slug", "lección"), "invalid", "slug"),
    "letters that are none": ("lessons", field("title", "a\x00b"), "letters", "title"),
    "minutes as text": ("lessons", field("credited_minutes", "60"), "wrong", "credited_minutes"),
    "minutes below nothing": ("modules", field("class_minutes", -1), "invalid", "class_minutes"),
    "a script in a text": (
        "lessons",
        field("body", [{"type": "text", "value": "<p><script>x</script></p>", "id": None}]),
        "html",
        "body[0].text",
    ),
    "a handler in a text": (
        "courses",
        field("introduction", '<p onclick="x()">Hola</p>'),
        "html",
        "introduction",
    ),
    "a script in a link": (
        "courses",
        field("introduction", '<p><a href="javascript:x()">Hola</a></p>'),
        "html",
        "introduction",
    ),
    "a link with a space before its script": (
        "courses",
        field("introduction", '<p><a href=" &#106;avascript:x()">Hola</a></p>'),
        "html",
        "introduction",
    ),
    "a block that is not known": (
        "lessons",
        field("body", [{"type": "raw_html", "value": "x", "id": None}]),
        "block",
        "body[0]",
    ),
    "a field of a block that is not known": (
        "lessons",
        field("body", [{"type": "steps", "value": {"title": "a", "steps": [], "extra": 1}, "id": None}]),
        "unknown",
        "body[0].steps.extra",
    ),
    "a row by its number": (
        "lessons",
        field("body", [{"type": "image", "value": {"image": 1, "alt_text": "a"}, "id": None}]),
        "reference",
        "body[0].image.image",
    ),
    "a picture that is a word": (
        "lessons",
        lambda part: part["fields"].update(
            body=[{"type": "image", "value": {"image": part["parent"], "alt_text": "a"}, "id": None}]
        ),
        "reference",
        "body[0].image.image",
    ),
    "a stream that is a text": ("lessons", field("body", "hola"), "wrong", "body"),
    "a stream of numbers": ("lessons", field("body", [1, 2]), "wrong", "body[0]"),
    "an id that is a script": (
        "lessons",
        field("body", [{"type": "heading", "value": "a", "id": '"><script>'}]),
        "wrong",
        "body[0].id",
    ),
    "a question with two right answers": (
        "banks",
        lambda part: [
            option["value"].update(is_correct=True)
            for option in part["fields"]["questions"][0]["value"]["options"]
        ],
        "invalid",
        "questions[0]",
    ),
    "a number that is none": (
        "banks",
        lambda part: part["fields"]["questions"][5]["value"].update(answer="mucho"),
        "wrong",
        "questions[5].numeric.answer",
    ),
    "more questions than there are": ("quizzes", field("pass_mark", 101), "invalid", "pass_mark"),
    "a service without a day": ("services", field("reviewed_on", "ayer"), "invalid", "reviewed_on"),
    "a telephone that is none": ("services", field("phone", "javascript:x"), "invalid", "phone"),
    "tags that are none": ("images", field("tags", [1]), "wrong", "tags"),
    "a name with a way up": ("documents", changed(name="../hoja.pdf"), "bad_name", "name"),
    "a name of another type": ("documents", changed(name="hoja.exe"), "bad_name", "name"),
    "a file of another part": ("documents", changed(file="files/x"), "reference", "file"),
}


@pytest.mark.parametrize("name", PARTS)
def test_a_wrong_part_is_refused_by_file_and_field(raw: bytes, by: Any, name: str) -> None:
    kind, change, code, place = PARTS[name]
    before = rows(), media()
    move = given(with_part(raw, kind, change), by)
    assert move.state == "refused"
    found = {(one["where"].split("/")[0], one["field"], one["code"]) for one in move.report["problems"]}
    assert (kind, place, code) in found, found
    assert (rows(), media()) == before, "nothing was saved"
    assert not move.file


def test_a_picture_that_tells_where_it_was_taken_is_refused(raw: bytes, by: Any) -> None:
    place = Image.Exif()
    place[0x8825] = {1: "N", 2: (14.9, 0.0, 0.0)}
    target = io.BytesIO()
    Image.new("RGB", (9, 9)).save(target, "JPEG", exif=place)
    before = rows(), media()
    move = given(with_file(raw, ".jpg", target.getvalue()), by)
    assert move.state == "refused"
    assert {one["code"] for one in move.report["problems"]} == {"more"}
    assert (rows(), media()) == before


SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'
FILES: dict[str, tuple[str, bytes]] = {
    "a page as a picture": (".jpg", b"<html><script>x</script></html>"),
    "a program as a document": (".pdf", b"MZ\x90\x00"),
    "a page as a sound": (".mp3", b"<html>"),
    "captions that are none": (".vtt", b"<script>x</script>"),
    "a picture that ends too soon": (".jpg", b"\xff\xd8\xff\xe0"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_not_what_it_says_is_refused(raw: bytes, by: Any, name: str) -> None:
    extension, content = FILES[name]
    before = rows(), media()
    move = given(with_file(raw, extension, content), by)
    assert move.state == "refused"
    assert "type" in {one["code"] for one in move.report["problems"]}
    assert (rows(), media()) == before


DRAWINGS = {
    "a script": f"{SVG}<script>x</script></svg>",
    "a handler": f'{SVG}<path onload="x()" d="M0 0"/></svg>',
    "a page": f"{SVG}<foreignObject><p>x</p></foreignObject></svg>",
    "a way out": f'{SVG}<use xlink:href="https://example.org/x.svg#a"/></svg>',
    "a picture": f'{SVG}<image xlink:href="https://example.org/x.png"/></svg>',
    "a sheet": f"{SVG}<style>@import url(https://example.org/x.css)</style></svg>",
    "a style that calls": f'{SVG}<path style="fill:url(https://example.org/x)" d="M0 0"/></svg>',
    "an animation": f'{SVG}<animate attributeName="href" to="javascript:x()"/></svg>',
    "a DTD": f'<!DOCTYPE svg [<!ENTITY a "b">]>{SVG}<text>&a;</text></svg>',
    "an entity of the machine": f'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>{SVG}<text>&a;</text></svg>',
    "a sheet before it": f'<?xml-stylesheet href="https://example.org/x.xsl"?>{SVG}</svg>',
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_holds_shapes_and_words_alone(raw: bytes, name: str) -> None:
    assert not is_plain_drawing(DRAWINGS[name].encode())


def test_every_drawing_of_the_demo_is_plain() -> None:
    for path in Path("cms/home/demo").rglob("*.svg"):
        assert is_plain_drawing(path.read_bytes()), path


def test_what_fails_while_it_is_saved_leaves_no_row_and_no_file(raw: bytes, by: Any) -> None:
    move = given(raw, by)
    before = rows(), media()
    confirm(move=move, as_copy=False, at=OPENED)
    broken = contents(raw)
    path = next(one for one in broken if one.startswith("quizzes/"))
    part = json.loads(broken[path])
    part["fields"]["draw"] = 99
    shelf().delete(move.file)
    worse = repacked(told_again({**broken, path: json.dumps(part).encode()}))
    name = shelf().save(move.file, io.BytesIO(worse))
    CourseMove.objects.filter(pk=move.pk).update(file=name)
    now = rows(), media()
    work.carry(move.pk)
    move.refresh_from_db()
    assert (move.state, move.stored) == ("refused", [])
    assert {(one["field"], one["code"]) for one in move.report["problems"]} == {("draw", "invalid")}
    assert (rows(), media()) == now
    assert media() == before[1]


def test_a_worker_that_was_killed_leaves_files_that_the_next_one_removes(raw: bytes, by: Any) -> None:
    move = given(raw, by)
    confirm(move=move, as_copy=False, at=OPENED)
    move.refresh_from_db()
    before = media()
    with work.opened(move) as found:
        work._store(move, found, dict(found.of_kind("images", "media", "documents")))
    assert media() > before
    CourseMove.objects.filter(pk=move.pk).update(leased_until=None)
    work.carry(move.pk)
    move.refresh_from_db()
    assert move.state == "done"
    row = get_image_model().objects.first()
    assert row is not None
    stored = {str(Path(settings.MEDIA_ROOT) / row.file.name) for row in get_image_model().objects.all()}
    assert stored <= media()
    assert len([one for one in media() - before if "/images/" not in one]) == len(
        [path for path in contents(raw) if path.split("/")[0] in {"images", "media", "documents"}]
    ), "one file for each row, besides what is drawn from pictures"


def test_a_course_has_more_time_than_a_diploma_and_less_than_its_lease() -> None:
    seconds = carry_course.time_limit or 0
    assert settings.CELERY_TASK_TIME_LIMIT < seconds < work.LEASE.total_seconds()


def test_three_times_are_enough(raw: bytes, by: Any) -> None:
    move = given(raw, by)
    confirm(move=move, as_copy=False, at=OPENED)
    CourseMove.objects.filter(pk=move.pk).update(attempts=3)
    work.carry(move.pk)
    move.refresh_from_db()
    assert (move.state, move.report["problems"][0]["code"]) == ("refused", "gave_up")


@rules(max_examples=40)
@draws(data=st.data())
def test_no_damage_is_taken_for_a_course(data: st.DataObject) -> None:
    """Bytes flipped, cut out, doubled: refused with a list, or the very same course."""
    raw = bytearray(SAMPLE)
    for _time in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        length = data.draw(st.integers(1, 40))
        what = data.draw(st.sampled_from(["flip", "cut", "double"]))
        if what == "flip":
            raw[at] ^= data.draw(st.integers(1, 255))
        elif what == "cut":
            del raw[at : at + length]
        else:
            raw[at:at] = raw[at : at + length]
        if not raw:
            break
    if not codes(bytes(raw)):
        manifests = [open_package(io.BytesIO(one)).manifest for one in (bytes(raw), SAMPLE)]
        assert manifests[0] == manifests[1]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@rules(max_examples=60)
@draws(data=st.data())
def test_no_manifest_and_no_part_makes_the_reader_stumble(data: st.DataObject) -> None:
    """Any JSON in any place, with hashes that are right: refused with a list, or sound."""
    found = contents(SAMPLE)
    path = data.draw(st.sampled_from(sorted(name for name in found if name.endswith(".json"))))
    part = json.loads(found[path])
    name = data.draw(st.sampled_from(sorted(part)))
    part[name] = data.draw(JSON)
    raw = json.dumps(part).encode()
    changed_too = {**found, path: raw}
    codes(repacked(changed_too if path == "manifest.json" else told_again(changed_too)))


def _sample() -> bytes:
    """A package of one page and one word, made without a database."""
    key = "11111111-1111-1111-1111-111111111111"
    course = {
        "kind": "courses",
        "key": key,
        "language": "es",
        "place": 1,
        "is_live": True,
        "fields": {"title": "Curso", "introduction": "<p>Hola</p>"},
    }
    word = {"kind": "terms", "key": key, "language": "es", "fields": {"key": "a", "term": "A"}}
    manifest = {"format": "promotora-course", "version": 1, "course": key, "code": "C", "title": "Curso"}
    found = {
        "manifest.json": json.dumps({**manifest, "languages": ["es"], "parts": [], "files": []}).encode(),
        f"courses/{key}.es.json": json.dumps(course).encode(),
        f"terms/{key}.es.json": json.dumps(word).encode(),
    }
    return repacked(told_again(found))


SAMPLE = _sample()


def test_the_sample_itself_is_sound() -> None:
    assert codes(SAMPLE) == set()


def test_an_upload_is_kept_apart_and_given_back_to_nobody(raw: bytes, by: Any) -> None:
    move = bring_in(package=io.BytesIO(raw), by=by, at=OPENED)
    assert move.file.startswith("moving/")
    assert move.file not in {str(Path(path).relative_to(settings.MEDIA_ROOT)) for path in media()}

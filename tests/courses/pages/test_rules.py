"""What content refers to, where a story leads, what a file is: tables and properties."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.canonical import canonical_json
from courses.pages.rules import (
    Steps,
    endless_steps,
    is_captions,
    is_what_it_says,
    missing_steps,
    references,
    repeated_names,
    unreachable_steps,
)


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({"body": [{"type": "text", "value": "<p>image 3</p>"}]}, set()),
        ([{"type": "image", "value": {"image": 3, "alt_text": "x", "decorative": False}}], {("image", 3)}),
        ([{"value": {"video": 2, "captions": 7}}], {("media", 2), ("document", 7)}),
        ([{"value": {"terms": [{"type": "item", "id": "a", "value": 5}, 6]}}], {("term", 5), ("term", 6)}),
        ([{"value": {"body": [{"type": "audio", "value": {"audio": 4}}]}}], {("media", 4)}),
        ([{"value": {"service": 1, "said": {"service": 9}}}], {("service", 1)}),
        ({"questions": [{"audio": {"pk": 8, "url": "/media/a.mp3"}}]}, {("media", 8)}),
        ({"image": None, "audio": "9", "document": True}, set()),
    ],
)
def test_what_stored_content_names_is_found_wherever_it_stands(
    content: object, found: set[tuple[str, int]]
) -> None:
    assert references(content) == found


STORY: Steps = [("a", ["b", "a"]), ("b", [""])]


@pytest.mark.parametrize(
    ("steps", "repeated", "missing", "lost", "endless"),
    [
        (STORY, [], [], [], []),
        ([("a", [])], [], [], [], []),
        ([("a", [""]), ("a", [""])], ["a"], [], [], []),
        ([("a", ["x", ""])], [], ["x"], [], []),
        ([("a", [""]), ("b", [""])], [], [], ["b"], []),
        ([("a", ["b"]), ("b", ["a"])], [], [], [], ["a", "b"]),
        ([("a", ["b", ""]), ("b", ["b"])], [], [], [], ["b"]),
        ([], [], [], [], []),
    ],
)
def test_where_a_story_leads(
    steps: Steps, repeated: list[str], missing: list[str], lost: list[str], endless: list[str]
) -> None:
    assert repeated_names(steps) == repeated
    assert missing_steps(steps) == missing
    assert unreachable_steps(steps) == lost
    assert endless_steps(steps) == endless


names = st.sampled_from("abcde")
stories = st.dictionaries(names, st.lists(names | st.just(""), max_size=4), min_size=1).map(
    lambda made: list(made.items())
)


@given(stories)
def test_from_every_step_of_a_story_without_fault_an_end_is_reached(steps: Steps) -> None:
    if missing_steps(steps) or endless_steps(steps):
        return
    ways = dict(steps)
    for name in ways:
        heads = {name}
        for _turn in steps:
            if any(not ways[head] or "" in ways[head] for head in heads):
                break
            heads |= {way for head in heads for way in ways[head]}
        else:
            pytest.fail(f"no end from {name}")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda c: st.lists(c) | st.dictionaries(st.text(), c),
    )
)
def test_no_content_is_too_odd_to_be_looked_through(content: object) -> None:
    assert references(content) <= references([content])
    assert canonical_json(content)


GOOD = [
    ("pdf", b"%PDF-1.7\n"),
    ("mp3", b"ID3\x04"),
    ("mp3", b"\xff\xfb\x90"),
    ("m4a", b"\0\0\0\x18ftypM4A "),
    ("mp4", b"\0\0\0\x18ftypmp42"),
    ("ogg", b"OggS\0"),
    ("webm", b"\x1a\x45\xdf\xa3"),
    ("vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nHola\n"),
    ("txt", "Días".encode()),
    ("docx", archive("[Content_Types].xml", "word/document.xml")),
    ("odt", archive("mimetype", "content.xml")),
]
BAD = [
    *[
        (extension, b"<html><script>alert(1)</script></html>")
        for extension, _content in GOOD
        if extension != "txt"
    ],
    ("pdf", b""),
    ("exe", b"MZ"),
    ("svg", b"<svg/>"),
    ("txt", b"a\0b"),
    ("txt", b"\xff\xfe\xfa"),
    ("docx", archive("[Content_Types].xml", "word/vbaProject.bin")),
    ("docx", archive("mimetype")),
    ("odt", b"PK\x03\x04 broken"),
]


@pytest.mark.parametrize(("extension", "content"), GOOD)
def test_a_file_that_is_what_it_says_is_taken(extension: str, content: bytes) -> None:
    assert is_what_it_says(extension, content)


@pytest.mark.parametrize(("extension", "content"), BAD)
def test_a_file_that_is_something_else_is_refused(extension: str, content: bytes) -> None:
    assert not is_what_it_says(extension, content)


@given(st.binary(max_size=80), st.sampled_from([extension for extension, _content in GOOD]))
def test_no_bytes_are_too_odd_to_be_looked_into(content: bytes, extension: str) -> None:
    assert is_what_it_says(extension, content) in {True, False}


@pytest.mark.parametrize(
    ("content", "is_so"),
    [
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\nHola\n", True),
        (b"\xef\xbb\xbfWEBVTT - subt\n\n00:01.000 --> 00:02.000\nHola\n", True),
        (b"WEBVTT\n", False),
        (b"WEBVTTx\n00:01.000 --> 00:02.000\n", False),
        (b"1\n00:00:01,000 --> 00:00:02,000\nsrt\n", False),
        (b"", False),
    ],
)
def test_captions_are_webvtt_with_at_least_one_line(content: bytes, is_so: bool) -> None:
    assert is_captions(content) is is_so

"""Questions go out as QTI 3 and come back the same; foreign ones come in or are refused with a list."""

import io
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as draws
from hypothesis import settings as rules
from hypothesis import strategies as st
from lxml import etree

from cms.home.seeding.content import ensure_course
from courses.assessments.models import QuestionBank, Quiz
from courses.moving.archive import Broken
from courses.moving.qti.actions import bring_questions_in, questions_of, take_questions_along
from courses.moving.qti.reading import Unasked, read_item, read_questions
from courses.moving.qti.writing import ASI, Section, write_item, write_package
from courses.moving.wording import PROBLEMS
from tests.courses.moving.damage import info, repacked, zipped
from tests.factories.kinds import WORDS, every_kind

SCHEMAS = Path(__file__).parent / "schemas"
TRUE_FALSE = ("Verdadero", "Falso")


def schema(name: str) -> Any:
    return etree.XMLSchema(etree.parse(SCHEMAS / name, etree.XMLParser(no_network=True)))


ITEMS, MANIFEST = schema("promotora-qti3-subset.xsd"), schema("promotora-qti3-manifest-subset.xsd")


def item(question: dict[str, Any]) -> bytes:
    told = {"id": question["id"], "kind": question["type"], "value": question["value"]}
    made = write_item(told, language="es", title="Pregunta 1", words=TRUE_FALSE)
    content: bytes = etree.tostring(made)
    return content


def bare(value: Any) -> Any:
    """A stored value without the ids of its items and without what QTI does not carry."""
    if isinstance(value, list):
        return [
            bare(one["value"]) if isinstance(one, dict) and "value" in one else bare(one) for one in value
        ]
    if isinstance(value, dict):
        left = {"tags", "is_anchor", "picture", "audio"}
        return {name: bare(inner) for name, inner in value.items() if name not in left}
    return value


def check(content: bytes, against: Any = ITEMS) -> None:
    root = etree.fromstring(content)
    assert against.validate(root), against.error_log


@pytest.mark.parametrize("question", [*every_kind(), WORDS], ids=lambda one: str(one["type"]))
def test_each_kind_is_valid_and_comes_back_as_it_was(question: dict[str, Any]) -> None:
    content = item(question)
    check(content)
    kind, value = read_item(content)
    expected = bare(question["value"])
    if kind == "numeric":
        expected["unit"] = expected.get("unit", "")
    told = bare(value)
    if kind == "matching":
        told["pairs"], expected["pairs"] = (sorted(one["pairs"], key=str) for one in (told, expected))
    assert (kind, told) == (question["type"], expected)


def test_each_kind_is_valid_by_the_schema_of_1edtech() -> None:
    path = os.environ.get("QTI3_XSD")
    if not path:
        pytest.skip("QTI3_XSD names no schema of 1EdTech; its licence keeps it out of the repository")
    original = etree.XMLSchema(etree.parse(path, etree.XMLParser(no_network=True)))
    for question in [*every_kind(), WORDS]:
        check(item(question), original)


WORD = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=30).map(
    lambda text: " ".join(text.split()) or "a"
)
FEEDBACK = st.just("") | WORD


def items_of(values: list[Any]) -> list[dict[str, Any]]:
    return [{"type": "item", "id": f"i{number}", "value": value} for number, value in enumerate(values)]


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    """Any question that the editor takes."""
    kind = draw(
        st.sampled_from(["single", "multiple", "true_false", "ordering", "matching", "numeric", "words"])
    )
    value: dict[str, Any] = {"question": draw(WORD), "feedback": draw(FEEDBACK)}
    lines = draw(st.lists(WORD, min_size=2, max_size=5, unique=True))
    if kind in {"single", "multiple"}:
        right = draw(st.sets(st.integers(0, len(lines) - 1), min_size=1))
        right = {min(right)} if kind == "single" else right
        value["options"] = items_of(
            [
                {"text": line, "is_correct": number in right, "feedback": draw(FEEDBACK)}
                for number, line in enumerate(lines)
            ]
        )
    elif kind == "true_false":
        value |= {"is_true": draw(st.booleans()), "if_true": draw(FEEDBACK), "if_false": draw(FEEDBACK)}
    elif kind == "ordering":
        value["items"] = items_of(lines)
    elif kind == "matching":
        value["pairs"] = items_of([{"left": line, "right": draw(WORD)} for line in lines])
    elif kind == "numeric":
        places = st.decimals(min_value=0, max_value=9999, places=2).map(lambda number: f"{number:f}")
        value |= {"answer": draw(places), "tolerance": draw(places), "unit": draw(FEEDBACK)}
    else:
        value["look_for"] = draw(WORD)
    return {"type": "short_answer" if kind == "words" else kind, "id": "q", "value": value}


@rules(max_examples=150)
@draws(question=questions())
def test_whatever_the_editor_takes_is_valid_and_comes_back(question: dict[str, Any]) -> None:
    content = item(question)
    check(content)
    kind, value = read_item(content)
    told, expected = bare(value), bare(question["value"])
    if kind == "numeric":
        assert float(told.pop("tolerance")) == float(expected.pop("tolerance"))
    assert (kind, told) == (question["type"], expected)


@rules(max_examples=100)
@draws(data=st.data())
def test_a_damaged_item_is_refused_or_read(data: st.DataObject) -> None:
    """Whatever is cut out of an item or doubled in it, the answer is a question or a reason."""
    raw = bytearray(item(data.draw(st.sampled_from([*every_kind(), WORDS]))))
    at = data.draw(st.integers(0, len(raw) - 1))
    length = data.draw(st.integers(1, 60))
    raw[at : at + length] = b"" if data.draw(st.booleans()) else bytes(raw[at : at + length]) * 2
    try:
        kind, _value = read_item(bytes(raw))
    except Unasked as error:
        kind = error.code
        is_known = kind in PROBLEMS
    else:
        is_known = True
    assert is_known, kind


def _item(body: str, declared: str = "", more: str = "") -> bytes:
    return (
        f'<qti-assessment-item xmlns="{ASI}" identifier="a" title="t" time-dependent="false">{declared}'
        f"<qti-item-body>{body}</qti-item-body>{more}</qti-assessment-item>"
    ).encode()


KEY = (
    '<qti-response-declaration identifier="R" cardinality="single" base-type="identifier">'
    "<qti-correct-response><qti-value>A</qti-value></qti-correct-response></qti-response-declaration>"
)
CHOICES = (
    '<qti-choice-interaction response-identifier="R" max-choices="1">'
    '<qti-simple-choice identifier="A">Sí<qti-feedback-inline outcome-identifier="F" identifier="A" '
    'show-hide="show">Bien</qti-feedback-inline></qti-simple-choice>'
    '<qti-simple-choice identifier="B"><p>No</p></qti-simple-choice></qti-choice-interaction>'
)
MODAL = (
    '<qti-modal-feedback outcome-identifier="F" identifier="B" show-hide="show"><qti-content-body>'
    "<p>Otra vez</p></qti-content-body></qti-modal-feedback>"
)
FOREIGN: dict[str, tuple[bytes, str]] = {
    "an item of QTI 2": (b'<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1"/>', "not_qti3"),
    "two questions in one": (_item(CHOICES * 2, KEY), "interactions"),
    "nothing asked": (_item("<p>Hola</p>", KEY), "interactions"),
    "a picture": (_item(f'<img src="a.png" alt="a"/>{CHOICES}', KEY), "shows"),
    "a drawing to do": (_item('<qti-drawing-interaction response-identifier="R"/>', KEY), "kind"),
    "no key": (_item(CHOICES), "no_key"),
    "no words": (_item(CHOICES, KEY), "no_question"),
    "an entity": (
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + _item("<p>&x;</p>", KEY),
        "xml",
    ),
    "laughs": (
        b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' + _item("<p>&b;</p>"),
        "xml",
    ),
    "no XML": (b"hola", "xml"),
    "a word for a number": (
        _item(
            '<p>¿Cuánto? <qti-text-entry-interaction response-identifier="R"/></p>',
            KEY.replace(">A<", ">mucho<"),
        ),
        "not_number",
    ),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_not_asked_here_is_told(name: str) -> None:
    content, code = FOREIGN[name]
    with pytest.raises(Broken) as error:
        read_questions(io.BytesIO(content))
    assert [one.code for one in error.value.problems] == [code]


def test_an_item_of_another_program_is_read_with_its_feedback_wherever_it_stands() -> None:
    kind, value = read_item(_item(f"<div><p>¿Qué <b>dices</b>?</p></div>{CHOICES}", KEY, MODAL))
    assert kind == "single"
    assert value["question"] == "¿Qué dices?"
    assert [one["value"] for one in value["options"]] == [
        {"text": "Sí", "is_correct": True, "feedback": "Bien"},
        {"text": "No", "is_correct": False, "feedback": "Otra vez"},
    ]
    assert value["feedback"] == ""


def _package() -> bytes:
    told = [{"id": one["id"], "kind": one["type"], "value": one["value"]} for one in every_kind()]
    sections = [Section("Uno", told[:3], 2), Section("Dos", told[3:])]
    return write_package(identifier="t-1", title="Banco", language="es", sections=sections, words=TRUE_FALSE)


def test_a_package_is_valid_and_the_same_each_time() -> None:
    raw = _package()
    assert raw == _package()
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        check(archive.read("imsmanifest.xml"), MANIFEST)
        names = set(archive.namelist()) - {"imsmanifest.xml"}
        for name in names:
            check(archive.read(name))
        test = etree.fromstring(archive.read("test.xml"))
        assert {node.get("href") for node in test.iter(f"{{{ASI}}}qti-assessment-item-ref")} < names
        assert [node.get("select") for node in test.iter(f"{{{ASI}}}qti-selection")] == ["2"]


def test_the_right_order_cannot_be_read_from_names_or_places() -> None:
    [ordering] = [one for one in every_kind() if one["type"] == "ordering"]
    root = etree.fromstring(item(ordering))
    names = [node.get("identifier") for node in root.iter(f"{{{ASI}}}qti-simple-choice")]
    assert names == sorted(names)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (zipped([(info("hola.txt"), b"x")]), "no_qti"),
        (zipped([(info("imsmanifest.xml"), b"<manifest/>")]), "no_qti"),
        (zipped([(info("imsmanifest.xml"), b"<!DOCTYPE a []><manifest/>")]), "xml"),
        (zipped([(info("../x.xml"), b"x")]), "bad_name"),
        (zipped([(info("a.xml"), b"0" * 10_000_000)]), "bomb"),
    ],
)
def test_a_package_that_is_none_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(Broken) as error:
        read_questions(io.BytesIO(raw))
    assert code in {one.code for one in error.value.problems}


def test_an_item_that_the_manifest_names_and_that_is_not_there_is_told() -> None:
    with zipfile.ZipFile(io.BytesIO(_package())) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    name = next(one for one in found if one.startswith("items/"))
    del found[name]
    with pytest.raises(Broken) as error:
        read_questions(io.BytesIO(repacked(found)))
    assert [(one.where, one.code) for one in error.value.problems] == [(name, "missing")]


@pytest.mark.django_db
def test_the_banks_and_tests_of_the_demo_go_out_and_come_in_again() -> None:
    ensure_course()
    for bank in QuestionBank.objects.all():
        raw = take_questions_along(bank)
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for name in archive.namelist():
                check(archive.read(name), MANIFEST if name == "imsmanifest.xml" else ITEMS)
        made, bare_ones = bring_questions_in(file=io.BytesIO(raw), title="")
        assert (made.title, bare_ones) == (bank.title, 0)
        assert [one["kind"] for one in questions_of(made.questions)] == [
            one["kind"] for one in questions_of(bank.questions)
        ]
        assert take_questions_along(QuestionBank.objects.get(pk=made.pk))
    for quiz in Quiz.objects.all():
        with zipfile.ZipFile(io.BytesIO(take_questions_along(quiz))) as archive:
            check(archive.read("test.xml"))


@pytest.mark.django_db
def test_what_the_editor_would_not_take_is_not_taken_from_a_file() -> None:
    too_long = _item(f"<p>¿Qué?</p>{CHOICES}".replace("Sí", "Sí" * 300), KEY)
    with pytest.raises(Broken) as error:
        bring_questions_in(file=io.BytesIO(too_long), title="Banco")
    assert {one.code for one in error.value.problems} == {"invalid"}
    assert not QuestionBank.objects.exists()

"""Questions become QTI 3.0 (https://www.imsglobal.org/spec/qti/v3p0/impl). Pure.

Pictures, sounds, tags and anchors have no place in it here; `left_out` counts what stays behind.
"""

import hashlib
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from lxml.builder import ElementMaker

from courses.moving.texts import printable

ASI = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
CP = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
XML = "http://www.w3.org/XML/1998/namespace"
EPOCH = (1980, 1, 1, 0, 0, 0)
Question = dict[str, Any]  # {id, kind, value}: a block of a bank or test as it is stored
Q = ElementMaker(namespace=ASI, nsmap={None: ASI})
M = ElementMaker(namespace=CP, nsmap={None: CP})


@dataclass
class Section:
    """Questions of a test that are drawn together: `count` of them, or all."""

    title: str
    questions: list[Question] = field(default_factory=list)
    count: int | None = None


def _lines(text: str) -> list[Any]:
    """Text with its line breaks."""
    first, *rest = text.splitlines() or [""]
    found: list[Any] = [first]
    for line in rest:
        found += [Q.br(), line]
    return found


def _paragraphs(text: str) -> list[Any]:
    return [Q.p(line) for line in text.splitlines() if line.strip()]


def _name(text: str) -> str:
    """An identifier that tells neither the place nor the right answer."""
    return f"c{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _listed(values: Any) -> list[Any]:
    """The items of a stored list."""
    return [item["value"] for item in values or []]


def _element(name: str, *content: Any, **facts: str) -> Any:
    """A QTI element: its name and its attributes are written with hyphens."""
    attributes = {key.rstrip("_").replace("_", "-"): value for key, value in facts.items()}
    return Q(f"qti-{name}", attributes, *content)


def _value(text: str) -> Any:
    return _element("value", text)


def _response(cardinality: str, base: str, correct: Sequence[str]) -> Any:
    told = [_element("correct-response", *[_value(one) for one in correct])] if correct else []
    return _element(
        "response-declaration", *told, identifier="RESPONSE", cardinality=cardinality, base_type=base
    )


def _prompt(value: Question) -> Any:
    return _element("prompt", *_lines(value["question"] or ""))


def _choice(identifier: str, text: str, feedback: str) -> Any:
    told = _element("simple-choice", text, identifier=identifier)
    if feedback:
        told.append(
            _element(
                "feedback-inline",
                *_lines(feedback),
                outcome_identifier="FEEDBACK",
                identifier=identifier,
                show_hide="show",
            )
        )
    return told


def _choices(question: Question, options: list[tuple[str, dict[str, Any]]], *, is_single: bool) -> list[Any]:
    """Declaration and interaction of a question with options."""
    correct = [name for name, option in options if option["is_correct"]]
    interaction = _element(
        "choice-interaction",
        _prompt(question),
        *[_choice(name, option["text"], option.get("feedback") or "") for name, option in options],
        response_identifier="RESPONSE",
        shuffle="true" if question.get("is_shuffled", True) else "false",
        max_choices="1" if is_single else "0",
    )
    cardinality = "single" if is_single else "multiple"
    return [_response(cardinality, "identifier", correct), _element("item-body", interaction)]


def _with_options(value: Question, *, is_single: bool) -> list[Any]:
    options = [(f"o{number}", one) for number, one in enumerate(_listed(value["options"]), start=1)]
    return _choices(value, options, is_single=is_single)


def _true_false(value: Question, words: tuple[str, str]) -> list[Any]:
    options = [
        (name, {"text": text, "is_correct": bool(value["is_true"]) == is_true, "feedback": value.get(told)})
        for name, text, is_true, told in (
            ("true", words[0], True, "if_true"),
            ("false", words[1], False, "if_false"),
        )
    ]
    return _choices({**value, "is_shuffled": False}, options, is_single=True)


def _ordering(value: Question) -> list[Any]:
    items = _listed(value["items"])
    interaction = _element(
        "order-interaction",
        _prompt(value),
        *[_element("simple-choice", text, identifier=_name(text)) for text in sorted(items, key=_name)],
        response_identifier="RESPONSE",
        shuffle="true",
    )
    return [
        _response("ordered", "identifier", [_name(text) for text in items]),
        _element("item-body", interaction),
    ]


def _matching(value: Question) -> list[Any]:
    pairs = [(pair["left"], pair["right"]) for pair in _listed(value["pairs"])]
    rights = sorted({right for _left, right in pairs}, key=_name)

    def side(texts: list[str], mark: str, most: int) -> Any:
        chosen = [
            _element("simple-associable-choice", text, identifier=f"{mark}{_name(text)}", match_max=str(most))
            for text in texts
        ]
        return _element("simple-match-set", *chosen)

    interaction = _element(
        "match-interaction",
        _prompt(value),
        side([left for left, _right in pairs], "l", 1),
        side(rights, "r", len(pairs)),
        response_identifier="RESPONSE",
        shuffle="true",
        max_associations=str(len(pairs)),
    )
    correct = [f"l{_name(left)} r{_name(right)}" for left, right in pairs]
    return [_response("multiple", "directedPair", correct), _element("item-body", interaction)]


def _numeric(value: Question) -> list[Any]:
    entry = _element("text-entry-interaction", response_identifier="RESPONSE", expected_length="12")
    line = Q.p(entry)
    entry.tail = f" {value['unit']}" if value.get("unit") else None
    body = _element("item-body", Q.p(*_lines(value["question"] or "")), line)
    return [_response("single", "float", [str(value["answer"])]), body]


def _short_answer(value: Question) -> list[Any]:
    interaction = _element(
        "extended-text-interaction", _prompt(value), response_identifier="RESPONSE", expected_length="500"
    )
    seen = _element(
        "rubric-block",
        _element("content-body", *_paragraphs(value["look_for"] or "")),
        view="scorer",
        use="scoring",
    )
    return [_response("single", "string", []), _element("item-body", interaction, seen)]


def _set(outcome: str, *told: Any) -> Any:
    return _element("set-outcome-value", *told, identifier=outcome)


def _processing(question: Question, *, has_options: bool) -> Any:
    """One point for the right answer; the feedback of what was chosen, and the explanation."""
    value = question["value"]
    answer = _element("variable", identifier="RESPONSE")
    correct = _element("correct", identifier="RESPONSE")
    if question["kind"] == "numeric":
        tolerance = str(value.get("tolerance") or "0")
        within = {"tolerance_mode": "absolute", "tolerance": f"{tolerance} {tolerance}"}
        is_right = _element(
            "equal",
            answer,
            correct,
            **(within if tolerance.strip("0.") else {"tolerance_mode": "exact"}),
        )
    else:
        is_right = _element("match", answer, correct)
    rules = []
    if question["kind"] != "short_answer":
        point = _set("SCORE", _element("base-value", "1", base_type="float"))
        rules.append(_element("response-condition", _element("response-if", is_right, point)))
    if has_options:
        rules.append(_set("FEEDBACK", _element("variable", identifier="RESPONSE")))
    if value.get("feedback"):
        rules.append(_set("EXPLANATION", _element("base-value", "explained", base_type="identifier")))
    return _element("response-processing", *rules) if rules else None


def _outcome(identifier: str, cardinality: str, base: str, default: str = "") -> Any:
    told = [_element("default-value", _value(default))] if default else []
    facts = {"identifier": identifier, "cardinality": cardinality, "base_type": base}
    return _element("outcome-declaration", *told, **facts)


def write_item(question: Question, *, language: str, title: str, words: tuple[str, str]) -> Any:
    """One question as an assessment item; `words` are true and false in its language."""
    kind, value = question["kind"], printable(question["value"])
    makers: dict[str, Callable[[], list[Any]]] = {
        "single": lambda: _with_options(value, is_single=True),
        "multiple": lambda: _with_options(value, is_single=False),
        "true_false": lambda: _true_false(value, words),
        "ordering": lambda: _ordering(value),
        "matching": lambda: _matching(value),
        "numeric": lambda: _numeric(value),
        "short_answer": lambda: _short_answer(value),
    }
    response, body = makers[kind]()
    has_options = kind in {"single", "multiple", "true_false"}
    outcomes = [_outcome("SCORE", "single", "float", "0")]
    if has_options:
        outcomes.append(_outcome("FEEDBACK", "multiple" if kind == "multiple" else "single", "identifier"))
    explained = []
    if value.get("feedback"):
        outcomes.append(_outcome("EXPLANATION", "single", "identifier"))
        explained = [
            _element(
                "modal-feedback",
                _element("content-body", *_paragraphs(value["feedback"])),
                outcome_identifier="EXPLANATION",
                identifier="explained",
                show_hide="show",
            )
        ]
    processing = _processing(question, has_options=has_options)
    parts = [response, *outcomes, body, *([processing] if processing is not None else []), *explained]
    facts = {"identifier": identifier_of(question), "title": printable(title), "time_dependent": "false"}
    item = _element("assessment-item", *parts, **facts, adaptive="false")
    item.set(f"{{{XML}}}lang", language)
    return item


def identifier_of(question: Question) -> str:
    """The identifier of a question: an NCName made from its id."""
    return f"q-{question['id']}"


def write_test(identifier: str, title: str, sections: Sequence[Section]) -> Any:
    """A test of several parts: from each, some or all of its questions, in any order."""
    title, made = printable(title), []
    for number, section in enumerate(sections, start=1):
        told = []
        if section.count is not None and section.count < len(section.questions):
            told.append(_element("selection", select=str(section.count)))
        told.append(_element("ordering", shuffle="true"))
        told += [
            _element(
                "assessment-item-ref",
                identifier=identifier_of(question),
                href=f"items/{identifier_of(question)}.xml",
            )
            for question in section.questions
        ]
        facts = {
            "identifier": f"section-{number}",
            "title": printable(section.title) or title,
            "visible": "true",
        }
        made.append(_element("assessment-section", *told, **facts))
    part = {"identifier": "part-1", "navigation_mode": "nonlinear", "submission_mode": "simultaneous"}
    return _element(
        "assessment-test", _element("test-part", *made, **part), identifier=identifier, title=title
    )


def write_manifest(identifier: str, items: Sequence[str]) -> Any:
    """What is in the package, as IMS Content Packaging says it."""
    item = "imsqti_item_xmlv3p0"
    return M.manifest(
        {"identifier": f"m-{identifier}"},
        M.metadata(M.schema("QTI Package"), M.schemaversion("3.0.0")),
        M.organizations(),
        M.resources(
            M.resource(
                {"identifier": identifier, "type": "imsqti_test_xmlv3p0", "href": "test.xml"},
                M.file({"href": "test.xml"}),
                *[M.dependency({"identifierref": name}) for name in items],
            ),
            *[
                M.resource(
                    {"identifier": name, "type": item, "href": f"items/{name}.xml"},
                    M.file({"href": f"items/{name}.xml"}),
                )
                for name in items
            ],
        ),
    )


def write_package(
    *, identifier: str, title: str, language: str, sections: Sequence[Section], words: tuple[str, str]
) -> bytes:
    """A ZIP with a test and its items. The same questions give the same bytes."""
    questions = {identifier_of(one): one for section in sections for one in section.questions}
    files = {
        "imsmanifest.xml": write_manifest(identifier, list(questions)),
        "test.xml": write_test(identifier, title, sections),
    }
    for number, (name, question) in enumerate(questions.items(), start=1):
        item = write_item(question, language=language, title=f"{title} {number}", words=words)
        files[f"items/{name}.xml"] = item
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, root in files.items():
            info = zipfile.ZipInfo(path, EPOCH)
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 3
            info.external_attr = 0o100644 << 16
            archive.writestr(info, etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
    return out.getvalue()


def left_out(questions: Sequence[Question]) -> int:
    """How many questions have a picture or a sound, which stay behind."""
    return sum(
        bool(one["value"].get("audio") or (one["value"].get("picture") or {}).get("image"))
        for one in questions
    )

"""QTI 3.0 becomes questions of the kinds that this school asks, or a list of what cannot be asked. Pure.

Formatting is left out, words stay. Everything else that a question needs (a picture, two answers in one, a
formula) is told, and then nothing is taken.
"""

import posixpath
import re
import uuid
import zipfile
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import IO, Any
from urllib.parse import unquote

from courses.moving.archive import Broken, Limits, Problem, open_archive, quoted, read
from courses.moving.qti.writing import ASI, CP
from courses.moving.texts import parse_xml

LIMITS = Limits(entries=2000, part=1024**2, parts=4 * 1024**2, file=20 * 1024**2, total=200 * 1024**2)
NAMES = re.compile(r"(?!/)(?!.*(?:^|/)\.\.(?:/|$))[\w .,()@+=&'/-]{1,200}")
ITEM, MANIFEST = "imsqti_item_xmlv3p0", "imsmanifest.xml"
INTERACTIONS = ("choice", "order", "match", "text-entry", "extended-text")
SHOWN = {"img", "object", "audio", "video", "math", "table", "picture", "svg", "iframe"}
FEEDBACK = ("feedback-inline", "feedback-block")
NOTHING = "—"  # what to look for in an answer, where the file does not say it
Question = tuple[str, dict[str, Any]]


def _q(name: str) -> str:
    return f"{{{ASI}}}qti-{name}"


class Unasked(Exception):
    """An item that is no question of ours: a code of moving/wording.py and what it is about."""

    def __init__(self, code: str, about: str = "") -> None:
        super().__init__(code)
        self.code, self.about = code, about


def read_questions(file: IO[bytes]) -> tuple[str, list[Question]]:
    """The title and the questions of a QTI package, or of one item. Raises Broken with all that is wrong."""
    head = file.read(4)
    file.seek(0)
    title, items = _items(file) if head == b"PK\x03\x04" else ("", {"item.xml": file.read(LIMITS.part + 1)})
    questions, problems = [], []
    for path, content in items.items():
        try:
            questions.append(read_item(content))
        except Unasked as error:
            problems.append(Problem(quoted(path), "", error.code, quoted(error.about)))
    if not questions and not problems:
        problems.append(Problem(MANIFEST, "", "no_items"))
    if problems:
        raise Broken(problems)
    return title, questions


def _items(file: IO[bytes]) -> tuple[str, dict[str, bytes]]:
    """The title of the test and its items, in the order of the manifest."""
    archive = open_archive(file, LIMITS, NAMES)
    names = set(archive.namelist())
    if MANIFEST not in names:
        raise Broken([Problem(MANIFEST, "", "no_qti")])
    manifest = _parsed(archive, MANIFEST)
    if manifest.tag != f"{{{CP}}}manifest":
        raise Broken([Problem(MANIFEST, "", "no_qti")])
    found: dict[str, bytes] = {}
    problems = []
    title = ""
    for resource in manifest.iter(f"{{{CP}}}resource"):
        path = posixpath.normpath(unquote(resource.get("href") or ""))
        kind = resource.get("type") or ""
        if kind.startswith("imsqti_test_xmlv3p0") and path in names:
            title = str(_parsed(archive, path).get("title") or "")
        if not kind.startswith(ITEM):
            continue
        if path not in names:
            problems.append(Problem(quoted(path), "", "missing"))
        elif archive.getinfo(path).file_size > LIMITS.part:
            problems.append(Problem(quoted(path), "", "too_big", "1"))
        else:
            found[path] = read(archive, path)
    if problems:
        raise Broken(problems)
    return title[:160], found


def _parsed(archive: zipfile.ZipFile, path: str) -> Any:
    if archive.getinfo(path).file_size > LIMITS.parts:
        raise Broken([Problem(path, "", "too_big", "4")])
    try:
        return parse_xml(read(archive, path))
    except ValueError as error:
        raise Broken([Problem(path, "", "xml")]) from error


# --- one item ----------------------------------------------------------------------------------------
def read_item(content: bytes) -> Question:
    """The kind and the value of a question. Raises Unasked."""
    if len(content) > LIMITS.part:
        raise Unasked("too_big", "1")
    try:
        root = parse_xml(content)
    except ValueError as error:
        raise Unasked("xml") from error
    if root.tag != _q("assessment-item"):
        raise Unasked("not_qti3")
    body = root.find(_q("item-body"))
    if body is None:
        raise Unasked("not_qti3")
    interactions = [node for node in body.iter("*") if str(node.tag).endswith("-interaction")]
    if len(interactions) != 1:
        raise Unasked("interactions", str(len(interactions)))
    shown = sorted({_local(node) for node in body.iter("*")} & SHOWN)
    if shown:
        raise Unasked("shows", ", ".join(shown))
    [interaction] = interactions
    name = _local(interaction).removeprefix("qti-").removesuffix("-interaction")
    if name not in INTERACTIONS:
        raise Unasked("kind", name)
    readers: dict[str, Callable[[Any, Any, Any], Question]] = {
        "choice": _choice,
        "order": _order,
        "match": _match,
        "text-entry": _number,
        "extended-text": _words,
    }
    kind, value = readers[name](root, body, interaction)
    if not value["question"]:
        raise Unasked("no_question")
    return kind, {**value, "feedback": _explanation(root, value)}


def _local(node: Any) -> str:
    return str(node.tag).rpartition("}")[2]


def _text(node: Any, *, without: tuple[str, ...] = ()) -> str:
    """The words of an element: blocks and breaks become lines, spaces are tidied."""
    raw = "".join(_pieces(node, {_q(name) for name in without}))
    lines = (" ".join(line.split()) for line in raw.replace("\r", "").split("\n"))
    return "\n".join(line for line in lines if line)


def _pieces(node: Any, without: set[str]) -> Iterator[str]:
    if node.text:
        yield node.text.replace("\n", " ")
    for child in node:
        if isinstance(child.tag, str) and child.tag not in without:
            is_block = _local(child) in {"p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4"}
            yield "\n" if is_block else ""
            yield from _pieces(child, without)
            yield "\n" if is_block else ""
        if child.tail:
            yield child.tail.replace("\n", " ")


def _line(node: Any, *, without: tuple[str, ...] = ()) -> str:
    return _text(node, without=without).replace("\n", " ")


def _asked(body: Any, interaction: Any) -> str:
    """The question: what stands before and around the interaction, then its prompt."""
    told = [_text(body, without=(_local(interaction).removeprefix("qti-"), "rubric-block"))]
    prompt = interaction.find(_q("prompt"))
    if prompt is not None:
        told.append(_text(prompt))
    return "\n".join(part for part in told if part)


def _correct(root: Any, interaction: Any) -> list[str]:
    """The values of the right answer. Raises Unasked where none is told."""
    name = interaction.get("response-identifier")
    for declared in root.iter(_q("response-declaration")):
        if declared.get("identifier") == name:
            values = declared.findall(f"{_q('correct-response')}/{_q('value')}")
            found = [" ".join((one.text or "").split()) for one in values]
            if found:
                return found
    raise Unasked("no_key")


def _item(value: Any) -> dict[str, Any]:
    return {"type": "item", "value": value, "id": str(uuid.uuid4())}


def _choice(root: Any, body: Any, interaction: Any) -> Question:
    correct = set(_correct(root, interaction))
    choices = interaction.findall(_q("simple-choice"))
    told = {choice.get("identifier"): choice for choice in choices}
    if len(told) != len(choices) or not correct <= told.keys():
        raise Unasked("no_key")
    feedback = {name: _feedback(root, choice, str(name)) for name, choice in told.items()}
    question = _asked(body, interaction)
    if told.keys() == {"true", "false"} and len(correct) == 1:
        value = {"question": question, "is_true": correct == {"true"}}
        return "true_false", {**value, "if_true": feedback["true"], "if_false": feedback["false"]}
    words = {name: _line(choice, without=FEEDBACK) for name, choice in told.items()}
    options = [
        _item({"text": text, "is_correct": name in correct, "feedback": feedback[name]})
        for name, text in words.items()
    ]
    is_single = interaction.get("max-choices", "1") == "1"
    return ("single" if is_single else "multiple"), {"question": question, "options": options}


def _feedback(root: Any, choice: Any, name: str) -> str:
    """What is said to who chooses it: inside the choice, or as modal feedback of its identifier."""
    inside = [node for kind in FEEDBACK for node in choice.iter(_q(kind))]
    modal = [node for node in root.iter(_q("modal-feedback")) if node.get("identifier") == name]
    return "\n".join(filter(None, (_text(node) for node in [*inside, *modal])))


def _explanation(root: Any, value: dict[str, Any]) -> str:
    """Modal feedback that belongs to no single choice."""
    chosen = {node.get("identifier") for node in root.iter(_q("simple-choice"))}
    told = [_text(node) for node in root.iter(_q("modal-feedback")) if node.get("identifier") not in chosen]
    return "\n".join(filter(None, told))


def _order(root: Any, body: Any, interaction: Any) -> Question:
    choices = interaction.findall(_q("simple-choice"))
    told = {one.get("identifier"): _line(one, without=FEEDBACK) for one in choices}
    correct = _correct(root, interaction)
    if len(correct) != len(choices) or set(correct) != told.keys():
        raise Unasked("no_key")
    items = [_item(told[name]) for name in correct]
    return "ordering", {"question": _asked(body, interaction), "items": items}


def _match(root: Any, body: Any, interaction: Any) -> Question:
    sides = interaction.iter(_q("simple-associable-choice"))
    told = {one.get("identifier"): _line(one) for one in sides}
    pairs = [value.split() for value in _correct(root, interaction)]
    if not all(len(pair) == 2 and set(pair) <= told.keys() for pair in pairs):
        raise Unasked("no_key")
    if len({left for left, _right in pairs}) != len(pairs):
        raise Unasked("many_to_one")
    made = [_item({"left": told[left], "right": told[right]}) for left, right in pairs]
    return "matching", {"question": _asked(body, interaction), "pairs": made}


def _number(root: Any, body: Any, interaction: Any) -> Question:
    """A number, right within an absolute tolerance."""
    unit = " ".join((interaction.tail or "").split())
    interaction.tail = None
    [answer, *_others] = _correct(root, interaction)
    value = {"question": _asked(body, interaction), "answer": _decimal(answer)}
    return "numeric", {**value, "tolerance": _tolerance(root), "unit": unit[:40]}


def _tolerance(root: Any) -> str:
    for node in root.iter(_q("equal")):
        if node.get("tolerance-mode", "exact") == "absolute":
            told = {_decimal(one) for one in (node.get("tolerance") or "").split()}
            if len(told) == 1:
                return told.pop()
        if node.get("tolerance-mode", "exact") != "exact":
            raise Unasked("tolerance")
    return "0"


def _decimal(text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise Unasked("not_number", text) from error
    if not number.is_finite() or abs(number) >= 10**8:
        raise Unasked("not_number", text)
    return f"{number:f}"


def _words(root: Any, body: Any, interaction: Any) -> Question:
    looked = [_text(node) for node in body.iter(_q("rubric-block")) if "scorer" in (node.get("view") or "")]
    value = {"question": _asked(body, interaction), "look_for": "\n".join(looked) or NOTHING}
    return "short_answer", value

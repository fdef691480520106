"""The tests of the demo course: a bank for each module, its test, and what is asked before and after."""

from typing import Any

from cms.home.seeding.library import read
from courses.assessments.actions import freeze_quiz
from courses.assessments.blocks import FROM_BANK
from courses.assessments.models import QuestionBank, Quiz
from courses.pages.models import ModulePage

OWN = {"options", "items", "pairs", "is_true", "if_true", "if_false"}
OWN |= {"answer", "tolerance", "unit", "look_for", "feedback"}
SHORT_ANSWER = ("question", "look_for", "feedback")


def add_test(module: ModulePage, code: str, data: dict[str, Any]) -> Quiz:
    """The bank of a module and the test that draws from it; with the question in words it may have."""
    rules = data["quiz"]
    drawn = {"bank": _add_bank(code), "count": rules["questions_per_attempt"]}
    written = [question for question in data["written"] if question["module"] == code]
    return _freeze(
        Quiz(
            module=module,
            title=f"Prueba del módulo {code[1:]}",
            slug=f"t-{code}",
            pass_mark=rules["pass_percent"],
            attempts=rules["attempts"],
            wait_hours=rules["wait_hours"],
            questions=[
                (FROM_BANK, drawn),
                *[("short_answer", {key: one[key] for key in SHORT_ANSWER}) for one in written],
            ],
        )
    )


def add_diagnostics(first: ModulePage, last: ModulePage) -> None:
    """The same anchors before the course and at its end; nobody passes or fails them."""
    banks = QuestionBank.objects.order_by("title")
    anchors = [(bank, sum(bool(one.value["is_anchor"]) for one in bank.questions)) for bank in banks]
    for module, title, slug, moment in (
        (first, "Diagnóstico inicial", "t-d1", Quiz.Moment.BEFORE),
        (last, "Diagnóstico final", "t-d2", Quiz.Moment.AFTER),
    ):
        asked = [(FROM_BANK, {"bank": bank, "count": count}) for bank, count in anchors if count]
        _freeze(
            Quiz(module=module, title=title, slug=slug, moment=moment, is_required=False, questions=asked)
        )


def _freeze(quiz: Quiz) -> Quiz:
    quiz.full_clean()
    quiz.save()
    quiz.refresh_from_db()  # with the ids that its questions were given
    freeze_quiz(quiz=quiz)
    return quiz


def _add_bank(code: str) -> QuestionBank:
    entries = read(f"questions/{code}.yaml")
    bank = QuestionBank(
        title=f"Banco del módulo {code[1:]}",
        questions=[(entry["kind"], question(entry)) for entry in entries],
    )
    bank.full_clean()
    bank.save()
    bank.tags.add(code)
    return bank


def question(entry: dict[str, Any]) -> dict[str, Any]:
    """One entry of a file of questions as the stream wants it."""
    return {
        "question": entry["text"],
        "tags": ", ".join(entry["tags"]),
        "is_anchor": entry["anchor"],
        **{name: entry[name] for name in OWN & entry.keys()},
    }

"""Answering the questions of a sheet in a browser, whatever their kind."""

from playwright.sync_api import Locator

QUESTION = "[data-question]"


def answer(question: Locator, option: int = 0) -> None:
    """Give one question an answer that can be handed in; `option` says which, where there are options."""
    kind = question.get_attribute("data-kind")
    if kind in {"ordering", "matching"}:
        for place, line in enumerate(question.locator("select").all(), start=1):
            line.select_option(index=place if kind == "ordering" else 1 + option)
    elif kind == "numeric":
        question.locator("input").fill(str(1 + option))
        question.locator("input").blur()
    elif kind == "short_answer":
        question.locator("textarea").fill("Con permiso.")
        question.locator("textarea").blur()
    else:
        question.locator(".choice label").nth(option % question.locator(".choice").count()).click()


def give(question: Locator, right: str) -> None:
    """Give one question this very answer (courses.assessments.kinds)."""
    kind = question.get_attribute("data-kind")
    if kind in {"ordering", "matching"}:
        parts = right.split(",")
        pairs = [
            part.split(":") if ":" in part else [part, str(at)] for at, part in enumerate(parts, start=1)
        ]
        for line, chosen in pairs:
            question.locator(f'select[name$=":{line}"]').select_option(chosen)
    elif kind in {"numeric", "short_answer"}:
        question.locator("[data-words]").fill(right)
        question.locator("[data-words]").blur()
    else:
        for option in right.split(","):
            question.locator(f'input[value="{option}"] + label').click()


def answer_of(question: Locator) -> str:
    """What stands in one question, as the server keeps it."""
    kind = question.get_attribute("data-kind")
    if kind in {"ordering", "matching"}:
        lines = question.locator("select").all()
        given = [(str(line.get_attribute("name")).split(":")[1], line.input_value()) for line in lines]
        if kind == "ordering":
            return ",".join(item for item, _place in sorted(given, key=lambda pair: int(pair[1])))
        return ",".join(f"{left}:{right}" for left, right in given)
    if kind in {"numeric", "short_answer"}:
        return question.locator("[data-words]").input_value()
    chosen = question.locator("input:checked").all()
    return ",".join(sorted(one.input_value() for one in chosen))

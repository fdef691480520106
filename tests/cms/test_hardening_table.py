"""The table of OWASP ASVS in docs/security.md: complete, and whatever test or setting it names is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
REASON = re.compile(
    r"Not applicable: \w|Open: \w|\bas \d+\.\d+\.\d+|[Ss]ame test|bandit|ruff|“[^”]+” above|Django|proxy"
    r"|\b(none|secrets)\b"
)
# How many requirements of level 1 and 2 each section of ASVS 5.0.0 has (its list, docs_en, counted), with the
# numbers that belong to level 3 alone.
SECTIONS = {
    "1.1": 2, "1.2": 10, "1.3": 12, "1.4": 3, "1.5": 3,
    "2.1": 3, "2.2": 3, "2.3": 5, "2.4": 2,
    "3.2": 3, "3.3": 5, "3.4": 8, "3.5": 8, "3.7": 5,
    "4.1": 5, "4.2": 5, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 6, "5.3": 3, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 8, "6.4": 6, "6.5": 8, "6.6": 4, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 3, "7.6": 2,
    "8.1": 4, "8.2": 4, "8.3": 3, "8.4": 2,
    "9.1": 3, "9.2": 4,
    "10.1": 2, "10.2": 3, "10.3": 5, "10.4": 16, "10.5": 5, "10.6": 2, "10.7": 3,
    "11.1": 4, "11.2": 5, "11.3": 5, "11.4": 4, "11.5": 2, "11.6": 2,
    "12.1": 5, "12.2": 2, "12.3": 5,
    "13.1": 4, "13.2": 6, "13.3": 4, "13.4": 7,
    "14.1": 2, "14.2": 8, "14.3": 3,
    "15.1": 5, "15.2": 5, "15.3": 7,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 4,
    "17.1": 2, "17.2": 8, "17.3": 2,
}  # fmt: skip
THIRD_WORDS = """
1.2.10 1.3.12 1.5.3 2.3.5 2.4.2 3.2.3 3.3.5 3.4.7 3.4.8 3.5.6 3.5.7 3.5.8 3.7.3 3.7.4 3.7.5 4.1.4
4.1.5 4.2.2 4.2.3 4.2.4 4.2.5 5.2.4 5.2.5 5.2.6 5.3.3 6.3.5 6.3.6 6.3.7 6.3.8 6.4.5 6.4.6 6.5.6
6.5.7 6.5.8 6.6.4 7.5.3 8.1.3 8.1.4 8.2.4 8.3.2 8.3.3 8.4.2 10.2.3 10.3.5 10.4.12 10.4.13 10.4.14
10.4.15 10.4.16 11.1.3 11.1.4 11.2.4 11.2.5 11.3.4 11.3.5 11.5.2 11.6.2 12.1.4 12.1.5 12.3.5 13.1.2
13.1.3 13.1.4 13.2.6 13.3.3 13.3.4 13.4.6 13.4.7 14.2.5 14.2.6 14.2.7 14.2.8 15.1.4 15.1.5 15.2.4
15.2.5 16.5.4 17.1.2 17.2.5 17.2.6 17.2.7 17.2.8
"""
THIRD = set(THIRD_WORDS.split())
ASKED = {
    f"{section}.{number}"
    for section, most in SECTIONS.items()
    for number in range(1, most + 1)
    if f"{section}.{number}" not in THIRD
}
ANSWERS = {number: answer for number, _asked, answer in ROW.findall(PAGE)}


def named(text: str) -> Iterator[str]:
    """What stands in code marks."""
    yield from re.findall(r"`([^`]+)`", text)


def missing(name: str) -> bool:
    """Is a test, file, folder or setting that the page names not there?"""
    path, _colons, test = name.partition("::")
    if path.endswith((".py", ".md", ".lock")) or path.startswith(("tests/", "courses/", ".ci/")):
        found = ROOT / path
        return not found.exists() or (bool(test) and f"def {test}(" not in found.read_text())
    if re.fullmatch(r"[A-Z][A-Z_]{4,}", name):
        told = "".join(
            (ROOT / "cms" / "settings" / f"{one}.py").read_text() for one in ("base", "production", "dev")
        )
        return not hasattr(settings, name) and name not in told
    return False


def test_every_requirement_of_level_one_and_two_has_one_answer() -> None:
    numbers = [number for number, _asked, _answer in ROW.findall(PAGE)]
    assert len(ASKED) == 253
    assert len(numbers) == len(set(numbers))
    assert set(numbers) == ASKED


@pytest.mark.parametrize("number", sorted(ANSWERS))
def test_an_answer_names_a_test_a_setting_or_a_reason(number: str) -> None:
    answer = ANSWERS[number]
    assert any(re.search(r"[/_A-Z]", name) for name in named(answer)) or REASON.search(answer), answer


def test_whatever_the_page_names_is_there() -> None:
    assert [name for name in named(PAGE) if missing(name)] == []


def test_a_thing_that_is_gone_would_be_seen() -> None:
    assert missing("tests/cms/test_nothing.py")
    assert missing("tests/cms/test_hardening_table.py::test_nothing")
    assert missing("NO_SUCH_SETTING")


def test_as_leads_to_an_answer() -> None:
    for number, answer in ANSWERS.items():
        for other in re.findall(r"\b[Aa]s (\d+\.\d+\.\d+)", answer):
            assert other in ANSWERS, number
            assert other != number

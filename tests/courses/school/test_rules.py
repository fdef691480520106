"""Hours against 120, and the rule of a former cohort."""

from typing import Any

from courses.school.rules import compare, take_over, total


def fact(kind: str, target: int, subject: str | None = None, make_up_limit: int = 0) -> dict[str, Any]:
    return {
        "kind": kind,
        "label": kind,
        "target": target,
        "subject": subject,
        "make_up_limit": make_up_limit,
    }


ASKED = {"class": 4320, "lessons": 1080, "outing": 1440, "tutoring": 360}


def test_the_usual_school_has_its_120_hours() -> None:
    lines = compare(ASKED, ASKED)
    assert [line.gap for line in lines] == [0, 0, 0, 0]
    assert total(lines).gap == 0


def test_what_is_missing_and_what_is_too_much_is_told_by_modality() -> None:
    lines = {line.modality: line for line in compare({"class": 4140, "outing": 1680, "extra": 60}, ASKED)}
    assert (lines["class"].missing, lines["class"].over) == (180, 0)
    assert (lines["outing"].missing, lines["outing"].over) == (0, 240)
    assert lines["extra"].over == 60
    assert total(list(lines.values())).missing == 7200 - 4140 - 1680 - 60


def test_a_former_rule_gives_its_targets_to_what_is_still_asked() -> None:
    now = [fact("attendance", 80, make_up_limit=4), fact("quiz", 70, "new"), fact("quiz", 70, "old")]
    now += [fact("outings", 6), fact("lessons", 20)]
    former = [
        fact("attendance", 90, make_up_limit=2),
        fact("quiz", 60, "old"),
        fact("quiz", 50, "gone"),
        fact("lessons", 18),
    ]
    assert take_over(now, former) == [
        fact("attendance", 90, make_up_limit=2),
        fact("quiz", 70, "new"),
        fact("quiz", 60, "old"),
        fact("lessons", 20),
    ]

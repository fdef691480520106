import pytest

from courses.attendance.rules import Worth, worth


@pytest.mark.parametrize(
    ("status", "late_by", "expected"),
    [
        ("present", 0, Worth(True, 180)),
        ("late", 25, Worth(True, 155)),
        ("late", 500, Worth(True, 0)),
        ("made_up", 0, Worth(True, 180)),
        ("excused", 0, Worth(False, 0)),
        ("absent", 0, Worth(False, 0)),
        ("absent", 30, Worth(False, 0)),
    ],
)
def test_late_counts_as_present_and_an_excuse_does_not(status: str, late_by: int, expected: Worth) -> None:
    assert worth(status, 180, late_by) == expected


@pytest.mark.parametrize(("status", "late_by"), [("asleep", 0), ("late", -5), ("", 0)])
def test_a_mark_that_does_not_exist_is_refused(status: str, late_by: int) -> None:
    with pytest.raises(ValueError):
        worth(status, 180, late_by)

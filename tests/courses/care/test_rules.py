"""Which signals put a woman on the list «to call»."""

import pytest

from courses.care.rules import Facts, Signal, signals
from courses.care.wording import say


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(), []),
        (Facts(in_a_row=1, days_unseen=13), []),
        (Facts(in_a_row=2), [Signal("in_a_row", 2)]),
        (Facts(is_close=True, may_miss=1), [Signal("close", 1)]),
        (Facts(is_close=True, is_out_of_reach=True), [Signal("out_of_reach")]),
        (Facts(tests=1), [Signal("test", 1)]),
        (Facts(days_unseen=14), [Signal("unseen", 14)]),
        (Facts(days_unseen=None), []),
        (
            Facts(in_a_row=3, is_out_of_reach=True, tests=2, days_unseen=20),
            [Signal("in_a_row", 3), Signal("out_of_reach"), Signal("test", 2), Signal("unseen", 20)],
        ),
    ],
)
def test_what_puts_her_on_the_list(facts: Facts, expected: list[Signal]) -> None:
    assert list(signals(facts)) == expected


@pytest.mark.parametrize("what", ["in_a_row", "out_of_reach", "close", "test", "unseen"])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_every_signal_has_its_sentence(what: str, number: int) -> None:
    assert say(Signal(what, number)).endswith(".")


def test_a_signal_that_does_not_exist_has_no_sentence() -> None:
    with pytest.raises(KeyError):
        say(Signal("gossip"))

"""Letters without accents and capitals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.letters import bare, bare_in_place


@pytest.mark.parametrize(
    ("written", "plain"), [("Ñáñez", "nanez"), ("N\u0303A\u0301", "na"), ("Straße", "strasse"), ("", "")]
)
def test_accents_and_capitals_do_not_count(written: str, plain: str) -> None:
    assert bare(written) == plain


@given(st.text())
def test_once_bare_it_stays_so(text: str) -> None:
    assert bare(bare(text)) == bare(text)


@given(st.text())
def test_in_place_each_sign_keeps_its_place(text: str) -> None:
    assert len(bare_in_place(text)) == len(text)


@given(
    st.text(
        st.characters(max_codepoint=0x17E, categories=["L", "N", "P", "Zs"]).filter(
            lambda c: len(bare(c)) == 1
        )
    )
)
def test_what_is_looked_for_is_spelled_the_same_both_ways(text: str) -> None:
    assert bare_in_place(text) == bare(text)

"""Verification codes: what people type by mistake never passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates import codes

bodies = st.text(alphabet=codes.ALPHABET, min_size=15, max_size=15)


def accepts(code: str) -> bool:
    try:
        return codes.normalise(code) == code
    except codes.MistypedCode:
        return False


@given(bodies)
def test_every_single_wrong_character_is_found(body: str) -> None:
    code = body + codes.check_character(body)
    assert accepts(code)
    for place, right in enumerate(code):
        for wrong in codes.ALPHABET:
            if wrong != right:
                assert not accepts(code[:place] + wrong + code[place + 1 :])


@given(bodies)
def test_every_swap_of_two_characters_is_found(body: str) -> None:
    code = body + codes.check_character(body)
    for first in range(codes.LENGTH):
        for second in range(first + 1, codes.LENGTH):
            swapped = list(code)
            swapped[first], swapped[second] = swapped[second], swapped[first]
            assert code[first] == code[second] or not accepts("".join(swapped))


def test_new_codes_are_well_formed_and_differ() -> None:
    made = {codes.new_code() for _ in range(1000)}
    assert len(made) == 1000
    assert all(accepts(code) for code in made)


@pytest.mark.parametrize(
    "typed",
    [
        "150T042K0KYPSY9E",
        "150T-042K-0KYP-SY9E",
        "150t 042k 0kyp sy9e",
        " 150T–042K—0KYP SY9E\t",
        "l5oT-o42K-OKYP-SY9E",
        "i50T042K0KYPSY9E",
    ],
)
def test_spaces_dashes_lower_case_and_lookalikes_do_not_matter(typed: str) -> None:
    assert codes.normalise(typed) == "150T042K0KYPSY9E"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "150T042K0KYPSY9",
        "150T042K0KYPSY9E0",
        "150U042K0KYPSY9E",
        "150T042K0KYPSY9Ñ",
        "150T/42K0KYPSY9E",
        "١50T042K0KYPSY9E",
        "ﬀ" * 8,
        "0" * 1_000_000,
    ],
)
def test_what_cannot_be_a_code_is_mistyped(typed: str) -> None:
    with pytest.raises(codes.MistypedCode):
        codes.normalise(typed)


def test_a_code_is_printed_in_groups_of_four() -> None:
    assert codes.display("150T042K0KYPSY9E") == "150T-042K-0KYP-SY9E"

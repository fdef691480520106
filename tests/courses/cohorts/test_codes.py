"""The codes on attendance cards: hers, nobody else's, and nothing to read in them."""

from typing import Any

import pytest

from courses.cohorts.actions import withdraw
from courses.cohorts.codes import ALPHABET, LENGTH, attendance_code, display, enrolment_by_code
from courses.cohorts.models import Cohort
from tests.factories.courses import LAST_DAY, CohortFactory, enrolled

pytestmark = pytest.mark.django_db


def test_a_code_finds_her_in_her_cohort(cohort: Cohort) -> None:
    women = enrolled(cohort, 3)
    for woman in women:
        assert enrolment_by_code(cohort, attendance_code(woman)) == woman


def test_a_code_has_sixteen_characters_and_none_of_her_id(cohort: Cohort) -> None:
    (woman,) = enrolled(cohort)
    code = attendance_code(woman)
    assert len(code) == LENGTH
    assert set(code) <= set(ALPHABET)
    assert code.lower() not in woman.pk.hex


def test_a_typed_code_may_have_dashes_small_letters_and_look_alikes(cohort: Cohort) -> None:
    (woman,) = enrolled(cohort)
    typed = f" {display(attendance_code(woman)).lower().replace('0', 'o').replace('1', 'l')} "
    assert enrolment_by_code(cohort, typed) == woman


@pytest.mark.parametrize(
    "text", ["", "   ", "no es un código", "A" * 15, "A" * 17, "0" * 5000, "\x00", "🙂" * 16]
)
def test_any_other_text_finds_nobody(cohort: Cohort, text: str) -> None:
    enrolled(cohort)
    assert enrolment_by_code(cohort, text) is None


def test_a_code_means_nothing_in_another_cohort(cohort: Cohort) -> None:
    (woman,) = enrolled(cohort)
    assert enrolment_by_code(CohortFactory(), attendance_code(woman)) is None


def test_who_has_left_is_not_found(cohort: Cohort) -> None:
    (woman,) = enrolled(cohort)
    code = attendance_code(woman)
    withdraw(enrolment=woman, on=LAST_DAY)
    assert enrolment_by_code(cohort, code) is None


def test_a_printed_card_outlives_a_change_of_the_secret(cohort: Cohort, settings: Any) -> None:
    (woman,) = enrolled(cohort)
    code, old = attendance_code(woman), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "otra-clave-nueva", [old]
    assert enrolment_by_code(cohort, code) == woman
    assert attendance_code(woman) != code

"""The facts of a diploma: complete, canonical, and nothing that must not be printed."""

import json
from datetime import date
from typing import Any

import pytest

from certificates import payload
from certificates.codes import MistypedCode
from tests.factories.certificates import facts


def test_a_payload_says_month_and_year_and_never_a_day() -> None:
    told = facts()
    assert (told["from"], told["to"], told["issued"]) == (
        "agosto de 2026",
        "octubre de 2026",
        "noviembre de 2026",
    )
    assert told["recognition"]["oficio_date"] == "noviembre de 2026"
    assert told["issued_month"] == "2026-11"
    assert "2026-" not in json.dumps({**told, "folio": "", "issued_month": ""} | {"words": None})


def test_hours_are_whole_and_minutes_are_never_rounded_up() -> None:
    told = facts(minutes=7170)
    assert (told["hours"], told["minutes"], told["duration"]) == (119, 30, "119 horas 30 minutos")
    assert facts(minutes=60)["duration"] == "1 hora"
    assert facts(minutes=1)["duration"] == "1 minuto"


def test_without_recognition_nothing_speaks_of_an_authority() -> None:
    told = facts(recognition=None)
    assert told["recognition"] is None
    assert not {"recognised", "oficio", "sign_authority"} & told["words"].keys()
    assert "reconocimiento" not in json.dumps(told, ensure_ascii=False)


def test_only_a_demonstration_says_so() -> None:
    assert "demo" not in facts()["words"]
    assert facts(is_demo=True)["words"]["demo"] == "DEMOSTRACIÓN"


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "span"),
    [
        (date(2026, 8, 1), date(2026, 10, 31), "de agosto a octubre de 2026"),
        (date(2026, 8, 1), date(2026, 8, 31), "en agosto de 2026"),
        (date(2026, 11, 1), date(2027, 1, 31), "de noviembre de 2026 a enero de 2027"),
    ],
)
def test_the_span_names_a_year_once_where_once_is_enough(starts_on: date, ends_on: date, span: str) -> None:
    told = facts(starts_on=starts_on, ends_on=ends_on)
    assert told["words"]["span"] == f"con duración de 120 horas, impartido {span}"


@pytest.mark.parametrize(
    ("authority", "line"),
    [
        ("Secretaría de Salud", "con el reconocimiento de la Secretaría de Salud"),
        ("Instituto de Salud", "con el reconocimiento del Instituto de Salud"),
        ("Servicios de Salud", "con el reconocimiento de los Servicios de Salud"),
        ("Promoción Salud A.C.", "con el reconocimiento de Promoción Salud A.C."),
    ],
)
def test_spanish_organisations_take_their_article(authority: str, line: str) -> None:
    recognition = payload.RecognitionFacts(authority, "1/26", date(2026, 11, 2))
    assert facts(recognition=recognition)["words"]["recognised"] == line


def test_a_title_that_is_no_diplomado_is_called_a_programme() -> None:
    assert facts()["words"]["for_having"] == "por haber acreditado el"
    assert facts(title="Escuela de Salud")["words"]["for_having"] == "por haber acreditado el programa"


def test_english_is_complete() -> None:
    spanish, english = facts(is_demo=True), facts(is_demo=True, language="en")
    assert spanish["words"].keys() == english["words"].keys()
    assert english["words"]["span"] == "lasting 120 hours, taught from August to October 2026"
    assert english["words"]["demo"] == "DEMONSTRATION"


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": " \u00a0 "},
        {"name": "Ana\nMaría"},
        {"name": "Ana\x00"},
        {"name": "Ana\u202eairaM"},
        {"name": "Ana\u200bMaría"},
        {"name": "Ana \ue000"},
        {"name": "A" * 121},
        {"title": ""},
        {"issuer": "\t"},
        {"folio": ""},
        {"language": "fr"},
        {"minutes": 0},
        {"minutes": -60},
        {"modules": [payload.ModuleFacts("Módulo", 0)]},
        {"modules": [payload.ModuleFacts("", 60)]},
        {"starts_on": date(2026, 11, 1)},
        {"code": "150T-042K-0KYP-SY9E"},
    ],
)
def test_what_cannot_be_printed_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        facts(**changes)


def test_a_wrong_code_is_refused() -> None:
    with pytest.raises(MistypedCode):
        facts(code="150T042K0KYPSY9F")


def test_a_name_is_composed_and_its_spaces_are_tidied() -> None:
    assert facts(name="  María  Nun\u0303ez ")["name"] == "María Nuñez"


def test_the_canonical_form_does_not_depend_on_order_and_survives_storage() -> None:
    told = facts()
    turned = dict(reversed(list(told.items())))
    stored = json.loads(json.dumps(turned))
    assert payload.canonical(told) == payload.canonical(stored)
    assert payload.digest(told) == payload.digest(stored)
    assert len(payload.digest(told)) == 64


def test_the_canonical_form_of_known_facts_never_changes() -> None:
    """A digest that changes makes every issued diploma look altered: change `v` instead."""
    assert payload.canonical({"b": 1, "a": ["ñ", True, None]}) == '{"a":["ñ",true,null],"b":1}'.encode()


def test_one_changed_letter_changes_the_digest() -> None:
    assert payload.digest(facts()) != payload.digest(facts(name="María Guadalupe Hernández Ruis"))


def test_floats_are_refused() -> None:
    with pytest.raises(TypeError):
        payload.canonical({"modules": [{"hours": 1.5}]})


def test_the_address_of_verification_is_frozen_with_the_code() -> None:
    told = facts(base_url="https://verifica.example/")
    assert told["verify_url"] == "https://verifica.example/v/150T042K0KYPSY9E/"
    assert told["words"]["verify"] == "Verifique en verifica.example/v/"

"""The fixed phrases of a credential by language, frozen in it when it is signed. Pure: no gettext, no Django.

Like those of the paper (`certificates/wording.py`): changing one changes new credentials only.
"""

from dataclasses import dataclass

from certificates.wording import UnknownLanguage


@dataclass(frozen=True)
class Phrases:
    """How one language says what the paper says by its form."""

    demo: str
    diploma: str
    diploma_criteria: str
    statement: str
    statement_title: str
    statement_criteria: str
    disclaimer: str
    record: str
    record_narrative: str
    attendance: str
    attendance_narrative: str
    recognition: str


SPANISH = Phrases(
    demo="DEMOSTRACIÓN, sin validez: {text}",
    diploma="Formación comunitaria de {duration}, {span}.",
    diploma_criteria="Cumplir todos los requisitos del programa: asistencia, evaluaciones y práctica.",
    statement="Participación de {duration}, {span}. No acredita el programa completo.",
    statement_title="Constancia de participación: {title}",
    statement_criteria="Haber participado durante las horas que aquí se indican.",
    disclaimer=(
        "Reconoce formación comunitaria; no constituye título ni cédula profesional "
        "ni autoriza actos reservados al personal de salud."
    ),
    record="Acta de evaluación y libro de registro",
    record_narrative=(
        "La decisión consta en un acta de evaluación aprobada y en el libro de registro. "
        "En esta dirección se puede verificar."
    ),
    attendance="Registro de asistencia y libro de registro",
    attendance_narrative=(
        "Las horas constan en el registro de asistencia y en el libro de registro. "
        "En esta dirección se pueden verificar."
    ),
    recognition="Reconocimiento mediante el oficio núm. {oficio_number}, {oficio_date}.",
)

ENGLISH = Phrases(
    demo="DEMONSTRATION, not valid: {text}",
    diploma="Community training of {duration}, {span}.",
    diploma_criteria="Meeting every requirement of the programme: attendance, assessments and practice.",
    statement="Participation of {duration}, {span}. It does not certify the whole programme.",
    statement_title="Statement of participation: {title}",
    statement_criteria="Having taken part during the hours stated here.",
    disclaimer=(
        "It recognises community training; it is neither a degree nor a professional licence "
        "and does not authorise acts reserved for health staff."
    ),
    record="Record of evaluation and register book",
    record_narrative=(
        "The decision stands in an approved record of evaluation and in the register book. "
        "It can be verified at this address."
    ),
    attendance="Attendance record and register book",
    attendance_narrative=(
        "The hours stand in the attendance record and in the register book. "
        "They can be verified at this address."
    ),
    recognition="Recognised by official letter no. {oficio_number}, {oficio_date}.",
)

LANGUAGES = {"es": SPANISH, "en": ENGLISH}


def for_language(language: str) -> Phrases:
    """The phrases of `language`; raises `wording.UnknownLanguage`."""
    try:
        return LANGUAGES[language]
    except KeyError:
        raise UnknownLanguage(f"No credential is written in {language!r} yet.") from None

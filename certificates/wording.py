"""The fixed phrases of a diploma by language, stored with each award as printed. Pure: no gettext, no Django.

They are not in the translation catalogue because they are frozen with the award: a diploma is
checked years later against these very words. Changing one changes new diplomas only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from certificates import codes

MASCULINE = {"diplomado", "curso", "taller", "programa", "seminario"}
# The first word of an organisation's Spanish name tells which article it takes after «de».
OF_THE = {
    "de la": "autoridad secretaría subsecretaría dirección jurisdicción coordinación comisión agencia unidad "
    "universidad escuela clínica casa red asociación fundación organización colectiva sociedad alianza",
    "del": "instituto ministerio centro gobierno colectivo hospital departamento consejo servicio comité "
    "grupo sistema programa distrito ayuntamiento",
    "de los": "servicios",
}
# A statement of participation lists no modules: she did not complete them.
OF_MODULES = {"contents", "module", "module_title", "hours", "result", "credited", "total"}
ARTICLES = {word: article for article, words in OF_THE.items() for word in words.split()}


class UnknownLanguage(ValueError):
    """No phrases are written for this language."""


@dataclass(frozen=True)
class Speech:
    """How one language says what a diploma says."""

    language: str
    months: tuple[str, ...]
    month_of_year: str
    same_month: str
    same_year: str
    two_years: str
    hour: tuple[str, str]
    minute: tuple[str, str]
    for_having: tuple[str, str]
    for_taking_part: tuple[str, str]
    of: Callable[[str], str]
    phrases: dict[str, str]
    statement: dict[str, str]  # what a statement of participation says instead

    def month(self, day: date) -> str:
        """Month and year of `day`, never the day itself."""
        return self.month_of_year.format(month=self.months[day.month - 1], year=day.year)

    def span(self, starts_on: date, ends_on: date) -> str:
        """From which month to which, saying a year once where once is enough."""
        if (starts_on.year, starts_on.month) == (ends_on.year, ends_on.month):
            return self.same_month.format(end=self.month(ends_on))
        if starts_on.year == ends_on.year:
            return self.same_year.format(start=self.months[starts_on.month - 1], end=self.month(ends_on))
        return self.two_years.format(start=self.month(starts_on), end=self.month(ends_on))

    def duration(self, hours: int, minutes: int) -> str:
        """«120 horas», «1 hora 30 minutos»."""
        parts = [(hours, self.hour), (minutes, self.minute)]
        return " ".join(f"{count} {forms[count != 1]}" for count, forms in parts if count)

    def words(self, facts: dict[str, Any], starts_on: date, ends_on: date) -> dict[str, str]:
        """Every fixed phrase of this diploma, filled in."""
        host = urlsplit(facts["verify_url"])
        values = {
            "title": facts["title"],
            "folio": facts["folio"],
            "book": facts["book"],
            "page": facts["page"],
            "duration": facts["duration"],
            "span": self.span(starts_on, ends_on),
            "issued": facts["issued"],
            "code": codes.display(facts["code"]),
            "address": f"{host.netloc}{host.path.removesuffix(facts['code'] + '/')}",
            "ally": self.of(facts["ally"] or ""),
            **(recognition := facts["recognition"] or {}),
            "authority": self.of(recognition.get("authority", "")),
        }
        left_out = set() if facts["recognition"] else {"recognised", "oficio", "sign_authority"}
        left_out |= set() if facts["ally"] else {"with_ally"}
        left_out |= set() if facts["is_demo"] else {"demo", "demo_note"}
        phrases, having = self.phrases, self.for_having
        if facts["kind"] == "statement":
            phrases, having = self.phrases | self.statement, self.for_taking_part
            left_out |= OF_MODULES
        words = {key: text.format(**values) for key, text in phrases.items() if key not in left_out}
        return words | {"for_having": having[facts["title"].split()[0].lower() not in MASCULINE]}


def _of_spanish(name: str) -> str:
    """«de la Secretaría de Salud», «del Instituto», and «de» where the article is not sure."""
    first = name.split()[0].lower() if name else ""
    return f"{ARTICLES.get(first, 'de')} {name}"


SPANISH = Speech(
    language="es",
    months=(
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ),
    month_of_year="{month} de {year}",
    same_month="en {end}",
    same_year="de {start} a {end}",
    two_years="de {start} a {end}",
    hour=("hora", "horas"),
    minute=("minuto", "minutos"),
    for_having=("por haber acreditado el", "por haber acreditado el programa"),
    for_taking_part=("por su participación en el", "por su participación en el programa"),
    of=_of_spanish,
    phrases={
        "heading": "Diploma",
        "document": "Diploma {folio}",
        "with_ally": "con el acompañamiento {ally}",
        "recognised": "con el reconocimiento {authority}",
        "oficio": "(oficio núm. {oficio_number}, {oficio_date})",
        "awards": "otorga el presente",
        "to": "a",
        "span": "con duración de {duration}, impartido {span}",
        "issued": "Expedido en {issued}",
        "folio": "Folio",
        "register": "Libro {book}, foja {page}",
        "code": "Código",
        "verify": "Verifique en {address}",
        "qr": "Código QR que abre la página de verificación de este diploma",
        "sign_issuer": "Firma electrónica de la emisora",
        "sign_authority": "Firma de la autoridad",
        "disclaimer": (
            "Reconoce formación comunitaria; no constituye título ni cédula profesional "
            "ni autoriza actos reservados al personal de salud."
        ),
        "demo": "DEMOSTRACIÓN",
        "demo_note": "Documento de demostración, sin validez.",
        "contents": "Contenido acreditado",
        "module": "Módulo",
        "module_title": "Contenido",
        "hours": "Duración",
        "result": "Resultado",
        "credited": "acreditado",
        "total": "Total",
        "how": "Cómo verificar este diploma",
        "how_open": (
            "Abra {address} en cualquier teléfono o computadora, o lea el código QR de la primera página."
        ),
        "how_type": "Escriba el código {code}. No necesita cuenta y no tiene costo.",
        "how_compare": (
            "Compare cada dato de la página con este papel. Si algo no coincide, el papel fue alterado."
        ),
        "how_file": "El archivo PDF lleva firma electrónica y, adjunta, su credencial digital.",
        "offline": "Para verificar sin internet",
        "offline_note": (
            "Lea el código grande con el verificador sin conexión: lleva estos mismos datos, firmados."
        ),
        "offline_qr": "Código QR con los datos firmados de este documento, para verificarlo sin internet",
    },
    statement={
        "heading": "Constancia de participación",
        "document": "Constancia de participación {folio}",
        "particulars": "Participación",
        "programme": "Programa",
        "real_hours": "Horas de participación",
        "period": "Periodo",
        "issued_when": "Expedida en",
        "registered": "Registro",
        "awards": "otorga la presente",
        "span": "con {duration} de participación, {span}",
        "qr": "Código QR que abre la página de verificación de esta constancia",
        "disclaimer": (
            "Hace constar la participación; no acredita el programa completo, no constituye título ni "
            "cédula profesional ni autoriza actos reservados al personal de salud."
        ),
        "how": "Cómo verificar esta constancia",
    },
)

ENGLISH = Speech(
    language="en",
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    month_of_year="{month} {year}",
    same_month="in {end}",
    same_year="from {start} to {end}",
    two_years="from {start} to {end}",
    hour=("hour", "hours"),
    minute=("minute", "minutes"),
    for_having=("for having completed the", "for having completed the programme"),
    for_taking_part=("for having taken part in the", "for having taken part in the programme"),
    of="of {}".format,
    phrases={
        "heading": "Diploma",
        "document": "Diploma {folio}",
        "with_ally": "with the support {ally}",
        "recognised": "with the recognition {authority}",
        "oficio": "(official letter no. {oficio_number}, {oficio_date})",
        "awards": "grants this",
        "to": "to",
        "span": "lasting {duration}, taught {span}",
        "issued": "Issued in {issued}",
        "folio": "Folio",
        "register": "Book {book}, page {page}",
        "code": "Code",
        "verify": "Verify at {address}",
        "qr": "QR code that opens the verification page of this diploma",
        "sign_issuer": "Electronic signature of the issuer",
        "sign_authority": "Signature of the authority",
        "disclaimer": (
            "It recognises community training; it is neither a degree nor a professional licence "
            "and does not authorise acts reserved for health staff."
        ),
        "demo": "DEMONSTRATION",
        "demo_note": "A demonstration document, not valid.",
        "contents": "Contents completed",
        "module": "Module",
        "module_title": "Contents",
        "hours": "Duration",
        "result": "Result",
        "credited": "completed",
        "total": "Total",
        "how": "How to verify this diploma",
        "how_open": ("Open {address} on any telephone or computer, or scan the QR code on the first page."),
        "how_type": "Type the code {code}. You need no account and it is free of charge.",
        "how_compare": (
            "Compare every fact on that page with this paper. If one differs, the paper was altered."
        ),
        "how_file": "The PDF file is electronically signed and carries its digital credential.",
        "offline": "To verify without internet",
        "offline_note": "Scan the large code with the offline verifier: it holds these same facts, signed.",
        "offline_qr": "QR code with the signed facts of this document, to verify it without internet",
    },
    statement={
        "heading": "Statement of participation",
        "document": "Statement of participation {folio}",
        "particulars": "Participation",
        "programme": "Programme",
        "real_hours": "Hours of participation",
        "period": "Period",
        "issued_when": "Issued in",
        "registered": "Register",
        "awards": "grants this",
        "span": "with {duration} of participation, {span}",
        "qr": "QR code that opens the verification page of this statement",
        "disclaimer": (
            "It states participation; it does not credit the whole programme, is neither a degree nor a "
            "professional licence and does not authorise acts reserved for health staff."
        ),
        "how": "How to verify this statement",
    },
)

LANGUAGES = {"es": SPANISH, "en": ENGLISH}


def for_language(language: str, *, has_texts: bool = False) -> Speech:
    """The phrases of `language`; the Spanish ones beside a design's own sentences in any other language.

    Raises `UnknownLanguage` where there are neither.
    """
    if language not in LANGUAGES and not has_texts:
        raise UnknownLanguage(f"No diploma is written in {language!r} yet.")
    return LANGUAGES.get(language, SPANISH)

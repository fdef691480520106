"""Made-up facts to look at a design with: nobody's diploma, no real organisation."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from certificates import payload

CODE = "150T042K0KYPSY9E"
HOURS = (24, 27, 30, 12, 27)
# As long as the signed facts of a real one: the code on the back is as fine as it will be.
OFFLINE_FACTS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*+-./:" * 15


def name() -> str:
    """A name that nobody has."""
    return _("María Guadalupe Ejemplo Ficticio")


def facts(
    *,
    kind: str,
    language: str,
    texts: Mapping[str, str],
    signatories: Sequence[payload.Signatory],
    issuer: str | None = None,
    is_recognised: bool = True,
    printed_name: str | None = None,
) -> dict[str, Any]:
    """The payload of a diploma with a name, as it would be printed today with these texts."""
    is_diploma = kind == "diploma"
    with override(language):
        recognition = payload.RecognitionFacts(
            _("Fictitious Health Authority"), "SES/0417/2026", date(2026, 11, 2)
        )
        modules = [payload.ModuleFacts(_("Module of the sample"), hours * 60) for hours in HOURS]
        built = payload.build(
            kind=kind,
            award="00000000-0000-4000-8000-000000000000",
            folio="EPS-2026-0001",
            book="2026",
            page=1,
            code=CODE,
            base_url="https://verifica.example",
            did="did:web:verifica.example",
            design="0" * 64,
            signatories=signatories,
            texts=texts,
            language=language,
            is_demo=True,
            issuer=issuer or _("Fictitious School of Promoters"),
            ally=_("Fictitious Network of Community Health") if is_recognised else None,
            recognition=recognition if is_recognised and is_diploma else None,
            name_hash="0" * 32,
            title=_("Diplomado in Community Health Promotion"),
            minutes=sum(HOURS) * 60 if is_diploma else 33 * 60,
            starts_on=date(2026, 8, 3),
            ends_on=date(2026, 10, 30),
            issued_on=date(2026, 11, 5),
            modules=modules if is_diploma else [],
        )
        return payload.with_name(built, printed_name or name())


def offline_url() -> str:
    """An address as long as a real one, which proves nothing."""
    return f"https://verifica.example/v/{CODE}/#1{OFFLINE_FACTS}"

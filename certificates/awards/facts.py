"""What one award says, from the facts that the acta froze, the register and the holder's choice."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from certificates import names, payload
from certificates.actas.models import Acta, ActaLine, Recognition
from certificates.awards.models import Certificate, HolderChoice, Registration
from certificates.codes import new_code
from certificates.designs import actions as designs
from certificates.designs.models import DesignVersion
from certificates.errors import Refused
from certificates.keys import sealing, secrets
from certificates.printing import fonts
from certificates.printing.archival import MissingGlyph


@dataclass(frozen=True)
class Grounds:
    """What an award rests on: who may print what, where it stands in the register, its status index."""

    acta: Acta
    line: ActaLine
    registration: Registration
    recognition: Recognition | None
    design: DesignVersion
    status: tuple[int, int]
    choice: HolderChoice | None = None
    kind: str = Certificate.Kind.DIPLOMA
    replaces: Certificate | None = None


def certificate(grounds: Grounds, *, name: str, by: Any, at: datetime) -> Certificate:
    """A certificate with its whole text frozen and her name sealed; neither it nor its key is saved yet.

    Raises Refused if it cannot be printed.
    """
    award, code = uuid.uuid4(), new_code()
    try:
        printed_name = payload.printable_name(name)
        if lacking := fonts.missing(printed_name):
            raise ValueError(MissingGlyph(lacking))
        printed = _printed(grounds, str(award), code, printed_name, at)
    except ValueError as error:
        raise Refused(
            _("The diploma of %(name)s cannot be printed: %(reason)s") % {"name": name, "reason": error}
        ) from error
    key = sealing.new_key()
    return Certificate(
        id=award,
        kind=grounds.kind,
        acta=grounds.acta,
        line=grounds.line,
        replaces=grounds.replaces,
        registration=grounds.registration,
        folio=grounds.registration.folio,
        code=code,
        design=grounds.design,
        payload=printed,
        payload_sha256=payload.digest(printed),
        name_hash=printed["name_hash"],
        key=key,
        sealed=sealing.seal(key, printed_name.encode(), context=str(award)),
        status_list=grounds.status[0],
        status_index=grounds.status[1],
        created_by=by,
        created_at=at,
    )


def issuer_of(acta: Acta, choice: HolderChoice | None) -> str:
    """The issuer that the award shows: the one she chose, else the cohort's own."""
    return (choice.issuer if choice else "") or str(acta.facts["issuer"])


def _printed(grounds: Grounds, award: str, code: str, name: str, at: datetime) -> dict[str, Any]:
    facts, recognition = grounds.acta.facts, grounds.recognition
    is_diploma = grounds.kind == Certificate.Kind.DIPLOMA
    chosen = grounds.choice.issuer if grounds.choice else ""
    signatories, texts = designs.printed(grounds.design, facts["language"])
    recognised = None
    if recognition is not None and is_diploma:
        recognised = payload.RecognitionFacts(
            authority=recognition.authority,
            oficio_number=recognition.oficio_number,
            oficio_date=recognition.oficio_date,
        )
    return payload.build(
        kind=grounds.kind,
        award=award,
        folio=grounds.registration.folio,
        book=grounds.registration.book,
        page=grounds.registration.page,
        code=code,
        base_url=settings.PUBLIC_BASE_URL,
        did=settings.ISSUER_DID,
        design=grounds.design.digest,
        signatories=signatories,
        texts=texts,
        language=facts["language"],
        is_demo=facts["is_demo"],
        issuer=issuer_of(grounds.acta, grounds.choice),
        ally=None if chosen else facts["ally"],  # whoever chose one name wants no other beside it
        recognition=recognised,
        name_hash=names.keyed_hash(secrets.name_key(award), name),
        title=facts["title"],
        minutes=facts["minutes"] if is_diploma else grounds.line.minutes,
        starts_on=date.fromisoformat(facts["starts_on"]),
        ends_on=date.fromisoformat(facts["ends_on"]),
        issued_on=localdate(at),
        modules=[payload.ModuleFacts(**module) for module in facts["modules"]] if is_diploma else [],
    )

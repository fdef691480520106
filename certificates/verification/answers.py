"""What a verdict says to a person: a sentence, and the facts in the order and the words of the paper."""

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from certificates.awards.models import Certificate, Revocation
from certificates.sentences import NAME
from certificates.verification.lookup import State, Verdict

UNTOLD = "…"  # where her name stands in a sentence


def sentence(verdict: Verdict) -> str:
    """What a receptionist needs to know, with the month and never a name; "" where the state says it all."""
    month = date_format(timezone.localtime(verdict.since), "YEAR_MONTH_FORMAT") if verdict.since else ""
    if verdict.state == State.REPLACED:
        return _(
            "A newer diploma took the place of this one in %(month)s. Please ask the person for the new one."
        ) % {"month": month}
    if verdict.state == State.REVOKED:
        return _(
            "This diploma is no longer in force since %(month)s. Reason: %(reason)s. Please do not accept it."
        ) % {"month": month, "reason": Revocation.Reason(verdict.reason).label}
    if verdict.state != State.VALID or not verdict.facts:
        return ""
    if verdict.facts["is_demo"]:
        return _(
            "This is how the answer for a genuine diploma looks. This one is only for trying things out."
        )
    if verdict.facts["kind"] == Certificate.Kind.STATEMENT:
        return _("This statement of participation is genuine and in force.")
    return ""


def rows(verdict: Verdict) -> list[tuple[str, str]]:
    """Every printed fact in the order of the paper; her name only where she chose to show it."""
    facts = verdict.facts
    if not facts:
        return []
    recognition = facts["recognition"]
    told = [
        (_("Name"), verdict.name),
        (_("Document"), Certificate.Kind(facts["kind"]).label),
        (_("Folio"), facts["folio"]),
        (_("Register book"), _("book %(book)s, page %(page)s") % facts),
        (_("Course"), facts["title"]),
        (_("Duration"), facts["duration"]),
        (_("Taught"), facts["span"]),
        (_("Issued in"), facts["issued"]),
        (_("Issued by"), facts["issuer"]),
        (_("With the support of"), facts["ally"]),
        (_("Recognised by"), recognition and recognition["authority"]),
        (_("Oficio"), recognition and f"{recognition['oficio_number']}, {recognition['oficio_date']}"),
        *((_("Signed by"), f"{one['name']}, {one['post']}") for one in facts["signatories"]),
        *(
            (_("The paper also says"), text.replace(NAME, verdict.name or UNTOLD))
            for text in facts["texts"].values()
        ),
    ]
    return [(label, value) for label, value in told if value]


def printed(verdict: Verdict) -> list[tuple[str, str]]:
    """Each fact letter by letter as it stands on the paper, to be looked for among a file's words."""
    facts = verdict.facts
    if not facts:
        return []
    recognition = facts["recognition"] or {}
    told = [
        (_("Folio"), facts["folio"]),
        (_("Course"), facts["title"]),
        (_("Duration"), facts["duration"]),
        (_("Taught"), facts["span"]),
        (_("Issued in"), facts["issued"]),
        (_("Issued by"), facts["issuer"]),
        (_("With the support of"), facts["ally"]),
        (_("Recognised by"), recognition.get("authority")),
        (_("Oficio"), recognition.get("oficio_number")),
        (_("Oficio"), recognition.get("oficio_date")),
        *((_("Signed by"), text) for one in facts["signatories"] for text in (one["name"], one["post"])),
        *((_("Modules of the course"), module["title"]) for module in facts["modules"]),
        *((_("Modules of the course"), module["duration"]) for module in facts["modules"]),
        *((_("The paper also says"), part) for text in facts["texts"].values() for part in _known(text)),
    ]
    return [(label, value) for label, value in told if value]


def _known(text: str) -> list[str]:
    """The parts of a design's sentence around her name, line by line: those the payload knows."""
    return [part.strip() for line in text.splitlines() for part in line.split(NAME) if part.strip()]


def page_context(verdict: Verdict) -> dict[str, Any]:
    """What the page of an answer needs."""
    return {
        "state": str(verdict.state),
        "verdict": verdict,
        "shown_code": verdict.display_code,
        "sentence": sentence(verdict),
        "facts": rows(verdict),
        "checked_at": timezone.now(),
    }

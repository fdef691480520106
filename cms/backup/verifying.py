"""Does every diploma still verify? As anyone would ask: by code and by file, and by the house's own audit."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from certificates.audit import actions as audit
from certificates.awards import files
from certificates.awards.models import Certificate
from certificates.keys import sealing
from certificates.printing.inspection import inspect
from certificates.verification import file_check, lookup
from cms.backup.archive import Tell

EACH = 500


@dataclass
class Found:
    """How many verify, in which states, and what does not fit (ids only)."""

    verified: int = 0
    states: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


def verify_all(now: datetime, *, tell: Tell) -> Found:
    """Look at every diploma that was made, and at log, register and files against each other."""
    tell(_("Comparing log, register, actas and files …"))
    found = Found(problems=[one.sentence for one in audit.check(now, is_deep=True).findings])
    made = Certificate.objects.filter(document__isnull=False).select_related("key", "document")
    for certificate in made.order_by("pk").iterator(chunk_size=EACH):
        problem = _problem(certificate, now, found)
        if problem:
            found.problems.append(
                _("Award %(award)s: %(problem)s") % {"award": certificate.pk, "problem": problem}
            )
        else:
            found.verified += 1
        if found.verified % EACH == 0:
            tell(_("%(count)d diplomas …") % {"count": found.verified})
    return found


def _problem(certificate: Certificate, now: datetime, found: Found) -> str:
    state = lookup.look_up(certificate.code).state
    if state == lookup.State.UNKNOWN:
        return _("its code is not known.")
    if certificate.key.wrapped is None:
        found.states[f"{state} (erased)"] += 1
        return ""
    found.states[str(state)] += 1
    try:
        pdf = files.read(certificate.document.path, certificate.key, certificate.pk)
    except (OSError, sealing.SealBroken):
        return _("its file cannot be opened.")
    judged = file_check.judge(pdf, now)
    if not judged.is_our_file or judged.certificate is None or judged.certificate.pk != certificate.pk:
        return _("its file is not the one that was issued.")
    return "" if inspect(pdf).is_good else _("the signature of its file does not fit.")

"""What the page of an acta shows: its steps, who may do what now, its lines, and the batch being made."""

from collections import Counter
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Count, Q
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates import access
from certificates.models import Acta, Certificate, Evidence, Job

State = Acta.State


def state_in_words(acta: Acta) -> str:
    """The state with what it waits for."""
    if acta.state == State.PROPOSED:
        return _("waits for approval")
    if acta.state == State.APPROVED:
        return _("ready to issue") if hasattr(acta, "recognition") else _("waits for the oficio")
    return str(acta.get_state_display())


def course_facts(acta: Acta) -> dict[str, Any]:
    """The frozen facts with dates as dates and hours as hours."""
    facts = acta.facts
    words = {
        "class": _("class"),
        "lessons": _("lessons on the phone"),
        "outings": _("field outings"),
        "tutoring": _("tutoring"),
    }
    return {
        **facts,
        "starts_on": parse_date(facts["starts_on"]),
        "ends_on": parse_date(facts["ends_on"]),
        "hours": facts["minutes"] // 60,
        "modalities": [
            (words.get(name, name), minutes / 60 if minutes % 60 else minutes // 60)
            for name, minutes in facts["minutes_by_modality"].items()
            if minutes
        ],
        "modules": [{**module, "hours": module["minutes"] / 60} for module in facts["modules"]],
    }


def steps_of(acta: Acta) -> list[dict[str, Any]]:
    """The way of an acta in four steps: each done, current or still to come, with who and when."""
    recognition, waived = getattr(acta, "recognition", None), getattr(acta, "unrecognised_issue", None)
    third = recognition or waived
    is_returned = acta.state == State.RETURNED
    steps = [
        _step(_("Proposed"), acta.proposed_by, acta.proposed_at),
        _step(_("Returned") if is_returned else _("Approved"), acta.decided_by, acta.decided_at),
    ]
    if not is_returned:
        third_label = _("Without recognition") if waived and not recognition else _("Recognised")
        steps.append(_step(third_label, third.by if third else None, third.at if third else None))
        steps.append(_step(_("Issued"), acta.issued_by, acta.issued_at))
    for step in steps:
        if not step["at"]:
            step["is_current"] = True
            break
    return steps


def _step(label: str, by: AbstractBaseUser | None, at: Any) -> dict[str, Any]:
    return {"label": label, "by": by.get_username() if by else "", "at": at, "is_current": False}


def possible_acts(user: Any, acta: Acta) -> dict[str, Any]:
    """Which buttons to show now, and why one is missing."""
    has_oficio, has_waiver = hasattr(acta, "recognition"), hasattr(acta, "unrecognised_issue")
    is_proposed, is_approved = acta.state == State.PROPOSED, acta.state == State.APPROVED
    may_approve = user.has_perm("certificates.approve_acta")
    is_own = acta.proposed_by_id == user.pk
    return {
        "approve": is_proposed and access.can_approve(user, acta),
        "is_own": is_proposed and is_own,
        "waits_for_another": is_proposed and not may_approve and not is_own,
        "recognise": is_approved
        and not has_oficio
        and access.can_recognise(user)
        and bool(acta.facts["authority"]),
        "waive": is_approved and not has_oficio and not has_waiver and access.can_issue(user),
        "issue": is_approved and (has_oficio or has_waiver) and access.can_issue(user),
        "waits_for_issue": is_approved and (has_oficio or has_waiver) and not access.can_issue(user),
        "waits_for_oficio": is_approved and not (has_oficio or has_waiver) and not access.can_recognise(user),
    }


def for_school(acta: Acta) -> dict[str, Any]:
    """Every line with its evidence, and the batch when it was issued. A constant number of queries."""
    lines = list(acta.lines.prefetch_related("evidence", "certificates__job"))
    failed = Job.objects.filter(certificate__acta=acta, state=Job.State.FAILED).select_related("certificate")
    return {
        "lines": [
            {
                "line": line,
                "unmet": [e for e in line.evidence.all() if not e.is_met],
                "evidence": line.evidence.all(),
            }
            for line in lines
        ],
        "graduates": sum(line.is_graduate for line in lines),
        "batch": batch_of(acta) if acta.state == State.ISSUED else None,
        "failed": list(failed),
    }


def for_authority(acta: Acta) -> dict[str, Any]:
    """Names of graduates and totals; nothing of anybody else, and nobody's evidence."""
    totals = (
        Evidence.objects.filter(line__acta=acta)
        .order_by("position")
        .values("position", "label", "kind")
        .annotate(met=Count("pk", filter=Q(is_met=True)), people=Count("pk"))
    )
    return {
        "graduates": list(acta.lines.filter(is_graduate=True).values_list("name", flat=True)),
        "people": acta.lines.count(),
        "totals": [{**row, "share": 100 * row["met"] // row["people"]} for row in totals],
    }


def batch_of(acta: Acta) -> dict[str, Any]:
    """How many diplomas are made, failed and remaining."""
    jobs = Job.objects.filter(certificate__acta=acta)
    counts = Counter(jobs.tally())
    done, failed, total = counts[Job.State.DONE], counts[Job.State.FAILED], sum(counts.values())
    return {"done": done, "failed": failed, "remaining": total - done - failed, "total": total}


DIPLOMA_STATES = [
    ("preparing", gettext_lazy("in preparation")),
    ("issued", gettext_lazy("issued")),
    ("replaced", gettext_lazy("replaced")),
    ("revoked", gettext_lazy("revoked")),
]


def diploma_state(certificate: Certificate) -> tuple[str, str]:
    """(state, words) of a diploma loaded `with_state()`."""
    if hasattr(certificate, "revocation"):
        state = "revoked"
    elif hasattr(certificate, "replaced_by"):
        state = "replaced"
    elif hasattr(certificate, "document"):
        state = "issued"
    elif certificate.job.state == Job.State.FAILED:
        return "preparing", _("could not be made")
    else:
        state = "preparing"
    return state, str(dict(DIPLOMA_STATES)[state])

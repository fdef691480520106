"""A cohort's changes in words. Three queries, however many changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.people.rules import account_name
from courses.school.models import SchoolChange
from courses.school.rules import CHOOSABLE, PERCENT

Kind = SchoolChange.Kind


@dataclass(frozen=True)
class Told:
    """One change as it is read: what, how it was and became, by whom, when."""

    change: SchoolChange
    sentence: str
    by: str

    @property
    def at(self) -> datetime:
        return self.change.at

    @property
    def label(self) -> str:
        return self.change.get_kind_display()


def told(changes: Sequence[SchoolChange], zone: ZoneInfo) -> list[Told]:
    """Each change in words, with hours of the clock in `zone`."""
    ids = {facts.get("user") for change in changes for facts in (change.before, change.after)}
    users = get_user_model()._default_manager.in_bulk([pk for pk in ids if pk is not None])
    names = {pk: account_name(user) for pk, user in users.items()}
    return [Told(change, _sentence(change, names, zone), account_name(change.by)) for change in changes]


def _who(facts: Mapping[str, Any], names: Mapping[int, str]) -> str:
    return names.get(facts.get("user", 0), _("the trainers of the cohort"))


def _when(facts: Mapping[str, Any], zone: ZoneInfo) -> str:
    starts_at = datetime.fromisoformat(facts["starts_at"]).astimezone(zone)
    return _("%(moment)s, %(minutes)d min") % {
        "moment": date_format(starts_at, "D j b Y, H:i"),
        "minutes": facts["minutes"],
    }


def _sentence(change: SchoolChange, names: Mapping[int, str], zone: ZoneInfo) -> str:
    before, after = change.before, change.after
    match change.kind:
        case Kind.MOVED:
            return _("from %(before)s to %(after)s") % {
                "before": _when(before, zone),
                "after": _when(after, zone),
            }
        case Kind.PLANNED | Kind.EXTRA:
            return _when(after, zone)
        case Kind.CANCELLED:
            return _when(before, zone)
        case Kind.JOINED:
            return _who(after, names)
        case Kind.LEFT:
            return _who(before, names)
        case Kind.SUBSTITUTE:
            return _("from %(before)s to %(after)s") % {
                "before": _who(before, names),
                "after": _who(after, names),
            }
        case Kind.RULE:
            return ", ".join(_new_targets(before.get("facts", []), after.get("facts", [])))
    return ""


def _new_targets(before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]]) -> list[str]:
    """The targets that were set or changed, each with the name of its requirement."""
    known = {(fact["kind"], fact["subject"]): fact for fact in before}
    return [
        f"{fact['label']} {fact['target']}{' %' if fact['kind'] in PERCENT else ''}"
        for fact in after
        if fact["kind"] in CHOOSABLE and known.get((fact["kind"], fact["subject"])) != fact
    ]

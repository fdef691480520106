"""Entries in words, for a page of them: whose key is whose, what a record is called."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from courses.trail.deeds import Deed
from courses.trail.models import TrailEntry

FACTS: dict[str, Any] = {
    "count": gettext_lazy("how many"),
    "accepted": gettext_lazy("accepted"),
    "returned": gettext_lazy("returned"),
    "gained": gettext_lazy("gained"),
    "lost": gettext_lazy("lost"),
    "days": gettext_lazy("days"),
    "exceptions": gettext_lazy("exceptions"),
    "number": gettext_lazy("number"),
    "person": gettext_lazy("person"),
    "cohort": gettext_lazy("cohort"),
    "acta": gettext_lazy("acta"),
    "account": gettext_lazy("account"),
    "session": gettext_lazy("session"),
    "version": gettext_lazy("version"),
    "line": gettext_lazy("line"),
    "award": gettext_lazy("award"),
    "entry": gettext_lazy("place in the log"),
    "document": gettext_lazy("document"),
    "format": gettext_lazy("format"),
    "channel": gettext_lazy("channel"),
    "outcome": gettext_lazy("outcome"),
    "reason": gettext_lazy("reason"),
    "purpose": gettext_lazy("purpose"),
    "list": gettext_lazy("list"),
    "is_printed": gettext_lazy("printed"),
    "is_shown": gettext_lazy("shown"),
    "is_active": gettext_lazy("active"),
    "is_on_behalf": gettext_lazy("on behalf"),
    "shows_name": gettext_lazy("with name"),
    "permission": gettext_lazy("permission"),
    "is_given": gettext_lazy("given"),
    "was_present": gettext_lazy("in her presence"),
    "keeps_awards": gettext_lazy("diplomas stay"),
    "roles": gettext_lazy("roles"),
}

# What a word of `rules.WORDS` says to staff; tests see to it that each has its own.
VALUES: dict[str, dict[str, Any]] = {
    "document": {
        "diploma": pgettext_lazy("audit trail", "diploma"),
        "statement": pgettext_lazy("audit trail", "statement of participation"),
        "reprint": pgettext_lazy("audit trail", "reprint"),
        "card": pgettext_lazy("audit trail", "sign-in card"),
        "packet": pgettext_lazy("audit trail", "sealed packet"),
        "programme": pgettext_lazy("audit trail", "programme"),
        "register": pgettext_lazy("audit trail", "register book"),
    },
    "format": {
        "xlsx": pgettext_lazy("audit trail", "spreadsheet (XLSX)"),
        "csv": pgettext_lazy("audit trail", "table (CSV)"),
        "pdf": pgettext_lazy("audit trail", "PDF"),
        "zip": pgettext_lazy("audit trail", "ZIP archive"),
        "ics": pgettext_lazy("audit trail", "calendar file (ICS)"),
        "jsonl": pgettext_lazy("audit trail", "with hashes (JSONL)"),
        "json": pgettext_lazy("audit trail", "for programs (JSON)"),
        "po": pgettext_lazy("audit trail", "words to translate (PO)"),
        "xml": pgettext_lazy("audit trail", "questions (XML)"),
    },
    "channel": {
        "portal": pgettext_lazy("audit trail", "the authority's portal"),
        "packet": pgettext_lazy("audit trail", "a sealed packet"),
        "paper": pgettext_lazy("audit trail", "on paper"),
    },
    "outcome": {
        "approved": pgettext_lazy("audit trail", "approved"),
        "refused": pgettext_lazy("audit trail", "refused"),
        "first": pgettext_lazy("audit trail", "the first mark"),
        "second": pgettext_lazy("audit trail", "the second mark"),
        "keep": pgettext_lazy("audit trail", "stays"),
        "hide": pgettext_lazy("audit trail", "hidden"),
        "confirmed": pgettext_lazy("audit trail", "confirmed"),
        "corrected": pgettext_lazy("audit trail", "corrected"),
        "noted": pgettext_lazy("audit trail", "noted"),
        "accepted": pgettext_lazy("audit trail", "accepted"),
    },
    "reason": {
        "error": pgettext_lazy("audit trail", "issued by mistake"),
        "request": pgettext_lazy("audit trail", "at the holder's request"),
        "requirements": pgettext_lazy("audit trail", "requirements not met"),
        "administrative": pgettext_lazy("audit trail", "administrative reason"),
    },
    "purpose": {
        "pdf": pgettext_lazy("audit trail", "diplomas and actas"),
        "credential": pgettext_lazy("audit trail", "digital credential"),
        "qr": pgettext_lazy("audit trail", "offline QR code"),
        "log": pgettext_lazy("audit trail", "transparency log"),
        "authority": pgettext_lazy("audit trail", "the authority's own signature"),
    },
    "permission": {
        "study": pgettext_lazy("audit trail", "studying"),
        "certificate": pgettext_lazy("audit trail", "a diploma"),
        "verification": pgettext_lazy("audit trail", "her name shown to whoever verifies"),
        "photo": pgettext_lazy("audit trail", "photographs"),
        "donor": pgettext_lazy("audit trail", "counted for donors"),
    },
    "list": {
        "participants": pgettext_lazy("audit trail", "list of participants"),
        "register": pgettext_lazy("audit trail", "attendance"),
        "results": pgettext_lazy("audit trail", "results"),
        "cards": pgettext_lazy("audit trail", "sign-in cards"),
        "calendar": pgettext_lazy("audit trail", "calendar"),
        "sheet": pgettext_lazy("audit trail", "attendance sheet"),
    },
}
ROLES: dict[str, Any] = {
    "trainee": pgettext_lazy("audit trail", "trainee"),
    "trainer": pgettext_lazy("audit trail", "trainer"),
    "reviewer": pgettext_lazy("audit trail", "reviewer"),
    "coordinator": pgettext_lazy("audit trail", "coordinator"),
    "administrator": pgettext_lazy("audit trail", "administrator"),
    "officer": pgettext_lazy("audit trail", "authority officer"),
    "observer": pgettext_lazy("audit trail", "observer (donor)"),
    "superuser": pgettext_lazy("audit trail", "superuser"),
}


def deed_words(what: str) -> str:
    """The verb in words; one that this version does not know, as it is written."""
    return str(Deed(what).label) if what in Deed.values else what


def kind_words(kind: str) -> str:
    """What such a record is called."""
    try:
        return capfirst(str(apps.get_model(kind)._meta.verbose_name))
    except (LookupError, ValueError):
        return kind


def fact_words(facts: dict[str, Any]) -> str:
    """The facts in one line."""
    return " · ".join(f"{FACTS.get(name, name)}: {_value(name, value)}" for name, value in facts.items())


def _value(name: str, value: Any) -> str:
    """What a fact says; a code that this version does not know, as it is written."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(role_words(one) for one in value)
    return str(VALUES.get(name, {}).get(value, value))


def role_words(role: str) -> str:
    """The roles of an entry, which are written as «administrator+coordinator»."""
    return " + ".join(str(ROLES.get(one, one)) for one in role.split("+"))


def in_words(entries: Sequence[TrailEntry]) -> list[TrailEntry]:
    """Each entry with `who`, `held`, `did`, `record` and `told` to show. One query for all accounts."""
    keys = {one.actor for one in entries if one.actor}
    names = dict(get_user_model()._default_manager.filter(key__in=keys).values_list("key", "username"))
    for one in entries:
        who = names.get(one.actor, _("an account that is gone")) if one.actor else _("the system")
        shown: Any = one
        shown.who, shown.did, shown.told = who, deed_words(one.what), fact_words(one.facts)
        shown.held = role_words(one.role)
        shown.record = f"{kind_words(one.kind)} {one.about}".strip()
    return list(entries)

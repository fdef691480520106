"""The lines of a list for the screen: whom each resembles, and what can be answered."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext, ngettext

from courses.cohorts.models import Enrolment
from courses.imports.models import ImportRow, PeopleImport
from courses.imports.wording import say
from courses.people.models import Person

Fate, Outcome = ImportRow.Fate, ImportRow.Outcome
ANSWERED = "answered"  # a question, once somebody answered it
SYMBOLS = {"new": "✓", "here": "=", "doubt": "?", ANSWERED: "?", "bad": "!"}


@dataclass(frozen=True)
class Resembled:
    """Somebody whom a line resembles: her name with her cohorts, or an earlier line of the list."""

    name: str
    about: str
    is_here: bool  # in this cohort already, or in this list

    @property
    def said(self) -> str:
        return f"{self.name}, {self.about}" if self.about else self.name


def lines_of(batch: PeopleImport, rows: Sequence[ImportRow]) -> list[dict[str, Any]]:
    """The lines for the screen. Three queries, however many there are."""
    known = _resembled(batch, {one for row in rows for one in row.candidates})
    return [
        {
            "row": row,
            "symbol": SYMBOLS[row.fate],
            "problems": [say(problem) for problem in row.errors],
            "resembles": [known[one] for one in row.candidates if one in known],
            "options": _options(row, known),
        }
        for row in rows
    ]


def _resembled(batch: PeopleImport, candidates: Iterable[str]) -> dict[str, Resembled]:
    """Those candidates that are still there."""
    given = set(candidates)
    numbers = {one[5:] for one in given if one.startswith("line:")}
    wanted = {UUID(one) for one in given if not one.startswith("line:")}
    enrolments = Enrolment.objects.filter(person__in=wanted).values_list(
        "person", "cohort", "cohort__name", "status"
    )
    cohorts: dict[Any, set[str]] = defaultdict(set)
    inside = set()
    for person, cohort, name, status in enrolments:
        cohorts[person].add(name)
        if cohort == batch.cohort_id and status == Enrolment.Status.ACTIVE:
            inside.add(person)
    people = Person.objects.filter(pk__in=wanted).values_list("pk", "name")
    lines = batch.rows.filter(number__in=numbers).values_list("number", "name")
    return {
        **{str(pk): Resembled(name, ", ".join(sorted(cohorts[pk])), pk in inside) for pk, name in people},
        **{
            f"line:{number}": Resembled(name, gettext("line %(number)d") % {"number": number}, is_here=True)
            for number, name in lines
        },
    }


def _options(row: ImportRow, known: dict[str, Resembled]) -> list[tuple[str, str]]:
    """What can be answered for a doubtful line."""
    if row.fate not in {Fate.DOUBT, Fate.HERE}:
        return []
    alike = [(one, known[one]) for one in row.candidates if one in known]
    return [
        (
            ImportRow.SKIP,
            gettext("The same woman, she is here already: leave this line out")
            if any(one.is_here for _key, one in alike)
            else gettext("Leave this line out"),
        ),
        *(
            (key, gettext("The same woman: %(name)s") % {"name": one.said})
            for key, one in alike
            if not one.is_here
        ),
        (ImportRow.AS_NEW, gettext("Another woman: add her")),
    ]


def groups_of(batch: PeopleImport) -> dict[str, Q]:
    """The groups of lines that can be shown alone. In a list that was confirmed no question is open."""
    asked = Q(fate=Fate.DOUBT)
    groups = {Fate.NEW.value: Q(fate=Fate.NEW), Fate.HERE.value: Q(fate=Fate.HERE)}
    if batch.state == PeopleImport.State.CHECKED:
        groups |= {Fate.DOUBT.value: asked & Q(choice=""), ANSWERED: asked & ~Q(choice="")}
    else:
        groups |= {ANSWERED: asked}
    return {**groups, Fate.BAD.value: Q(fate=Fate.BAD)}


def sums_in_words(group: str, count: int) -> str:
    """How many lines are in this group."""
    said = {
        Fate.NEW: ngettext("%(count)d new line", "%(count)d new lines", count),
        Fate.HERE: ngettext("%(count)d is here already", "%(count)d are here already", count),
        Fate.DOUBT: ngettext("%(count)d question", "%(count)d questions", count),
        ANSWERED: ngettext("%(count)d question answered", "%(count)d questions answered", count),
        Fate.BAD: ngettext("%(count)d error", "%(count)d errors", count),
    }
    return said[group] % {"count": count}


def ends_in_words(outcome: str, count: int) -> str:
    """Of how many lines this became."""
    said = {
        Outcome.ENROLLED: ngettext("%(count)d woman is enrolled.", "%(count)d women are enrolled.", count),
        Outcome.WAITING: ngettext(
            "%(count)d woman is on the waiting list.", "%(count)d women are on the waiting list.", count
        ),
        Outcome.SKIPPED: ngettext("%(count)d line was left out.", "%(count)d lines were left out.", count),
        Outcome.REFUSED: ngettext("%(count)d line was refused.", "%(count)d lines were refused.", count),
    }
    return said[Outcome(outcome)] % {"count": count}

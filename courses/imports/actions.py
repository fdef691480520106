"""A list is looked at line by line, asked about and confirmed. work.py saves it, undoing.py takes it back."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses import bells
from courses.cohorts.models import Cohort, Enrolment
from courses.errors import Refused
from courses.imports.models import KEPT, ImportRow, PeopleImport
from courses.imports.reading import read_table
from courses.imports.rules import LEGAL, NAME, USERNAME, Line, Problem, understand
from courses.people import sealing
from courses.people.forms import printable
from courses.people.models import Person
from courses.people.rules import likeness, shorter, spelling, word_pairs
from courses.trail import actions as trail

State, Fate = PeopleImport.State, ImportRow.Fate
MOST_CANDIDATES = 3
SLICE = 500


@transaction.atomic
def look_at_list(*, cohort: Cohort, raw: bytes, by: Any, at: datetime) -> PeopleImport:
    """Read a list and say what each line would become. Nobody is saved yet, and the file is kept nowhere.

    Raises Refused for what is no list.
    """
    table = read_table(raw)
    default = cohort.course.locale.language_code
    lines = [understand(number, cells, default) for number, cells in table.lines]
    for line in lines:
        _check_letters(line)
    _check_usernames(lines)
    batch = PeopleImport.objects.create(
        cohort=cohort, by=by, at=at, total=len(lines), ignored=table.ignored[:10]
    )
    inside = _inside(cohort)
    rows = _with_fates(batch, lines, Known(), inside)
    _foresee_seats(cohort, rows, inside)
    ImportRow.objects.bulk_create(rows, batch_size=SLICE)
    trail.note(trail.Deed.LIST_LOOKED_AT, about=batch, by=by, at=at, count=len(rows), cohort=cohort.pk)
    return batch


def _check_letters(line: Line) -> None:
    """Note the letters that no diploma could carry."""
    for column, text in ((NAME, line.name), (LEGAL, line.legal_name)):
        try:
            printable(text)
        except ValidationError as error:
            params: Mapping[str, Any] = error.params or {}
            line.problems.append(Problem(column, "letters", str(params.get("letters", ""))))


def _check_usernames(lines: Sequence[Line]) -> None:
    """Note user names that stand twice in the list. Those that are taken are found by `_with_fates`."""
    first: dict[str, int] = {}
    for line in lines:
        if line.username:
            number = first.setdefault(line.username.casefold(), line.number)
            if number != line.number:
                line.problems.append(Problem(USERNAME, "username_twice", str(number)))


class Known:
    """Everybody in the school, to be found by a name that is likely hers. One query."""

    def __init__(self) -> None:
        self.same: dict[str, list[UUID]] = defaultdict(list)
        self.spelled: dict[UUID, str] = {}
        self._keys: dict[tuple[str, str], set[str]] = defaultdict(set)
        for pk, name in Person.objects.order_by("created_at").values_list("pk", "name").iterator():
            key = likeness(name)
            self.same[key].append(pk)
            self.spelled[pk] = spelling(name)
            for pair in word_pairs(key):
                self._keys[pair].add(key)

    def alike(self, key: str) -> list[UUID]:
        """Who has this name, then who has it with more or fewer words («María Pérez», «María Luz Pérez»)."""
        holders = sorted((self._keys.get(pair, set()) for pair in word_pairs(key)), key=len)
        longer = set.intersection(*holders) if holders else set()
        near = sorted((longer | {part for part in shorter(key) if part in self.same}) - {key})
        return [*self.same.get(key, []), *(pk for other in near for pk in self.same[other])]


def _inside(cohort: Cohort) -> set[UUID]:
    """Who is in the cohort now."""
    return set(Enrolment.objects.active().filter(cohort=cohort).values_list("person", flat=True))


def taken(usernames: Iterable[str]) -> dict[str, UUID | None]:
    """Those of `usernames` that an account has, in small letters → its person."""
    wanted = {name.casefold() for name in usernames if name}
    if not wanted:
        return {}
    accounts = get_user_model()._default_manager.values_list("username", "person__pk")
    return {name.casefold(): pk for name, pk in accounts.iterator() if name.casefold() in wanted}


def _with_fates(
    batch: PeopleImport, lines: Sequence[Line], known: Known, inside: set[UUID]
) -> list[ImportRow]:
    """A row for each line, with what it is: new, here, likely somebody we know, or wrong.

    Only who has the very same name is said to be here already. Her line stays out unless staff say that it is
    another woman; who is merely likely here is asked about.
    """
    holders = taken(line.username for line in lines)
    before: dict[str, int] = {}  # likeness → the first line with it
    rows = []
    for line in lines:
        key = likeness(line.name)
        alike = known.alike(key)
        holder = line.username.casefold()
        if holder in holders and holders[holder] not in alike:
            line.problems.append(Problem(USERNAME, "username_taken"))
        row = ImportRow(batch=batch, number=line.number, language=line.language)
        row.name = "" if _is_contact(line, NAME) else line.name[:120]
        row.username = "" if _is_contact(line, USERNAME) else line.username[:60]
        row.errors = [asdict(problem) for problem in line.problems]
        if line.legal_name and not line.problems:
            row.sealed_name = sealing.seal(line.legal_name, person_id=row.person_key)
        here = {pk for pk in alike if pk in inside and known.spelled[pk] == spelling(line.name)}
        alike.sort(key=lambda pk: (pk not in here, pk not in inside))
        row.candidates = [str(pk) for pk in alike[:MOST_CANDIDATES]]
        if line.problems:
            row.fate = Fate.BAD
        elif here:
            row.fate, row.choice = Fate.HERE, ImportRow.SKIP
        elif alike or key in before:
            row.fate = Fate.DOUBT
            row.candidates = row.candidates or [f"line:{before[key]}"]
        else:
            row.fate = Fate.NEW
        if not line.problems:
            before.setdefault(key, line.number)
        rows.append(row)
    return rows


def _is_contact(line: Line, column: str) -> bool:
    """A telephone or an e-mail in a wrong column is not kept either."""
    return any(one.column == column and one.code == "contact" for one in line.problems)


def _foresee_seats(cohort: Cohort, rows: Iterable[ImportRow], inside: Collection[UUID]) -> None:
    """Say which lines would find no seat, by what was answered so far; who is likely here needs none."""
    free = cohort.seats - len(inside)
    seated = {str(pk) for pk in inside}
    for row in rows:
        row.waits = False
        if _needs_seat(row, seated):
            row.waits = free <= 0
            free -= 1
            if row.choice in row.candidates:
                seated.add(row.choice)


def _needs_seat(row: ImportRow, seated: Collection[str]) -> bool:
    """Whether this line would bring somebody in who has no seat yet."""
    if row.fate == Fate.BAD or row.choice == ImportRow.SKIP:
        return False
    if row.choice in row.candidates:
        return row.choice not in seated
    return row.choice == ImportRow.AS_NEW or not any(one in seated for one in row.candidates)


def _foresee_again(batch: PeopleImport) -> None:
    """Say anew which lines would find no seat, after answers. Three queries and the lines that changed."""
    rows = list(batch.rows.only("number", "fate", "choice", "candidates", "waits"))
    before = {row.pk: row.waits for row in rows}
    _foresee_seats(batch.cohort, rows, _inside(batch.cohort))
    changed = [row for row in rows if row.waits != before[row.pk]]
    ImportRow.objects.bulk_update(changed, ["waits"], batch_size=SLICE)


@transaction.atomic
def answer(*, batch: PeopleImport, choices: Mapping[int, str]) -> int:
    """Keep what was chosen for lines by their number: new, skip, or a person's id; how many were kept."""
    batch = PeopleImport.objects.select_for_update().get(pk=batch.pk)
    _check_open(batch)
    kept = []
    for row in batch.rows.filter(number__in=choices, fate__in=[Fate.DOUBT, Fate.HERE]):
        chosen = choices[row.number]
        if chosen in {ImportRow.AS_NEW, ImportRow.SKIP, ""} or chosen in row.candidates:
            row.choice = "" if chosen.startswith("line:") else chosen
            kept.append(row)
    count = ImportRow.objects.bulk_update(kept, ["choice"], batch_size=SLICE)
    _foresee_again(batch)
    return count


@transaction.atomic
def answer_all(*, batch: PeopleImport, as_new: bool) -> int:
    """Answer every open question the same way: all are new, or all are the person that we know."""
    batch = PeopleImport.objects.select_for_update().get(pk=batch.pk)
    _check_open(batch)
    rows = list(batch.rows.filter(fate=Fate.DOUBT, choice=""))
    here = {str(pk) for pk in _inside(batch.cohort)}
    for row in rows:
        known = row.candidates[0]
        same = ImportRow.SKIP if known.startswith("line:") or known in here else known
        row.choice = ImportRow.AS_NEW if as_new else same
    count = ImportRow.objects.bulk_update(rows, ["choice"], batch_size=SLICE)
    _foresee_again(batch)
    return count


def _check_open(batch: PeopleImport) -> None:
    if batch.state != State.CHECKED:
        raise Refused(_("This list was confirmed or thrown away already."))


@transaction.atomic
def confirm(*, batch: PeopleImport, keeps_good: bool, starts_on: date, at: datetime) -> PeopleImport:
    """Let a worker save the list. With errors and not `keeps_good` nothing is saved at all.

    Raises Refused while a question is open, when it is too old, or when the day is outside the cohort.
    """
    batch = PeopleImport.objects.select_for_update().get(pk=batch.pk)
    _check_open(batch)
    if at > batch.at + KEPT:
        raise Refused(_("This list is older than a day. Bring it again."))
    if starts_on > batch.cohort.ends_on:
        raise Refused(_("The cohort ends before she would start."))
    asked = batch.rows.filter(fate=Fate.DOUBT, choice="").count()
    if asked:
        raise Refused(
            ngettext(
                "%(asked)d question is open. Answer it first.",
                "%(asked)d questions are open. Answer them first.",
                asked,
            )
            % {"asked": asked}
        )
    batch.keeps_good, batch.starts_on, batch.confirmed_at = keeps_good, starts_on, at
    if not keeps_good and batch.rows.filter(fate=Fate.BAD).exists():
        batch.state, batch.finished_at = State.DROPPED, at
        batch.save()
        return batch
    batch.state = State.QUEUED
    batch.save()
    transaction.on_commit(lambda: bells.ring(bells.LISTS, batch.pk), robust=True)
    return batch


@transaction.atomic
def throw_away(*, batch: PeopleImport, at: datetime) -> PeopleImport:
    """Forget a list that was not confirmed."""
    batch = PeopleImport.objects.select_for_update().get(pk=batch.pk)
    _check_open(batch)
    batch.rows.all().delete()
    batch.state, batch.finished_at, batch.ignored = State.CANCELLED, at, []
    batch.save()
    return batch

"""The register book: book, page («foja») and folio, each number given once, in order, for good."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from certificates.actas.actions import locked, require
from certificates.actas.models import Acta, ActaLine
from certificates.awards import access, ready
from certificates.awards.models import Certificate, FolioSeries, Registration
from certificates.errors import Refused
from courses.api import Deed, note

LINES_A_PAGE = 20
BATCH = 500
PREFIX = {Certificate.Kind.DIPLOMA: "FOLIO_PREFIX", Certificate.Kind.STATEMENT: "STATEMENT_PREFIX"}
UNDECIDED = {Acta.State.PROPOSED, Acta.State.RETURNED}


@transaction.atomic
def register_acta(
    *, acta: Acta, kind: str = Certificate.Kind.DIPLOMA, by: Any, at: datetime
) -> list[Registration]:
    """Enter every ready line into the register before its diploma is issued; the folios are theirs for good.

    Raises Refused for the wrong role, before approval, without ready lines, or when all are entered.
    """
    acta = locked(acta)
    require(access.can_deliver(by))
    if acta.state in UNDECIDED:
        raise Refused(_("The acta must be approved before it is entered into the register."))
    waiting = [one.line for one in ready.unissued(acta, kind)]
    if not waiting:
        raise Refused(_("No line of this acta is ready for the register."))
    entered = open_entries(acta, kind)
    missing = [line for line in waiting if line.pk not in entered]
    if not missing:
        raise Refused(_("Every ready line is already in the register."))
    entries = enter(missing, kind=kind, by=by, at=at)
    note(Deed.REGISTERED, about=acta, by=by, at=at, count=len(entries), document=kind)
    return entries


def open_entries(acta: Acta, kind: str) -> dict[int, Registration]:
    """Entries of this acta that have no award yet, by line."""
    found = Registration.objects.filter(
        line__acta=acta, certificate__isnull=True, series__prefix=prefix_of(kind)
    )
    return {entry.line_id: entry for entry in found}


def entries_for(
    lines: Sequence[ActaLine], acta: Acta, *, kind: str, by: Any, at: datetime
) -> list[Registration]:
    """The entry of each line: the one it has, else a new one. Call it inside a transaction."""
    entered = open_entries(acta, kind)
    missing = [line for line in lines if line.pk not in entered]
    if missing:
        entered |= {entry.line_id: entry for entry in enter(missing, kind=kind, by=by, at=at)}
    return [entered[line.pk] for line in lines]


def enter(
    lines: Sequence[ActaLine], *, kind: str = Certificate.Kind.DIPLOMA, by: Any, at: datetime
) -> list[Registration]:
    """The next entries of this year's series for these lines. Call it inside a transaction."""
    series = _locked_series(prefix_of(kind), localdate(at).year)
    first = series.last_number + 1
    series.last_number += len(lines)
    series.save(update_fields=["last_number"])
    entries = []
    for number, line in enumerate(lines, start=first):
        book, page = place(series, number)
        entries.append(
            Registration(
                line=line,
                series=series,
                number=number,
                folio=f"{series.prefix}-{series.year}-{number:04d}",
                book=book,
                page=page,
                by=by,
                at=at,
            )
        )
    return Registration.objects.bulk_create(entries, batch_size=BATCH)


def prefix_of(kind: str) -> str:
    """What the folios of this kind begin with."""
    return str(getattr(settings, PREFIX[Certificate.Kind(kind)]))


def place(series: FolioSeries, number: int) -> tuple[str, int]:
    """Book and page of the entry with this number: a book is named after its year, the next ones count on."""
    page = (number - 1) // LINES_A_PAGE
    book, page = divmod(page, series.pages_a_book)
    name = series.book or str(series.year)
    return (f"{name}-{book + 1}" if book else name), page + 1


@transaction.atomic
def set_up_book(*, kind: str, year: int, book: str, pages_a_book: int, by: Any) -> FolioSeries:
    """Name the book of a series and say how many pages it has. Raises Refused after its first entry."""
    require(access.can_issue(by))
    series = _locked_series(prefix_of(kind), year)
    if series.last_number:
        raise Refused(_("This book has entries already: its name and size cannot change any more."))
    if pages_a_book < 1:
        raise Refused(_("A book has at least one page."))
    series.book, series.pages_a_book = book.strip(), pages_a_book
    series.save(update_fields=["book", "pages_a_book"])
    note(Deed.BOOK_SET_UP, about=series, by=by, at=timezone.now(), count=pages_a_book)
    return series


def _locked_series(prefix: str, year: int) -> FolioSeries:
    FolioSeries.objects.get_or_create(
        prefix=prefix, year=year, defaults={"pages_a_book": settings.REGISTER_PAGES_A_BOOK}
    )
    return FolioSeries.objects.select_for_update().get(prefix=prefix, year=year)

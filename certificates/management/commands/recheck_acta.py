"""`manage.py recheck_acta 12`, `--all`, `--json`: does the evidence ledger still agree with the records?"""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certificates.actas.models import Acta
from certificates.actas.recheck import Difference, erased_lines, recheck


class Command(BaseCommand):
    help = "Recompute actas from the records and tell every difference; exit code 1 when there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("acta", nargs="?", type=int, help="the number of one acta")
        parser.add_argument("--all", action="store_true", help="every acta in force")
        parser.add_argument("--json", action="store_true", help="one JSON object for each difference")

    def handle(self, *_args: Any, **options: Any) -> None:
        actas = self._actas(options)
        differences = [one for acta in actas for one in recheck(acta)]
        for difference in differences:
            self.stdout.write(json.dumps(difference.as_dict()) if options["json"] else line_of(difference))
        if not options["json"]:
            if erased := sum(erased_lines(acta) for acta in actas):
                self.stdout.write(note_of_erased(erased))
            self.stdout.write(summary(len(differences)))
        if differences:
            sys.exit(1)

    def _actas(self, options: dict[str, Any]) -> list[Acta]:
        if options["all"] == (options["acta"] is not None):
            raise CommandError(_("Name one acta, or say --all."))
        if options["all"]:
            return list(Acta.objects.exclude(state=Acta.State.RETURNED).order_by("pk"))
        actas = list(Acta.objects.filter(pk=options["acta"]))
        if not actas:
            raise CommandError(_("There is no acta with this number."))
        return actas


def line_of(difference: Difference) -> str:
    """A difference on one line: where, what, from what to what. Ids only."""
    told = difference.as_dict()
    where = " ".join(f"{key} {told[key]}" for key in ("acta", "line", "requirement", "source") if key in told)
    values = f" ({difference.then} → {difference.now})" if difference.then or difference.now else ""
    return f"{where}: {difference.words}{values}"


def note_of_erased(count: int) -> str:
    """Why some lines were not compared with the records."""
    return ngettext(
        "%(count)d line was erased: only the line itself was checked.",
        "%(count)d lines were erased: only the lines themselves were checked.",
        count,
    ) % {"count": count}


def summary(count: int) -> str:
    """The last line."""
    if not count:
        return _("Ledger and records agree.")
    return ngettext("%(count)d difference.", "%(count)d differences.", count) % {"count": count}

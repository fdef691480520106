"""`manage.py countersign --acta ID`: the authority's own signature on the diplomas of an acta."""

import os
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certificates.actas.models import Acta
from certificates.awards import countersigning
from certificates.awards.files import NotStored
from certificates.awards.models import Countersignature
from certificates.awards.production import FactsAltered
from certificates.errors import Refused
from certificates.keys import sources
from certificates.keys.errors import KeyProblem
from certificates.keys.identity import Identity
from certificates.printing.timestamps import SigningDelayed

PASSPHRASE = "COUNTERSIGN_PASSPHRASE"  # noqa: S105 -- the name of a variable, not a secret
SOURCES = ("pkcs12", "sat_cer", "sat_key", "pkcs11_module", "pkcs11_token", "pkcs11_key", "chain")


class Command(BaseCommand):
    """Goes on where it stopped; a second run changes nothing."""

    help = "Add the authority's own signature to the diplomas of an acta."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--acta", type=int, required=True, help="its number in the admin")
        parser.add_argument("--pkcs12", help="her .p12 or .pfx file")
        parser.add_argument("--sat-cer", help="her .cer file, with --sat-key")
        parser.add_argument("--sat-key", help="her .key file")
        parser.add_argument("--pkcs11-module", help="the library of her token (.so)")
        parser.add_argument("--pkcs11-token", help="its label")
        parser.add_argument("--pkcs11-key", help="the label of her key in it")
        parser.add_argument("--chain", help="the certificates above hers, in PEM, where her file lacks them")

    def handle(self, *_args: Any, **options: Any) -> None:
        acta = Acta.objects.filter(pk=options["acta"]).first()
        if acta is None:
            raise CommandError(_("There is no acta with this number."))
        signed, told = 0, 0
        waiting = countersigning.waiting(acta)
        try:
            signer = _signer(options)
            self.stdout.write(_("Signing as: %(subject)s") % {"subject": signer.subject})
            for certificate, outcome in countersigning.countersign_acta(
                acta=acta, signer=signer, now=timezone.now
            ):
                if isinstance(outcome, Countersignature):
                    signed += 1
                elif isinstance(outcome, FactsAltered):
                    told += 1
                    words = _("The stored file is not the one that was issued.")
                    self.stderr.write(f"{certificate.folio}: {words}")
                elif outcome is not None:
                    told += 1
                    self.stderr.write(f"{certificate.folio}: {outcome}")
        except (KeyProblem, SigningDelayed, NotStored, Refused) as problem:
            raise CommandError(str(problem)) from problem
        finally:
            self._tell(signed, waiting.signed_before)
        if told:
            raise CommandError(
                ngettext(
                    "%(count)d diploma could not be signed.", "%(count)d diplomas could not be signed.", told
                )
                % {"count": told}
            )

    def _tell(self, signed: int, before: int) -> None:
        self.stdout.write(
            _("Countersigned now: %(signed)d. Before: %(before)d.") % {"signed": signed, "before": before}
        )


def _signer(options: dict[str, Any]) -> Identity:
    """The authority's key, opened with a passphrase from the environment or from the keyboard."""
    named = {name: options[name] for name in SOURCES if options[name]}
    if not named:
        raise CommandError(
            _("Name the authority's key: --pkcs12, --sat-cer and --sat-key, or --pkcs11-module.")
        )
    passphrase = os.environ.get(PASSPHRASE)
    if passphrase is None:
        passphrase = getpass(_("Passphrase or PIN: "))
    return sources.load(named | {"passphrase": passphrase})

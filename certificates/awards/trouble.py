"""What may stand in the way of a diploma: what waits, what is final, and the words an administrator reads."""

from django.utils.translation import gettext as _

from certificates.awards.files import NotStored
from certificates.awards.production import FactsAltered
from certificates.keys.errors import KeyProblem
from certificates.keys.sealing import Erased, SealBroken
from certificates.printing.archival import LibrariesMissing, MissingGlyph
from certificates.printing.rendering import DoesNotFit
from certificates.printing.timestamps import SigningDelayed

# Nothing is wrong with the diploma: it waits, no attempt is counted, and the next one would meet the same.
OBSTACLES: tuple[type[Exception], ...] = (
    LibrariesMissing,
    KeyProblem,
    SigningDelayed,
    NotStored,
)
# Trying again would change nothing.
FINAL: tuple[type[Exception], ...] = (FactsAltered, MissingGlyph, DoesNotFit, Erased, SealBroken)
LONGEST = 300


def in_words(error: Exception) -> str:
    """A failure for an administrator's eyes: what to do about it, and no name."""
    if isinstance(error, (*OBSTACLES, MissingGlyph, DoesNotFit)):
        return str(error)[:LONGEST]
    if isinstance(error, FactsAltered):
        return _("The stored facts are not the ones that were issued. The diploma was not made.")
    if isinstance(error, Erased):
        return _("What named her in this award was erased. There is nothing left to make.")
    if isinstance(error, SealBroken):
        return _("Her sealed name cannot be opened: the master key is not the one it was sealed under.")
    return _("The diploma could not be made. The log of the worker says why.")

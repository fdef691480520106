"""What happens in the school after a backup was made."""

from django.contrib.auth import get_user_model
from django.utils import timezone

from certificates.awards import erasure, life
from certificates.awards.models import Certificate


def suspend_the_valid_one() -> None:
    """The one that stands is suspended."""
    by = get_user_model().objects.get(username="administradora")
    valid = Certificate.objects.get(replaces__isnull=False)
    life.suspend_certificate(certificate=valid, by=by, at=timezone.now())


def erase_the_revoked_one() -> None:
    """One more woman asks to be erased. Prints her diploma's code."""
    by = get_user_model().objects.get(username="administradora")
    revoked = Certificate.objects.get(revocation__isnull=False)
    erasure.erase(certificate=revoked, by=by, at=timezone.now())
    print(revoked.code)

"""By which word a phone learns that there was a raid, whoever is or is not signed in on it."""

from django.utils.crypto import salted_hmac

from courses.trail.deeds import Deed
from courses.trail.models import TrailEntry


def raid_word() -> str:
    """Another one after each raid; it tells nothing else, not even whether there ever was one. One query."""
    raids = TrailEntry.objects.filter(what=Deed.RAIDED).order_by("-id")
    last = raids.values_list("pk", flat=True).first()
    return salted_hmac("courses.sync.raids", str(last or 0)).hexdigest()[:16]

"""Lists of people that were brought in: what each line said, what became of it, and how far the work is."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.cohorts.models import Cohort, Enrolment, WaitingEntry
from courses.people.models import Person

KEPT = timedelta(hours=24)  # how long a list can be looked at before it is confirmed, and undone afterwards


class PeopleImport(models.Model):
    """A list for one cohort. Nothing is saved of it before it is confirmed; its names go when it is done."""

    class State(models.TextChoices):
        CHECKED = "checked", _("looked at, not saved")
        QUEUED = "queued", _("being saved")
        DONE = "done", _("saved")
        DROPPED = "dropped", _("nothing saved, it had errors")
        CANCELLED = "cancelled", _("thrown away")
        UNDONE = "undone", _("undone")
        EXPIRED = "expired", _("not confirmed in a day")

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="imports")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("brought in"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.CHECKED)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    ignored = models.JSONField(default=list)  # headings of columns that were not read
    keeps_good = models.BooleanField(default=True)
    starts_on = models.DateField(_("first day"), null=True)
    confirmed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("list of people")
        verbose_name_plural = _("lists of people")
        ordering = ["-at", "-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_running(self) -> bool:
        return self.state == self.State.QUEUED

    def can_undo(self, now: datetime) -> bool:
        """While its lines are still known: a day after it was saved."""
        return (
            self.state == self.State.DONE and self.finished_at is not None and now < self.finished_at + KEPT
        )


class ImportRow(models.Model):
    """One line of a list."""

    class Fate(models.TextChoices):
        NEW = "new", _("new")
        HERE = "here", _("already here")
        DOUBT = "doubt", _("likely the same person")
        BAD = "bad", _("error")

    class Outcome(models.TextChoices):
        ENROLLED = "enrolled", _("enrolled")
        WAITING = "waiting", _("on the waiting list")
        SKIPPED = "skipped", _("line left out")
        REFUSED = "refused", _("refused")

    AS_NEW, SKIP = "new", "skip"  # what may be chosen for a doubtful line, besides the id of a person

    batch = models.ForeignKey(PeopleImport, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("line"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    username = models.CharField(_("user name"), max_length=60, blank=True)
    sealed_name = models.BinaryField(null=True)  # the legal name, sealed for `person_key`
    person_key = models.UUIDField(default=uuid.uuid4)  # the id she gets if she is new: twice is once
    fate = models.CharField(_("what it is"), max_length=6, choices=Fate)
    waits = models.BooleanField(default=False)
    errors = models.JSONField(default=list)
    candidates = models.JSONField(default=list)
    choice = models.CharField(max_length=36, blank=True)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, blank=True)
    is_made = models.BooleanField(default=False)
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    enrolment = models.ForeignKey(Enrolment, null=True, on_delete=models.SET_NULL, related_name="+")
    entry = models.ForeignKey(WaitingEntry, null=True, on_delete=models.SET_NULL, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["batch", "number"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="import_line_once")]

    def __str__(self) -> str:
        return str(self.number)

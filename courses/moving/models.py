"""Courses on their way out of this house or into it: how far each is, and what was found in it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

KEPT = timedelta(hours=24)  # how long a package lies here: to be downloaded, or to be confirmed


class CourseMoveQuerySet(models.QuerySet["CourseMove"]):
    def unheard(self, now: datetime) -> "CourseMoveQuerySet":
        """What waits for a worker and none has."""
        free = models.Q(leased_until=None) | models.Q(leased_until__lt=now)
        return self.filter(free, state__in=CourseMove.WORKED)

    def old(self, now: datetime) -> "CourseMoveQuerySet":
        """Packages that lay here for a day."""
        return self.exclude(file="").exclude(state__in=CourseMove.WORKED).filter(at__lt=now - KEPT)


class CourseMove(models.Model):
    """A course taken along, or brought in. Nothing of one brought in is saved before it is confirmed."""

    class Direction(models.TextChoices):
        OUT = "out", _("taken along")
        IN = "in", _("brought here")

    class State(models.TextChoices):
        WAITING = "waiting", _("being looked at")
        CHECKED = "checked", _("looked into, not saved")
        QUEUED = "queued", _("on its way in")
        DONE = "done", _("ready")
        REFUSED = "refused", _("not possible, nothing was saved")
        CANCELLED = "cancelled", _("thrown away, nothing saved")
        EXPIRED = "expired", _("put away after a day")

    WORKED = ("waiting", "queued")  # a worker has something to do

    direction = models.CharField(_("direction"), max_length=3, choices=Direction)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    course_key = models.UUIDField(null=True)
    title = models.CharField(_("course"), max_length=255, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("asked"))
    file = models.CharField(max_length=120, blank=True)  # in private storage
    size = models.PositiveBigIntegerField(_("size"), default=0)
    report = models.JSONField(default=dict)  # what it holds, what is wrong, what stays behind
    copy_key = models.UUIDField(null=True)  # brought in as a copy: its keys are made from this one
    stored = models.JSONField(default=list)  # files of the library that no row has yet
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)

    objects = CourseMoveQuerySet.as_manager()

    class Meta:
        verbose_name = _("course on its way")
        verbose_name_plural = _("courses on their way")
        ordering = ["-at", "-pk"]
        default_permissions = ()
        permissions = [("move_course", _("Can take courses along and bring them in"))]

    def __str__(self) -> str:
        return self.title or str(self.pk)

    @property
    def is_running(self) -> bool:
        """Does somebody look into it, or save it?"""
        return self.state in self.WORKED

"""Who learns, when and with whom: a cohort pins what it reads and the rules it is decided by."""

import uuid
import zoneinfo
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from courses.pages.models import ContentVersion, CoursePage
from courses.people.models import Organisation, Person
from courses.records import AppendOnly

TIME_ZONES = [(name, name) for name in sorted(zoneinfo.available_timezones()) if name.startswith("America/")]


class CohortQuerySet(models.QuerySet["Cohort"]):
    def taught_by(self, user: Any) -> "CohortQuerySet":
        """The cohorts on whose list of trainers `user` stands."""
        return self.filter(trainers=user)

    def to_join(self, day: date) -> "CohortQuerySet":
        """Those that somebody can still join on `day`: open and not over, or yet to begin."""
        is_open = models.Q(opened_at__isnull=False)
        return self.filter(is_open | models.Q(starts_on__gt=day), ends_on__gte=day)

    def with_counts(self) -> "CohortQuerySet":
        """Each with `active_count`, the people enrolled and not gone."""
        return self.annotate(
            active_count=models.Count(
                "enrolments", filter=models.Q(enrolments__status=Enrolment.Status.ACTIVE)
            )
        )


class Cohort(models.Model):
    """One run of a course («generación»)."""

    course = models.ForeignKey(
        CoursePage, verbose_name=_("course"), on_delete=models.PROTECT, related_name="cohorts"
    )
    name = models.CharField(_("name"), max_length=80, unique=True)
    place_code = models.CharField(
        _("place code"), max_length=20, help_text=_("A code such as «Sede 01», never an address.")
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="America/Mexico_City", choices=TIME_ZONES
    )
    seats = models.PositiveSmallIntegerField(_("seats"), default=28, validators=[MinValueValidator(1)])
    trainers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("trainers"), blank=True, related_name="cohorts"
    )
    issuer = models.ForeignKey(
        Organisation,
        verbose_name=_("issuer"),
        on_delete=models.PROTECT,
        related_name="+",
        limit_choices_to={"kind": Organisation.Kind.ISSUER},
    )
    ally = models.ForeignKey(
        Organisation,
        verbose_name=_("ally"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        limit_choices_to={"kind": Organisation.Kind.ALLY},
    )
    authority = models.ForeignKey(
        Organisation,
        verbose_name=_("health authority"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        limit_choices_to={"kind": Organisation.Kind.AUTHORITY},
    )
    rule_version = models.CharField(_("rule version"), max_length=64, blank=True, editable=False)
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True, editable=False)

    objects = CohortQuerySet.as_manager()

    class Meta:
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")
        ordering = ["-starts_on", "name"]
        permissions = [
            ("view_all_cohorts", _("Can see every cohort, not only her own")),
            ("keep_register", _("Can keep the register of a cohort")),
            ("observe_practical", _("Can observe practicals of a cohort")),
            ("study", _("Can study as a trainee")),
            ("import_people", _("Can import people into a cohort")),
            ("correct_register", _("Can correct a register that is locked")),
            ("approve_excuse", _("Can approve an excuse")),
            ("grade_answers", _("Can read and grade written answers")),
            ("override_grade", _("Can set a result beside the first one")),
            ("regrade_test", _("Can regrade a test after a question was wrong")),
            ("export_records", _("Can download registers, results and lists")),
            ("see_legal_name", _("Can see a legal name")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="cohort_ends_after_it_starts",
                violation_error_message=_("The last day comes before the first day."),
            ),
            models.CheckConstraint(condition=models.Q(seats__gte=1), name="cohort_has_seats"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """Its IANA time zone."""
        return zoneinfo.ZoneInfo(self.time_zone)

    def today(self, now: datetime | None = None) -> date:
        """The calendar day it is where the cohort meets."""
        return (now or timezone.now()).astimezone(self.zone).date()

    def week(self, now: datetime | None = None) -> int:
        """The week of the course it is (1 = first), 0 before it starts."""
        days = (self.today(now) - self.starts_on).days
        return days // 7 + 1 if days >= 0 else 0

    @property
    def weeks(self) -> int:
        """How many weeks the course lasts; one that has begun counts."""
        return (self.ends_on - self.starts_on).days // 7 + 1

    def has_started(self, now: datetime | None = None) -> bool:
        """True from its first day on, once it is open."""
        return self.opened_at is not None and self.today(now) >= self.starts_on


class CohortContentQuerySet(models.QuerySet["CohortContent"]):
    def outline(self, cohort_id: int) -> "CohortContentQuerySet":
        """Everything a cohort uses, in order, with titles but without bodies."""
        return self.filter(cohort_id=cohort_id).select_related("version").defer("version__content")

    def find(self, cohort_id: int, kind: str, slug: str) -> "CohortContent | None":
        """What a cohort uses under this address, with the body of its version."""
        return self.filter(cohort_id=cohort_id, kind=kind, slug=slug).select_related("version").first()


class CohortContent(models.Model):
    """The version of one lesson, quiz or rubric that a cohort uses, and its place in the course.

    `version` is in the language of the course; `translation`, found by `languages`, says the same in hers.
    """

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="contents")
    kind = models.CharField(max_length=10, choices=ContentVersion.Kind)
    key = models.UUIDField()
    slug = models.SlugField(max_length=80)
    module_number = models.PositiveSmallIntegerField()
    module_title = models.CharField(max_length=255)
    module_key = models.UUIDField(null=True, blank=True)
    position = models.PositiveSmallIntegerField()
    version = models.ForeignKey(ContentVersion, on_delete=models.PROTECT, related_name="pins")

    objects = CohortContentQuerySet.as_manager()
    translation: ContentVersion | None = None

    class Meta:
        ordering = ["module_number", "position"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "key"], name="cohort_pins_a_key_once"),
            models.UniqueConstraint(fields=["cohort", "kind", "slug"], name="cohort_pins_a_slug_once"),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def shown(self) -> ContentVersion:
        """What is read: the translation that was found for her, else the version itself."""
        return self.translation or self.version


def module_key(enrolment_id: uuid.UUID, number: int) -> uuid.UUID:
    """A name for a module as one woman studies it: it tells nothing and stays the same."""
    told = salted_hmac("sync.module", f"{enrolment_id} {number}", algorithm="sha256").hexdigest()
    return uuid.UUID(told[:32])


class Requirement(models.Model):
    """One thing a person must meet («requisito»); all those of a cohort are its rule set."""

    class Kind(models.TextChoices):
        ATTENDANCE = "attendance", _("attendance")
        QUIZ = "quiz", _("module test")
        OUTINGS = "outings", _("field outings")
        LESSONS = "lessons", _("lessons")
        PRACTICAL = "practical", _("observed practical")
        ETHICS = "ethics", _("ethics commitment")

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="requirements")
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    label = models.CharField(_("label"), max_length=200)
    subject = models.UUIDField(_("quiz or rubric"), null=True, blank=True)
    target = models.PositiveSmallIntegerField(
        _("target"), default=1, help_text=_("Per cent for attendance and tests, a count for the rest.")
    )
    make_up_limit = models.PositiveSmallIntegerField(_("make-ups that count"), default=0)

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "kind", "subject"], name="requirement_once_per_subject"
            ),
            models.UniqueConstraint(
                fields=["cohort", "kind"],
                condition=models.Q(subject__isnull=True),
                name="requirement_once_without_subject",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        if self.kind in {self.Kind.ATTENDANCE, self.Kind.QUIZ} and self.target > 100:
            raise ValidationError({"target": _("A per cent goes from 0 to 100.")})


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def active(self) -> "EnrolmentQuerySet":
        return self.filter(status=Enrolment.Status.ACTIVE)

    def for_register(self, cohort: Cohort) -> "EnrolmentQuerySet":
        """Who stands in the register of `cohort`, by name."""
        return self.active().filter(cohort=cohort).select_related("person").order_by("person__name", "pk")

    def on_day(self, day: date) -> "EnrolmentQuerySet":
        """Who had joined her cohort by `day` and had not left it yet."""
        still = models.Q(status=Enrolment.Status.ACTIVE) | models.Q(ends_on__gte=day)
        return self.filter(still, starts_on__lte=day)

    def current_of(self, user: Any) -> "Enrolment | None":
        """The enrolment a trainee is studying in now: the newest that is still active, else her last one."""
        return (
            self.filter(
                person__account=user, status__in=[Enrolment.Status.ACTIVE, Enrolment.Status.WITHDRAWN]
            )
            .select_related("person", "cohort")
            .order_by("status", "-starts_on")  # "active" comes before "withdrawn"
            .first()
        )

    def chains(self, enrolments: Iterable["Enrolment"]) -> dict[uuid.UUID, uuid.UUID]:
        """Every enrolment whose record counts for one of `enrolments` → that one; each stands for itself.

        What she did in former cohorts counts where she is now. One query if somebody was transferred.
        """
        given = list(enrolments)
        owners = {enrolment.pk: enrolment.pk for enrolment in given}
        moved = [enrolment for enrolment in given if enrolment.came_from_id]
        if not moved:
            return owners
        hers = self.filter(person__in={enrolment.person_id for enrolment in moved})
        before = dict(hers.values_list("pk", "came_from"))
        for enrolment in moved:
            earlier = enrolment.came_from_id
            while earlier is not None and earlier not in owners:
                owners[earlier] = enrolment.pk
                earlier = before.get(earlier)
        return owners


class Enrolment(models.Model):
    """A person in a cohort, from a date to a date («inscripción»). Why she left is never kept with her."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        WITHDRAWN = "withdrawn", _("withdrawn")
        TRANSFERRED = "transferred", _("transferred")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.PROTECT, related_name="enrolments"
    )
    cohort = models.ForeignKey(
        Cohort, verbose_name=_("cohort"), on_delete=models.PROTECT, related_name="enrolments"
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.ACTIVE)
    came_from = models.OneToOneField(
        "self",
        verbose_name=_("transferred from"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="went_to",
        editable=False,
    )
    ethics_accepted_at = models.DateTimeField(_("ethics commitment accepted"), null=True, blank=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering = ["person__name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "cohort"], condition=models.Q(status="active"), name="enrolled_once"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="enrolment_ends_after_it_starts",
                violation_error_message=_("The last day comes before the first day."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)

    def chain_ids(self) -> list[uuid.UUID]:
        """This enrolment and those she was transferred from, the newest first: what she did in all counts."""
        return list(Enrolment.objects.all().chains([self]))


class EnrolmentStep(AppendOnly):
    """That she left, came back or was transferred, on which day, noted by whom. Never why."""

    class Kind(models.TextChoices):
        WITHDRAWN = "withdrawn", _("left")
        RETURNED = "returned", _("came back")
        TRANSFERRED = "transferred", _("transferred")

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    on = models.DateField(_("day"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("noted"))

    objects: Any

    class Meta:
        verbose_name = _("step of an enrolment")
        verbose_name_plural = _("steps of enrolments")
        ordering = ["at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.get_kind_display()


class WaitingQuerySet(models.QuerySet["WaitingEntry"]):
    def waiting(self, cohort: Cohort) -> "WaitingQuerySet":
        """Who waits for a seat in `cohort`, the first to come first."""
        return self.filter(cohort=cohort, ended_at=None).select_related("person").order_by("at", "pk")


class WaitingEntry(models.Model):
    """Somebody who waits for a seat in a cohort, in the order of coming. She is asked before she gets it."""

    class Outcome(models.TextChoices):
        SEATED = "seated", _("got a seat")
        STOPPED = "stopped", _("waits no more")

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="waiting")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="waiting")
    at = models.DateTimeField(_("since"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, blank=True)

    objects = WaitingQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a waiting list")
        verbose_name_plural = _("entries of waiting lists")
        ordering = ["at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "person"], condition=models.Q(ended_at__isnull=True), name="waits_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

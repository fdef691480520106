"""Where something about a person is kept: every model, under which heading she finds it, for how long.

tests/cms/users/own_data/test_plan.py walks the models: what leads to a person stands in PLAN, or in LEFT_OUT.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from courses.attendance.models import ClassSession
from courses.cohorts.models import Cohort
from courses.pages.models import ContentVersion
from courses.people.models import Person

DRAFT_DAYS = getattr(settings, "RETENTION_DRAFT_DAYS", 30)
SIGN_IN_DAYS = getattr(settings, "RETENTION_SIGN_IN_DAYS", 90)
RECORD_MONTHS = getattr(settings, "RETENTION_RECORD_MONTHS", 24)


@dataclass(frozen=True)
class Section:
    """A heading of «what is kept about you»: in plain words, how long, and where she sees it.

    `how_long` may be a function: a sentence with a number is put together when it is read.
    """

    code: str
    title: Any
    kept: Any
    how_long: Any
    url_name: str = ""


@dataclass(frozen=True)
class Kept:
    """One model: what leads from it to her, and which of its fields are not told (keys, hashes, others)."""

    label: str
    section: str
    way: str
    hides: tuple[str, ...] = ()

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.label)

    def rows(self, person: Person) -> models.QuerySet[Any]:
        """Hers, the oldest first."""
        value = person.pk
        if self.way.startswith("account"):
            return _plain(self.model).filter(account=person.account_id).order_by("pk")
        return _plain(self.model).filter(**{self.way: value}).order_by("pk")


def _plain(model: type[models.Model]) -> models.QuerySet[Any]:
    return models.QuerySet(model)


WHILE_HERE = _("While you are in the school, or until you erase it.")


def _records() -> str:
    return ngettext(
        "%(months)d month after your course ended. Then only totals stay, without you.",
        "%(months)d months after your course ended. Then only totals stay, without you.",
        RECORD_MONTHS,
    ) % {"months": RECORD_MONTHS}


def _results() -> str:
    return ngettext(
        "What you began and left: %(days)d day. The rest as your attendance.",
        "What you began and left: %(days)d days. The rest as your attendance.",
        DRAFT_DAYS,
    ) % {"days": DRAFT_DAYS}


def _sign_ins() -> str:
    return ngettext(
        "%(days)d day after you last used it.", "%(days)d days after you last used it.", SIGN_IN_DAYS
    ) % {"days": SIGN_IN_DAYS}


def _legal_name() -> str:
    days = settings.LEGAL_NAME_DAYS
    return ngettext(
        "%(days)d day after your last diploma was made.",
        "%(days)d days after your last diploma was made.",
        days,
    ) % {"days": days}


SECTIONS: tuple[Section, ...] = (
    Section(
        "you",
        _("You"),
        _("The name you use, your user name and your language."),
        WHILE_HERE,
        "courses:my_data",
    ),
    Section(
        "legal_name",
        _("Name on your papers"),
        _("Only if you wrote one. It is kept encrypted."),
        _legal_name,
        "courses:legal_name",
    ),
    Section(
        "consents",
        _("Your permissions"),
        _("What you said yes or no to, and the copies you asked for."),
        WHILE_HERE,
        "own_data:consents",
    ),
    Section(
        "course",
        _("Your course"),
        _("In which course you are, since when, and your commitment."),
        _records,
        "courses:my_course",
    ),
    Section(
        "lessons",
        _("Lessons"),
        _("Which lessons you opened and finished, and where you stopped."),
        _records,
        "courses:my_course",
    ),
    Section(
        "attendance",
        _("Attendance"),
        _("When you came, what you made up, absences you announced, if the school called. Never why."),
        _records,
        "courses:my_attendance",
    ),
    Section(
        "results",
        _("Tests and practicals"),
        _("Your answers, your results and the practicals somebody observed."),
        _results,
        "courses:my_diploma",
    ),
    Section(
        "signing_in",
        _("Signing in"),
        _("Phones and browsers that know you, open sessions and sign-in cards."),
        _sign_ins,
        "my_sessions",
    ),
    Section(
        "phone",
        _("What your phone sent later"),
        _("That work done without signal arrived. What it said stands with your results."),
        _records,
    ),
    Section(
        "diploma",
        _("Your diploma"),
        _("What was decided about you and why, your place in the register, your diploma and its life."),
        _("While your diploma is valid. You decide whether it stays when you leave."),
        "courses:my_diploma",
    ),
)


def _session(one: ClassSession) -> dict[str, Any]:
    return {"title": one.title, "modality": one.modality, "starts_at": one.starts_at.isoformat()}


# What a row of hers refers to and is told with it, as a small object.
READABLE: dict[Any, Any] = {
    ClassSession: _session,
    Cohort: lambda one: {
        "name": one.name,
        "starts_on": one.starts_on.isoformat(),
        "ends_on": one.ends_on.isoformat(),
    },
    ContentVersion: lambda one: {"title": one.title, "language": one.language},
}

BY = ("by",)  # whoever noted it: another person
LINE, AWARD = "line__person_id", "certificate__line__person_id"
PLAN: tuple[Kept, ...] = (
    Kept("courses.Person", "you", "pk", ("account",)),
    Kept("courses.LegalName", "legal_name", "person", ("sealed", "by")),
    Kept("courses.Consent", "consents", "person", ("noted_by",)),
    Kept("courses.DataRequest", "consents", "person", BY),
    Kept("courses.Enrolment", "course", "person"),
    Kept("courses.EnrolmentStep", "course", "enrolment__person", BY),
    Kept("courses.WaitingEntry", "course", "person", BY),
    Kept("courses.LessonProgress", "lessons", "enrolment__person"),
    Kept("courses.LessonReading", "lessons", "progress__enrolment__person"),
    Kept("courses.AttendanceRecord", "attendance", "enrolment__person", ("by", "device")),
    Kept("courses.MarkConflict", "attendance", "enrolment__person", ("by", "settled_by", "device")),
    Kept("courses.Excuse", "attendance", "enrolment__person", ("asked_by", "decided_by")),
    Kept("courses.MakeUp", "attendance", "enrolment__person", ("assigned_by", "done_by", "dropped_by")),
    Kept("courses.CareNote", "attendance", "enrolment__person", BY),
    Kept("courses.OutingNote", "attendance", "enrolment__person", ("by", "device", "pair_with")),
    Kept("courses.Attempt", "results", "enrolment__person"),
    Kept("courses.AnswerReading", "results", "attempt__enrolment__person", BY),
    Kept("courses.ResultOverride", "results", "attempt__enrolment__person", BY),
    Kept("courses.RegradeLine", "results", "attempt__enrolment__person"),
    Kept("courses.Observation", "results", "enrolment__person", ("by", "second", "device")),
    Kept("users.KnownDevice", "signing_in", "account", ("account", "token_hash")),
    Kept("users.OpenSession", "signing_in", "account", ("account", "session_key")),
    Kept(
        "users.SignInCard",
        "signing_in",
        "account",
        ("account", "token_hash", "code_hash", "first_pin", "made_by"),
    ),
    Kept("courses.SyncEvent", "phone", "person", ("digest", "slot", "box", "staff", "settled_by", "device")),
    Kept("certificates.ActaLine", "diploma", "person_id", ("key", "sealed_name")),
    Kept("certificates.Evidence", "diploma", LINE, ("source_digests", "digest")),
    Kept("certificates.LineException", "diploma", LINE, BY),
    Kept("certificates.LineStep", "diploma", LINE, BY),
    Kept("certificates.ReviewRequest", "diploma", LINE),
    Kept("certificates.ReviewAnswer", "diploma", "request__line__person_id", BY),
    Kept("certificates.Registration", "diploma", LINE, BY),
    Kept("certificates.Certificate", "diploma", LINE, ("key", "sealed", "name_hash", "created_by")),
    Kept("certificates.Document", "diploma", AWARD, ("path",)),
    Kept("certificates.Countersignature", "diploma", AWARD, ("path", "by")),
    Kept("certificates.Revocation", "diploma", AWARD, BY),
    Kept("certificates.SuspensionEvent", "diploma", AWARD, BY),
    Kept("certificates.Delivery", "diploma", AWARD, BY),
    Kept("certificates.Erasure", "diploma", AWARD, BY),
    Kept("certificates.ShareLink", "diploma", AWARD, ("token_sha256",)),
    Kept("certificates.HolderChoice", "diploma", "person_id"),
)

# Models that lead to a person and are not in her copy, each with the reason.
LEFT_OUT: dict[str, str] = {
    "courses.ImportRow": "The line of a list she came with: emptied a day after; what it made is here.",
    "certificates.Job": "That a machine draws her diploma: the diploma is in the copy.",
    "users.User": "What of it is no secret stands under «you» (copying.py).",
    "wagtailusers.UserProfile": "Settings of the admin: a trainee has none.",
    "wagtailadmin.EditingSession": "An open page of the admin: a trainee has none.",
    "wagtailadmin.FormState": "A form of the admin: a trainee has none.",
    "wagtailcore.Comment": "A remark on a page in the admin: a trainee makes none.",
    "wagtailcore.CommentReply": "The same.",
    "wagtailcore.PageSubscription": "The same.",
    "courses.SchoolDraft": "A school being opened, by a coordinator.",
    "account.EmailAddress": "Staff accounts only.",
    "account.EmailConfirmation": "Staff accounts only.",
    "mfa.Authenticator": "Second factors: staff accounts only.",
    "usersessions.UserSession": "Staff accounts only.",
}


def kept_of(section: str) -> Iterator[Kept]:
    """The models under one heading."""
    return (one for one in PLAN if one.section == section)


def counts(person: Person) -> list[tuple[Section, int]]:
    """Each heading with how many entries of hers it has. A constant number of queries."""
    return [(section, sum(one.rows(person).count() for one in kept_of(section.code))) for section in SECTIONS]

"""Every model that leads to a person or an account has a rule, or a reason that somebody reviewed."""

from collections.abc import Iterator
from datetime import UTC, datetime

from django.apps import apps
from django.db import models

from cms.retention import rules
from cms.users.models import User
from courses.cohorts.models import Enrolment
from courses.people.models import Person

GOES_WITH = {  # deleted by the database's own CASCADE, or by hand, with what they belong to
    "courses.LegalName": "courses.Person",
    "courses.Enrolment": "courses.Person",
    "users.User": "courses.Person",
    "wagtailusers.UserProfile": "users.User",
    "courses.Consent": "courses.Person",
    "account.EmailAddress": "users.User",
    "mfa.Authenticator": "users.User",
    "users.User_groups": "users.User",
    "users.User_user_permissions": "users.User",
}
STAFF = "Who of the team did it; nothing of a trainee. An act of office is kept as long as what it was about."
CONTENT = "What is taught and who wrote it: no trainee."
REGISTER = "Kept while it is valid: names are sealed under small keys, which go with whoever has no award."
REASONS = {
    # Outlives the records on purpose.
    "certificates.Acta": REGISTER,
    "certificates.ActaLine": REGISTER,
    "certificates.Recognition": REGISTER,
    "certificates.Sending": REGISTER,
    "certificates.LineStep": REGISTER,
    "certificates.LineException": REGISTER,
    "certificates.UnrecognisedIssue": REGISTER,
    "certificates.ReviewRequest": REGISTER,
    "certificates.ReviewAnswer": REGISTER,
    "certificates.Evidence": REGISTER,
    "certificates.Registration": REGISTER,
    "certificates.Certificate": REGISTER,
    "certificates.Countersignature": REGISTER,
    "certificates.Revocation": REGISTER,
    "certificates.SuspensionEvent": REGISTER,
    "certificates.Delivery": REGISTER,
    "certificates.Erasure": REGISTER,
    "certificates.Document": REGISTER,
    "certificates.Job": REGISTER,
    "certificates.LogEntry": "The transparency log: hashes and random ids, without name, folio or code.",
    "certificates.ShareLink": "A link that its holder made; it ends by itself and holds a hash.",
    "certificates.HolderChoice": "What a holder chose for her diploma; goes with whoever has no award.",
    "certificates.DesignVersion": STAFF,
    # Staff only.
    "courses.Cohort": STAFF,
    "courses.Cohort_trainers": STAFF,
    "courses.Organisation": STAFF,
    "courses.Organisation_officers": STAFF,
    "courses.ClassSession": "The plan of a cohort: dates and hours, and who of the team called one off.",
    "courses.SchoolChange": STAFF,
    "courses.Substitution": STAFF,
    "courses.ContentChange": STAFF,
    "courses.QuestionFix": "What was put right in a question; the lines of women go.",
    "courses.Regrade": "How many gained and lost; the lines of women go.",
    "courses.LessonReview": CONTENT,
    "courses.DataRequest": "That a copy was made or somebody erased; without her once she is gone.",
    # Wagtail's own.
    "wagtailcore.Page": CONTENT,
    "wagtailcore.Revision": CONTENT,
    "wagtailcore.WorkflowState": CONTENT,
    "wagtailcore.TaskState": CONTENT,
    "wagtailcore.Comment": CONTENT,
    "wagtailcore.CommentReply": CONTENT,
    "wagtailcore.PageSubscription": CONTENT,
    "wagtailcore.PageLogEntry": CONTENT,
    "wagtailcore.UploadedFile": CONTENT,
    "wagtailimages.Image": CONTENT,
    "wagtaildocs.Document": CONTENT,
    "wagtailmedia.Media": CONTENT,
    "wagtail_localize.StringTranslation": CONTENT,
    "wagtail_localize.SegmentOverride": CONTENT,
    "wagtailcore.ModelLogEntry": "Who of the team did what; a name in it becomes an id when she goes.",
}
PAGES = (
    "home.HomePage",
    "home.StandardPage",
    "courses.CoursePage",
    "courses.ModulePage",
    "courses.LessonPage",
)
REASONS |= dict.fromkeys((*PAGES, "certificates.Design"), CONTENT)


def ruled() -> set[str]:
    """The models of which a rule takes rows away."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return {due.rows.model._meta.label for rule in rules.rules() for due in rule.dues(now, [1])}


def leading_to_people() -> Iterator[str]:
    """Every model with a key to a person, an enrolment or an account, or that names one by its id."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            leads = field.related_model in {Person, User, Enrolment} and not field.auto_created
            if leads or (isinstance(field, models.Field) and field.name in NAMED_BY_ID):
                yield model._meta.label
                break


NAMED_BY_ID = {"person_id", "person_key", "certificate", "line", "award"}


def test_every_model_that_leads_to_somebody_has_a_rule_or_a_reason() -> None:
    known = ruled() | REASONS.keys() | GOES_WITH.keys()
    missing = sorted(set(leading_to_people()) - known)
    assert not missing, f"Give each a rule in its topic's retention.py, or a reason here: {missing}"


def test_no_reason_is_left_over() -> None:
    labels = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    assert not (REASONS.keys() | GOES_WITH.keys()) - labels
    assert not ruled() & REASONS.keys()


def test_the_walk_finds_what_it_looks_for() -> None:
    found = set(leading_to_people())
    assert {
        "courses.AttendanceRecord",
        "courses.LegalName",
        "users.OpenSession",
        "certificates.ActaLine",
    } <= found

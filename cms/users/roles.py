"""The roles of the school as Django groups with permissions (docs/architecture.md, "Who may do what")."""

from typing import Any

from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from cms.users.review import ensure_review
from courses.pages.languages import ensure_locales

TRAINEE, TRAINER, REVIEWER, COORDINATOR = "trainee", "trainer", "reviewer", "coordinator"
ADMINISTRATOR, OFFICER, OBSERVER = "administrator", "officer", "observer"

DESK = ["wagtailadmin.access_admin"]
AUTHORING = ["add", "change", "delete"]
AUTHORED = ("quiz", "questionbank", "rubric", "glossaryterm", "referralservice")

ROLES: dict[str, list[str]] = {
    TRAINEE: ["courses.study"],
    TRAINER: [
        *DESK,
        "courses.view_cohort",
        "courses.keep_register",
        "courses.observe_practical",
        "courses.grade_answers",
        "courses.see_reviews",
        "wagtail_localize.submit_translation",
        *[f"courses.{verb}_{model}" for model in AUTHORED for verb in AUTHORING],
    ],
    REVIEWER: [*DESK, "courses.see_reviews", "courses.review_lesson", "courses.decide_overdue"],
    COORDINATOR: [
        *DESK,
        "courses.view_all_cohorts",
        "courses.keep_register",
        "courses.observe_practical",
        "courses.grade_answers",
        "courses.import_people",
        "courses.move_course",
        "courses.correct_register",
        "courses.approve_excuse",
        "courses.override_grade",
        "courses.regrade_test",
        "courses.export_records",
        "courses.see_legal_name",
        "courses.note_consent",
        "courses.hand_over_data",
        "courses.settle_syncevent",
        "courses.see_reviews",
        "courses.decide_overdue",
        *[
            f"courses.{verb}_{model}"
            for model in ("cohort", "person", "enrolment")
            for verb in ("view", "add", "change")
        ],
        "wagtail_localize.submit_translation",
        *[f"courses.{verb}_{model}" for model in AUTHORED for verb in AUTHORING],
        "users.add_signincard",
        "courses.view_organisation",
        "courses.add_organisation",
        "courses.change_organisation",
        "certificates.view_acta",
        "certificates.propose_acta",
        "certificates.send_acta",
        "certificates.view_certificate",
        "certificates.deliver_certificate",
        "certificates.view_design",
    ],
    ADMINISTRATOR: [
        *DESK,
        "courses.view_trailentry",
        "courses.move_course",
        "courses.view_all_cohorts",
        "courses.settle_syncevent",
        "courses.see_legal_name",
        "courses.hand_over_data",
        "courses.erase_person",
        "courses.view_cohort",
        "courses.view_person",
        "courses.view_enrolment",
        "courses.view_organisation",
        "certificates.view_acta",
        "certificates.approve_acta",
        "certificates.issue_acta",
        "certificates.view_certificate",
        "certificates.revoke_certificate",
        "certificates.deliver_certificate",
        "certificates.erase_certificate",
        *[f"certificates.{verb}_design" for verb in ("view", "add", "change", "publish", "lock", "unlock")],
        "certificates.add_designpicture",
        "certificates.view_treehead",
        "certificates.view_signingkey",
        "certificates.view_witness",
        "certificates.add_witness",
        "certificates.change_witness",
        "users.view_user",
        "users.add_user",
        "users.change_user",
        "users.add_signincard",
        "courses.see_reviews",
        "courses.change_neutralnaming",
        "home.change_siteface",
        "home.change_helpcard",
        "home.change_complaintscard",
        "retention.view_retentionentry",
    ],
    OFFICER: ["certificates.recognise_acta"],
    OBSERVER: [*DESK],
}
PAGE_ACTIONS = {  # a trainer's text goes live when a reviewer approves it; a reviewer publishes by approving
    TRAINER: ["add_page", "change_page"],
    COORDINATOR: ["add_page", "change_page", "publish_page", "lock_page", "unlock_page"],
}
WAGTAILS_OWN = ["Moderators", "Editors"]  # made by its migrations; our roles take their place
FILE_MODELS = {"wagtailimages": "image", "wagtailmedia": "media", "wagtaildocs": "document"}
# For Wagtail «change» is deleting too, and «add» is both of one's own: a trainer uses everybody's files, and
# changes or deletes what she uploaded herself.
FILE_ACTIONS = {TRAINER: ["add", "choose"], COORDINATOR: ["add", "change", "choose"]}


def _permissions(names: list[str]) -> list[Permission]:
    """The permissions called `app.codename`. Raises Permission.DoesNotExist for a misspelt one."""
    found = []
    for name in names:
        app, codename = name.split(".")
        found.append(Permission.objects.get(content_type__app_label=app, codename=codename))
    return found


@transaction.atomic
def sync_roles() -> None:
    """Make the groups say exactly what ROLES says, and have its languages. Changes nothing twice."""
    ensure_locales()
    Group.objects.filter(name__in=WAGTAILS_OWN, user__isnull=True).delete()
    root, files = Page.get_first_root_node(), Collection.get_first_root_node()
    for role, names in ROLES.items():
        group, _created = Group.objects.get_or_create(name=role)
        group.permissions.set(_permissions(names))
        actions = PAGE_ACTIONS.get(role, [])
        GroupPagePermission.objects.filter(group=group).exclude(permission__codename__in=actions).delete()
        for codename in actions:
            permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
            GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
        _sync_files(group, FILE_ACTIONS.get(role, []), files)
    ensure_review(Group.objects.get(name=REVIEWER), root)


def _sync_files(group: Group, verbs: list[str], files: Collection) -> None:
    """Let a role do these things, and no others, with pictures, recordings and documents."""
    named = Q(pk__in=[])
    for app, model in FILE_MODELS.items():
        codenames = [f"{verb}_{model}" for verb in verbs]
        named |= Q(content_type__app_label=app, codename__in=codenames)
    allowed = Permission.objects.filter(named)
    about_files = GroupCollectionPermission.objects.filter(
        group=group, permission__content_type__app_label__in=FILE_MODELS
    )
    about_files.exclude(permission__in=allowed).delete()
    for permission in allowed:
        GroupCollectionPermission.objects.get_or_create(group=group, collection=files, permission=permission)


def start_page(user: Any) -> str:
    """Where someone lands after signing in: staff at a desk, the officer at hers, trainees at their day."""
    if isinstance(user, AnonymousUser):
        return reverse("sign_in")
    if user.has_perm("wagtailadmin.access_admin"):
        return reverse("wagtailadmin_home")
    return reverse("certificates:authority" if user.has_perm("certificates.recognise_acta") else "today")


def landing(user: Any, wanted: str) -> str:
    """Where she wanted to go, unless that is a desk that is not hers: it would send her back to the door."""
    is_hers = not wanted.startswith("/admin/") or user.has_perm("wagtailadmin.access_admin")
    return wanted if wanted and is_hers else start_page(user)

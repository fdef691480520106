"""The roles of the school as Django groups with permissions (docs/architecture.md, "Who may do what")."""

from typing import Any

from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.db import transaction
from django.urls import reverse
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

TRAINEE, TRAINER, COORDINATOR = "trainee", "trainer", "coordinator"
ADMINISTRATOR, OFFICER, OBSERVER = "administrator", "officer", "observer"

DESK = ["wagtailadmin.access_admin"]
AUTHORING = ["add", "change", "delete"]

ROLES: dict[str, list[str]] = {
    TRAINEE: ["courses.study"],
    TRAINER: [
        *DESK,
        "courses.view_cohort",
        "courses.keep_register",
        "courses.observe_practical",
        "courses.grade_answers",
        *[f"courses.{verb}_{model}" for model in ("quiz", "rubric") for verb in AUTHORING],
    ],
    COORDINATOR: [
        *DESK,
        "courses.view_all_cohorts",
        "courses.keep_register",
        "courses.observe_practical",
        "courses.grade_answers",
        "courses.import_people",
        "courses.correct_register",
        "courses.approve_excuse",
        "courses.override_grade",
        "courses.regrade_test",
        "courses.export_records",
        "courses.see_legal_name",
        "courses.settle_syncevent",
        *[
            f"courses.{verb}_{model}"
            for model in ("cohort", "person", "enrolment")
            for verb in ("view", "add", "change")
        ],
        *[f"courses.{verb}_{model}" for model in ("quiz", "rubric") for verb in AUTHORING],
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
        "courses.view_all_cohorts",
        "courses.settle_syncevent",
        "courses.see_legal_name",
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
        "home.change_siteface",
        "home.change_helpcard",
    ],
    OFFICER: ["certificates.recognise_acta"],
    OBSERVER: [*DESK],
}
PAGE_ACTIONS = {
    TRAINER: ["add_page", "change_page", "publish_page"],
    COORDINATOR: ["add_page", "change_page", "publish_page", "lock_page", "unlock_page"],
}
WAGTAILS_OWN = ["Moderators", "Editors"]  # made by its migrations; our roles take their place
FILE_MODELS = {"wagtailimages": "image", "wagtailmedia": "media"}


def _permissions(names: list[str]) -> list[Permission]:
    """The permissions called `app.codename`. Raises Permission.DoesNotExist for a misspelt one."""
    found = []
    for name in names:
        app, codename = name.split(".")
        found.append(Permission.objects.get(content_type__app_label=app, codename=codename))
    return found


@transaction.atomic
def sync_roles() -> None:
    """Make the groups say exactly what ROLES says. Changes nothing the second time."""
    Group.objects.filter(name__in=WAGTAILS_OWN, user__isnull=True).delete()
    root, files = Page.get_first_root_node(), Collection.get_first_root_node()
    for role, names in ROLES.items():
        group, _created = Group.objects.get_or_create(name=role)
        group.permissions.set(_permissions(names))
        for codename in PAGE_ACTIONS.get(role, []):
            permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
            GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
            for app, model in FILE_MODELS.items():
                for verb in ("add", "change", "choose"):
                    allowed = Permission.objects.filter(
                        content_type__app_label=app, codename=f"{verb}_{model}"
                    ).first()
                    if allowed is not None:
                        GroupCollectionPermission.objects.get_or_create(
                            group=group, collection=files, permission=allowed
                        )


def start_page(user: Any) -> str:
    """Where someone lands after signing in: staff at a desk, the officer at hers, trainees at their day."""
    if isinstance(user, AnonymousUser):
        return reverse("sign_in")
    if user.has_perm("wagtailadmin.access_admin"):
        return reverse("wagtailadmin_home")
    return reverse("certificates:authority" if user.has_perm("certificates.recognise_acta") else "today")

"""Wagtail's workflow of the school: a trainer submits, a reviewer who did not write it approves."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.models import GroupApprovalTask, Page, Workflow, WorkflowPage, WorkflowTask

from courses.pages.workflow import LessonReviewTask


def ensure_review(reviewers: Any, root: Page) -> None:
    """One workflow with one step for all pages, made once; what an administrator changes afterwards stays."""
    _retire_wagtails_own()
    if LessonReviewTask.objects.exists():
        return
    with override(settings.LANGUAGE_CODE):
        task = LessonReviewTask.objects.create(name=_("Clinical and legal review"))
        workflow = Workflow.objects.create(name=_("Review before publishing"))
    task.groups.add(reviewers)
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.update_or_create(page=root, defaults={"workflow": workflow})


def _retire_wagtails_own() -> None:
    """The approval that Wagtail's migrations make has nobody left who could give it."""
    for task in GroupApprovalTask.objects.filter(active=True, groups__isnull=True):
        for workflow in task.active_workflows:
            workflow.deactivate()
        task.deactivate()

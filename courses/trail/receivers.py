"""What somebody does in Wagtail's own forms: whatever Wagtail logs as done to a record is noted here as well.

Wagtail's log can be cleared and its lines edited; the trail cannot. Words and titles stay in Wagtail's log.
"""

from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models.signals import post_save
from wagtail.models import ModelLogEntry, PageLogEntry

from courses.trail import actions
from courses.trail.deeds import Deed

DEEDS = {
    "wagtail.create": Deed.RECORD_MADE,
    "wagtail.copy": Deed.RECORD_MADE,
    "wagtail.edit": Deed.RECORD_CHANGED,
    "wagtail.revert": Deed.RECORD_CHANGED,
    "wagtail.delete": Deed.RECORD_DELETED,
    "wagtail.publish": Deed.PUBLISHED,
    "wagtail.publish.scheduled": Deed.PUBLISHED,
    "wagtail.publish.schedule": Deed.PUBLISHING_PLANNED,
    "wagtail.schedule.cancel": Deed.PUBLISHING_CALLED_OFF,
    "wagtail.unpublish": Deed.UNPUBLISHED,
    "wagtail.unpublish.scheduled": Deed.UNPUBLISHED,
    "wagtail.move": Deed.PAGE_MOVED,
    "wagtail.reorder": Deed.PAGE_MOVED,
    "wagtail.workflow.reject": Deed.REVIEW_REFUSED,
    "wagtail.workflow.cancel": Deed.REVIEW_CALLED_OFF,
    "wagtail.view_restriction.create": Deed.ACCESS_CHANGED,
    "wagtail.view_restriction.edit": Deed.ACCESS_CHANGED,
    "wagtail.view_restriction.delete": Deed.ACCESS_CHANGED,
}
DRAFTED = {"wagtail.edit", "wagtail.revert"}


def note_log_entry(*, instance: Any, created: bool, raw: bool = False, **_kwargs: Any) -> None:
    """A line of Wagtail's log. Drafts are none of it: publishing one is."""
    deed, model = DEEDS.get(instance.action), instance.content_type.model_class()
    if not created or raw or deed is None or model is None or not _tells(instance, model):
        return
    record = model(pk=model._meta.pk.to_python(instance.object_id))
    with transaction.atomic():
        actions.note(deed, about=record, by=instance.user, at=instance.timestamp)


def _tells(instance: Any, model: type[models.Model]) -> bool:
    """Whether it says of a decision what no other entry of the trail says."""
    if model._meta.label == settings.AUTH_USER_MODEL:
        return False  # accounts have deeds of their own
    if instance.action in DRAFTED:
        return bool(instance.content_changed) and not hasattr(model, "has_unpublished_changes")
    return True


def connect() -> None:
    """Listen to both of Wagtail's logs."""
    for sender in (PageLogEntry, ModelLogEntry):
        post_save.connect(note_log_entry, sender=sender, dispatch_uid=f"note-{sender.__name__}")

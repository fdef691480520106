"""Giving running cohorts a newer version of what they learn. What was read, attempted and decided stays."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from courses.cohorts.changes import ContentChange
from courses.cohorts.models import CohortContent
from courses.errors import Refused
from courses.pages.models import ContentVersion
from courses.trail import actions as trail


def running_pins(key: uuid.UUID, at: datetime) -> list[CohortContent]:
    """What cohorts that are open and not over use of this key, each with its version and cohort."""
    pins = CohortContent.objects.filter(key=key, cohort__opened_at__isnull=False)
    return [
        pin
        for pin in pins.select_related("version", "cohort").order_by("cohort__name")
        if pin.cohort.today(at) <= pin.cohort.ends_on
    ]


def behind(version: ContentVersion, at: datetime) -> list[CohortContent]:
    """The pins of running cohorts that have an older version of this in the same language."""
    return [
        pin
        for pin in running_pins(version.key, at)
        if pin.version.number < version.number and pin.version.language == version.language
    ]


@transaction.atomic
def apply_version(
    *,
    version: ContentVersion,
    needs_rereading: bool,
    by: Any,
    at: datetime,
    among: Iterable[int] | None = None,
) -> list[ContentChange]:
    """Pin this version in running cohorts (those `among` them) in place of an older one.

    Returns what changed; a second call changes nothing. Raises Refused for a lesson that nobody reviewed
    where only reviewed ones may be taught.
    """
    if is_unreviewed(version) and settings.REVIEWED_LESSONS_ONLY:
        raise Refused(_("Nobody has reviewed this text: running cohorts keep the one they have."))
    wanted = {pin.pk for pin in behind(version, at) if among is None or pin.cohort_id in among}
    pins = CohortContent.objects.select_for_update(of=("self",)).filter(pk__in=wanted)
    changes = []
    for pin in pins.select_related("version").order_by("pk"):
        if pin.version.number >= version.number:
            continue
        changes.append(
            ContentChange.objects.create(
                pin=pin,
                from_version=pin.version,
                to_version=version,
                needs_rereading=needs_rereading and version.kind == ContentVersion.Kind.LESSON,
                by=by,
                at=at,
            )
        )
        pin.version = version
        pin.save(update_fields=["version"])
    if changes:
        trail.note(trail.Deed.VERSION_APPLIED, about=version, by=by, at=at, count=len(changes))
    return changes


def is_unreviewed(version: ContentVersion) -> bool:
    """A lesson that no reviewer approved in these words."""
    return version.kind == ContentVersion.Kind.LESSON and not version.content.get("is_reviewed")

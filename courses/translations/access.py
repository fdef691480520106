"""Who may translate, send what is written for review, and publish it."""

from typing import Any

from wagtail.models import Page
from wagtail.permissions import page_permission_policy


def may_translate(user: Any) -> bool:
    """Trainers and coordinators. Publishing a page is another right."""
    return bool(user.has_perm("wagtail_localize.submit_translation"))


def may_publish(user: Any) -> bool:
    """Whose button in the translation editor publishes; that of the others sends for review."""
    return bool(page_permission_policy.user_has_permission(user, "publish"))


def may_send(user: Any, page: Page) -> bool:
    """Who writes a page may ask a reviewer to answer for it."""
    return may_translate(user) and bool(page.permissions_for_user(user).can_edit())

"""What retention puts into the admin."""

from wagtail import hooks

from cms.retention.viewsets import RetentionViewSet


@hooks.register("register_admin_viewset")
def register_viewset() -> RetentionViewSet:
    """What is kept how long, and what went."""
    return RetentionViewSet()

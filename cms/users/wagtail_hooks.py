"""What accounts put into the admin."""

from wagtail import hooks

from cms.users.staff import CardViewSet


@hooks.register("register_admin_viewset")
def register_viewset() -> CardViewSet:
    """Sign-in cards."""
    return CardViewSet()

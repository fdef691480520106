from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"
    verbose_name = _("Courses")

    def ready(self) -> None:
        """Connect Wagtail's publish signal: scheduled publishing fires no hook (architecture.md)."""
        from courses.pages import receivers  # ready() is the one place Django allows this import

        receivers.connect()

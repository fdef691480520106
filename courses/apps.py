from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"
    verbose_name = _("Courses")

    def ready(self) -> None:
        """Connect signals: scheduled publishing and Wagtail's log fire no hook (architecture.md)."""
        from courses import receivers  # ready() is the one place Django allows this import
        from courses.trail import receivers as trail
        from courses.translations import receivers as translations

        receivers.connect()
        translations.connect()
        trail.connect()

"""The theme has no models: it is templates, one stylesheet, one script and icons."""

from django.apps import AppConfig


class ThemeConfig(AppConfig):
    """Makes the theme's templates and static files findable."""

    name = "cms.theme"
    label = "theme"

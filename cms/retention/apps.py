"""The app that lets go of what was kept long enough."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RetentionConfig(AppConfig):
    name = "cms.retention"
    label = "retention"
    verbose_name = _("retention")

from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _

from certificates.keys.checks import check_keys
from certificates.printing.checks import check_libraries

register(check_libraries)
register(check_keys)


class CertificatesConfig(AppConfig):
    name = "certificates"
    verbose_name = _("Certificates")

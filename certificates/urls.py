"""The addresses of certificates, topic by topic."""

from django.urls import include, path

app_name = "certificates"

urlpatterns = [
    path("", include("certificates.verification.urls")),
    path("", include("certificates.awards.urls")),
    path("", include("certificates.credentials.urls")),
    path("", include("certificates.log.urls")),
    path("", include("certificates.actas.urls")),
]

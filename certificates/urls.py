"""The addresses of verification and of a holder's own diploma."""

from django.urls import path

from certificates import views

app_name = "certificates"

urlpatterns = [
    path("v/", views.verify, name="verify"),
    path("v/<str:code>/", views.verify_code, name="verify_code"),
    path("api/v1/verify/<str:code>", views.verify_api, name="verify_api"),
    path("mi-diploma/<uuid:award>.pdf", views.download, name="download"),
]

"""The addresses of verification."""

from django.urls import path

from certificates.verification import api, share_views, views

urlpatterns = [
    path("v/", views.verify, name="verify"),
    path("v/archivo/", views.verify_file, name="verify_file"),
    path("v/sin-conexion/", views.offline, name="offline"),
    path("v/<str:code>/", views.verify_code, name="verify_code"),
    path("c/<str:token>/", views.shared, name="shared"),
    path("mi-diploma/<uuid:award>/compartir/", share_views.make, name="share"),
    path("mi-diploma/enlaces/<uuid:link>/terminar/", share_views.end, name="end_share"),
    path("api/v1/verify", api.verify_file, name="verify_file_api"),
    path("api/v1/verify/<str:code>", api.verify, name="verify_api"),
    path("api/v1/verify/<str:code>/name", api.match_name, name="match_name_api"),
    path("api/v1/openapi.json", api.openapi, name="openapi"),
]

"""The addresses that phones use, below `/sync/v1/`. None of them names what a lesson is about."""

from django.urls import path

from courses.sync import staff_views, views

app_name = "sync"

urlpatterns = [
    path("key/", views.key, name="key"),
    path("modules/", views.modules, name="modules"),
    path("modules/<uuid:wanted>/", views.module, name="module"),
    path("modules/<uuid:wanted>/files/<slug:sha256>/<int:part>/", views.file_part, name="file_part"),
    path("team/", staff_views.team, name="team"),
    path("events/", views.events, name="events"),
]

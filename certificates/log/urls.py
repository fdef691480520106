"""The addresses of the transparency log."""

from django.urls import path

from certificates.log import views

urlpatterns = [
    path("log/head", views.head, name="log_head"),
    path("log/head/<int:size>", views.head_at, name="log_head_at"),
    path("log/keys", views.keys, name="log_keys"),
    path("log/entries", views.entries, name="log_entries"),
    path("log/proof/inclusion", views.inclusion, name="log_inclusion"),
    path("log/proof/consistency", views.consistency, name="log_consistency"),
]

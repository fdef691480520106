"""The addresses of the issuer's DID document and status lists. They stand in signed credentials: for good."""

from django.urls import path, re_path

from certificates.credentials import views

urlpatterns = [
    path(".well-known/did.json", views.did_document, name="did_document"),
    re_path(r"^status/(?P<number>[1-9][0-9]{0,5})$", views.status_list, name="status_list"),
]

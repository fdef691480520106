"""The addresses of a holder's own diploma."""

from django.urls import path

from certificates.awards import views

urlpatterns = [
    path("mi-diploma/<uuid:award>/", views.award, name="award"),
    path("mi-diploma/<uuid:award>.pdf", views.download, name="download"),
    path("mi-diploma/<uuid:award>.json", views.credential, name="credential"),
    path("mi-diploma/<uuid:award>/tarjeta.pdf", views.card, name="card"),
    path("mi-diploma/<uuid:award>/nombre/", views.show_name, name="show_name"),
    path("mi-diploma/emisora/<int:cohort>/", views.choose_issuer, name="choose_issuer"),
]

"""Her own pages, below `/mis-datos/`."""

from django.urls import path

from cms.users.own_data import views

app_name = "own_data"

urlpatterns = [
    path("", views.kept, name="kept"),
    path("ver/<slug:code>/", views.kept_rows, name="kept_rows"),
    path("permisos/", views.consents, name="consents"),
    path("permisos/despues/", views.later, name="later"),
    path("permisos/comprobante/", views.receipt, name="receipt"),
    path("permisos/comprobante.pdf", views.receipt_file, name="receipt_file"),
    path("permisos/<slug:purpose>/", views.consent, name="consent"),
    path("copia/", views.copy, name="copy"),
    path("nombre/", views.name, name="name"),
    path("salir/", views.leave, name="leave"),
    path("borrar/", views.erase, name="erase"),
]

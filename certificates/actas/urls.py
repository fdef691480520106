"""The addresses of the authority's portal and of her own decision. None of them names anybody."""

from django.urls import path

from certificates.actas import portal, views

urlpatterns = [
    path("autoridad/", portal.actas, name="authority"),
    path("autoridad/<int:pk>/", portal.acta, name="authority_acta"),
    path("autoridad/<int:pk>/responder/", portal.answer, name="authority_answer"),
    path("autoridad/<int:pk>/acta.pdf", portal.acta_file, name="authority_pdf"),
    path("autoridad/<int:pk>/paquete.zip", portal.packet_file, name="authority_packet"),
    path("autoridad/<int:pk>/oficio/<int:recognition>/", portal.oficio, name="authority_oficio"),
    path("mi-decision/", views.my_decision, name="my_decision"),
    path("mi-decision/<int:pk>/revision/", views.ask_review, name="ask_review"),
]

"""Every address of the site. Doors of Wagtail that we do not use are closed here, before its own list."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.views import serve as serve_page

from certificates import urls as certificates_urls
from cms.home import views as home
from cms.home.language import set_language
from cms.phone import staff as staff_phone
from cms.phone import views as phone
from cms.users import views as users
from courses import urls as courses_urls
from courses.sync import urls as sync_urls


def closed(_request: HttpRequest, **_kwargs: str) -> HttpResponse:
    """A door that is not there."""
    raise Http404


urlpatterns = [
    path("", serve_page, {"path": ""}, name="home"),
    path("health/", home.health, name="health"),
    path("entrar/", users.sign_in, name="sign_in"),
    path("entrar/equipo/", users.staff_sign_in, name="staff_sign_in"),
    path("entrar/tarjeta/", users.card, name="card"),
    path("entrar/comprobar/", users.check_pin, name="check_pin"),
    path("salir/", users.sign_out, name="sign_out"),
    path("clave/", users.change_secret, name="password_change"),
    path("sesiones/", users.my_sessions, name="my_sessions"),
    path("ayuda/", home.help_card, name="help"),
    path("este-telefono/", home.this_phone, name="this_phone"),
    path("idioma/", set_language, name="set_language"),
    path("hoy/", users.today, name="today"),
    path("telefono/", phone.shell, name="phone"),
    path("telefono/sesion/", phone.session, name="phone_session"),
    path("telefono/equipo/", staff_phone.shell, name="staff_phone"),
    path("telefono/equipo/sesion/", staff_phone.session, name="staff_phone_session"),
    path("telefono/equipo/sw.js", staff_phone.worker, name="staff_phone_worker"),
    path("sw.js", phone.worker, name="phone_worker"),
    path("manifest.webmanifest", phone.manifest, name="manifest"),
    path("curso/", include(courses_urls)),
    path("sync/v1/", include(sync_urls)),
    path("", include(certificates_urls)),
    # One way in for staff: Wagtail's own sign-in and password pages are not doors of this house.
    path("admin/login/", RedirectView.as_view(pattern_name="staff_sign_in", query_string=True)),
    re_path(r"^admin/password_reset/.*$", closed),
    path("admin/", include(wagtailadmin_urls)),
]
if settings.SERVE_MEDIA:
    urlpatterns.append(re_path(r"^media/(?P<path>.*)$", serve, {"document_root": settings.MEDIA_ROOT}))
urlpatterns += [
    re_path(r"^_util/.*$", closed),
    path("", include(wagtail_urls)),
]

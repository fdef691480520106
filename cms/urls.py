"""Every address of the site. Doors of Wagtail that we do not use are closed here, before its own list."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.admin.auth import require_admin_access
from wagtail.views import serve as serve_page

from certificates import urls as certificates_urls
from cms.home import views as home
from cms.home.files import public_file
from cms.home.language import desk_words, set_language
from cms.monitoring import views as monitoring
from cms.phone import staff as staff_phone
from cms.phone import views as phone
from cms.users import factor_views as factors
from cms.users import views as users
from cms.users.own_account import AccountView
from cms.users.own_data import urls as own_data_urls
from courses import urls as courses_urls
from courses.pages.choosing import chosen
from courses.sync import urls as sync_urls

handler400 = "cms.home.errors.bad_request"
handler403 = "cms.home.errors.permission_denied"
handler404 = "cms.home.errors.not_found"
handler500 = "cms.home.errors.server_error"


def closed(_request: HttpRequest, **_kwargs: str) -> HttpResponse:
    """A door that is not there."""
    raise Http404


urlpatterns = [
    path("", serve_page, {"path": ""}, name="home"),
    path("health/", monitoring.health, name="health"),
    path("health/ready/", monitoring.ready, name="ready"),
    path("metrics", monitoring.metrics, name="metrics"),
    path("entrar/", users.sign_in, name="sign_in"),
    path("entrar/equipo/", users.staff_sign_in, name="staff_sign_in"),
    path("entrar/segundo-paso/", factors.authenticate, name="mfa_authenticate"),
    path("entrar/clave/", users.own_password, name="own_password"),
    path("entrar/tarjeta/", users.card, name="card"),
    path("entrar/comprobar/", users.check_pin, name="check_pin"),
    path("salir/", users.sign_out, name="sign_out"),
    path("clave/", users.change_secret, name="password_change"),
    path("cuenta/segundo-paso/", factors.index, name="mfa_index"),
    path("cuenta/segundo-paso/confirmar/", factors.reauthenticate, name="mfa_reauthenticate"),
    path("cuenta/segundo-paso/aplicacion/", factors.add_app, name="mfa_activate_totp"),
    path("cuenta/segundo-paso/llave/", factors.add_key, name="mfa_add_webauthn"),
    path("cuenta/segundo-paso/<int:pk>/quitar/", factors.remove, name="mfa_remove"),
    path("cuenta/segundo-paso/codigos/", factors.codes, name="mfa_view_recovery_codes"),
    path("cuenta/segundo-paso/codigos/archivo/", factors.codes_file, name="mfa_download_recovery_codes"),
    path("cuenta/segundo-paso/codigos/nuevos/", factors.new_codes, name="mfa_generate_recovery_codes"),
    path("sesiones/", users.my_sessions, name="my_sessions"),
    path("ayuda/", home.help_card, name="help"),
    path("quejas/", home.complaints, name="complaints"),
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
    path("mis-datos/", include(own_data_urls)),
    path("sync/v1/", include(sync_urls)),
    path("", include(certificates_urls)),
    # One way in for staff: Wagtail's own sign-in and password pages are not doors of this house.
    # django-allauth calls its own door `account_login`: for us that is this redirect.
    path(
        "admin/login/",
        RedirectView.as_view(pattern_name="staff_sign_in", query_string=True),
        name="account_login",
    ),
    re_path(r"^admin/password_reset/.*$", closed),
    path("admin/failwhale/", closed),  # makes an error to try the logs with
    path("admin/jsi18n/", desk_words),
    path("admin/account/", require_admin_access(AccountView.as_view())),
    # The admin's own API: its menu of pages reads one list. The others ask for no right to look; acting by
    # it would publish without the checks of a lesson.
    re_path(r"^admin/api/main/(?:images|documents)/.*$", closed),
    re_path(r"^admin/api/main/pages/\d+/action/.*$", closed),
    # Designs have a desk of their own; these would tell their names to everybody at any desk.
    re_path(r"^admin/(?:bulk|snippets/choose)/certificates/.*$", closed),
    path("admin/media/chooser/<int:media_id>/", require_admin_access(chosen)),
    path("admin/", include(wagtailadmin_urls)),
]
if settings.SERVE_MEDIA:
    urlpatterns.append(re_path(r"^media/(?P<path>.*)$", public_file))
urlpatterns += [
    re_path(r"^_util/.*$", closed),
    path("", include(wagtail_urls)),
]

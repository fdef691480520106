"""Settings that are the same everywhere; dev, test and production add what differs."""

from pathlib import Path

import django.conf.locale
import django_stubs_ext
from celery.schedules import crontab
from csp.constants import NONE, SELF

django_stubs_ext.monkeypatch()  # lets `ModelForm[Person]` and its like be written at run time too

BASE_DIR = Path(__file__).resolve().parents[2]

INSTALLED_APPS = [
    "cms.home",
    "cms.users.apps.UsersConfig",
    "cms.theme",
    "cms.phone",
    "certificates",
    "courses",
    "wagtailmedia",
    "cms.users.apps.AdminUsersConfig",
    "wagtail.contrib.settings",
    "wagtail.snippets",
    "wagtail.documents",  # the admin of Wagtail 7.4 cannot be drawn without it; we publish no documents
    "wagtail.images",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # above WhiteNoise: `make run` has no compressed copies
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "cms.middleware.DeskLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cms.middleware.IdleSessions",
    "cms.users.sessions.NoteSessions",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cms.middleware.PrivatePages",
]

ROOT_URLCONF = "cms.urls"
WSGI_APPLICATION = "cms.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cms.context.site",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- people -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "users.User"
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "today"
LOGOUT_REDIRECT_URL = "sign_in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False  # Wagtail's admin reads the token from the cookie
CSRF_COOKIE_SAMESITE = "Lax"

# --- language and time --------------------------------------------------------------------------
LANGUAGE_CODE = "es"
LANGUAGES = [
    ("es", "Español"),
    ("en", "English"),
    ("fr", "Français"),
    ("pt", "Português"),
    ("ht", "Kreyòl ayisyen"),
]
REVIEWED_LANGUAGES = ["es", "en"]  # in any other, texts about rights and safety stay in Spanish
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [
    BASE_DIR / "cms" / "locale",
    BASE_DIR / "cms" / "locale_upstream",  # what Wagtail, wagtailmedia and Django do not bring
]
FORMAT_MODULE_PATH = ["cms.formats"]  # dates and numbers of Haitian Creole, which Django does not know
TIME_ZONE = "America/Mexico_City"
USE_TZ = True
USE_I18N = True
django.conf.locale.LANG_INFO["ht"] = {
    "bidi": False,
    "code": "ht",
    "name": "Haitian Creole",
    "name_local": "Kreyòl ayisyen",
}

# --- Wagtail ------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "Promotora"
WAGTAIL_CONTENT_LANGUAGES = [("es", "Español")]
WAGTAILADMIN_PERMITTED_LANGUAGES = [("es", "Español"), ("en", "English")]
WAGTAIL_ENABLE_UPDATE_CHECK = False  # no call to a third party from a trainer's browser
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_FRONTEND_LOGIN_URL = "/entrar/"
WAGTAILADMIN_LOGIN_URL = "/entrar/equipo/"
WAGTAIL_PASSWORD_RESET_ENABLED = False  # there is no e-mail: a coordinator gives a new password
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = True
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILIMAGES_EXTENSIONS = ["avif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAIL_WORKFLOW_ENABLED = True
WAGTAIL_MODERATION_ENABLED = False
WAGTAILMEDIA = {"AUDIO_EXTENSIONS": ["mp3", "m4a", "ogg"], "VIDEO_EXTENSIONS": ["mp4", "webm"]}

# --- the site's own words and safety ------------------------------------------------------------
SITE_NAME = "Promotora"
QUICK_EXIT_URL = "https://www.google.com/"
FACE_SECONDS: int | None = 60  # how long a process goes on with the name, icon and exit it has read
SHARED_LOCK_MINUTES = 3  # without use, on a phone that others use too
STAFF_IDLE_MINUTES = 240  # without use, until whoever has a desk signs in again
PUBLIC_BASE_URL = "http://localhost:8000"
FOLIO_PREFIX = "EPS"
PRINTABLE = "certificates.printing.fonts.missing"  # which letters of a name no diploma can carry
WITHDRAWN_CREDENTIAL_KEYS: list[str] = []  # stolen keys, such as 2026-1: listed, but they may not assert
STATEMENT_PREFIX = "CPS"  # the register of statements of participation
PROXY_COUNT = 0  # how many proxies of ours append to X-Forwarded-For
VERIFY_PER_MINUTE = 60  # questions to the verification API from one place
VERIFY_FILES_PER_MINUTE = 10  # files that one place may have checked
REGISTER_LOCK_DAYS = 7  # after a session its register takes corrections with a reason only
SYNC_PER_MINUTE = 60  # batches of offline work from one account, or one address where nobody is signed in
SYNC_KEPT_PER_OWNER = 1000  # refused events that wait for a human: a stranger cannot fill the disk

# --- Content Security Policy --------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/admin/"],
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
# With "no-referrer" browsers send `Origin: null`, and every form fails its CSRF check.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail's preview panel frames the page being edited
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
OFICIO_MAX_BYTES = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- e-mail: heads of the log go to their witnesses (docs/log.md) ----------------------------------
EMAIL_TIMEOUT = 10  # seconds; shorter than a task's time limit

# --- Celery: the queue is only a bell, the row is the truth ---------------------------------------
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 30  # seconds; a diploma takes a fraction of one
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# KiB, some 199 MB: Pango and HarfBuzz keep a few KB of each document. A process that has grown so far ends
# after its task, and a fresh one takes its place.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 194_000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TIMEZONE = "UTC"
SWEEP_SECONDS = 10
STATUS_SECONDS = 60  # how often to look whether a status list must be signed: new, changed, or a day old
LOG_SECONDS = 300  # how often to look whether a head is due (once a day) or a mail to a witness
CELERY_BEAT_SCHEDULE = {
    "sweep-render-jobs": {
        "task": "certificates.tasks.sweep",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_SECONDS},
    },
    "sweep-imports": {
        "task": "courses.tasks.sweep_imports",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_SECONDS},
    },
    "sign-status-lists": {
        "task": "certificates.tasks.sign_status_lists",
        "schedule": STATUS_SECONDS,
        "options": {"expires": STATUS_SECONDS},
    },
    "tend-log": {
        "task": "certificates.tasks.tend_log",
        "schedule": LOG_SECONDS,
        "options": {"expires": LOG_SECONDS},
    },
    "audit-log": {
        "task": "certificates.tasks.audit_log",
        "schedule": crontab(hour="9", minute="17"),  # UTC: before dawn in Mexico
        "options": {"expires": 3600},
    },
}
REDIS_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
}
# --- the signature of diplomas (docs/keys.md) ---------------------------------------------------------
PDF_KEY: dict[str, str] = {}  # where the key lies; empty in a demo, which makes its own
PDF_SIGNATURE_LEVEL = ""  # B-B, B-T or B-LTA; empty: B-T with a timestamp authority, B-B without
PDF_TIMESTAMP_URL = ""  # of an authority that answers RFC 3161 over HTTP
PDF_TIMESTAMP_ROOTS = ""  # a PEM file: whom B-LTA trusts for timestamps
PDF_TIMESTAMP_SECONDS = 5  # the longest wait for its answer; shorter than a diploma's time limit
AUTHORITY_COUNTERSIGNS = False  # leave a field in recognised diplomas for the authority's own signature

RENDER_LEASE_SECONDS = 45  # longer than the task's time limit
RENDER_MAX_ATTEMPTS = 5
RENDER_SLICE_SECONDS = 10  # how long one bell keeps a worker; with one more diploma well below the time limit
RENDER_BELLS = 8  # at least as many as there are worker processes on all hosts; more wake nobody
REGISTER_PAGES_A_BOOK = 100  # pages («fojas») of a register book, where its series says nothing else

STATIC_URL = "/static/"
STATICFILES_FINDERS = [
    "cms.theme.bundles.BundleFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
MEDIA_URL = "/media/"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "cms.log_format.WithoutCodes",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Django's own handlers write addresses as they came, and mail what was posted.
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "django.request": {"level": "ERROR"},  # a 404 would log a mistyped code
        "pikepdf": {"level": "WARNING"},
        "pyhanko": {"level": "ERROR"},  # it tells at length what is wrong with a stranger's file
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
    },
}

"""Settings that are the same everywhere; dev, test and production add what differs."""

from pathlib import Path

import django.conf.locale
import django_stubs_ext
from csp.constants import NONE, SELF, UNSAFE_INLINE

from cms.settings.queue import *  # noqa: F403 -- one block of settings, in a file of its own

django_stubs_ext.monkeypatch()  # lets `ModelForm[Person]` and its like be written at run time too

BASE_DIR = Path(__file__).resolve().parents[2]

INSTALLED_APPS = [
    "cms.home",
    "cms.users.apps.UsersConfig",
    "cms.theme",
    "cms.phone",
    "cms.monitoring",
    "cms.retention.apps.RetentionConfig",
    "cms.backup",
    "certificates",
    "courses",
    "wagtail_localize",
    "wagtailmedia",
    "cms.users.apps.AdminUsersConfig",
    "wagtail.contrib.settings",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",  # whatever is uploaded is offered to its index; without it no picture can be added
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",  # for its translations: Wagtail says «2 minutes ago» with it
    "django.forms",
]

MIDDLEWARE = [
    "cms.monitoring.middleware.Watched",  # outermost: it sees every answer
    "csp.middleware.CSPMiddleware",  # the first four say the same of every answer, static files included
    "cms.middleware.SafeHeaders",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "cms.middleware.NoPlainPrograms",
    "django.middleware.gzip.GZipMiddleware",  # above WhiteNoise: `make run` has no compressed copies
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "cms.middleware.DeskLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cms.middleware.IdleSessions",
    "cms.users.second_step.SecondStep",
    "allauth.account.middleware.AccountMiddleware",
    "cms.users.sessions.NoteSessions",
    "django.contrib.messages.middleware.MessageMiddleware",
    "cms.users.door_log.NotedRefusals",
    "cms.middleware.PlainRefusals",
    "cms.whole_requests.WholeRequests",
    "cms.middleware.WritersOnly",
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
    {"NAME": "cms.users.passwords.SchoolWordsValidator"},
]
# The second step of staff (docs/adr/0018). Only dev.py lets a demonstration do without it.
STAFF_SECOND_FACTOR = True
ACCOUNT_ADAPTER = "cms.users.adapters.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_LOGIN_TIMEOUT = 600  # seconds between the password and the second step
ACCOUNT_RATE_LIMITS = False  # ours count apart what an attacker could turn against her: cms/users/tries.py
MFA_ADAPTER = "cms.users.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_REAUTHENTICATION_REQUIRED = False  # our views ask themselves: cms/users/second_step.py, `freshly`
MFA_TOTP_TOLERANCE = 1  # the code before and the one after: phones' clocks
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True  # scripts read the token from the page
CSRF_COOKIE_SAMESITE = "Lax"
COOKIE_PREFIX = ""  # of the other cookies (cms/home/cookies.py); production has __Host-
MESSAGE_STORAGE = "cms.home.cookies.Messages"
CSRF_FAILURE_VIEW = "cms.home.errors.csrf_failure"

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
FORMAT_MODULE_PATH = ["cms.formats"]  # Haitian Creole, numbers as Mexico writes them, a clock in English
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
WAGTAIL_I18N_ENABLED = True
# What the course is written in and translated into (docs/languages.md). Another one is added here, no more.
WAGTAIL_CONTENT_LANGUAGES = [("es", "Español"), ("en", "English")]
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False  # a translation begins as a draft
WAGTAILADMIN_PERMITTED_LANGUAGES = [("es", "Español"), ("en", "English")]
WAGTAIL_ENABLE_UPDATE_CHECK = False  # no call to a third party from a trainer's browser
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_FRONTEND_LOGIN_URL = "/entrar/"
WAGTAILADMIN_LOGIN_URL = "/entrar/equipo/"
WAGTAIL_PASSWORD_RESET_ENABLED = False  # there is no e-mail: a coordinator gives a new password
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False  # at /clave/, where guessing is slowed
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILIMAGES_EXTENSIONS = ["avif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
# Wagtail would unpack a picture to count its points, and stumble where it is damaged: our form counts first.
WAGTAILIMAGES_MAX_IMAGE_PIXELS = None
WAGTAILSEARCH_BACKENDS = {
    "default": {"BACKEND": "wagtail.search.backends.database.fallback"}
}  # no index to keep
WAGTAIL_ALLOW_UNICODE_SLUGS = False  # addresses are plain letters: a link to an accented one would break
WAGTAIL_WORKFLOW_ENABLED = True
WAGTAIL_MODERATION_ENABLED = False
WAGTAILIMAGES_IMAGE_FORM_BASE = "courses.pages.uploads.ImageForm"
WAGTAILMEDIA = {
    "AUDIO_EXTENSIONS": ["mp3", "m4a", "ogg"],
    "VIDEO_EXTENSIONS": ["mp4", "webm"],
    "MEDIA_FORM_BASE": "courses.pages.uploads.MediaForm",
}
COURSE_FILE_MAX_BYTES = 1024 * 1024 * 1024  # a whole course with its sounds and videos
MEDIA_MAX_BYTES = 60 * 1024 * 1024  # a sound or a video; ten minutes of speech weigh a tenth of it
WAGTAILDOCS_EXTENSIONS = [
    "pdf",
    "docx",
    "odt",
    "pptx",
    "odp",
    "xlsx",
    "ods",
    "txt",
    "vtt",
]  # nothing that runs
WAGTAILDOCS_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILDOCS_DOCUMENT_FORM_BASE = "courses.pages.uploads.DocumentForm"
WAGTAILDOCS_SERVE_METHOD = (
    "direct"  # as pictures and sounds: public files; nothing private stands in a lesson
)
WAGTAIL_FINISH_WORKFLOW_ACTION = "courses.pages.publishing.publish_approved"

# --- the site's own words and safety ------------------------------------------------------------
SITE_NAME = "Promotora"
QUICK_EXIT_URL = "https://www.google.com/"
FACE_SECONDS: int | None = 60  # how long a process goes on with the name, icon and exit it has read
SHARED_LOCK_MINUTES = 3  # without use, on a phone that others use too
STAFF_IDLE_MINUTES = 240  # without use, until whoever has a desk signs in again
STAFF_SESSION_HOURS = 12  # used or not, until she signs in again (NIST SP 800-63B, AAL2)
SESSION_DAYS = 30  # the same for a trainee (AAL1); her phone goes on without signal all the same
PUBLIC_BASE_URL = "http://localhost:8000"
FOLIO_PREFIX = "EPS"
BACKUP_LOG_N = (
    17  # scrypt's N of a backup's passphrase is 2 to this: 128 MiB and half a second for each guess
)
PRINTABLE = "certificates.printing.fonts.missing"  # which letters of a name no diploma can carry
WITHDRAWN_CREDENTIAL_KEYS: list[str] = []  # stolen keys, such as 2026-1: listed, but they may not assert
STATEMENT_PREFIX = "CPS"  # the register of statements of participation
PROXY_COUNT = 0  # how many proxies of ours append to X-Forwarded-For
VERIFY_PER_MINUTE = 60  # questions to the verification API from one place
VERIFY_FILES_PER_MINUTE = 10  # files that one place may have checked
REGISTER_LOCK_DAYS = 7  # after a session its register takes corrections with a reason only
LEGAL_NAME_DAYS = 90  # after her last diploma was issued a legal name is erased
RETENTION_DRAFT_DAYS = 30  # what was begun and not gone on with (docs/retention.md)
RETENTION_SIGN_IN_DAYS = 90  # sessions, known devices, spent cards: after their last use
RETENTION_RECORD_MONTHS = 24  # attendance and results: after the cohort ended, then its totals alone
REVIEWED_LESSONS_ONLY = False  # no cohort opens on, or gets, a lesson that no reviewer approved
SYNC_PER_MINUTE = 60  # batches of offline work from one account, or one address where nobody is signed in
SYNC_KEPT_PER_OWNER = 1000  # refused events that wait for a human: a stranger cannot fill the disk

# --- Content Security Policy --------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
ADMIN_CSP = {  # our own screens of the admin
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "data:", "blob:"],
    "font-src": [SELF],
    "media-src": [SELF, "blob:"],
    "connect-src": [SELF],
    "manifest-src": [SELF],
    "frame-src": [SELF],
    "object-src": [NONE],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [SELF],
}
WAGTAIL_CSP = {  # Wagtail's own: it writes scripts into its pages, and its editor styles
    **ADMIN_CSP,
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
}
# With "no-referrer" browsers send `Origin: null`, and every form fails its CSRF check.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"  # but the admin, whose preview panel frames the page being edited
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
OFICIO_MAX_BYTES = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- e-mail: heads of the log go to their witnesses (docs/log.md) ----------------------------------
EMAIL_TIMEOUT = 10  # seconds; shorter than a task's time limit

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
WHITENOISE_ALLOW_ALL_ORIGINS = False
STATICFILES_FINDERS = [
    "cms.theme.bundles.BundleFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
MEDIA_URL = "/media/"

# --- watching (docs/operations.md) --------------------------------------------------------------------
MONITORING_TOKEN = ""  # who holds it may read figures; without one only this machine itself may
QUEUE_PATIENCE_SECONDS = 900  # work that waits longer, while nothing is made, is told
HEARTBEAT_PATIENCE_SECONDS = 300
DISK_FREE_MB = 500  # less is told

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
        "fido2": {"level": "WARNING"},  # it tells which passkey was used
        "celery.beat": {"level": "WARNING"},  # each bell of the clock; what became of it the worker says
        "celery.worker.strategy": {"level": "WARNING"},  # «received»
        "pikepdf": {"level": "WARNING"},
        "pyhanko": {"level": "ERROR"},  # it tells at length what is wrong with a stranger's file
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
    },
}

"""One box, nothing to set: what `make run` uses. All state lies in DATA_DIR."""

import os
import secrets
from pathlib import Path

from cms.settings import environment
from cms.settings.base import *  # noqa: F403 -- Django's settings are layered by star imports
from cms.settings.base import BASE_DIR, REDIS_TRANSPORT_OPTIONS

DEBUG = environment.flag("DEBUG")
IS_DEMO = environment.flag("DEMO", default=True)
STAFF_SECOND_FACTOR = environment.flag("STAFF_SECOND_FACTOR")  # production asks always
DATA_DIR = Path(os.environ.get("DATA_DIR", BASE_DIR / "var")).absolute()
PORT = os.environ.get("PORT", "8000")
METRICS_DIR = DATA_DIR / "metrics"
LOGGING["formatters"]["line"]["is_open"] = DEBUG  # type: ignore[index]  # noqa: F405 -- from the star import above
SECRET_KEY = environment.kept_secret(DATA_DIR / "secret.key", lambda: secrets.token_urlsafe(50))
KEYS_DIR = DATA_DIR / "keys"
MASTER_KEYS = environment.kept_secret(KEYS_DIR / "master.key", environment.random_key).split()
NAME_SECRET = environment.kept_secret(KEYS_DIR / "name.key", environment.random_key)
PDF_KEY = environment.pdf_key(os.environ)
PDF_SIGNATURE_LEVEL = os.environ.get("PDF_SIGNATURE_LEVEL", "")
PDF_TIMESTAMP_URL = os.environ.get("PDF_TIMESTAMP_URL", "")
PDF_TIMESTAMP_ROOTS = os.environ.get("PDF_TIMESTAMP_ROOTS", "")
AUTHORITY_COUNTERSIGNS = environment.flag("AUTHORITY_COUNTERSIGNS")
ISSUER_HOST = os.environ.get("ISSUER_HOST", f"localhost:{PORT}")
ISSUER_DID = environment.did_of(ISSUER_HOST)
LOG_ORIGIN = os.environ.get("LOG_ORIGIN", f"{ISSUER_HOST}/log")
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", ISSUER_HOST.partition(":")[0]]
ALLOWED_HOSTS += os.environ.get("ALLOWED_HOSTS", "").split()
PUBLIC_BASE_URL = os.environ.get("PUBLIC_BASE_URL", f"http://localhost:{PORT}")
WAGTAILADMIN_BASE_URL = PUBLIC_BASE_URL
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]

DATABASES = {"default": environment.database(os.environ.get("DATABASE_URL"), DATA_DIR)}
CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT_OPTIONS = environment.broker(
    os.environ.get("BROKER_URL"), REDIS_TRANSPORT_OPTIONS
)
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "renditions": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "renditions"},
    "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "local"},
}

if "RENDER_TIME_LIMIT" in os.environ:  # seconds; shorter where tests kill workers and wait for the rest
    CELERY_TASK_TIME_LIMIT = int(os.environ["RENDER_TIME_LIMIT"])
    RENDER_LEASE_SECONDS = CELERY_TASK_TIME_LIMIT + 5
    RENDER_SLICE_SECONDS = CELERY_TASK_TIME_LIMIT // 3

MEDIA_ROOT = DATA_DIR / "media"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": environment.private_storage(os.environ.get("PRIVATE_STORAGE_URL"), DATA_DIR),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
SERVE_MEDIA = True

"""Production: everything that matters comes from the environment and is missed at start, not later."""

import os
from pathlib import Path

from cms.settings import environment
from cms.settings.base import *  # noqa: F403 -- Django's settings are layered by star imports
from cms.settings.base import BASE_DIR, REDIS_TRANSPORT_OPTIONS

DEBUG = False
IS_DEMO = False
SECRET_KEY = os.environ["SECRET_KEY"]
DATA_DIR = Path(os.environ["DATA_DIR"]).absolute()
KEYS_DIR = Path(os.environ["KEYS_DIR"]).absolute()
MASTER_KEYS = os.environ["MASTER_KEYS"].split()  # the newest first; each 32 bytes in URL-safe base64
NAME_SECRET = os.environ["NAME_SECRET"]
PDF_KEY = environment.pdf_key(os.environ)
PDF_SIGNATURE_LEVEL = os.environ.get("PDF_SIGNATURE_LEVEL", "")
PDF_TIMESTAMP_URL = os.environ.get("PDF_TIMESTAMP_URL", "")
PDF_TIMESTAMP_ROOTS = os.environ.get("PDF_TIMESTAMP_ROOTS", "")
AUTHORITY_COUNTERSIGNS = environment.flag("AUTHORITY_COUNTERSIGNS")
ISSUER_HOST = os.environ["ISSUER_HOST"]  # of the DID: neutral, and must outlive the site
ISSUER_DID = environment.did_of(ISSUER_HOST)
WITHDRAWN_CREDENTIAL_KEYS = os.environ.get("WITHDRAWN_CREDENTIAL_KEYS", "").split()
LOG_ORIGIN = os.environ.get("LOG_ORIGIN", f"{ISSUER_HOST}/log")  # stands in every head: never change it
PUBLIC_BASE_URL = os.environ["PUBLIC_BASE_URL"].rstrip("/")
ALLOWED_HOSTS = [*os.environ["ALLOWED_HOSTS"].split(), ISSUER_HOST.partition(":")[0]]
WAGTAILADMIN_BASE_URL = PUBLIC_BASE_URL
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]

DATABASES = {"default": environment.database(os.environ["DATABASE_URL"], DATA_DIR)}
CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT_OPTIONS = environment.broker(
    os.environ["BROKER_URL"], REDIS_TRANSPORT_OPTIONS
)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": os.environ["CACHE_URL"],
    },
    "renditions": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "renditions"},
    "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "local"},
}

# Without EMAIL_HOST nothing is mailed, and the admin says so.
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = environment.flag("EMAIL_USE_TLS", default=True)
EMAIL_USE_SSL = environment.flag("EMAIL_USE_SSL")
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", f"register@{ISSUER_HOST}")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'dummy'}.EmailBackend"

PROXY_COUNT = int(os.environ.get("PROXY_COUNT", "1"))
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

MEDIA_ROOT = DATA_DIR / "media"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", BASE_DIR / "staticfiles"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": environment.private_storage(os.environ.get("PRIVATE_STORAGE_URL"), DATA_DIR),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
SERVE_MEDIA = environment.flag("SERVE_MEDIA")

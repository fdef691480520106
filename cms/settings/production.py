"""Production: everything that matters comes from the environment and is missed at start, all at once."""

import importlib
import os
from pathlib import Path
from typing import Any

from cms.settings import environment
from cms.settings.asked import Asked, pdf_files, with_files
from cms.settings.base import *  # noqa: F403 -- Django's settings are layered by star imports
from cms.settings.base import BASE_DIR, REDIS_TRANSPORT_OPTIONS

ask = Asked(with_files(os.environ))
ask.never("DEBUG")
ask.never("DEMO")
DEBUG = False
IS_DEMO = False
SECRET_KEY = ask.secret("SECRET_KEY")
DATA_DIR = ask.folder("DATA_DIR")
KEYS_DIR = ask.private_folder("KEYS_DIR")
MASTER_KEYS = ask.random_keys("MASTER_KEYS")  # the newest first
NAME_SECRET = " ".join(ask.random_keys("NAME_SECRET"))
PDF_KEY = environment.pdf_key(ask)
for _name, _path in pdf_files(PDF_KEY):
    ask.private_file(_name, _path)
PDF_SIGNATURE_LEVEL = ask.get("PDF_SIGNATURE_LEVEL", "")
PDF_TIMESTAMP_URL = ask.url("PDF_TIMESTAMP_URL", {"http", "https"}, is_needed=False)
PDF_TIMESTAMP_ROOTS = ask.get("PDF_TIMESTAMP_ROOTS", "")
AUTHORITY_COUNTERSIGNS = ask.flag("AUTHORITY_COUNTERSIGNS")
ISSUER_HOST = ask.host("ISSUER_HOST")  # of the DID: neutral, and must outlive the site
ISSUER_DID = environment.did_of(ISSUER_HOST)
WITHDRAWN_CREDENTIAL_KEYS = ask.get("WITHDRAWN_CREDENTIAL_KEYS", "").split()
LOG_ORIGIN = ask.get("LOG_ORIGIN", "") or f"{ISSUER_HOST}/log"  # stands in every head: never change it
PUBLIC_BASE_URL = ask.site("PUBLIC_BASE_URL")
# «localhost»: the machine's own questions (docs/operations.md, «Watching»); no proxy passes that name on.
ALLOWED_HOSTS = [*ask.hosts("ALLOWED_HOSTS"), ISSUER_HOST.partition(":")[0], "localhost"]
WAGTAILADMIN_BASE_URL = PUBLIC_BASE_URL
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]

_database_url = ask.url("DATABASE_URL", {"postgresql", "postgres", "sqlite"})
_has_pooler = ask.flag("DATABASE_POOLER")
DATABASES = {
    "default": ask.made(
        "DATABASE_URL",
        lambda: environment.database(_database_url or None, DATA_DIR, has_pooler=_has_pooler),
        dict[str, Any](),
    )
}
CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT_OPTIONS = environment.broker(
    ask.url("BROKER_URL", {"redis", "rediss", "redis+socket", "amqp", "amqps", "pyamqp"}),
    REDIS_TRANSPORT_OPTIONS,
)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": ask.url("CACHE_URL", {"redis", "rediss", "unix"}),
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    },
    "renditions": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "renditions"},
    "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "local"},
}

# Without EMAIL_HOST nothing is mailed, and the admin says so.
EMAIL_HOST = ask.get("EMAIL_HOST", "")
EMAIL_PORT = ask.number("EMAIL_PORT", 587, most=65535)
EMAIL_HOST_USER = ask.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = ask.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = ask.flag("EMAIL_USE_TLS", default=True)
EMAIL_USE_SSL = ask.flag("EMAIL_USE_SSL")
DEFAULT_FROM_EMAIL = ask.get("EMAIL_FROM", "") or f"register@{ISSUER_HOST}"
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'dummy'}.EmailBackend"

REVIEWED_LESSONS_ONLY = ask.flag("REVIEWED_LESSONS_ONLY", default=True)
PROXY_COUNT = ask.number("PROXY_COUNT", 1, most=5)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
COOKIE_PREFIX = "__Host-"  # no other host can plant one (RFC 6265bis)
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}language"

MEDIA_ROOT = Path(ask.get("MEDIA_ROOT", "") or DATA_DIR / "media")
STATIC_ROOT = Path(ask.get("STATIC_ROOT", "") or BASE_DIR / "staticfiles")
STORAGES = {
    "default": ask.made(
        "MEDIA_STORAGE_URL", lambda: environment.media_storage(ask.get("MEDIA_STORAGE_URL")), dict[str, Any]()
    ),
    "private": ask.made(
        "PRIVATE_STORAGE_URL",
        lambda: environment.private_storage(ask.get("PRIVATE_STORAGE_URL"), DATA_DIR),
        dict[str, Any](),
    ),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
SERVE_MEDIA = ask.flag("SERVE_MEDIA")
if ask.get("PRIVATE_STORAGE_URL") or ask.get("MEDIA_STORAGE_URL"):
    ask.text("AWS_ACCESS_KEY_ID")  # boto3 reads both by itself
    ask.text("AWS_SECRET_ACCESS_KEY")
if EMAIL_USE_TLS and EMAIL_USE_SSL:
    ask.problems.append("EMAIL_USE_TLS and EMAIL_USE_SSL exclude each other: set one of them to 0.")

# Readiness and figures answer this machine itself and whoever holds the token.
MONITORING_TOKEN = ask.token("MONITORING_TOKEN")
METRICS_DIR = Path(ask.get("METRICS_DIR", "") or DATA_DIR / "metrics")  # best in memory: /run
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SECURE_REDIRECT_EXEMPT += [r"^(?:api|sync|log|status|\.well-known)/"]  # NoPlainPrograms refuses them
LOGGING["formatters"]["line"] = {"()": "cms.log_format.JsonLines"}  # type: ignore[index]  # noqa: F405 -- from the star import

_sentry = ask.url("SENTRY_DSN", {"http", "https"}, is_needed=False)
if _sentry:  # the package is an extra
    ask.made("SENTRY_DSN", lambda: importlib.import_module("cms.monitoring.reporting").start(_sentry), None)

ask.done()

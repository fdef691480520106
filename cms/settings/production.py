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
PUBLIC_BASE_URL = os.environ["PUBLIC_BASE_URL"].rstrip("/")
ALLOWED_HOSTS = os.environ["ALLOWED_HOSTS"].split()
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
}

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
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "private", "base_url": None},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
SERVE_MEDIA = environment.flag("SERVE_MEDIA")

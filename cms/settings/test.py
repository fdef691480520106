"""Settings of the test suite: a throw-away DATA_DIR, fast password hashes, no broker."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="promotora-test-"))

from cms.settings.dev import *  # noqa: F403 -- DATA_DIR must be set before dev reads it
from cms.settings.dev import DATA_DIR

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES["default"].setdefault("TEST", {})  # noqa: F405 -- from the star import above
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405 -- the same
    DATABASES["default"]["TEST"]["NAME"] = Path(DATA_DIR) / "test.sqlite3"  # noqa: F405 -- the same
ALLOWED_HOSTS = ["*"]
LOGGING["root"]["level"] = "WARNING"  # noqa: F405 -- from the star import above
WHITENOISE_AUTOREFRESH = True

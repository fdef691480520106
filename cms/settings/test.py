"""Settings of the test suite: a throw-away DATA_DIR, fast password hashes, no broker."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

if "DATA_DIR" not in os.environ:
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="promotora-test-")
    atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)

from cms.settings.dev import *  # noqa: F403 -- DATA_DIR must be set before dev reads it
from cms.settings.dev import DATA_DIR

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
_database: dict[str, Any] = DATABASES["default"]  # noqa: F405 -- from the star import above
if _database["ENGINE"].endswith("sqlite3"):
    _database["TEST"] = {"NAME": Path(DATA_DIR) / "test.sqlite3"}
BACKUP_LOG_N = 4
ALLOWED_HOSTS = ["*"]
_logging: dict[str, Any] = LOGGING  # noqa: F405 -- from the star import above
_logging["root"]["level"] = "WARNING"
WHITENOISE_AUTOREFRESH = True
FACE_SECONDS = None  # for good: whether it was read just now must not change a count of queries
# Two processes of one run count apart.
METRICS_DIR = DATA_DIR / "metrics" / os.environ.get("PYTEST_XDIST_WORKER", "")

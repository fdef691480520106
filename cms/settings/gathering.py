"""For `collectstatic` while an image or a release is built: production's static files, and no secret."""

import os
import tempfile

os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="promotora-gathering-"))

from cms.settings.dev import *  # noqa: F403 -- DATA_DIR must be set before dev reads it
from cms.settings.dev import BASE_DIR
from cms.settings.dev import STORAGES as DEV_STORAGES

STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = DEV_STORAGES | {
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
}

"""As `make run` has them, with the addresses of this folder."""

from cms.settings.dev import *  # noqa: F403 -- Django's settings are layered by star imports

ROOT_URLCONF = "bench.server.urls"

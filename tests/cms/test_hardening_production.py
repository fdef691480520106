"""Production: its cookies, its secrets, its checks; nothing in it is for developers."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver

from tests.factories.courses import PIN

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
def test_every_cookie_of_production_is_secure_and_bears_the_prefix(trainee: Any, trainer: Any) -> None:
    """Whatever sets one: doors, language, letters, a shared phone, messages to who has no session."""
    named = {f"{kind}_COOKIE_NAME": f"__Host-{kind.lower()}" for kind in ("SESSION", "CSRF", "LANGUAGE")}
    secure = {f"{kind}_COOKIE_SECURE": True for kind in ("SESSION", "CSRF", "LANGUAGE")}
    seen: dict[str, Any] = {}
    with override_settings(COOKIE_PREFIX="__Host-", **named, **secure):
        client = Client()
        steps = [
            ("/entrar/", {"username": trainee.username, "pin": PIN}),
            ("/este-telefono/", {"text_size": "large", "shared_phone": "yes"}),
            ("/idioma/", {"language": "en"}),
            ("/mis-datos/permisos/despues/", {}),
            ("/clave/", {"old_pin": PIN, "new_pin": "582046", "new_pin_again": "582046"}),
        ]
        for address, sent in steps:
            answer = client.post(address, sent, secure=True)
            seen |= {cookie.key: cookie for cookie in answer.cookies.values()}
        seen |= {cookie.key: cookie for cookie in client.get("/hoy/", secure=True).cookies.values()}
        seen |= {cookie.key: cookie for cookie in Client().get("/entrar/", secure=True).cookies.values()}
        face = client.get("/entrar/equipo/", secure=True)
        assert "__Host-shared_phone" in client.cookies
        assert face.status_code in {200, 302}
    names = "session csrf language place text_size shared_phone permits_later messages"
    assert set(seen) == {f"__Host-{name}" for name in names.split()}
    for cookie in seen.values():
        assert cookie["secure"], cookie.key
        assert (cookie["path"], cookie["domain"]) == ("/", ""), cookie.key


MADE: dict[str, str] = {
    "SECRET_KEY": "k9-" + "Zx81hQ_" * 9,
    "MASTER_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "NAME_SECRET": "bjEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "ISSUER_HOST": "diplomas.example.org",
    "PUBLIC_BASE_URL": "https://escuela.example.org",
    "ALLOWED_HOSTS": "escuela.example.org",
    "BROKER_URL": "redis://127.0.0.1:1/0",
    "CACHE_URL": "redis://127.0.0.1:1/1",
}
TOLD = """
import django; django.setup()
from django.conf import settings as s
from django.core.management import call_command
call_command("check", deploy=True, fail_level="WARNING", tags=["security"])
cookies = {
  getattr(s, f"{kind}_COOKIE_NAME"): getattr(s, f"{kind}_COOKIE_SECURE")
    and getattr(s, f"{kind}_COOKIE_HTTPONLY")
    and not getattr(s, f"{kind}_COOKIE_DOMAIN")
  for kind in ("SESSION", "CSRF", "LANGUAGE")
}
assert s.COOKIE_PREFIX == "__Host-" and "cms.home.cookies" in s.MESSAGE_STORAGE
assert all(cookies.values()) and all(name.startswith("__Host-") for name in cookies), cookies
assert s.SESSION_COOKIE_PATH == s.CSRF_COOKIE_PATH == "/"
assert not s.DEBUG and not s.IS_DEMO and "*" not in s.ALLOWED_HOSTS and not s.SERVE_MEDIA
assert s.SECURE_HSTS_SECONDS >= 31_536_000 and s.SECURE_HSTS_INCLUDE_SUBDOMAINS and s.SECURE_SSL_REDIRECT
programs = [r"^(?:api|sync|log|status|\\.well-known)/"]
assert set(programs) < set(s.SECURE_REDIRECT_EXEMPT) and "cms.middleware.NoPlainPrograms" in s.MIDDLEWARE
assert not any("debug" in name or "test" in name for name in [*s.INSTALLED_APPS, *s.MIDDLEWARE])
"""


def test_production_has_no_warning_and_cookies_that_stay_at_home(tmp_path: Path) -> None:
    made = {**MADE, "DATA_DIR": str(tmp_path), "KEYS_DIR": str(tmp_path / "keys")}
    made["DATABASE_URL"] = f"sqlite:///{tmp_path}/db.sqlite3"
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", TOLD],
        cwd=ROOT,
        env={**kept, **made, "DJANGO_SETTINGS_MODULE": "cms.settings.production"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_production_does_not_start_without_its_secrets(tmp_path: Path) -> None:
    for missing in ("SECRET_KEY", "MASTER_KEYS", "ALLOWED_HOSTS", "PUBLIC_BASE_URL"):
        made = {**MADE, "DATA_DIR": str(tmp_path), "KEYS_DIR": str(tmp_path), "DATABASE_URL": "sqlite:///x"}
        del made[missing]
        done = subprocess.run(
            [sys.executable, "-c", "import cms.settings.production"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], **made},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode != 0
        assert missing in done.stderr


def test_nothing_that_only_developers_need_has_an_address() -> None:
    def names(resolver: URLResolver) -> list[str]:
        found = []
        for entry in resolver.url_patterns:
            found += names(entry) if isinstance(entry, URLResolver) else [str(entry.pattern)]
            assert isinstance(entry, URLResolver | URLPattern)
        return found

    assert not any(
        re.search(r"debug|__|\.git|phpinfo|swagger|graphi?ql", name) for name in names(get_resolver())
    )

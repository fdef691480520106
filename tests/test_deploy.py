"""What stands in deploy/ agrees with itself, with the settings of production and with docs/operations.md."""

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from cms.home.errors import PROGRAMS

ROOT = Path(settings.BASE_DIR)
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
LONG_RUNNING = {"web", "worker", "beat"}
NOT_PROMOTORAS = {"DJANGO_SETTINGS_MODULE"}  # Django's own
NEVER_SET = {"DEBUG", "DEMO"}  # production only looks that they are not


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every name that production's settings ask for, whatever is set."""
    key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
    environ = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "0123456789abcdef" * 4,
        "DATA_DIR": "/nonexistent",
        "KEYS_DIR": "/nonexistent",
        "MASTER_KEYS": key,
        "NAME_SECRET": key,
        "ISSUER_HOST": "diplomas.example",
        "PUBLIC_BASE_URL": "https://verifica.example",
        "ALLOWED_HOSTS": "verifica.example",
        "DATABASE_URL": "postgresql://u@h/n",
        "BROKER_URL": "redis://h/0",
        "CACHE_URL": "redis://h/1",
        "PRIVATE_STORAGE_URL": "s3://bucket?endpoint=https://s3.example",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "PDF_PKCS12": "/nonexistent",
    }
    code = "import json, cms.settings.production as p; print(json.dumps(sorted(p.ask.names)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout)) - NEVER_SET


def unit(path: Path) -> configparser.ConfigParser:
    """A unit; of a line that stands twice the last counts, which is enough here."""
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # systemd's names have capitals
    parser.read_string(path.read_text())
    return parser


def started_by(path: Path) -> list[str]:
    return shlex.split(unit(path)["Service"]["ExecStart"])


def compose() -> dict[str, Any]:
    told = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    assert isinstance(told, dict)
    return told


def image_command() -> list[str]:
    (line,) = re.findall(r"^CMD (\[.*\])$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    return [str(part) for part in json.loads(line)]


# --- the environment ---------------------------------------------------------------------------------
def test_the_example_names_every_variable_and_no_other(read: set[str]) -> None:
    named = re.findall(r"^#?([A-Z][A-Z0-9_]+)=", (DEPLOY / "env.example").read_text(), re.MULTILINE)
    assert set(named) - NOT_PROMOTORAS == read
    assert len(named) == len(set(named))


def test_the_manual_explains_every_variable_and_no_other(read: set[str]) -> None:
    manual = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    table = manual.partition("## Variables")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = [name for row in rows for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", row)]
    assert set(named) == read
    assert len(named) == len(set(named))


def test_the_example_holds_no_secret_and_does_not_start() -> None:
    lines = (DEPLOY / "env.example").read_text().splitlines()
    environ = dict(line.split("=", 1) for line in lines if re.match(r"[A-Z]", line))
    secrets = ("SECRET_KEY", "MASTER_KEYS", "NAME_SECRET", "DATABASE_URL")
    assert all("<" in environ[name] for name in secrets)
    done = subprocess.run(
        [sys.executable, "-c", "import cms.settings.production"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
    )
    for name in (name for name, value in environ.items() if "<" in value):
        assert f"  - {name} is not filled in yet." in done.stderr


# --- units -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_starts_what_exists_and_may_do_little(path: Path) -> None:
    service = unit(path)["Service"]
    program, *arguments = started_by(path)
    assert program.startswith("/opt/promotora/.venv/bin/")
    assert shutil.which(Path(program).name, path=f"{ROOT}/.venv/bin:{Path(sys.executable).parent}")
    if arguments[0] == "manage.py" and arguments[1] != "backup":
        pytest.fail("a unit runs a command that this test does not know")
    assert service["User"] == "promotora"
    assert service["EnvironmentFile"] == "/etc/promotora/promotora.env"
    for name, value in {
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "PrivateTmp": "yes",
        "CapabilityBoundingSet": "",
        "UMask": "0077",
    }.items():
        assert service[name] == value, name
    assert re.fullmatch(r"\d+M", service["MemoryMax"])


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_systemd_finds_a_unit_well_formed_and_closed(path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd here")
    told = subprocess.run(["systemd-analyze", "verify", str(path)], capture_output=True, text=True).stderr
    complaints = [line for line in told.splitlines() if path.stem in line]
    assert [line for line in complaints if "is not executable" not in line] == []  # not installed here
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(path)],
        capture_output=True,
        text=True,
    )
    assert rated.returncode == 0, rated.stdout[-300:]


def test_the_timer_wakes_a_unit_that_is_there() -> None:
    for timer in (DEPLOY / "systemd").glob("*.timer"):
        assert timer.with_suffix(".service") in UNITS


# --- containers --------------------------------------------------------------------------------------
def test_containers_run_what_the_units_run() -> None:
    services = compose()["services"]
    commands = {"web": image_command(), "worker": services["worker"]["command"]}
    commands["beat"] = services["beat"]["command"]
    for name in LONG_RUNNING:
        program, *arguments = started_by(DEPLOY / "systemd" / f"promotora-{name}.service")
        told = [Path(program).name, *arguments]
        assert [part.replace("0.0.0.0", "127.0.0.1") for part in commands[name]] == told


def test_every_volume_secret_and_network_that_is_used_is_declared() -> None:
    told = compose()
    for name, service in told["services"].items():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in told["volumes"] or (DEPLOY / source).exists(), (name, source)
        assert set(service.get("networks", [])) <= told["networks"].keys()
        assert set(service.get("secrets", [])) <= told["secrets"].keys()
        assert set(service.get("depends_on", [])) <= told["services"].keys()


def test_the_database_is_no_newer_than_the_program_that_copies_it() -> None:
    """pg_dump refuses a newer server: backups would fail. Debian 12 brings PostgreSQL 15."""
    assert "FROM docker.io/library/debian:12-slim AS base" in (DEPLOY / "Containerfile").read_text()
    assert compose()["services"]["database"]["image"] == "docker.io/library/postgres:15"


def test_podman_takes_every_volume() -> None:
    """A size would be a quota of the disk there, which hardly any file system has."""
    for volume in compose()["volumes"].values():
        assert "size=" not in ((volume or {}).get("driver_opts") or {}).get("o", "")


def test_a_container_of_ours_writes_nowhere_else_and_is_nobody() -> None:
    ours = [one for one in compose()["services"].values() if "promotora" in one["image"]]
    assert len(ours) == 4
    for service in ours:
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
    containerfile = (DEPLOY / "Containerfile").read_text()
    assert "USER 10001:10001" in containerfile
    assert "--require-hashes" in containerfile
    for source in re.findall(r"^COPY (?!--from)(.+) \S+$", containerfile, re.MULTILINE):
        for name in source.split():
            assert (ROOT / name).exists(), name


# --- proxies and alerts ------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["Caddyfile", "nginx.conf"])
def test_a_proxy_writes_no_paths_and_closes_the_figures(name: str) -> None:
    text = (DEPLOY / name).read_text()
    assert text.count("{") == text.count("}")
    assert "/metrics" in text
    assert all(prefix.strip("/").replace(".", r"\.") in text or prefix in text for prefix in PROGRAMS)
    assert "Strict-Transport-Security" not in text  # Promotora's own: never twice
    directives = [line for line in text.splitlines() if not line.strip().startswith("#")]
    # Of requests none; Caddy's own log stands in its global block and tells nothing of who asked.
    assert not any(re.match(r"\s*access_log (?!off)|\s*error_log .*(?<!emerg);", line) for line in directives)
    logs = [number for number, line in enumerate(directives) if re.match(r"\s*log\b", line)]
    assert all(number < directives.index("}") for number in logs)
    assert text.count("request delete") == len(logs)


def test_caddy_hides_the_figures_before_it_hands_on() -> None:
    """A `respond` outside of every `handle` comes after all of them, and so never."""
    site = (DEPLOY / "Caddyfile").read_text()
    assert re.search(r"handle /metrics \{\s+respond 404\s+\}", site)
    _in_clear, _names, encrypted = site.partition("{$SITE_HOSTS:")
    assert not re.search(r"^\trespond ", encrypted, re.MULTILINE)


def test_nginx_uses_a_name_of_shared_memory_once_and_serves_its_own_names_only() -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    zones = re.findall(r"(?:zone=|shared:)(\w+):\d+m", text)
    assert len(zones) == len(set(zones)) == 2
    assert re.search(
        r"listen 443 ssl default_server;.*?ssl_reject_handshake on;.*?return 444;", text, re.DOTALL
    )


def test_caddy_takes_its_file() -> None:
    if shutil.which("caddy") is None:
        pytest.skip("no Caddy here")
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-500:]


def test_somebody_is_woken_for_a_clock_that_never_ran_and_for_a_database_that_is_away() -> None:
    rules = yaml.safe_load((DEPLOY / "alerts.yaml").read_text())["groups"][0]["rules"]
    asked = {rule["alert"]: rule["expr"] for rule in rules if rule["labels"]["severity"] == "page"}
    assert "absent(promotora_heartbeat_age_seconds" in asked["ClockStopped"]
    assert 'part="jobs"' in asked["DatabaseAway"]


def test_alerts_are_as_prometheus_wants_them() -> None:
    if shutil.which("promtool") is None:
        pytest.skip("no Prometheus here")
    told = subprocess.run(["promtool", "check", "rules", str(DEPLOY / "alerts.yaml")], capture_output=True)
    assert told.returncode == 0, told.stderr[-500:]


def test_every_figure_that_an_alert_asks_for_exists(client: Any, db: None) -> None:
    sources = "".join(path.read_text() for path in (ROOT / "cms" / "monitoring").glob("*.py"))
    rules = yaml.safe_load((DEPLOY / "alerts.yaml").read_text())
    alerts = [rule for group in rules["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in alerts}) == len(alerts)
    for rule in alerts:
        assert {"expr", "for", "labels", "annotations"} <= rule.keys()
        for name in re.findall(r"promotora_[a-z_]+", rule["expr"]):
            base = re.sub(r"_(total|bucket|count|sum)$", "", name)
            assert f'"{base}"' in sources, name

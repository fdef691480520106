"""All that a restored or carried-over school must still say, as JSON: `Stack.call("tests.upgrades.look")`.

For every award its state by code, what the check of its file answers, and its name (or that it was erased);
how many rows there are of what counts; and the status of public pages.
"""

import hashlib
import json
from typing import Any

from django.apps import apps
from django.test import Client
from django.utils import timezone

from certificates.audit import actions
from certificates.awards import files
from certificates.awards.models import Certificate
from certificates.printing.inspection import inspect
from certificates.verification import file_check, lookup

PAGES = ("/", "/v/", "/entrar/", "/entrar/equipo/", "/v/sin-conexion/", "/.well-known/did.json", "/health/")
COUNTED = (
    *(f"certificates.{name}" for name in ("Certificate", "Document", "LogEntry", "TreeHead", "Revocation")),
    *(f"certificates.{name}" for name in ("SuspensionEvent", "Erasure", "ActaLine", "SigningKey")),
    *(f"courses.{name}" for name in ("Person", "Enrolment", "ContentVersion", "ClassSession", "LessonPage")),
    "users.User",
)


def all_of_it() -> dict[str, Any]:
    """The whole look."""
    return {"awards": awards(), "rows": rows(), "pages": pages(), "audit": audit()}


def awards() -> dict[str, Any]:
    """code → state by code, finding by file, SHA-256 of the file, her name."""
    told = {}
    for one in Certificate.objects.select_related("key", "document"):
        said: dict[str, Any] = {"state": str(lookup.look_up(one.code).state), "name": one.name}
        if one.key.wrapped is not None:
            pdf = files.read(one.document.path, one.key, one.pk)
            said["file"] = hashlib.sha256(pdf).hexdigest()
            said["is_ours"] = file_check.judge(pdf, timezone.now()).is_our_file
            said["signature"] = str(inspect(pdf).problem)
        told[one.code] = said
    return told


def rows() -> dict[str, int]:
    """How many there are of everything that a woman may count on."""
    return {name: apps.get_model(name)._default_manager.count() for name in COUNTED}


def pages() -> dict[str, int]:
    """The status of each page that anybody may open, and of each award's own."""
    client = Client(headers={"host": "localhost"})
    addresses = [*PAGES, *(f"/v/{code}/" for code in Certificate.objects.values_list("code", flat=True))]
    return {address: client.get(address).status_code for address in addresses}


def audit() -> list[str]:
    """What the house's own audit, opening every file, finds wrong."""
    return [one.sentence for one in actions.check(timezone.now(), is_deep=True).findings]


def main() -> None:
    """Print it."""
    print(json.dumps(all_of_it(), indent=1, sort_keys=True))

"""Her copy: one ZIP with a page to read, the same as data, and her diplomas. Made in memory, kept nowhere."""

import json
import zipfile
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.template.loader import render_to_string
from django.utils.translation import get_language

from certificates.awards import files
from certificates.awards.models import Certificate
from cms.users.own_data import plan, reading
from courses.own_data.models import DataRequest
from courses.people.actions import legal_name_of
from courses.people.models import Person
from courses.trail import actions as trail

FORMAT = "promotora-own-data"
VERSION = 1  # of data.json: docs/her-data.md
STYLES = Path(__file__).parents[1] / "static" / "users" / "own_copy.css"
NAME = "mis-datos.zip"


def copy_of(person: Person, *, at: datetime, by: Any = None) -> bytes:
    """The whole copy. `by`: who of the school hands it to her, in her presence; noted either way."""
    with transaction.atomic():
        DataRequest.objects.create(
            person=person, kind=DataRequest.Kind.COPY, by=by, was_present=by is not None, at=at
        )
        holder = by or person.account
        trail.note(trail.Deed.DATA_COPIED, about=person, by=holder, at=at, was_present=by is not None)
        told = data_of(person, at)
        diplomas = _diplomas(person)
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", _page(person, told, sorted(diplomas), at))
        archive.writestr("estilo.css", STYLES.read_text(encoding="utf-8"))
        archive.writestr("data.json", json.dumps(told, ensure_ascii=False, indent=1))
        for name, pdf in diplomas.items():
            archive.writestr(name, pdf)
    return target.getvalue()


def data_of(person: Person, at: datetime) -> dict[str, Any]:
    """Everything of PLAN, by heading and model, as JSON (version 1)."""
    told: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "made_at": at.isoformat(),
        "language": get_language(),
        "sections": {},
    }
    for section in plan.SECTIONS:
        told["sections"][section.code] = section_of(person, section.code)
    return told


def section_of(person: Person, code: str) -> dict[str, list[dict[str, Any]]]:
    """Everything under one heading, by model, as it stands in her copy."""
    told = {one.label: [_row(one, row) for row in _loaded(one, person)] for one in plan.kept_of(code)}
    _add_secrets(person, told)
    return told


def _loaded(one: plan.Kept, person: Person) -> models.QuerySet[Any]:
    """Her rows with what they refer to, so that the number of queries stays the same."""
    shown = [
        field.name
        for field in one.model._meta.concrete_fields
        if field.is_relation and field.name not in one.hides and field.related_model in plan.READABLE
    ]
    return one.rows(person).select_related(*shown) if shown else one.rows(person)


def _row(one: plan.Kept, row: models.Model) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.name in one.hides:
            continue
        if field.is_relation and field.related_model in plan.READABLE:
            found = getattr(row, field.name)
            told[field.name] = plan.READABLE[field.related_model](found) if found is not None else None
        else:
            told[field.name] = _plain(getattr(row, field.attname))
    if one.label in {"certificates.ActaLine", "certificates.Certificate"}:
        told["name"] = row.name  # type: ignore[attr-defined]  # of these two
    return told


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    return value


def _add_secrets(person: Person, told: dict[str, list[dict[str, Any]]]) -> None:
    """Her legal name, unsealed for her, and of her account what is no secret."""
    for row in told.get("courses.LegalName", []):
        row["name"] = legal_name_of(person)
    if "courses.Person" in told and person.account is not None:
        account: Any = person.account
        told["users.User"] = [
            {
                "username": account.get_username(),
                "joined_at": account.date_joined.isoformat(),
                "last_signed_in_at": account.last_login.isoformat() if account.last_login else None,
            }
        ]


def _diplomas(person: Person) -> dict[str, bytes]:
    """Her PDFs that can still be read, by neutral names."""
    awards = Certificate.objects.with_state().select_related("key").filter(line__person_id=person.pk)
    found: dict[str, bytes] = {}
    for award in awards.order_by("created_at", "pk"):
        last = getattr(award, "countersignature", None) or getattr(award, "document", None)
        if last is None or award.key.wrapped is None:
            continue
        try:
            found[f"diploma-{len(found) + 1}.pdf"] = files.read(last.path, award.key, award.pk)
        except FileNotFoundError:
            continue
    return found


# --- the page that she reads ------------------------------------------------------------------------
def _page(person: Person, told: dict[str, Any], diplomas: list[str], at: datetime) -> str:
    sections = [
        {"section": section, "tables": reading.tables(told["sections"][section.code])}
        for section in plan.SECTIONS
    ]
    context = {"person": person, "sections": sections, "diplomas": diplomas, "at": at, "lang": get_language()}
    return render_to_string("users/own_data/copy.html", context)

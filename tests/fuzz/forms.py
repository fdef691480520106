"""The forms of a page as a browser finds them."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from lxml import html


@dataclass(frozen=True)
class Form:
    """Where it goes, and what it would send if nothing were changed."""

    role: str
    page: str
    action: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        return f"{self.role} {self.page} → {self.action}"


def forms_of(role: str, page: str, content: bytes) -> list[Form]:
    """The forms that are sent by POST to this house."""
    if not content.strip():
        return []
    tree: Any = html.fromstring(content)
    found = []
    for form in tree.iter("form"):
        if (form.get("method") or "get").lower() != "post":
            continue
        action = urljoin(f"http://testserver{page}", form.get("action") or page)
        if not action.startswith("http://testserver/"):
            continue
        inputs = [one for one in form.inputs if one.get("name") and not _is_unticked(one)]
        found.append(
            Form(
                role=role,
                page=page,
                action=action.removeprefix("http://testserver"),
                fields=tuple((one.get("name"), _value(one)) for one in inputs if one.get("type") != "file"),
                files=tuple(one.get("name") for one in inputs if one.get("type") == "file"),
            )
        )
    return found


def _is_unticked(one: Any) -> bool:
    return one.get("type") in ("checkbox", "radio") and one.get("checked") is None


def _value(one: Any) -> str:
    if one.tag == "select":
        options = list(one.value_options)
        chosen = one.value
        if isinstance(chosen, str):
            return chosen
        return options[0] if options else ""
    if one.tag == "textarea":
        return one.text or ""
    return one.get("value") or "on"

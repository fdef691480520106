"""The editor of the desk as an author uses it: blocks, files from the libraries, ways to send a page."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect


@dataclass(frozen=True)
class Chosen:
    """What is chosen from a library by its title, or looked for first."""

    title: str
    is_looked_for: bool = False


@dataclass(frozen=True)
class Uploaded:
    """A file that comes into its library from inside the editor."""

    file: Path
    title: str


@dataclass(frozen=True)
class Block:
    """A block of a stream: what the menu calls it, and what is written into it."""

    kind: str
    value: Any


def write(page: Page, name: str, value: Any) -> None:
    """Write `value` into the field, struct, list or stream called `name`, by hand."""
    if isinstance(value, dict):
        for part, inner in value.items():
            write(page, f"{name}-{part}", inner)
    elif isinstance(value, list):
        for number, one in enumerate(value):
            _write_child(page, name, number, one)
    elif isinstance(value, Chosen | Uploaded):
        _choose(page, name, value)
    else:
        _fill(page, name, value)


def _write_child(page: Page, name: str, number: int, child: Any) -> None:
    """The child of a list or stream at this place; a list begins with one, so that none is added for it."""
    field = page.locator(f'[name="{name}-{number}-order"]')
    if not field.count():
        add(page, name, child.kind if isinstance(child, Block) else None)
        field.wait_for(state="attached")
    write(page, f"{name}-{number}-value", child.value if isinstance(child, Block) else child)


def add(page: Page, name: str, kind: str | None) -> None:
    """Add a child at the end; `kind` is asked for where a stream has several."""
    page.locator(f'[name="{name}-count"] + div .c-sf-add-button:visible').last.click()
    if kind is not None:
        page.locator(".w-combobox__option").get_by_text(kind, exact=True).click()


def _fill(page: Page, name: str, value: str | bool) -> None:
    field = page.locator(f'[name="{name}"]')
    if isinstance(value, bool):
        field.set_checked(value)
    elif field.get_attribute("type") == "hidden":  # rich text
        field.locator("xpath=..").locator("[contenteditable=true]").fill(value)
        expect(field).to_have_value(re.compile(re.escape(value)))  # it is kept a moment later
    else:
        field.fill(value)


def _choose(page: Page, name: str, thing: Chosen | Uploaded) -> None:
    field = page.locator(f'[id="{name}-chooser"], [id="id_{name}-chooser"]')
    field.locator(".chooser__choose-button:visible").click()
    window = page.locator(".modal-content")
    if isinstance(thing, Uploaded):
        window.get_by_role("tab", name=re.compile("^Subir")).click()
        window.locator("input[type=file]:visible").set_input_files(thing.file)
        named = window.locator("input[name$=title]:visible")
        expect(named).to_have_value(thing.file.stem)  # the browser puts the name of the file there
        named.fill(thing.title)
        window.locator("[type=submit]:visible").click()
    else:
        if thing.is_looked_for:
            window.locator("input[name=q]").fill(thing.title)
        window.get_by_role("link", name=thing.title).first.click()
    window.wait_for(state="detached")
    expect(field).to_contain_text(thing.title)


def name_page(page: Page, title: str) -> None:
    """Its title, letter by letter: the address follows."""
    page.locator("[name=title]").press_sequentially(title)
    page.keyboard.press("Tab")


def act(page: Page, action: str) -> None:
    """One of the ways to send a page that stand beside «save»."""
    foot = page.get_by_role("navigation", name="Acciones (al pie)")
    foot.get_by_role("button", name="Más acciones").click()
    foot.get_by_role("button", name=action).click()


def send(page: Page, action: str) -> None:
    """The same, and it is taken."""
    act(page, action)
    page.locator(".messages .success").wait_for()


def decide(page: Page, action: str, words: str = "") -> None:
    """What a reviewer decides about the page she has open; her desk follows."""
    act(page, action)
    window = page.locator(".modal-content")
    window.locator("textarea").fill(words)
    window.locator("[type=submit]").click()
    page.wait_for_url("**/admin/")


def comment(page: Page, name: str, words: str) -> None:
    """A comment beside the block whose only field is called `name`."""
    block = page.locator("[data-streamfield-child]").filter(has=page.locator(f'[name="{name}"]')).last
    block.hover()
    block.locator(".w-field__comment-button--add").click()
    note = page.locator(".comment--mode-creating")
    note.locator("textarea").fill(words)
    note.get_by_role("button", name="Comentario").click()


def reply(page: Page, to: str, words: str) -> None:
    """An answer to the comment that says `to`."""
    page.locator("[data-side-panel-toggle=comments]").click()
    note = page.locator(".comment", has_text=to)
    note.click()
    note.locator("textarea").fill(words)
    note.get_by_role("button", name="Responder").click()

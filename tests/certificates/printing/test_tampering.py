"""A signed diploma, tampered with in every way we know: what each tool says; ours rejects all of it."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from certificates.keys import custody, demo
from certificates.keys.identity import Identity, LocalKey
from certificates.printing import inspection, pades
from tests.certificates.keys import pki
from tests.certificates.printing.tampering import (
    ACCEPTS,
    IMPOSTOR,
    TAMPERINGS,
    TOOLS,
    Bench,
    Tool,
    forged,
    plain_diploma,
)

pytestmark = pytest.mark.django_db
TABLE = django_settings.BASE_DIR / "docs" / "tampering.md"
MARK = "<!-- the table below is written by tests/certificates/printing/test_tampering.py -->\n"


@pytest.fixture(scope="module")
def signed(django_db_setup: None, django_db_blocker: Any) -> bytes:
    with django_db_blocker.unblock():
        return pades.sign(plain_diploma())


@pytest.fixture(scope="module")
def impostor(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The diploma signed by another authority whose names are ours."""
    private, chain = demo.make_chain(custody.year_of(timezone.now()))
    signer = Identity(LocalKey(private), tuple(chain))
    path = tmp_path_factory.mktemp("forger") / "forged.p12"
    pki.write_pkcs12(path, signer)
    return forged(plain_diploma(), signer, path, pki.PASSPHRASE)


@pytest.fixture
def bench(tmp_path: Path, signed: bytes) -> Bench:
    held = custody.pdf_signer(timezone.now())
    assert held.row
    return Bench(tmp_path, held.identity, frozenset({inspection.inspect(signed).sha256}))


def attempts(signed: bytes, impostor: bytes) -> dict[str, bytes]:
    return {name: tamper(signed) for name, tamper in TAMPERINGS.items()} | {IMPOSTOR: impostor}


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_every_tool_accepts_the_diploma_as_issued(tool: Tool, bench: Bench, signed: bytes) -> None:
    if tool.missing:
        pytest.skip(f"{tool.missing} is not installed")
    assert tool.ask(bench, signed).startswith(ACCEPTS)


@pytest.mark.parametrize("name", [*list(TAMPERINGS)[1:], IMPOSTOR])
def test_our_own_check_rejects_every_tampering(
    name: str, bench: Bench, signed: bytes, impostor: bytes
) -> None:
    pdf = attempts(signed, impostor)[name]
    assert pdf != signed
    (ours,) = [tool for tool in TOOLS if tool.name == "our whole check"]
    assert ours.ask(bench, pdf) != ACCEPTS


def test_the_table_in_the_documents_is_true(bench: Bench, signed: bytes, impostor: bytes) -> None:
    missing = [f"{tool.name} ({tool.missing})" for tool in TOOLS if tool.missing]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    others = [f"{tool.name}: {tool.other_version}" for tool in TOOLS if tool.other_version]
    if others:
        pytest.skip(f"the table is of other versions; here: {'; '.join(others)}")
    rows = [["what was done", *(tool.name for tool in TOOLS)], ["---"] * (len(TOOLS) + 1)]
    for name, pdf in attempts(signed, impostor).items():
        rows.append([name, *(tool.ask(bench, pdf) for tool in TOOLS)])
    table = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    before, mark, written = TABLE.read_text().partition(MARK)
    assert mark, "the document has lost the line that the table stands under"
    if written != table:
        seen = bench.folder / "tampering.md"
        seen.write_text(before + mark + table)
        pytest.fail(f"docs/tampering.md says otherwise; the table as it is now: {seen}\n{table}")

"""The pages of the house, each with somebody who may open it, and the forms that stand there."""

from tests.fuzz.forms import Form, forms_of
from tests.permissions import FILE
from tests.permissions.table import OPENS, Table
from tests.permissions.walking import House

# A page may be opened by several roles: who may do most is asked first.
ROLES = ["coord", "admin", "trainer", "reviewer", "trainee", "officer", "nobody"]
Place = tuple[str, str]  # role, address


def places(house: House) -> list[Place]:
    """Every address that somebody may open by the table of permissions, with the first such role."""
    rows = Table.read(FILE.read_text()).rows
    found: dict[str, str] = {}
    for one in house.asks:
        words = rows.get((one.pattern, "GET"), {})
        roles = [role for role in ROLES if words.get(role) == OPENS]
        if roles:
            found.setdefault(one.address, roles[0])
    return sorted((role, address) for address, role in found.items())


def forms(house: House, known: list[Place]) -> list[Form]:
    """Every form of these pages, once; and an empty one for what is only ever sent."""
    found: dict[Place, Form] = {}
    for role, address in known:
        answer = house.asker(role).client.get(address)
        if answer.status_code == 200 and "text/html" in answer.get("Content-Type", ""):
            for form in forms_of(role, address, answer.content):
                found.setdefault((role, form.action), form)
    for one in house.asks:
        if "POST" in one.methods:
            found.setdefault(("coord", one.address), Form("coord", one.address, one.address, ()))
    return list(found.values())

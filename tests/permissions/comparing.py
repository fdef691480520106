"""What a test of the table does: walk for its roles, and compare with the file, or tell what was answered."""

import os
from pathlib import Path

from tests.permissions import COMMAND, FILE, WRITE
from tests.permissions.table import Answers, Table, differences, to_json
from tests.permissions.walking import House, failed, walk, wrote_and_refused


def compare(house: House, roles: tuple[str, ...]) -> None:
    """Fails with every answer that the file does not say, and the lines that it needs."""
    told = walk(house, roles)
    words: Answers = {
        key: {role: answer.word for role, answer in answers.items()} for key, answers in told.items()
    }
    if os.environ.get(WRITE):
        Path(os.environ[WRITE], f"{roles[0]}.json").write_text(to_json(words))
    assert not failed(told), "\n".join(failed(told))
    assert not wrote_and_refused(told), "\n".join(wrote_and_refused(told))
    found = [] if os.environ.get(WRITE) else list(differences(Table.read(FILE.read_text()), words, roles))
    told_to = f"If that is meant: `{COMMAND}`, and look at the difference before it is committed."
    assert not found, "\n".join(["", *found, told_to])

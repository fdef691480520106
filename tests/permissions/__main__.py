"""`python -m tests.permissions --write`: ask everything of everybody again, and write the table."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.permissions import COMMAND, FILE, WRITE
from tests.permissions.table import merged, shortened

HERE = Path(__file__).parent
ASKING = ["test_the_school.py", "test_the_office.py"]


def ask(folder: str) -> bool:
    """Both halves of the roles at once, as the gate does; with a folder their answers are put into it."""
    env = {**os.environ, **({WRITE: folder} if folder else {})}
    pytest = [sys.executable, "-m", "pytest", "-q"]
    running = [subprocess.Popen([*pytest, str(HERE / one)], cwd=HERE.parents[1], env=env) for one in ASKING]
    answers = [one.wait() for one in running]
    return not any(answers)


def main(arguments: list[str]) -> int:
    """Without `--write` it compares, as the gate does."""
    if not arguments:
        return 0 if ask("") else 1
    if arguments != ["--write"]:
        print(f"usage: {COMMAND}")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        is_good, answers = ask(folder), list(Path(folder).glob("*.json"))
        if len(answers) == len(ASKING):
            FILE.write_text(shortened(merged([one.read_text() for one in answers])).text())
            print(f"{FILE} is written: look at `git diff` before it is committed.")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

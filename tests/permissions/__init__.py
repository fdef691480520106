"""Role × address × method: who gets in where. CONTRIBUTING.md tells how its table is kept."""

from pathlib import Path

FILE = Path(__file__).with_name("table.txt")
COMMAND = "python -m tests.permissions --write"
WRITE = "PERMISSIONS_WRITE"  # in the environment: write what is answered, compare nothing

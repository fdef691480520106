"""`manage.py build_verifier FILE`: the page that checks diplomas without internet, with today's keys."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from certificates.keys import custody
from certificates.verification import offline_page


class Command(BaseCommand):
    """Writes one HTML file that works from any storage, to hand out on a memory stick or by message."""

    help = "Write the offline verifier, one HTML file with all public keys in it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to write it."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Build and write."""
        now = timezone.now()
        custody.ensure_keys(now)
        page, _policy = offline_page.build(now)
        file.write_text(page, encoding="utf-8")
        self.stdout.write(f"{file}: {len(page.encode())} bytes")

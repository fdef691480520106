"""A new key for phones to seal to; the ones before still open what was sealed to them."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from courses.sync.sealing import new_key


class Command(BaseCommand):
    help = "Make a new key that phones seal offline work to. Old keys are kept."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(new_key(timezone.now()).kid)

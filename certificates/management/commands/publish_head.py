"""Publish the signed head of the log now and ring for the mails that carry it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.keys.errors import KeyProblem
from certificates.log import actions


class Command(BaseCommand):
    """`manage.py publish_head`. The worker does it once a day by itself."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            head = actions.publish_head(timezone.now())
        except KeyProblem as error:
            raise CommandError(str(error)) from error
        if head is None:
            self.stdout.write(_("The log has not grown since its last head."))
        else:
            self.stdout.write(head.note, ending="")

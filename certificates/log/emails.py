"""What a witness receives: the signed head and why to keep it. Neutral words, no name, nothing of anybody."""

import logging
import smtplib

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, override

from certificates.log.models import HeadMail
from courses.api import trail_head

NOT_SET_UP = "django.core.mail.backends.dummy.EmailBackend"

log = logging.getLogger(__name__)


def send_head(mail: HeadMail) -> str | None:
    """Send it now; the kind of failure (HeadMail.Error) when that did not work. Logs ids only."""
    if settings.EMAIL_BACKEND == NOT_SET_UP:
        return HeadMail.Error.NOT_SET_UP
    try:
        with override(settings.LANGUAGE_CODE):
            message = _message(mail)
        message.connection = get_connection(timeout=settings.EMAIL_TIMEOUT)
        message.send()
    except Exception as error:  # whatever a mail server or its client comes up with, the row says it
        log.warning("mail %s not sent: %s", mail.pk, type(error).__name__)
        return _in_words(error)
    return None


def _in_words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return HeadMail.Error.CREDENTIALS
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return HeadMail.Error.REFUSED
    if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException):
        return HeadMail.Error.UNREACHABLE
    if isinstance(error, smtplib.SMTPConnectError | smtplib.SMTPServerDisconnected):
        return HeadMail.Error.UNREACHABLE
    return HeadMail.Error.OTHER


def _message(mail: HeadMail) -> EmailMessage:
    head, origin = mail.head, settings.LOG_ORIGIN
    host = origin.partition("/")[0].partition(":")[0]
    day = date_format(timezone.localtime(head.signed_at), "DATE_FORMAT")
    size, digest = trail_head()  # beside the log's lines, not in them: the attached file stays the log's own
    words = {
        "day": day,
        "size": head.size,
        "origin": origin,
        "address": settings.PUBLIC_BASE_URL + "/log/head",
    }
    message = EmailMessage(
        subject=gettext("State of the register of %(day)s: %(size)d entries") % words,
        body=gettext(
            "This is the signed state of the register %(origin)s on %(day)s: it has %(size)d entries.\n"
            "\n"
            "Please keep this message. You need not answer it nor understand the lines below. Whoever keeps "
            "them can prove later that nothing was removed from the register and nothing in it was changed. "
            "If you are ever asked, hand over the attached file.\n"
            "\n"
            "The same lines are published at %(address)s"
        )
        % words
        + f"\n\n{head.note}\n"
        + gettext("Audit trail of the school: %(size)d %(hash)s") % {"size": size, "hash": digest},
        to=[mail.witness.email],
        headers={
            "Message-ID": f"<head-{head.size}-{mail.witness_id}@{host}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    # As bytes: a text would arrive with the line endings of mail, and no signature would fit it.
    message.attach(f"head-{head.size}.txt", head.note.encode(), "application/octet-stream")
    return message

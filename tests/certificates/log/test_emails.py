"""Heads reach the witnesses through a real mail server, or the row says in words why not."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest

from certificates.log import actions
from certificates.log.models import HeadMail, Witness
from tests.certificates.log.conftest import NOON, Fill

pytestmark = pytest.mark.django_db
Answers = dict[str, bytes]
POLITE: Answers = {
    "EHLO": b"250-mail.example\r\n250 AUTH PLAIN",
    "AUTH": b"235 welcome",
    "MAIL": b"250 ok",
    "RCPT": b"250 ok",
    "DATA": b"354 go on",
    "RSET": b"250 ok",
    "QUIT": b"221 bye",
}


class MailServer(socketserver.ThreadingTCPServer):
    """Answers each word of SMTP as it was told and keeps what it was given."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, answers: Answers) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.answers, self.messages = answers, list[bytes]()


class Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.say(b"220 mail.example")
        while line := self.rfile.readline():
            word = line[:4].decode().strip().upper()
            self.say(self.server.answers.get(word, b"502 what?"))
            if word == "DATA":
                self.server.messages.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                self.say(b"250 kept")
            if word == "QUIT":
                return

    def say(self, words: bytes) -> None:
        self.wfile.write(words + b"\r\n")


@pytest.fixture
def mail_server(settings: Any) -> Iterator[Callable[..., MailServer]]:
    """Start one whose answers differ by what is passed; the settings point to it."""
    running: list[MailServer] = []

    def start(**answers: bytes) -> MailServer:
        server = MailServer({**POLITE, **answers})
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.server_address[1]
        settings.EMAIL_USE_TLS = False
        return server

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.fixture
def mail(fill: Fill, witness: Witness) -> HeadMail:
    fill(3)
    actions.publish_head(NOON)
    return HeadMail.objects.get()


def test_the_head_arrives_byte_for_byte(mail: HeadMail, mail_server: Callable[..., MailServer]) -> None:
    server = mail_server()
    assert actions.mail_head(mail.pk, NOON)
    message = message_from_bytes(server.messages[0], policy=policy.default)
    assert message["To"] == mail.witness.email
    assert message["Message-ID"] == f"<head-3-{mail.witness_id}@localhost>"
    (attached,) = message.iter_attachments()
    assert attached.get_content() == mail.head.note.encode()


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"RCPT": b"550 nobody of that name"}, HeadMail.Error.REFUSED),
        ({"AUTH": b"535 wrong password"}, HeadMail.Error.CREDENTIALS),
        ({"DATA": b"554 no"}, HeadMail.Error.OTHER),
    ],
)
def test_what_the_server_refuses_is_said_in_words(
    mail: HeadMail,
    mail_server: Callable[..., MailServer],
    settings: Any,
    answers: Answers,
    error: HeadMail.Error,
) -> None:
    server = mail_server(**answers)
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "register", "secret"
    assert not actions.mail_head(mail.pk, NOON)
    mail.refresh_from_db()
    assert (mail.last_error, mail.sent_at) == (error, None)
    assert not server.messages
    assert len(mail.get_last_error_display()) > 20


def test_a_server_that_says_nothing_is_not_waited_for_long(
    mail: HeadMail, settings: Any, mail_server: Callable[..., MailServer]
) -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as silent:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", silent.server_address[1]
        settings.EMAIL_TIMEOUT = 0.2
        assert not actions.mail_head(mail.pk, NOON)
    mail.refresh_from_db()
    assert mail.last_error == HeadMail.Error.UNREACHABLE

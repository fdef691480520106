"""Asking outside links against a real server on this machine; nothing private is ever called."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.pages.checks.links import Answer, ask, is_public

HOME = "127.0.0.1"


class Site(BaseHTTPRequestHandler):
    """Answers as the path says: /200, /404, /to/<where>; /get lets no HEAD in, /drip never ends."""

    calls: list[tuple[str, str, str]]

    def do_HEAD(self) -> None:
        self.calls.append((self.command, self.path, self.headers["Host"]))
        if self.path == "/drip":
            with suppress(OSError):  # whoever asked has gone
                while True:
                    self.wfile.write(b"H")
                    time.sleep(0.02)
            return
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
        elif self.path == "/get":
            self.send_response(200 if self.command == "GET" else 405)
        else:
            self.send_response(int(self.path.strip("/").partition("?")[0] or 200))
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[Any]:
    handler = type("Handler", (Site,), {"calls": []})
    server = ThreadingHTTPServer((HOME, 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


class House:
    """A net in which example.org is our little server, and inside.org leads into the house."""

    def __init__(self, server: Any) -> None:
        self.port = server.server_address[1]
        self.calls = server.RequestHandlerClass.calls
        self.allowed = {HOME}

    def resolve(self, host: str, _port: int) -> list[str]:
        return {"example.org": [HOME], "inside.org": ["10.0.0.8"], "both.org": [HOME, "192.168.1.1"]}.get(
            host, [host]
        )

    def ask(self, path: str, host: str = "example.org", seconds: float = 20) -> Answer:
        return ask(
            f"http://{host}:{self.port}{path}",
            resolver=self.resolve,
            allows=self.allowed.__contains__,
            ports={"http": self.port},
            seconds=seconds,
        )


@pytest.fixture
def house(site: Any) -> House:
    return House(site)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/200", Answer(False)),
        ("/404", Answer(True, "gone")),
        ("/410", Answer(True, "gone")),
        ("/503", Answer(True, "failed")),
        ("/401", Answer(None, "refused")),
        ("/get", Answer(False)),
        ("/to//200", Answer(False)),
        ("/to//to//to//to//200", Answer(True, "circles")),
    ],
)
def test_an_answer_says_what_it_says(house: House, path: str, answer: Answer) -> None:
    assert house.ask(path) == answer


def test_the_address_that_was_looked_at_is_called_under_the_name_of_the_link(house: House) -> None:
    house.ask("/200?señal=á b")
    method, path, host = house.calls[0]
    assert (method, host) == ("HEAD", f"example.org:{house.port}")
    assert path == "/200?se%C3%B1al=%C3%A1%20b"


@pytest.mark.parametrize("host", ["inside.org", "both.org", "10.1.2.3"])
def test_a_name_that_leads_into_the_house_is_not_called(house: House, host: str) -> None:
    assert house.ask("/200", host) == Answer(True, "private")
    assert house.calls == []


@pytest.mark.parametrize(
    "where",
    ["http://inside.org/x", "http://169.254.169.254/latest", "file:///etc/passwd", "gopher://example.org/"],
)
def test_a_redirection_leads_nowhere_private(house: House, where: str) -> None:
    assert house.ask(f"/to/{where}") == Answer(True, "private")
    assert len(house.calls) == 1


def test_another_port_and_a_name_with_a_password_are_not_called(house: House) -> None:
    assert house.ask("/to/http://example.org:6379/").why == "private"
    named = "http://user:pw@example.org/"
    assert ask(named, resolver=house.resolve, allows=house.allowed.__contains__).why == "private"


def test_who_is_not_there_is_silent(house: House) -> None:
    answer = ask(
        "http://example.org:9/", resolver=house.resolve, allows=house.allowed.__contains__, ports={"http": 9}
    )
    assert answer == Answer(True, "silent")


def test_who_drips_letter_by_letter_keeps_nobody_waiting(house: House) -> None:
    assert house.ask("/drip", seconds=0.2) == Answer(True, "silent")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("172.16.3.4", False),
        ("192.168.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:8.8.8.8", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b:1::a00:1", False),
        ("2002:a00:1::", False),
        ("2001:0:a00:1::", False),
        ("::7f00:1", False),
        ("::ffff:0:7f00:1", False),
        ("fec0::1", False),
        ("nonsense", False),
        ("8.8.8.8", True),
        ("2600::", True),
    ],
)
def test_only_the_open_internet_is_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@given(st.ip_addresses(network="10.0.0.0/8") | st.ip_addresses(network="fc00::/7"))
def test_no_address_of_a_private_net_is_public(address: Any) -> None:
    assert not is_public(str(address))

"""A timestamp authority and a place for revocation lists on this machine, reached over real HTTP."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import keys, tsp, x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import Certificate
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from certificates.keys.identity import Identity
from tests.certificates.keys import pki

REPLY = "application/timestamp-reply"
Answer = Callable[[bytes], tuple[int, str, bytes]]


def stamper(identity: Identity) -> DummyTimeStamper:
    """pyHanko's authority for tests, with this certificate; it signs with RSA only."""
    store = SimpleCertificateStore()
    store.register_multiple([asn1(one) for one in identity.chain[1:]])
    private = pki.private_of(identity).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return DummyTimeStamper(
        asn1(identity.certificate), keys.PrivateKeyInfo.load(private), certs_to_embed=store
    )


def honest(identity: Identity) -> Answer:
    """Answers every request with a timestamp."""
    by = stamper(identity)
    return lambda request: (200, REPLY, by.request_tsa_response(tsp.TimeStampReq.load(request)).dump())


def of_another_document(identity: Identity) -> Answer:
    """Signs, but something else than was asked for."""
    by = stamper(identity)

    def answer(request: bytes) -> tuple[int, str, bytes]:
        asked = tsp.TimeStampReq.load(request)
        asked["message_imprint"]["hashed_message"] = bytes(32)
        return 200, REPLY, by.request_tsa_response(tsp.TimeStampReq.load(asked.dump(force=True))).dump()

    return answer


def with_a_broken_signature(identity: Identity) -> Answer:
    """Answers what was asked, with a signature that does not hold."""
    by = stamper(identity)

    def answer(request: bytes) -> tuple[int, str, bytes]:
        response = by.request_tsa_response(tsp.TimeStampReq.load(request))
        (info,) = response["time_stamp_token"]["content"]["signer_infos"]
        info["signature"] = bytes([info["signature"].native[0] ^ 1]) + info["signature"].native[1:]
        return 200, REPLY, response.dump(force=True)

    return answer


@contextmanager
def serving(answer: Answer, lists: dict[str, bytes] | None = None) -> Iterator[str]:
    """The URL of a server that answers requests for timestamps, and gives files by their path."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/timestamp-query"
            self._send(*answer(request))

        def do_GET(self) -> None:
            content = (lists or {}).get(self.path)
            self._send(404 if content is None else 200, "application/pkix-crl", content or b"")

        def _send(self, code: int, kind: str, content: bytes) -> None:
            self.send_response(code)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def asn1(certificate: Certificate) -> x509.Certificate:
    """The certificate as pyHanko takes it."""
    return x509.Certificate.load(certificate.public_bytes(Encoding.DER))

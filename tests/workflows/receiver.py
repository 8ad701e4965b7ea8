"""A receiver of webhooks on this machine, with a certificate of its own; and a post that may reach it, and only it."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from rbc_assess.core.addresses import Address, is_public

NAME = "hook.example.jp"


class Certificate(NamedTuple):
    """Its file, and a context for each side."""

    file: Path
    server: ssl.SSLContext
    client: ssl.SSLContext


def certificate(folder: Path, name: str = NAME) -> Certificate:
    """A certificate that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return Certificate(file, server, ssl.create_default_context(cafile=str(file)))


class Received(NamedTuple):
    """What came."""

    path: str
    headers: dict[str, str]
    body: bytes
    server_name: str | None


class Receiver:
    """Answers with ``status`` and ``reply``; keeps what came."""

    def __init__(self) -> None:
        self.status = 204
        self.headers: dict[str, str] = {}
        self.reply: Callable[[Any], None] | None = None
        self.received: list[Received] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"https://{NAME}:{self.port}/in"


@contextmanager
def receiving(made: Certificate) -> Iterator[Receiver]:
    """A receiver that listens on the loopback address until the block ends."""
    receiver = Receiver()
    names: list[str | None] = []
    made.server.sni_callback = lambda _, name, __: names.append(name)

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.received.append(Received(self.path, headers, body, names[-1] if names else None))
            if receiver.reply is not None:
                receiver.reply(self.wfile)
                self.close_connection = True
                return
            self.send_response(receiver.status)
            for name, value in {"Content-Length": "0", **receiver.headers}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Answer)
    server.socket = made.server.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def here_too(address: Address) -> bool:
    """Public addresses, and the one that the receiver listens on."""
    return is_public(address) or str(address) == "127.0.0.1"

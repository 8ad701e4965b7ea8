"""Sending something to an address that somebody else has named: looked up once, checked, then connected to as checked.

The name is resolved in the moment of connecting, and the connection goes to an address that was looked at: a name that
changes its mind meanwhile changes nothing. TLS and ``Host`` keep the name. No redirect is followed, no proxy is used,
little of the reply is read, and the whole takes no longer than it may.
"""

from __future__ import annotations

import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from ipaddress import ip_address
from typing import Any, Final, TypeAlias

import httpcore
import httpx

from rbc_assess.core.addresses import Address, WebAddress, is_public, read_web_address
from rbc_assess.errors import RbcError

LONGEST_SECONDS: Final = 15.0
MOST_REPLY: Final = 64 * 1024
"""Bytes of a reply that are read, its head included; what comes behind does not count against it."""

Resolve: TypeAlias = Callable[[str, int], Iterable[str]]
"""Gives all addresses of a name."""
Admits: TypeAlias = Callable[[Address], bool]
"""Tells whether an address may be connected to."""


class NotSent(RbcError):
    """Nothing was answered; ``code`` says how far it came."""

    code = "unreachable"


class AddressRefused(NotSent):
    """The address leads somewhere that is not public. Nothing was sent, and nobody was connected to."""

    code = "address-refused"


def resolve(name: str, port: int) -> list[str]:
    """Ask the resolver for all addresses of a name."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [str(place[0]) for *_, place in found]


class Post:
    """Posts to public addresses. ``admits`` and ``tls`` are other than usual in tests alone."""

    def __init__(
        self,
        *,
        resolve: Resolve = resolve,
        admits: Admits = is_public,
        tls: ssl.SSLContext | None = None,
        seconds: float = LONGEST_SECONDS,
    ) -> None:
        self._resolve = resolve
        self._admits = admits
        self._tls = tls or httpx.create_ssl_context(trust_env=False)
        self._seconds = seconds

    def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Post a body and give the status of the reply, whatever it is.

        Raises:
            AddressRefused: the address is not a plain public one. ``NotSent``: no reply came in time, or none that
            can be read.
        """
        address = read_web_address(url)
        if address is None:
            raise AddressRefused
        deadline = time.monotonic() + self._seconds
        backend = _Guarded(self._resolve, self._admits, deadline)
        with httpcore.ConnectionPool(
            ssl_context=self._tls, network_backend=backend, max_connections=1, http1=True, http2=False
        ) as pool:
            return _exchange(pool, _request(address, body, headers), deadline)


def _request(address: WebAddress, body: bytes, headers: Mapping[str, str]) -> httpcore.Request:
    port = "" if address.port == 443 else f":{address.port}"
    own = {
        "Host": f"{address.host}{port}",
        "Content-Length": str(len(body)),
        "Connection": "close",
        "Accept": "*/*",
        **headers,
    }
    return httpcore.Request(
        "POST",
        httpcore.URL(
            scheme=b"https",
            host=address.host.strip("[]").encode(),
            port=address.port,
            target=address.target.encode(),
        ),
        headers=[(name.encode(), value.encode()) for name, value in own.items()],
        content=body,
    )


def _exchange(pool: httpcore.ConnectionPool, request: httpcore.Request, deadline: float) -> int:
    try:
        response = pool.handle_request(request)
    except httpcore.TimeoutException as error:
        raise NotSent(code="timed-out") from error
    except _TooMuch as error:
        raise NotSent(code="reply-too-large") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
        code = "tls-failed" if _is_about_tls(error) else "unreachable"
        raise NotSent(code=code) from error
    status = response.status
    # The status says it all. Reading a little lets the other side finish what it was saying.
    with suppress(Exception):
        for _ in response.iter_stream():
            if time.monotonic() > deadline:
                break
    with suppress(Exception):
        response.close()
    return status


def _is_about_tls(error: BaseException) -> bool:
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, ssl.SSLError):
            return True
        found = found.__cause__ or found.__context__
    return False


class _TooMuch(Exception):
    """More came than is read."""


# --- connecting --------------------------------------------------------------------------------------------


class _Guarded(httpcore.NetworkBackend):
    """Connects to a name by an address that was looked at, and to nothing else."""

    def __init__(self, resolve: Resolve, admits: Admits, deadline: float) -> None:
        self._resolve = resolve
        self._admits = admits
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline is for the whole
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        addresses = self._addresses(host, port)
        if not addresses or not all(self._admits(one) for one in addresses):
            raise AddressRefused
        failed: Exception = httpcore.ConnectError("no address")
        for one in addresses[:4]:
            try:
                return _Stream(_connect(one, port, self._left()), self._left)
            except OSError as error:
                failed = error
        if isinstance(failed, TimeoutError):
            raise httpcore.ConnectTimeout(str(failed)) from failed
        raise httpcore.ConnectError(str(failed)) from failed

    def _addresses(self, host: str, port: int) -> list[Address]:
        literal = WebAddress(host, port, "/").literal
        if literal is not None:
            return [literal]
        try:
            return [
                ip_address(one) for one in dict.fromkeys(_in_time(self._resolve, host, port, self._left()))
            ]
        except OSError as error:
            raise NotSent(code="no-such-host") from error
        except ValueError as error:
            raise AddressRefused from error

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ConnectTimeout("the time is over")
        return left


def _in_time(resolve: Resolve, host: str, port: int, seconds: float) -> Iterable[str]:
    """Resolve, but wait no longer than this: a resolver takes no such limit."""
    answered: queue.SimpleQueue[Iterable[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answered.put(list(resolve(host, port)))
        except Exception as error:  # noqa: BLE001 - told to the one who asked
            answered.put(error)

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        found = answered.get(timeout=seconds)
    except queue.Empty:
        raise httpcore.ConnectTimeout("no answer from the resolver") from None
    if isinstance(found, Exception):
        raise found
    return found


def _connect(address: Address, port: int, seconds: float) -> socket.socket:
    # An address, never a name: nothing is resolved here once more.
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.settimeout(seconds)
        opened.connect((str(address), port))
    except BaseException:
        opened.close()
        raise
    return opened


class _Stream(httpcore.NetworkStream):
    """A connection with a deadline, of which only so much is read."""

    def __init__(self, opened: socket.socket, left: Callable[[], float], read: int = 0) -> None:
        self._socket = opened
        self._left = left
        self._read = read

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        if self._read >= MOST_REPLY:
            raise _TooMuch
        try:
            self._socket.settimeout(self._left())
            part = self._socket.recv(min(max_bytes, MOST_REPLY - self._read))
        except TimeoutError as error:
            raise httpcore.ReadTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error
        self._read += len(part)
        return part

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        try:
            self._socket.settimeout(self._left())
            self._socket.sendall(buffer)
        except TimeoutError as error:
            raise httpcore.WriteTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        try:
            self._socket.settimeout(self._left())
            wrapped = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
        except TimeoutError as error:
            self.close()
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            self.close()
            raise httpcore.ConnectError(str(error)) from error
        return _Stream(wrapped, self._left)

    def get_extra_info(self, info: str) -> Any:
        return self._socket if info == "socket" else None

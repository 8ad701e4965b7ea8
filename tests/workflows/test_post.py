"""Mail: sent over SMTP by a thread, tried again, and never a reason for an answer to wait or to fail."""

from __future__ import annotations

import email
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from email import policy
from email.message import EmailMessage
from typing import Any

import pytest
import structlog
from structlog.testing import LogCapture

from rbc_assess.settings import Settings, SettingsRefused, read_settings
from rbc_assess.workflows import post
from rbc_assess.workflows.post import Mail, NoPostbox, PrintedPostbox, SmtpPostbox, open_postbox

MAIL = Mail("hanako@example.jp", "ログイン用リンクのお知らせ", "次のリンクを開いてください。\n")


class Server:
    """A mail server that takes what it is given; ``refusing`` so many connections first."""

    def __init__(self, refusing: int = 0) -> None:
        self.taken: list[EmailMessage] = []
        self.came = 0
        self._refusing = refusing
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        with suppress(OSError):  # done twice where a test has done it
            self._listener.shutdown(socket.SHUT_RDWR)  # close alone leaves who waits in accept waiting
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.came += 1
                with connection, connection.makefile("rwb") as talk:
                    self._talk(talk)

    def _talk(self, talk: Any) -> None:
        def say(line: bytes) -> None:
            talk.write(line + b"\r\n")
            talk.flush()

        if self.came <= self._refusing:
            say(b"421 not now")
            return
        say(b"220 here")
        while line := talk.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                say(b"354 go on")
                lines = iter(talk.readline, b".\r\n")
                message = email.message_from_bytes(b"".join(lines), policy=policy.default)
                assert isinstance(message, EmailMessage)
                self.taken.append(message)
            say(b"250 ok" if verb != b"QUIT" else b"221 bye")


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.fixture
def log() -> Iterator[LogCapture]:
    capture = LogCapture()
    before = structlog.get_config()
    structlog.configure(processors=[capture])
    yield capture
    structlog.configure(**before)


def box_at(server: Server) -> SmtpPostbox:
    settings = Settings(
        demo=True,
        smtp_host="127.0.0.1",
        smtp_port=server.port,
        smtp_security="none",
        smtp_from="rbc@example.jp",
    )
    box = open_postbox(settings)
    assert isinstance(box, SmtpPostbox)
    return box


def test_a_mail_arrives_as_it_was_written(server: Server) -> None:
    box = box_at(server)
    box.post(MAIL)
    box.close()
    (message,) = server.taken
    assert (message["To"], message["From"], message["Subject"]) == (MAIL.to, "rbc@example.jp", MAIL.subject)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@example.jp>")
    assert message.get_content().replace("\r\n", "\n") == MAIL.text


def test_it_is_tried_again_and_the_log_tells_no_address(
    monkeypatch: pytest.MonkeyPatch, log: LogCapture
) -> None:
    server = Server(refusing=1)
    box = box_at(server)
    monkeypatch.setattr(box._closing, "wait", lambda _: False)
    box.post(MAIL)
    box.close()
    server.close()
    assert len(server.taken) == 1
    assert [entry["end"] for entry in log.entries] == ["failed"]
    assert MAIL.to not in str(log.entries)


def test_a_server_that_is_away_holds_nobody_up(server: Server, log: LogCapture) -> None:
    server.close()
    box = box_at(server)
    box.post(MAIL)
    box.close()
    assert {entry["end"] for entry in log.entries} == {"failed"}


def test_too_many_that_wait_are_told_of(
    server: Server, monkeypatch: pytest.MonkeyPatch, log: LogCapture
) -> None:
    monkeypatch.setattr(post, "MOST_WAITING", 2)
    monkeypatch.setattr(SmtpPostbox, "_work", lambda _: None)
    box = box_at(server)
    for _ in range(3):
        box.post(MAIL)
    assert [entry["fault"] for entry in log.entries] == ["too many wait"]


def test_without_a_server_the_log_says_so_and_the_demo_prints(
    capsys: pytest.CaptureFixture[str], log: LogCapture
) -> None:
    secret = "5d2c8e0f7b1a4c3d9e6f8a7b0c1d2e3f4a5b6c7d8e9f0a1b"
    nowhere = open_postbox(read_settings({"secret_key": secret}))
    assert isinstance(nowhere, NoPostbox)
    nowhere.post(MAIL)
    nowhere.close()
    assert [entry["fault"] for entry in log.entries] == ["RBC_SMTP_HOST is not set"]
    printed = open_postbox(Settings(demo=True))
    assert isinstance(printed, PrintedPostbox)
    printed.post(MAIL)
    printed.close()
    assert MAIL.text in capsys.readouterr().err


def test_a_password_does_not_travel_in_the_open() -> None:
    with pytest.raises(SettingsRefused) as refused:
        read_settings({"demo": True, "smtp_host": "x", "smtp_security": "none", "smtp_username": "rbc"})
    assert "RBC_SMTP_SECURITY" in refused.value.text["en"]
    with pytest.raises(SettingsRefused) as refused:
        read_settings({"demo": True, "smtp_from": "rbc@example.jp\r\nBcc: x@example.jp"})
    assert "RBC_SMTP_FROM" in refused.value.text["en"]

"""Mail to people: put into a box, sent by a thread of this process, so that no answer tells whether there was any.

It is not stored: a mail holds a secret, and of secrets only hashes are. One that a process could not send before it
ended is lost, and asked for again.
"""

from __future__ import annotations

import queue
import smtplib
import ssl
import sys
import threading
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Final, NamedTuple, Protocol

import structlog

from rbc_assess.settings import Settings

PATIENCE_SECONDS: Final = 10.0
TRIES: Final = 3
MOST_WAITING: Final = 200
CLOSING_SECONDS: Final = 5.0

_log = structlog.get_logger("rbc_assess.post")


class Mail(NamedTuple):
    """A plain text to one address."""

    to: str
    subject: str
    text: str


class Postbox(Protocol):
    """Takes mail, and never waits for it to be sent."""

    def post(self, mail: Mail) -> None: ...

    def close(self) -> None: ...


def open_postbox(settings: Settings) -> Postbox:
    """The box that the settings tell of: SMTP; in the demo what is printed; else none, and the log says so."""
    if settings.smtp_host is not None:
        return SmtpPostbox(settings)
    return PrintedPostbox() if settings.demo else NoPostbox()


class PrintedPostbox:
    """Prints mail where the demo was started."""

    def post(self, mail: Mail) -> None:
        print(f"\n--- {mail.to}: {mail.subject}\n{mail.text}---", file=sys.stderr, flush=True)  # noqa: T201

    def close(self) -> None:
        """Nothing waits."""


class NoPostbox:
    """There is no way to send mail."""

    def post(self, mail: Mail) -> None:  # noqa: ARG002
        _log.warning("mail", end="not-sent", fault="RBC_SMTP_HOST is not set")

    def close(self) -> None:
        """Nothing waits."""


class SmtpPostbox:
    """Sends mail over SMTP, one after the other."""

    def __init__(self, settings: Settings) -> None:
        assert settings.smtp_host is not None
        self._settings = settings
        self._waiting: queue.Queue[Mail | None] = queue.Queue(MOST_WAITING)
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._closing = threading.Event()

    def post(self, mail: Mail) -> None:
        """Take a mail; where too many wait already it is lost, and the log says so."""
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="post", daemon=True)
                self._thread.start()
        try:
            self._waiting.put_nowait(mail)
        except queue.Full:
            _log.warning("mail", end="not-sent", fault="too many wait")

    def close(self) -> None:
        """Send what waits, for as long as a few seconds."""
        if self._thread is not None:
            self._closing.set()
            try:
                self._waiting.put_nowait(None)
            except queue.Full:
                return
            self._thread.join(CLOSING_SECONDS)

    def _work(self) -> None:
        while (mail := self._waiting.get()) is not None:
            self._send(mail)

    def _send(self, mail: Mail) -> None:
        for number in range(1, TRIES + 1):
            try:
                self._send_once(mail)
            except (OSError, smtplib.SMTPException) as fault:
                # The fault's own words may hold the address.
                _log.warning("mail", end="failed", number=number, fault=type(fault).__name__)
                if isinstance(fault, smtplib.SMTPRecipientsRefused) or self._closing.wait(number):
                    return
            else:
                return

    def _send_once(self, mail: Mail) -> None:
        ours = self._settings
        assert ours.smtp_host is not None
        message = EmailMessage()
        message["From"] = ours.smtp_from
        message["To"] = mail.to
        message["Subject"] = mail.subject
        message["Date"] = formatdate(usegmt=True)
        message["Message-ID"] = make_msgid(domain=ours.smtp_from.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        with self._connected(ours.smtp_host) as smtp:
            if ours.smtp_security == "starttls":
                smtp.starttls(context=ssl.create_default_context())
            if ours.smtp_username is not None and ours.smtp_password is not None:
                smtp.login(ours.smtp_username, ours.smtp_password.get_secret_value())
            smtp.send_message(message)

    def _connected(self, host: str) -> smtplib.SMTP:
        port = self._settings.smtp_port
        if self._settings.smtp_security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(host, port, timeout=PATIENCE_SECONDS, context=context)
        return smtplib.SMTP(host, port, timeout=PATIENCE_SECONDS)

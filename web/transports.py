"""The ways out of the house: a mail server, and the robots of group chats through Apprise.

Nothing is built that the settings do not name. The only module that knows these libraries.
"""

from __future__ import annotations

import hashlib
import smtplib
import ssl
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import localtime
from urllib.parse import unquote, urlsplit

from web.settings import Settings
from workflow.service.delivering import Message, Transport, Undelivered
from workflow.service.noticing import Channel

#: Seconds until a server that does not answer counts as away; well within a claim.
PATIENCE = 15
#: How the connection is kept secret, by the beginning of the address, and the usual port.
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over, as `SMTP_URL` says it."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""


def mail_server(url: str) -> MailServer:
    """Read an address such as `smtp+starttls://user:password@mail.hospital.cn:587`.

    Raises ValueError for what is none, and for a password that would travel in the open.
    """
    parts = urlsplit(url)
    usual = PORTS.get(parts.scheme)
    if usual is None or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("not the address of a mail server")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if parts.scheme == "smtp" and password:
        raise ValueError("a password needs smtps or smtp+starttls")
    return MailServer(parts.scheme, parts.hostname, parts.port or usual, user, password)


class Mail:
    """Hands each message to the hospital's mail server, on a connection of its own."""

    def __init__(self, server: MailServer, sender: str) -> None:
        self._server = server
        self._sender = sender

    def send(self, message: Message) -> None:
        """Hand over one letter. Raises Undelivered."""
        try:
            with self._connect() as connection:
                connection.send_message(self._letter(message))
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            raise Undelivered("refused", for_good=all(code >= 500 for code in codes)) from None
        except smtplib.SMTPAuthenticationError:
            raise Undelivered("sign_in_refused") from None
        except smtplib.SMTPResponseException:
            raise Undelivered("not_taken") from None
        except (OSError, smtplib.SMTPException):
            raise Undelivered("unreachable") from None

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        connection: smtplib.SMTP
        if server.scheme == "smtps":
            secure = ssl.create_default_context()
            connection = smtplib.SMTP_SSL(
                server.host, server.port, timeout=PATIENCE, context=secure
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=PATIENCE)
        try:
            if server.scheme == "smtp+starttls":
                connection.starttls(context=ssl.create_default_context())
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection

    def _letter(self, message: Message) -> EmailMessage:
        letter = EmailMessage()
        letter["From"] = self._sender
        letter["To"] = message.to
        letter["Subject"] = message.subject
        letter["Date"] = localtime()
        # The same each time it is sent, so that a mailbox which has it already can tell.
        name = hashlib.sha256(message.key.encode()).hexdigest()[:32]
        letter["Message-ID"] = f"<{name}@{self._sender.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(message.body)
        return letter


class Robot:
    """Lets the robot of a group chat say each message."""

    def __init__(self, url: str) -> None:
        import apprise  # noqa: PLC0415 - takes its time, and most servers have no robot

        asset = apprise.AppriseAsset(
            app_id="Qianpi", storage_mode=apprise.PersistentStoreMode.MEMORY
        )
        self._robot = apprise.Apprise(asset=asset)
        with warnings.catch_warnings():
            # It loads all that it knows, of which some uses what later Pythons do without.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._robot.add(url)

    def send(self, message: Message) -> None:
        """Say one message in the group. Raises Undelivered."""
        if not self._robot.notify(body=message.body):
            raise Undelivered("not_taken")


def transports_of(settings: Settings) -> Mapping[Channel, Transport]:
    """The ways out that the settings name; none by default."""
    found: dict[Channel, Transport] = {}
    if settings.smtp_url is not None:
        found[Channel.MAIL] = Mail(mail_server(settings.smtp_url), settings.smtp_from)
    robots = {
        Channel.WECOM: settings.wecom_robot,
        Channel.DINGTALK: settings.dingtalk_robot,
        Channel.FEISHU: settings.feishu_robot,
    }
    found.update({channel: Robot(url) for channel, url in robots.items() if url is not None})
    return found

"""Messages on the wire: a mail server and a robot's address of our own, in this process."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import orjson
import pytest

from tests.web.mail_server import MailServer, serving
from web.settings import Settings, UnusableSettings, read_settings
from web.transports import Mail, Robot, mail_server, transports_of
from workflow.service.delivering import Message, Undelivered
from workflow.service.noticing import Channel

LETTER = Message(
    "n1:li:mail", "li@hospital.cn", "采购 CG2026-000001：转到您这里办理", "正文\n第二行"
)


@pytest.fixture
def server() -> Iterator[MailServer]:
    made = MailServer()
    with serving(made):
        yield made


def mail(server: MailServer) -> Mail:
    return Mail(mail_server(server.url), "qianpi@hospital.cn")


def test_a_letter_arrives_as_it_was_written(server: MailServer) -> None:
    mail(server).send(LETTER)
    (letter,) = server.letters
    assert letter["Subject"] == LETTER.subject
    assert letter["To"] == "li@hospital.cn"
    assert letter["From"] == "qianpi@hospital.cn"
    assert letter.get_content().split() == LETTER.body.split()
    assert letter["Auto-Submitted"] == "auto-generated"


def test_the_same_message_bears_the_same_name_each_time(server: MailServer) -> None:
    for key in ("n1:li:mail", "n1:li:mail", "n2:li:mail"):
        mail(server).send(Message(key, LETTER.to, LETTER.subject, LETTER.body))
    first, again, other = (letter["Message-ID"] for letter in server.letters)
    assert first == again != other
    assert "li" not in first.partition("@")[0].strip("<0123456789abcdef")


@pytest.mark.parametrize(
    ("command", "answer", "why", "for_good"),
    [
        ("RCPT", "550 nobody of that name", "refused", True),
        ("RCPT", "451 try later", "refused", False),
        ("DATA", "554 not today", "not_taken", False),
        ("MAIL", "421 closing", "not_taken", False),
    ],
)
def test_a_refusal_says_whether_it_is_for_good(
    server: MailServer, command: str, answer: str, why: str, for_good: bool
) -> None:
    server.answers[command] = answer
    with pytest.raises(Undelivered) as raised:
        mail(server).send(LETTER)
    assert (raised.value.why, raised.value.for_good) == (why, for_good)


def test_a_server_that_is_away_is_no_refusal() -> None:
    away = MailServer()
    away.server_close()
    with pytest.raises(Undelivered) as raised:
        mail(away).send(LETTER)
    assert (raised.value.why, raised.value.for_good) == ("unreachable", False)


class _Hook(BaseHTTPRequestHandler):
    said: list[object]
    status = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.said.append(orjson.loads(body))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(("status", "taken"), [(200, True), (500, False)])
def test_a_robot_says_what_it_is_given(status: int, taken: bool) -> None:
    said: list[object] = []
    hook = type("Hook", (_Hook,), {"said": said, "status": status})
    server = HTTPServer(("127.0.0.1", 0), hook)
    robot = Robot(f"json://127.0.0.1:{server.server_address[1]}/")
    with serving(server):
        if taken:
            robot.send(LETTER)
        else:
            with pytest.raises(Undelivered, match="not_taken"):
                robot.send(LETTER)
    (heard,) = said
    assert isinstance(heard, dict)
    assert heard["message"] == LETTER.body


# ---- settings ------------------------------------------------------------------------------------


def test_nothing_leaves_unless_the_settings_name_a_way() -> None:
    assert transports_of(Settings()) == {}


def test_the_settings_name_the_ways_out() -> None:
    settings = read_settings(
        {
            "SMTP_URL": "smtp+starttls://qianpi:secret@mail.hospital.cn",
            "SMTP_FROM": "qianpi@hospital.cn",
            "WECOM_ROBOT": "wecombot://a1b2c3",
            "DINGTALK_ROBOT": "dingtalk://abcdefgh12345",
            "FEISHU_ROBOT": "feishu://abc123",
            "PUBLIC_URL": "https://qianpi.hospital.cn/",
        }
    )
    assert set(transports_of(settings)) == set(Channel)
    assert settings.public_url == "https://qianpi.hospital.cn"
    assert settings.smtp_url is not None
    server = mail_server(settings.smtp_url)
    assert (server.port, server.user, server.password) == (587, "qianpi", "secret")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SMTP_URL", "mail.hospital.cn"),
        ("SMTP_URL", "http://mail.hospital.cn"),
        ("SMTP_URL", "smtp://qianpi:secret@mail.hospital.cn"),
        ("SMTP_FROM", "qianpi"),
        ("SMTP_FROM", "签批 <qianpi@hospital.cn>"),
        ("PUBLIC_URL", "qianpi.hospital.cn"),
        ("WECOM_ROBOT", "a1b2c3"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_at_once(name: str, text: str) -> None:
    with pytest.raises(UnusableSettings) as raised:
        read_settings({name: text})
    (problem,) = raised.value.problems
    assert name in problem.zh

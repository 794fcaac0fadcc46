"""Everything that a hospital sets from outside, in one table: environment, then file, then default.

A wrong value is never guessed at: all problems are reported at once, each with what was expected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from workflow.refusals import Sentence

Language = Literal["zh_CN", "en"]

#: Names the file; without it, `qianpi.env` in the working folder is read when it is there.
FILE_VARIABLE = "SETTINGS_FILE"
DEFAULT_FILE = "qianpi.env"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one server. Build it with `read_settings`, or directly in tests."""

    database_url: str = "sqlite:///var/qianpi.db"
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    language: Language = "zh_CN"
    hospital_name: str = "示范医院"
    demo_password: str | None = None
    session_idle_minutes: int = 15
    session_hours: int = 12
    cookie_secure: bool | None = None
    trusted_proxies: tuple[str, ...] = ()
    upload_limit_mb: int = 20
    tick_seconds: int = 5
    log_level: str = "INFO"
    metrics_from: tuple[str, ...] = ("127.0.0.1", "::1")
    public_url: str = ""
    smtp_url: str | None = None
    smtp_from: str = "qianpi@localhost"
    wecom_robot: str | None = None
    dingtalk_robot: str | None = None
    feishu_robot: str | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the table: its name outside, its attribute, how it is read, what it is for."""

    name: str
    attribute: str
    read: Callable[[str], object]
    expected: Sentence
    meaning: Sentence


class UnusableSettings(Exception):
    """Settings that cannot be used; `problems` are all of them, a sentence each."""

    def __init__(self, problems: tuple[Sentence, ...]) -> None:
        super().__init__("; ".join(problem.en for problem in problems))
        self.problems = problems


def _whole(least: int, most: int) -> Callable[[str], object]:
    def read(text: str) -> int:
        number = int(text)
        if not least <= number <= most:
            raise ValueError(text)
        return number

    return read


def _one_of(*words: str) -> Callable[[str], object]:
    def read(text: str) -> str:
        found = {word.lower(): word for word in words}.get(text.lower())
        if found is None:
            raise ValueError(text)
        return found

    return read


def _text(text: str) -> str:
    if not text:
        raise ValueError(text)
    return text


def _maybe_yes(text: str) -> bool | None:
    known: dict[str, bool | None] = {
        "auto": None,
        "true": True,
        "1": True,
        "false": False,
        "0": False,
    }
    if text.lower() not in known:
        raise ValueError(text)
    return known[text.lower()]


def _addresses(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _site(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise ValueError(text)
    return text.rstrip("/")


def _mail_server(text: str) -> str:
    """Raises ValueError for what is no address, and for a password that would be overheard."""
    parts = urlsplit(text)
    known = parts.scheme in ("smtp", "smtp+starttls", "smtps") and parts.hostname
    if not known or parts.query or parts.path.strip("/") or parts.port == 0:
        raise ValueError(text)
    if parts.scheme == "smtp" and parts.password:
        raise ValueError(text)
    return text


def _mailbox(text: str) -> str:
    name, _, host = text.partition("@")
    if not name or not host or not text.isprintable() or set(text) & set(" <>,;\"'"):
        raise ValueError(text)
    return text


def _robot(text: str) -> str:
    scheme, colon, rest = text.partition("://")
    if not colon or not scheme.isalpha() or not rest:
        raise ValueError(text)
    return text


def _number_sentence(least: int, most: int) -> Sentence:
    return Sentence(f"{least} 到 {most} 的整数", f"a whole number from {least} to {most}")


_ANY = Sentence("不为空的文字", "some text")

TABLE: tuple[Setting, ...] = (
    Setting(
        "DATABASE_URL",
        "database_url",
        _text,
        Sentence(
            "sqlite:///路径 或 postgresql://用户@主机/库名",
            "sqlite:///path or postgresql://user@host/name",
        ),
        Sentence("数据库地址", "where the database is"),
    ),
    Setting(
        "HOST",
        "host",
        _text,
        _ANY,
        Sentence("监听的网络地址", "the network address to listen on"),
    ),
    Setting(
        "PORT",
        "port",
        _whole(0, 65535),
        _number_sentence(0, 65535),
        Sentence("监听的端口", "the port to listen on"),
    ),
    Setting(
        "WORKERS",
        "workers",
        _whole(1, 64),
        _number_sentence(1, 64),
        Sentence("工作进程数", "how many processes serve"),
    ),
    Setting(
        "DEFAULT_LANGUAGE",
        "language",
        _one_of("zh_CN", "en"),
        Sentence("zh_CN 或 en", "zh_CN or en"),
        Sentence("未选择语言的人看到的语言", "the language of people who have not chosen one"),
    ),
    Setting(
        "HOSPITAL_NAME",
        "hospital_name",
        _text,
        _ANY,
        Sentence("页面和打印件上的医院名称", "the hospital's name on pages and printed sheets"),
    ),
    Setting(
        "DEMO_PASSWORD",
        "demo_password",
        _text,
        _ANY,
        Sentence(
            "演示账号的密码；不设时每次新建演示库随机生成",
            "the password of demonstration accounts; without it, one is drawn at random",
        ),
    ),
    Setting(
        "SESSION_IDLE_MINUTES",
        "session_idle_minutes",
        _whole(1, 720),
        _number_sentence(1, 720),
        Sentence(
            "无操作多少分钟后需重新登录", "minutes without an act after which one signs in again"
        ),
    ),
    Setting(
        "SESSION_HOURS",
        "session_hours",
        _whole(1, 24),
        _number_sentence(1, 24),
        Sentence("登录最长多少小时有效", "hours after which one signs in again in any case"),
    ),
    Setting(
        "COOKIE_SECURE",
        "cookie_secure",
        _maybe_yes,
        Sentence("auto、true 或 false", "auto, true or false"),
        Sentence(
            "登录凭据是否只走 https；auto 表示随请求而定",
            "whether the session cookie travels by https only; auto follows the request",
        ),
    ),
    Setting(
        "TRUSTED_PROXIES",
        "trusted_proxies",
        _addresses,
        Sentence("以逗号分隔的 IP 地址", "IP addresses, separated by commas"),
        Sentence(
            "反向代理的地址；只有来自它们的 X-Forwarded-For 和 X-Forwarded-Proto 才被采信",
            "addresses of the reverse proxies whose X-Forwarded-For and -Proto are believed",
        ),
    ),
    Setting(
        "UPLOAD_LIMIT_MB",
        "upload_limit_mb",
        _whole(1, 200),
        _number_sentence(1, 200),
        Sentence("一次上传的总大小上限（MB）", "the size of one upload in all, in MB"),
    ),
    Setting(
        "TICK_SECONDS",
        "tick_seconds",
        _whole(0, 3600),
        _number_sentence(0, 3600),
        Sentence(
            "每隔多少秒处理到期的时限；0 表示本进程不处理",
            "seconds between looks at deadlines that are due; 0: this server does not look",
        ),
    ),
    Setting(
        "LOG_LEVEL",
        "log_level",
        _one_of("DEBUG", "INFO", "WARNING", "ERROR"),
        Sentence("DEBUG、INFO、WARNING 或 ERROR", "DEBUG, INFO, WARNING or ERROR"),
        Sentence("日志的详细程度", "how much is logged"),
    ),
    Setting(
        "METRICS_FROM",
        "metrics_from",
        _addresses,
        Sentence("以逗号分隔的 IP 地址", "IP addresses, separated by commas"),
        Sentence(
            "可以读取 /metrics 的地址；其他地址看不到这一页",
            "addresses that may read /metrics; nobody else finds it",
        ),
    ),
    Setting(
        "PUBLIC_URL",
        "public_url",
        _site,
        Sentence("http(s)://主机", "http(s)://host"),
        Sentence(
            "职工在浏览器里输入的地址，用于通知里的链接；不设则通知不带链接",
            "the address that people type, for links in messages; without it they bear none",
        ),
    ),
    Setting(
        "SMTP_URL",
        "smtp_url",
        _mail_server,
        Sentence(
            "smtp://主机、smtp+starttls://用户:密码@主机 或 smtps://用户:密码@主机；"
            "明文 smtp 不得带密码",
            "smtp://host, smtp+starttls://user:password@host or smtps://user:password@host; "
            "no password over plain smtp",
        ),
        Sentence("发送邮件通知的服务器；不设则不发邮件", "sends mail; without it none is sent"),
    ),
    Setting(
        "SMTP_FROM",
        "smtp_from",
        _mailbox,
        Sentence("邮箱地址", "an e-mail address"),
        Sentence("邮件通知的发件人", "the sender of mail"),
    ),
    Setting(
        "WECOM_ROBOT",
        "wecom_robot",
        _robot,
        Sentence("wecombot://密钥", "wecombot://key"),
        Sentence("企业微信群机器人；不设则不用", "the robot of a WeCom group; without it none"),
    ),
    Setting(
        "DINGTALK_ROBOT",
        "dingtalk_robot",
        _robot,
        Sentence("dingtalk://令牌 或 dingtalk://加签密钥@令牌", "dingtalk://[secret@]token"),
        Sentence("钉钉群机器人；不设则不用", "the robot of a DingTalk group; without it none"),
    ),
    Setting(
        "FEISHU_ROBOT",
        "feishu_robot",
        _robot,
        Sentence("feishu://令牌", "feishu://token"),
        Sentence("飞书群机器人；不设则不用", "the robot of a Feishu group; without it none"),
    ),
)

_UNREADABLE = Sentence(
    "设置 {name} 的值无法使用：需要{expected}。",
    "The setting {name} cannot be used: it takes {expected}.",
)
_UNKNOWN = Sentence(
    "设置文件 {file} 第 {line} 行：没有名为“{name}”的设置。",
    "Settings file {file}, line {line}: there is no setting named “{name}”.",
)
_NOT_A_PAIR = Sentence(
    "设置文件 {file} 第 {line} 行：应写成 名称=值。",
    "Settings file {file}, line {line}: write NAME=value.",
)
_NO_FILE = Sentence("设置文件 {file} 不存在。", "The settings file {file} does not exist.")


def read_settings(environment: Mapping[str, str], folder: Path | None = None) -> Settings:
    """Settings from the environment, else from the file in `folder`, else the defaults.

    Raises UnusableSettings with every problem. An empty value counts as not set.
    """
    problems: list[Sentence] = []
    given = {**_of_file(environment, folder or Path(), problems), **environment}
    values: dict[str, object] = {}
    for setting in TABLE:
        text = given.get(setting.name, "").strip()
        if not text:
            continue
        try:
            values[setting.attribute] = setting.read(text)
        except ValueError:
            problems.append(
                Sentence(
                    _UNREADABLE.zh.format(name=setting.name, expected=setting.expected.zh),
                    _UNREADABLE.en.format(name=setting.name, expected=setting.expected.en),
                )
            )
    if problems:
        raise UnusableSettings(tuple(problems))
    return Settings(**values)  # type: ignore[arg-type]  # the table says which type each has


def _of_file(
    environment: Mapping[str, str], folder: Path, problems: list[Sentence]
) -> dict[str, str]:
    named = environment.get(FILE_VARIABLE)
    path = folder / (named or DEFAULT_FILE)
    if not path.is_file():
        if named:
            problems.append(_NO_FILE.filled(file=named))
        return {}
    return _pairs(path, problems)


def _pairs(path: Path, problems: list[Sentence]) -> dict[str, str]:
    known = {setting.name for setting in TABLE}
    found: dict[str, str] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if not equals:
            problems.append(_NOT_A_PAIR.filled(file=path.name, line=number))
        elif name.strip() not in known:
            problems.append(_UNKNOWN.filled(file=path.name, line=number, name=name.strip()))
        else:
            found[name.strip()] = value.strip()
    return found

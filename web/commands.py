"""The product's command: `qianpi serve`, `check`, `scenario run`, `verify`, `migrate` and the rest.

Composes what a subcommand needs, and says in both languages what came of it. Exit status 0: done;
1: what was looked at does not hold; 2: it could not be done as asked.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from sqlalchemy.exc import DatabaseError
from uvicorn.supervisors import Multiprocess

from storage.database import UnusableDatabase, refuse_unsafe_workers
from storage.memory import MemoryStore
from storage.schema import migrate, pending
from storage.unit_of_work import DatabaseStore
from storage.verifying import verify
from web import clauses_command, opening, scenario_command, simulate_command
from web.app import build_house, create_app
from web.demonstration import furnishing
from web.logs import set_up_logs
from web.opening import CannotDo, shipped_bundles, shipped_register
from web.passwords import Passwords, new_password
from web.posting import Posting
from web.settings import (
    DEFAULT_FILE,
    FILE_VARIABLE,
    TABLE,
    Settings,
    UnusableSettings,
    read_settings,
)
from web.ticking import Ticking
from workflow.design.problems import Problem
from workflow.design.register_files import RegisterInvalid
from workflow.people.organisation import Department, Person, Post
from workflow.ports.house import Account, HouseChange, SaveAccount, SaveDepartment, SavePerson
from workflow.ports.store import Store
from workflow.refusals import Sentence
from workflow.service.bundles import Bundles, BundlesInvalid, check_path, files_below
from workflow.service.register_catalogue import without_a_card

DONE, DOES_NOT_HOLD, CANNOT = 0, 1, 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; the exit status."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    for words, own in _WITH_MODULES_OF_THEIR_OWN:
        if tuple(given[: len(words)]) == words:
            return own(given[len(words) :])
    return _run(given)


def _run(given: list[str]) -> int:
    asked = _parser().parse_args(given)
    try:
        status: int = asked.run(asked)
    except (CannotDo, UnusableDatabase) as cannot:
        _complain(cannot.because)
    except UnusableSettings as unusable:
        _complain(*unusable.problems)
    except (RegisterInvalid, BundlesInvalid) as invalid:
        _complain(*(problem.said for problem in invalid.problems))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever reads us (`| head`) has enough; nothing is left to be flushed at the end either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    else:
        return status
    return CANNOT


def _now() -> datetime:
    return datetime.now(UTC)


# ---- serve ---------------------------------------------------------------------------------------

_READY = Sentence(
    "签批已就绪，请用浏览器打开 {address}", "Qianpi is ready; open {address} in a browser"
)
_NOBODY = Sentence(
    "还没有任何账号。请先运行："
    "qianpi user add 登录名 --name 姓名 --department it --department-name 信息科",
    "There is no account yet. First run: "
    "qianpi user add LOGIN --name NAME --department it --department-name IT",
)
_ACCOUNTS = Sentence(
    "演示账号（密码都是 {password}）：",
    "Demonstration accounts (the password of all is {password}):",
)
_TAKEN = Sentence(
    "无法监听 {host}:{port}（{why}）。请用 --port 或 PORT 另选端口。",
    "Cannot listen on {host}:{port} ({why}). Choose another port with --port or PORT.",
)
_NOT_EMPTY = Sentence(
    "数据库里已有人员，演示数据只能放进空库。请换一个 DATABASE_URL。",
    "The database has people in it; a demonstration needs an empty one. Set another DATABASE_URL.",
)


def _serve(asked: argparse.Namespace) -> int:
    given = {"HOST": asked.host, "PORT": asked.port, "WORKERS": asked.workers}
    settings = read_settings({**os.environ, **{k: v for k, v in given.items() if v is not None}})
    with _bound(settings) as bound, _hospital(settings, demonstrate=asked.demo) as store:
        refuse_unsafe_workers(store.database, settings.workers)
        opening.ship(store, _now(), _say)
        _welcome(store, settings, bound)
        set_up_logs(settings.log_level)
        app = create_app(settings, store) if settings.workers == 1 else _FACTORY
        _run_server(app, settings, bound)
    return DONE


@contextmanager
def _hospital(settings: Settings, *, demonstrate: bool) -> Iterator[DatabaseStore]:
    if not demonstrate:
        with opening.opened(settings) as store:
            yield store
        return
    with opening.furnished(settings, _pieces(settings), _now(), _say) as (store, _):
        yield store


#: Makes the app in each of several processes, which open the database for themselves.
_FACTORY = "web.app:create_app_from_environment"
#: How many browsers may wait at the door while the server is busy.
_QUEUE = 2048


@contextmanager
def _bound(settings: Settings) -> Iterator[socket.socket]:
    """The socket to listen on, taken first: a port in use is told before anything is done."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((settings.host, settings.port))
        except OSError as error:
            why = error.strerror or str(error)
            raise CannotDo(_TAKEN.filled(host=settings.host, port=settings.port, why=why))
        bound.set_inheritable(True)
        yield bound


def _run_server(app: object, settings: Settings, bound: socket.socket) -> None:
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]  # an app, or the name of what makes one
        factory=isinstance(app, str),
        workers=settings.workers,
        log_config=None,
        access_log=False,
        proxy_headers=False,  # `web.visit` believes the proxies that the settings name, no other
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    if settings.workers == 1:
        uvicorn.Server(config).run(sockets=[bound])
    else:
        Multiprocess(config, sockets=[bound]).run()


def _welcome(store: DatabaseStore, settings: Settings, bound: socket.socket) -> None:
    bound.listen(_QUEUE)  # whoever comes while the last things are made ready waits for a moment
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    _say(_READY.filled(address=f"http://{host}:{bound.getsockname()[1]}"))
    accounts = store.house.accounts()
    if any(account.demonstration for account in accounts):
        _tell_accounts(store, settings)
    elif not accounts:
        _say(_NOBODY)


_WORKING = Sentence(
    "正在处理到期的时限和待发的消息；按 Ctrl+C 结束。",
    "Working on deadlines and messages; press Ctrl+C to end.",
)
_WORKED = Sentence("处理了 {count} 个到期的时限。", "{count} deadlines had their effect.")


def _worker(asked: argparse.Namespace) -> int:
    """Let deadlines have their effect and carry notices out, beside servers and other workers."""
    settings = _settings()
    with opening.opened(settings) as store:
        refuse_unsafe_workers(store.database, _WITH_A_SERVER)
        house = build_house(settings, store)
        ticking, posting = Ticking(house), Posting(house)
        if asked.once:
            _say(_WORKED.filled(count=sum(iter(ticking.look, 0))))
            posting.look()
            return DONE
        set_up_logs(settings.log_level)
        ends = {signal.SIGTERM, signal.SIGINT}
        signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # for the thread that works as well
        ticking.start(though_told_not_to=True)
        posting.start(though_told_not_to=True)
        _say(_WORKING)
        signal.sigwait(ends)
        posting.stop()
        ticking.stop()
    return DONE


#: A worker is never the only process at its database.
_WITH_A_SERVER = 2


def _demo(_asked: argparse.Namespace) -> int:
    settings = _settings()
    with opening.furnished(settings, _pieces(settings), _now(), _say) as (store, made):
        if not made:
            raise CannotDo(_NOT_EMPTY)
        _tell_accounts(store, settings)
    return DONE


def _pieces(settings: Settings) -> opening.Pieces:
    def of(store: DatabaseStore) -> furnishing.Pieces:
        house = build_house(settings, store)
        return furnishing.Pieces(store, house.service, house.administering, house.looking)

    return of


def _tell_accounts(store: DatabaseStore, settings: Settings) -> None:
    password = opening.demonstration_password(store, settings, _now())
    _say(_ACCOUNTS.filled(password=password))
    for shown in furnishing.told(store).accounts:
        _print(f"  {shown.login:<20} {shown.name}（{shown.department}）")


# ---- the database --------------------------------------------------------------------------------

_MIGRATED = Sentence("已完成迁移：{made}", "Migrations made: {made}")
_UP_TO_DATE = Sentence("数据库已是最新。", "The database is up to date.")
_OLD = Sentence(
    "数据库的结构还不是最新，请先运行 qianpi migrate。",
    "The database has an older layout; first run qianpi migrate.",
)
_SOUND = Sentence(
    "账本完整：{cases} 个案件，{entries} 条记录，{files} 个附件文件，全部相符。",
    "The ledger is whole: {cases} cases, {entries} entries, {files} files: all agree.",
)
_BROKEN = Sentence(
    "账本有误：{case} 第 {seq} 条：{what}（共 {count} 处）",
    "The ledger is broken: {case}, line {seq}: {what} ({count} in all)",
)


_UNREADABLE = Sentence(
    "数据库读不完整：{why}。文件可能已损坏，请用备份恢复，再校验一次。",
    "The database cannot be read to its end: {why}. The file may be damaged; restore a backup "
    "and verify again.",
)


def _migrate(_asked: argparse.Namespace) -> int:
    with opening.as_it_is(_settings()) as database:
        made = migrate(database)
    _say(_MIGRATED.filled(made=", ".join(made)) if made else _UP_TO_DATE)
    return DONE


def _verify(_asked: argparse.Namespace) -> int:
    with opening.as_it_is(_settings(), is_made=True) as database:
        # What is read in one go comes past the layer that gives errors their common names.
        unreadable = (DatabaseError, database.engine.dialect.loaded_dbapi.DatabaseError)
        try:
            if pending(database):
                raise CannotDo(_OLD)
            found = verify(database)
        except unreadable as error:
            _complain(_UNREADABLE.filled(why=getattr(error, "orig", error)))
            return DOES_NOT_HOLD
    if not found.faults:
        _say(_SOUND.filled(cases=found.cases, entries=found.entries, files=found.files))
        return DONE
    first = found.faults[0]
    said = _BROKEN.filled(case=first.case, seq=first.seq, what="{what}", count=len(found.faults))
    _complain(Sentence(said.zh.format(what=first.what.zh), said.en.format(what=first.what.en)))
    return DOES_NOT_HOLD


# ---- accounts ------------------------------------------------------------------------------------

_ACCOUNT_MADE = Sentence(
    "账号 {login} 的一次性密码（3 天内有效，首次登录时须改）：{password}",
    "One-time password of {login} (for 3 days, to be changed at the first sign-in): {password}",
)
_NO_ROLE = Sentence("没有“{role}”这个角色。", "There is no role “{role}”.")
_NO_DEPARTMENT = Sentence(
    "没有代码为“{id}”的科室；请加上 --department-name 新建它。",
    "There is no department “{id}”; add --department-name to make it.",
)
_LOGIN_TAKEN = Sentence(
    "登录名 {login} 已有账号；忘记密码请用 qianpi user reset {login}。",
    "{login} has an account; if the password is lost, run qianpi user reset {login}.",
)
_NO_ACCOUNT = Sentence("没有登录名为“{login}”的账号。", "There is no account “{login}”.")


def _add_user(asked: argparse.Namespace) -> int:
    roles = asked.role or ["admin"]
    unknown = next((role for role in roles if role not in shipped_register().roles), None)
    if unknown is not None:
        raise CannotDo(_NO_ROLE.filled(role=unknown))
    with opening.opened(_settings()) as store:
        opening.ship(store, _now(), _say)
        if store.door.account(asked.login) is not None:
            raise CannotDo(_LOGIN_TAKEN.filled(login=asked.login))
        organisation = store.readings.hospital().organisation
        changes: list[HouseChange] = []
        if asked.department not in organisation.departments:
            if not asked.department_name:
                raise CannotDo(_NO_DEPARTMENT.filled(id=asked.department))
            unit = Department(asked.department, asked.department_name, "functional")
            changes.append(SaveDepartment(unit))
        posts = tuple(Post(role, asked.department) for role in roles)
        changes.append(SavePerson(Person(asked.login, asked.name, asked.department, posts)))
        _give_password(store, Account(asked.login, asked.login, None), changes)
    return DONE


def _reset_user(asked: argparse.Namespace) -> int:
    with opening.opened(_settings()) as store:
        account = store.door.account(asked.login)
        if account is None:
            raise CannotDo(_NO_ACCOUNT.filled(login=asked.login))
        _give_password(store, account, [])
        store.door.end_sessions_of(account.person, _now())
    return DONE


def _give_password(store: Store, account: Account, changes: list[HouseChange]) -> None:
    password = new_password()
    kept = replace(account, password_hash=Passwords().hash_once(password, _now()))
    store.house.change(opening.deed(_now()), *changes, SaveAccount(kept))
    _say(_ACCOUNT_MADE.filled(login=account.login, password=password))


def _list_users(_asked: argparse.Namespace) -> int:
    with opening.opened(_settings()) as store:
        hospital = store.readings.hospital()
        today = hospital.calendar.local_day(_now())
        for account in store.house.accounts():
            posts = ", ".join(
                f"{post.role}@{post.department}"
                for post in hospital.organisation.posts_of(account.person, today)
            )
            name = hospital.organisation.person_name(account.person)
            _print(f"{account.login}\t{name}\t{posts or '-'}")
    return DONE


# ---- definitions ---------------------------------------------------------------------------------

_ALL_WELL = Sentence(
    "检查通过：{count} 份定义没有问题。", "Checked: {count} definitions, no problem."
)
_INCOMPLETE = Sentence(
    "命令不完整，请看 qianpi --help。", "The command is incomplete; see qianpi --help."
)
_PROBLEMS = Sentence("发现 {count} 个问题。", "{count} problems.")


def _check(asked: argparse.Namespace) -> int:
    """Without a path, the shipped definitions; with some, those, beside the shipped ones."""
    try:
        shipped = shipped_bundles()
    except (RegisterInvalid, BundlesInvalid) as invalid:
        if not asked.path or isinstance(invalid, RegisterInvalid):
            return _told(invalid.problems)
        shipped = Bundles({})
    known = shipped.newest()
    found = [
        problem for path in asked.path for problem in check_path(path, shipped_register(), known)
    ]
    if not asked.path:
        found += without_a_card(shipped_register(), known.values())
    if found:
        return _told(found)
    count = sum(files_below(path) for path in asked.path) or len(shipped.bundles)
    _say(_ALL_WELL.filled(count=count))
    return DONE


def _told(problems: Sequence[Problem]) -> int:
    for problem in problems:
        _print(problem.said.zh)
        _print(f"    {problem.because.en}")
    _say(_PROBLEMS.filled(count=len(problems)))
    return DOES_NOT_HOLD


# ---- descriptions --------------------------------------------------------------------------------


def _openapi(_asked: argparse.Namespace) -> int:
    app = create_app(Settings(), MemoryStore())
    described = app.openapi()
    described["paths"] = {
        path: what for path, what in described["paths"].items() if path.startswith("/api/")
    }
    _print(json.dumps(described, ensure_ascii=False, indent=2))
    return DONE


def _settings() -> Settings:
    return read_settings(os.environ)


def _print(text: str) -> None:
    print(text, flush=True)


def _say(sentence: Sentence) -> None:
    _print(sentence.zh)
    _print(sentence.en)


def _complain(*sentences: Sentence) -> None:
    for sentence in sentences:
        print(sentence.zh, sentence.en, sep="\n", file=sys.stderr, flush=True)


def _misspelt(_asked: argparse.Namespace) -> int:
    raise CannotDo(_INCOMPLETE)


# ---- what can be asked ---------------------------------------------------------------------------

_WITH_MODULES_OF_THEIR_OWN: tuple[tuple[tuple[str, ...], Callable[[list[str]], int]], ...] = (
    (("scenario", "run"), scenario_command.main),
    (("clauses",), clauses_command.main),
    (("simulate",), simulate_command.main),
)
_COMMANDS: tuple[tuple[str, Callable[[argparse.Namespace], int], str], ...] = (
    ("serve", _serve, "启动网站 / serve the pages"),
    ("worker", _worker, "处理到期的时限 / let deadlines have their effect"),
    ("check", _check, "检查流程定义 / check definitions"),
    ("scenario", _misspelt, "运行情景：qianpi scenario run PATH… / play scenarios"),
    ("clauses", _misspelt, "条款怎样落实 / how each clause is carried out"),
    ("simulate", _misspelt, "模拟一个月，核对到分 / a month of one hospital, to the cent"),
    ("verify", _verify, "校验账本 / verify the ledger"),
    ("migrate", _migrate, "升级数据库 / bring the database up to date"),
    ("demo", _demo, "在空库里生成演示医院 / fill an empty database with the demonstration"),
    ("user", _misspelt, "账号：list、add、reset / accounts"),
    ("openapi", _openapi, "打印接口描述 / print the description of the API"),
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="qianpi",
        description="签批：医院流程审批 / Qianpi: workflow and approval for hospitals",
        epilog=_table(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    made = {}
    for name, run, about in _COMMANDS:
        made[name] = commands.add_parser(name, help=about, description=about)
        made[name].set_defaults(run=run)
    _of_serve(made["serve"])
    _of_users(made["user"])
    made["worker"].add_argument(
        "--once", action="store_true", help="处理完已到期的就结束 / do what is due now, and end"
    )
    made["check"].add_argument(
        "path", nargs="*", type=Path, metavar="PATH",
        help="文件或文件夹；不写则检查随产品附带的定义 / files or folders; none: the shipped ones",
    )  # fmt: skip
    return parser


def _of_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--demo", action="store_true", help="空库时生成演示医院 / make the demonstration if empty"
    )
    parser.add_argument("--host", help="监听地址 / address to listen on (HOST)")
    parser.add_argument("--port", help="监听端口 / port to listen on (PORT)")
    parser.add_argument("--workers", help="工作进程数 / how many processes (WORKERS)")


def _of_users(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    about = "列出账号 / list accounts"
    listed = commands.add_parser("list", help=about, description=about)
    listed.set_defaults(run=_list_users)
    added = commands.add_parser("add", help="新建人员和账号 / a new person with an account")
    added.set_defaults(run=_add_user)
    added.add_argument("login", help="登录名，也是工号 / login, and the person's id")
    added.add_argument("--name", required=True, help="姓名 / name")
    added.add_argument("--department", required=True, help="科室代码 / id of the department")
    added.add_argument("--department-name", help="新建科室时的名称 / its name, if it is new")
    added.add_argument(
        "--role", action="append", default=None, help="角色，默认 admin / role, else admin"
    )
    again = commands.add_parser("reset", help="发放新的一次性密码 / a new one-time password")
    again.set_defaults(run=_reset_user)
    again.add_argument("login", help="登录名 / login")


def _table() -> str:
    """The settings, for whoever asks for help."""
    lines = [
        f"设置 / settings (environment, or {DEFAULT_FILE}, or the file named by {FILE_VARIABLE}):"
    ]
    for setting in TABLE:
        default = getattr(Settings(), setting.attribute)
        shown = "" if default in (None, ()) else f" [{default}]"
        lines.append(f"  {setting.name}{shown}")
        lines.append(f"      {setting.meaning.zh} / {setting.meaning.en}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())

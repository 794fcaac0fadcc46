"""The command on the terminal: what each subcommand does, says and answers with."""

from __future__ import annotations

import json
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from storage.database import open_database
from storage.unit_of_work import DatabaseStore
from tests.web.conftest import DEFINITIONS, browser, catalog, quick_passwords
from web import commands
from web.app import create_app
from web.commands import main
from web.settings import TABLE, Settings

ADD_SUN = [
    "user", "add", "sun", "--name", "孙工", "--department", "it", "--department-name", "信息科",
]  # fmt: skip


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every command works in a folder of its own, with quick hashes and no settings but these."""
    monkeypatch.chdir(tmp_path)
    for setting in TABLE:
        monkeypatch.delenv(setting.name, raising=False)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/house/qianpi.db")
    monkeypatch.setattr(commands, "Passwords", quick_passwords)
    return tmp_path


def store(folder: Path) -> DatabaseStore:
    return DatabaseStore(open_database(f"sqlite:///{folder}/house/qianpi.db"))


def test_help_names_every_subcommand_and_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    for name in (
        "serve",
        "worker",
        "check",
        "scenario",
        "clauses",
        "verify",
        "migrate",
        "demo",
        "user",
        "openapi",
    ):
        assert re.search(rf"^    {name} ", told, re.MULTILINE)
    for setting in TABLE:
        assert setting.name in told


@pytest.mark.parametrize(
    "asked",
    [
        ["serve"],
        ["worker"],
        ["check"],
        ["scenario", "run"],
        ["clauses"],
        ["verify"],
        ["migrate"],
        ["demo"],
        ["user"],
        ["user", "add"],
        ["user", "list"],
        ["user", "reset"],
        ["openapi"],
    ],
    ids=" ".join,
)
def test_every_subcommand_explains_itself(
    asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*asked, "--help"])
    assert ended.value.code == 0
    assert re.search(r"[\u4e00-\u9fff].* / \w", capsys.readouterr().out)


def test_an_incomplete_command_says_where_help_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenario"]) == 2
    assert "qianpi --help" in capsys.readouterr().err


def test_settings_that_cannot_be_used_are_all_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "http")
    monkeypatch.setenv("WORKERS", "many")
    assert main(["migrate"]) == 2
    told = capsys.readouterr().err
    assert "PORT" in told
    assert "WORKERS" in told


# ---- check ---------------------------------------------------------------------------------------


def test_the_shipped_definitions_pass_their_checks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert "没有问题" in capsys.readouterr().out


def test_a_definition_with_problems_is_told_them_by_line_in_both_languages(
    own_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (DEFINITIONS / "consumable-approval" / "1.yaml").read_text("utf-8")
    broken = own_folder / "broken.yaml"
    broken.write_text(text.replace("to: finance_review", "to: finance_reveiw", 1), "utf-8")
    assert main(["check", str(broken)]) == 1
    told = capsys.readouterr().out
    assert re.search(r"broken\.yaml 第\d+行第\d+列.*finance_reveiw", told)
    assert re.search(r"^    .*finance_reveiw", told, re.MULTILINE)


def test_a_path_that_is_not_there_fails_the_check() -> None:
    assert main(["check", "nowhere.yaml"]) == 1


def test_a_folder_without_a_definition_fails_the_check(
    own_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (own_folder / "ours").mkdir()
    (own_folder / "ours" / "office-supplies.yaml").write_text("process: office-supplies\n", "utf-8")
    assert main(["check", "ours"]) == 1
    assert "没有流程定义" in capsys.readouterr().out


def test_it_says_how_many_definitions_were_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    folders = [str(DEFINITIONS / "patient-leave"), str(DEFINITIONS / "charge-entry" / "1.yaml")]
    assert main(["check", *folders]) == 0
    assert "2 份定义" in capsys.readouterr().out


# ---- scenarios -----------------------------------------------------------------------------------


def test_scenarios_are_run_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    stories = DEFINITIONS / "consumable-approval" / "scenarios.yaml"
    assert main(["scenario", "run", str(stories)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("ok 1 ")
    assert lines[-1] == f"{len(lines) - 1} passed, 0 failed"


def test_scenarios_that_cannot_be_read_answer_two() -> None:
    assert main(["scenario", "run", "nowhere.yaml"]) == 2


# ---- the database --------------------------------------------------------------------------------


def test_migrating_makes_the_database_and_then_has_nothing_to_do(
    own_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate"]) == 0
    assert "Migrations made: 0001" in capsys.readouterr().out
    assert main(["migrate"]) == 0
    assert "up to date" in capsys.readouterr().out
    assert (own_folder / "house" / "qianpi.db").is_file()


def test_a_database_that_is_away_is_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody:geheim@127.0.0.1:1/nowhere")
    assert main(["verify"]) == 2
    told = capsys.readouterr().err
    assert "127.0.0.1" in told
    assert "geheim" not in told


def test_a_database_of_another_kind_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://localhost/x")
    assert main(["migrate"]) == 2


def test_a_whole_ledger_verifies(capsys: pytest.CaptureFixture[str]) -> None:
    main(ADD_SUN)
    assert main(["verify"]) == 0
    assert "The ledger is whole" in capsys.readouterr().out


def test_a_ledger_that_somebody_changed_is_named_by_its_line(
    own_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(ADD_SUN)
    with sqlite3.connect(own_folder / "house" / "qianpi.db") as meddling:
        triggers = meddling.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (trigger,) in triggers.fetchall():
            meddling.execute(f'DROP TRIGGER "{trigger}"')
        meddling.execute("UPDATE entry SET body = CAST(body || ' ' AS BLOB) WHERE seq = 3")
    meddling.close()
    assert main(["verify"]) == 1
    assert "sys:house, line 3" in capsys.readouterr().err


def test_an_older_database_is_not_verified_but_told_to_migrate(
    own_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (own_folder / "house").mkdir()
    (own_folder / "house" / "qianpi.db").touch()
    assert main(["verify"]) == 2
    assert "qianpi migrate" in capsys.readouterr().err


def test_a_database_that_is_not_there_is_told_and_not_begun(
    own_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify"]) == 2
    assert "没有数据库文件" in capsys.readouterr().err
    assert not (own_folder / "house").exists()


def test_a_file_that_is_no_database_is_told_in_a_sentence(
    own_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (own_folder / "house").mkdir()
    (own_folder / "house" / "qianpi.db").write_text("process: x\n" * 500, "utf-8")
    assert main(["verify"]) == 2
    assert "无法打开" in capsys.readouterr().err


def test_a_damaged_file_fails_the_check_in_a_sentence(
    own_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(ADD_SUN)
    file = own_folder / "house" / "qianpi.db"
    with sqlite3.connect(file) as whole:
        whole.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        root = whole.execute("SELECT rootpage FROM sqlite_master WHERE name = 'entry'").fetchone()
        size = whole.execute("PRAGMA page_size").fetchone()
    whole.close()
    damaged, begun = bytearray(file.read_bytes()), (root[0] - 1) * size[0]
    damaged[begun : begun + size[0]] = b"\xff" * size[0]
    file.write_bytes(damaged)
    assert main(["verify"]) == 1
    assert "请用备份恢复" in capsys.readouterr().err


# ---- accounts ------------------------------------------------------------------------------------


def first_password(told: str) -> str:
    found = re.search(r"\b\w{4}-\w{4}-\w{4}\b", told)
    assert found is not None
    return found[0]


def test_a_first_administrator_comes_in_with_a_password_for_one_time(
    own_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(ADD_SUN) == 0
    password = first_password(capsys.readouterr().out)
    app = create_app(Settings(tick_seconds=0), store(own_folder), catalog=catalog())
    client = browser(app)
    answer = client.post("/sign-in", data={"login": "sun", "password": password})
    assert "设置您的密码" in answer.text
    form = {
        "login": "sun",
        "present": password,
        "wanted": "清晨的鸽子飞过屋顶",
        "again": "清晨的鸽子飞过屋顶",
    }
    assert client.post("/first-password", data=form).status_code == 303
    assert "系统管理员" in client.get("/me").text
    app.state.house.store.database.close()


def test_users_are_listed_with_their_posts(capsys: pytest.CaptureFixture[str]) -> None:
    main(ADD_SUN)
    capsys.readouterr()
    assert main(["user", "list"]) == 0
    assert capsys.readouterr().out == "sun\t孙工\tadmin@it\n"


def test_a_password_that_was_lost_is_replaced(
    own_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(ADD_SUN)
    first = first_password(capsys.readouterr().out)
    assert main(["user", "reset", "sun"]) == 0
    again = first_password(capsys.readouterr().out)
    kept = store(own_folder)
    account = kept.door.account("sun")
    assert account is not None
    assert quick_passwords().verify(first, account.password_hash)[0] is False
    assert quick_passwords().verify(again, account.password_hash)[0] is True
    kept.database.close()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ([*ADD_SUN, "--role", "emperor"], "emperor"),
        (["user", "add", "sun", "--name", "孙工", "--department", "it"], "--department-name"),
        (["user", "reset", "nobody"], "nobody"),
    ],
)
def test_users_that_cannot_be_made_leave_nothing(
    asked: list[str], told: str, own_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(asked) == 2
    assert told in capsys.readouterr().err
    main(["migrate"])
    kept = store(own_folder)
    assert not kept.house.accounts()
    kept.database.close()


def test_an_account_is_not_made_twice(capsys: pytest.CaptureFixture[str]) -> None:
    main(ADD_SUN)
    assert main(ADD_SUN) == 2
    assert "qianpi user reset sun" in capsys.readouterr().err


# ---- the API and the server ----------------------------------------------------------------------


def test_the_description_of_the_api_is_json_about_the_api_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["openapi"]) == 0
    described = json.loads(capsys.readouterr().out)
    assert described["openapi"].startswith("3.")
    assert all(path.startswith("/api/") for path in described["paths"])


def test_whoever_reads_the_output_may_have_enough_of_it() -> None:
    asked = [sys.executable, "-m", "web.commands", "openapi"]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(1) == b"{"
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_a_port_in_use_is_told_before_anything_is_done(
    own_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("PORT", str(taken.getsockname()[1]))
        assert main(["serve"]) == 2
    assert "--port" in capsys.readouterr().err
    assert not (own_folder / "house").exists()


@pytest.mark.parametrize("option", [["--port", "99999"], ["--workers", "0"], ["--port", "x"]])
def test_what_is_asked_for_with_the_command_is_checked_like_settings(
    option: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", *option]) == 2
    assert option[0].removeprefix("--").upper() in capsys.readouterr().err


@pytest.fixture
def server() -> Iterator[subprocess.Popen[str]]:
    """The product as a hospital starts it, on a port that is free."""
    process = subprocess.Popen(
        [sys.executable, "-m", "web.commands", "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def test_the_server_says_where_it_is_serves_and_stops_when_told(
    server: subprocess.Popen[str],
) -> None:
    assert server.stdout is not None
    told = "".join(server.stdout.readline() for _ in range(4))
    assert "qianpi user add" in told
    address = re.search(r"http://\S+\d", told)
    assert address is not None
    with urlopen(f"{address[0]}/readyz") as answer:  # noqa: S310 - our own server
        assert json.load(answer) == {
            "ready": True,
            "checks": {"database": True, "migrations": True},
            "undelivered": 0,
            "missed": 0,
        }
    with urlopen(f"{address[0]}/sign-in") as answer:  # noqa: S310
        assert "登录签批" in answer.read().decode()
    server.send_signal(signal.SIGINT)
    _, logged = server.communicate()
    assert server.returncode == 130
    assert [json.loads(line)["route"] for line in logged.splitlines()] == ["/readyz", "/sign-in"]

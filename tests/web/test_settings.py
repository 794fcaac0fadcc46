"""What a hospital may set: from the environment, from a file, and never half."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from web.settings import TABLE, Settings, UnusableSettings, read_settings


def test_without_any_setting_the_defaults_hold(tmp_path: Path) -> None:
    assert read_settings({}, tmp_path) == Settings()


def test_the_table_names_every_setting_once() -> None:
    assert [one.attribute for one in TABLE].count("port") == 1
    assert {one.attribute for one in TABLE} == {field.name for field in fields(Settings)}


def test_the_read_me_tells_every_setting_and_no_other() -> None:
    told = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    table = told.partition("## Settings")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    names = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(names) == sorted(one.name for one in TABLE)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "qianpi.env").write_text("# our choice\nPORT=9000\nHOSPITAL_NAME=青山医院\n\n")
    read = read_settings({"PORT": "9001"}, tmp_path)
    assert (read.port, read.hospital_name) == (9001, "青山医院")


def test_another_file_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "ours.env").write_text("WORKERS=2")
    assert read_settings({"SETTINGS_FILE": "ours.env"}, tmp_path).workers == 2


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "qianpi.env").write_text("PROT=9000\nWORKERS\n")
    with pytest.raises(UnusableSettings) as told:
        read_settings({"PORT": "http", "LOG_LEVEL": "loud", "COOKIE_SECURE": "maybe"}, tmp_path)
    english = [problem.en for problem in told.value.problems]
    assert english == [
        "Settings file qianpi.env, line 1: there is no setting named “PROT”.",
        "Settings file qianpi.env, line 2: write NAME=value.",
        "The setting PORT cannot be used: it takes a whole number from 0 to 65535.",
        "The setting COOKIE_SECURE cannot be used: it takes auto, true or false.",
        "The setting LOG_LEVEL cannot be used: it takes DEBUG, INFO, WARNING or ERROR.",
    ]


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UnusableSettings, match=r"missing\.env does not exist"):
        read_settings({"SETTINGS_FILE": "missing.env"}, tmp_path)


@pytest.mark.parametrize(
    ("name", "text", "attribute", "value"),
    [
        ("COOKIE_SECURE", "true", "cookie_secure", True),
        ("COOKIE_SECURE", "auto", "cookie_secure", None),
        ("TRUSTED_PROXIES", "10.0.0.1, 10.0.0.2", "trusted_proxies", ("10.0.0.1", "10.0.0.2")),
        ("DEFAULT_LANGUAGE", "EN", "language", "en"),
        ("LOG_LEVEL", "debug", "log_level", "DEBUG"),
        ("DEMO_PASSWORD", "", "demo_password", None),
        ("PORT", "0", "port", 0),
    ],
)
def test_values_are_read_as_people_write_them(
    tmp_path: Path, name: str, text: str, attribute: str, value: object
) -> None:
    assert getattr(read_settings({name: text}, tmp_path), attribute) == value

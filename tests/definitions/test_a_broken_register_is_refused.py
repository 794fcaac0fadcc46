"""Whoever edits the register is told everything that no longer fits, with file, line and column."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from workflow.design.problems import Problem
from workflow.design.register_files import RegisterInvalid, load_register

Edit = Callable[[str, str, str], None]

#: A register of two small sets, whole in itself.
FILES = {
    "clauses/documents.yaml": """\
documents:
  - id: S0
    title: {zh: 制度汇编, en: Rule sets}
    about: {zh: 两套制度, en: Two rule sets}
    sets:
      - id: S0-01
        title: {zh: 第1套, en: Set 1}
        about: {zh: 处方, en: Prescriptions}
      - id: S0-06
        title: {zh: 第6套, en: Set 6}
        about: {zh: 处方, en: Prescriptions}
""",
    "clauses/conflicts.yaml": """\
conflict_groups:
  - id: C01
    parameter: rx.supply_days
    subject: {zh: 处方天数, en: Supply}
    disagreement: {zh: 三天还是七天, en: Three days or seven}
    sides: [[S0-01-05a], [S0-06-04b]]
""",
    "clauses/S0-01.yaml": """\
set: S0-01
clauses:
  - id: S0-01-01
    place: 第1套第1条
    line: 9
    zh: 医务科监督
    en: Medical affairs supervises
    kind: role
    process: null
  - id: S0-01-05a
    place: 第1套第5条
    line: 17
    zh: 急性病不超过3天
    en: At most 3 days
    kind: limit
    process: prescription-control
    also: [outpatient-visit]
    conflicts: [S0-06-04b]
    conflict_groups: [C01]
""",
    "clauses/S0-06.yaml": """\
set: S0-06
clauses:
  - id: S0-06-04b
    place: 第6套第四条
    line: 183
    zh: 一般疾病7天
    en: At most 7 days
    kind: limit
    process: prescription-control
    conflicts: [S0-01-05a]
    conflict_groups: [C01]
""",
    "roles.yaml": """\
roles:
  prescriber:
    name: {zh: 开方医师, en: Prescriber}
    aliases: [处方医师]
    unit: {zh: 临床科室, en: Clinical department}
    account: login
    clauses: [S0-01-05a, S0-06-04b]
  medical_affairs:
    name: {zh: 医务科, en: Medical affairs}
    unit: {zh: 医务科, en: Medical affairs}
    account: login
    clauses: [S0-01-01]
""",
    "registers.yaml": """\
headings:
  stays:
    name: {zh: 住院, en: Stays}
    readers: [medical_affairs]
registers:
  leaves: {heading: stays, key: [leave], import: true}
  unsettled: {heading: stays, readers: [prescriber], masked: {id_no: [prescriber]}}
""",
    "profiles.yaml": """\
profiles:
  H01:
    name: {zh: 第1套, en: Set 1}
    source: S0-01
  H06:
    name: {zh: 第6套, en: Set 6}
    source: S0-06
""",
    "parameters.yaml": """\
parameters:
  rx.supply_days:
    label: {zh: 处方天数, en: Days of supply}
    help: {zh: 最多几天, en: The longest supply}
    kind: whole_numbers
    unit: days
    minimum: 1
    options:
      acute: {zh: 急性病, en: Acute}
      ordinary: {zh: 一般疾病, en: Ordinary}
    values: {H01: {acute: 3}, H06: {ordinary: 7}}
    default: {acute: 3}
    group: C01
    clauses: [S0-01-05a, S0-06-04b]
  leave.policy:
    label: {zh: 请假, en: Leave}
    help: {zh: 能否请假, en: Whether leave is possible}
    kind: choice
    options:
      limited: {zh: 限次, en: Limited}
      forbidden: {zh: 严禁, en: Forbidden}
    values: {H01: limited, H06: forbidden}
    default: limited
    clauses: [S0-01-01]
  rx.max_drugs:
    label: {zh: 药品种数, en: Drugs}
    help: {zh: 最多几种, en: The most drugs}
    kind: whole_number
    unit: drugs
    minimum: 2
    maximum: 9
    values: {H06: 5}
    default: 5
    clauses: [S0-06-04b]
  round.fine_amount:
    label: {zh: 罚款, en: Fine}
    help: {zh: 每次多少, en: How much each time}
    kind: money
    values: {H01: 100.00}
    default: 0.00
    design_choice: true
    clauses: [S0-01-01]
  round.schedule:
    label: {zh: 查房时间, en: Rounds}
    help: {zh: 每天几点, en: At what times}
    kind: times
    options:
      daily: {zh: 每日, en: Daily}
    default: ['08:30', '11:40']
    clauses: [S0-01-01]
  redlist.enabled:
    label: {zh: 红名单, en: Red list}
    help: {zh: 是否核对, en: Whether it is checked}
    kind: on_off
    values: {H06: true}
    default: false
    clauses: [S0-01-01]
  renewal.good_grade:
    label: {zh: 等级, en: Grade}
    help: {zh: 哪个等级, en: Which grade}
    kind: text
    must_be_entered: true
    clauses: [S0-01-01]
""",
}


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """The small register as files that may be spoilt."""
    (tmp_path / "clauses").mkdir()
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def edit(shelf: Path) -> Edit:
    """Replace a text in a file wherever it stands."""

    def replace(name: str, old: str, new: str) -> None:
        text = (shelf / name).read_text(encoding="utf-8")
        assert old in text
        (shelf / name).write_text(text.replace(old, new), encoding="utf-8")

    return replace


def problems_of(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(RegisterInvalid) as refused:
        load_register(folder)
    assert refused.value.problems
    assert all(problem.said.en in str(refused.value) for problem in refused.value.problems)
    return refused.value.problems


def only_problem(folder: Path) -> Problem:
    (problem,) = problems_of(folder)
    return problem


def test_the_untouched_register_is_whole(shelf: Path) -> None:
    register = load_register(shelf)
    assert list(register.clauses) == ["S0-01-01", "S0-01-05a", "S0-06-04b"]
    assert register.clauses["S0-01-01"].process is None
    assert register.resolve("H06", {})["rx.supply_days"] == {"ordinary": 7}


def test_a_misspelt_clause_is_told_with_its_place_and_the_nearest_that_exists(
    shelf: Path, edit: Edit
) -> None:
    edit("roles.yaml", "[S0-01-05a,", "[S0-01-05x,")
    problem = only_problem(shelf)
    assert (problem.file, problem.line, problem.column) == ("roles.yaml", 7, 15)
    assert problem.path == "roles.prescriber.clauses.1"
    assert problem.because.zh == "条款“S0-01-05x”不存在。是不是想写“S0-01-05a”？"


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("parameters.yaml", "group: C01", "group: C99", "冲突组“C99”不存在"),
        ("parameters.yaml", "{H01: {acute", "{H10: {acute", "规则档案“H10”不存在"),
        ("parameters.yaml", "[S0-06-04b]", "[S0-06-04z]", "条款“S0-06-04z”不存在"),
        ("profiles.yaml", "source: S0-01", "source: S0-99", "文件或制度“S0-99”不存在"),
        ("clauses/conflicts.yaml", "rx.supply_days", "rx.suply_days", "想写“rx.supply_days”"),
        ("registers.yaml", "[medical_affairs]", "[medical_afairs]", "想写“medical_affairs”"),
        ("registers.yaml", "leaves: {heading: stays", "leaves: {heading: stay", "想写“stays”"),
        ("registers.yaml", "id_no: [prescriber]", "id_no: [doctor]", "角色“doctor”不存在"),
    ],
)
def test_every_name_has_to_mean_something(
    shelf: Path, edit: Edit, name: str, old: str, new: str, said: str
) -> None:
    edit(name, old, new)
    assert any(said in one.because.zh and one.file == name for one in problems_of(shelf))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("default: limited", "default: sometimes", "应写以下之一：limited"),
        ("values: {H06: 5}", "values: {H06: two}", "应写从 2 到 9 的整数（n种）"),
        ("default: 5\n", "default: 1\n", "应写从 2 到 9 的整数"),
        ("{H01: 100.00}", "{H01: 100.005}", "最多两位小数"),
        ("'08:30', '11:40'", "'08:30', '24:40'", "钟点列表"),
        ("{H06: true}", "{H06: maybe}", "true（开）或 false（关）"),
        ("H06: forbidden", "H06: null", "什么也没写"),
        ("    unit: drugs\n", "", "单位"),
        ("kind: text\n", "kind: choice\n", "可选的词"),
        ("must_be_entered: true\n", "must_be_entered: true\n    default: 优秀\n", "默认值"),
        ("unit: drugs", "unit: bottles", "bottles"),
        ("minimum: 2\n", "minimun: 2\n", "minimum"),
    ],
)
def test_a_value_that_its_parameter_does_not_take_is_refused(
    shelf: Path, edit: Edit, old: str, new: str, said: str
) -> None:
    edit("parameters.yaml", old, new)
    assert said in only_problem(shelf).because.zh


def test_a_clause_repeats_its_conflicts_as_the_groups_have_them(shelf: Path, edit: Edit) -> None:
    edit("clauses/S0-01.yaml", "conflicts: [S0-06-04b]", "conflicts: [S0-01-01]")
    problem = only_problem(shelf)
    assert (problem.file, problem.path) == ("clauses/S0-01.yaml", "clauses.2.conflicts")
    assert problem.because.zh == "conflicts 与 clauses/conflicts.yaml 不一致，应为 [S0-06-04b]。"


def test_a_clause_that_leaves_its_group_is_missed(shelf: Path, edit: Edit) -> None:
    edit("clauses/S0-01.yaml", "    conflict_groups: [C01]\n", "")
    assert "conflict_groups 与 clauses/conflicts.yaml 不一致" in only_problem(shelf).because.zh


def test_the_parameter_of_a_group_says_so(shelf: Path, edit: Edit) -> None:
    edit("parameters.yaml", "    group: C01\n", "")
    problem = only_problem(shelf)
    assert (problem.file, problem.path) == ("clauses/conflicts.yaml", "conflict_groups.1.parameter")


def test_an_id_is_given_once(shelf: Path, edit: Edit) -> None:
    edit("clauses/S0-01.yaml", "id: S0-01-05a", "id: S0-01-01")
    said = [problem.because.zh for problem in problems_of(shelf)]
    assert "编号“S0-01-01”在 clauses/S0-01.yaml 里已经用过，请换一个。" in said


def test_a_clause_bears_the_name_and_place_of_its_set(shelf: Path, edit: Edit) -> None:
    edit("clauses/S0-01.yaml", "id: S0-01-01", "id: S0-02-01")
    edit("clauses/S0-01.yaml", "place: 第1套第5条", "place: 第2套第5条")
    edit("roles.yaml", "[S0-01-01]", "[S0-02-01]")
    edit("parameters.yaml", "[S0-01-01]", "[S0-02-01]")
    assert [problem.path for problem in problems_of(shelf)] == ["clauses.1.id", "clauses.2.place"]


def test_a_file_says_the_set_that_its_name_says(shelf: Path, edit: Edit) -> None:
    edit("clauses/S0-06.yaml", "set: S0-06", "set: S0-01")
    assert only_problem(shelf).because.zh == "set 应与文件名相同，写作“S0-06”。"


def test_a_word_names_one_role_only(shelf: Path, edit: Edit) -> None:
    edit("roles.yaml", "aliases: [处方医师]", "aliases: [医务科]")
    assert "“医务科”已经是角色 prescriber 的叫法" in only_problem(shelf).because.zh


def test_an_unknown_key_is_no_silent_wish(shelf: Path, edit: Edit) -> None:
    edit("profiles.yaml", "    source: S0-06", "    sourse: S0-06")
    missing, unknown = problems_of(shelf)
    assert "没有“sourse”这个键。是不是想写“source”？" in unknown.because.zh
    assert "缺少“source”" in missing.because.zh


def test_a_missing_file_is_named_once_and_not_in_everything_that_needs_it(shelf: Path) -> None:
    (shelf / "clauses" / "S0-06.yaml").unlink()
    assert only_problem(shelf).said.zh == "clauses/S0-06.yaml 第1行第1列：缺少这个文件。"


def test_a_set_that_no_document_lists_is_not_passed_over(shelf: Path) -> None:
    (shelf / "clauses" / "S0-18.yaml").write_text("set: S0-18\nclauses: []\n", encoding="utf-8")
    assert "documents.yaml 里没有这一套制度" in only_problem(shelf).because.zh


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("key: [leave], import: true", "import: true", "须写明 key"),
        ("masked:", "protected: [id_no], masked:", "只写 protected"),
    ],
)
def test_a_register_that_cannot_be_kept_so_is_refused(
    shelf: Path, edit: Edit, old: str, new: str, said: str
) -> None:
    edit("registers.yaml", old, new)
    assert said in only_problem(shelf).because.zh


def test_a_register_is_read_by_those_of_its_heading_unless_it_says_whom(shelf: Path) -> None:
    register = load_register(shelf)
    assert register.cards["leaves"].readers == ("medical_affairs",)
    assert register.cards["unsettled"].readers == ("prescriber",)


def test_a_file_in_another_encoding_is_refused(shelf: Path) -> None:
    (shelf / "roles.yaml").write_bytes("角色".encode("gb18030"))
    assert "UTF-8" in only_problem(shelf).because.zh


def test_what_is_no_register_at_all_is_told_and_breaks_nothing(shelf: Path) -> None:
    spoilt = set(FILES) - {"clauses/documents.yaml", "clauses/S0-06.yaml"}
    for name in spoilt:
        (shelf / name).write_text("- 1\n- [2]\n", encoding="utf-8")
    (shelf / "clauses" / "S0-06.yaml").write_text("set: S0-06\nclauses: [1, {id: x}]\n")
    assert {problem.file for problem in problems_of(shelf)} == spoilt | {"clauses/S0-06.yaml"}


def test_problems_of_several_files_come_at_once_in_order(shelf: Path, edit: Edit) -> None:
    edit("roles.yaml", "account: login", "account: sometimes")
    edit("clauses/S0-06.yaml", "kind: limit", "kind: poem")
    edit("clauses/S0-01.yaml", "kind: role", "kind: song")
    edit("clauses/S0-01.yaml", "line: 9", "line: nine")
    found = [(problem.file, problem.line) for problem in problems_of(shelf)]
    assert found == [
        ("clauses/S0-01.yaml", 5),
        ("clauses/S0-01.yaml", 8),
        ("clauses/S0-06.yaml", 8),
        ("roles.yaml", 6),
        ("roles.yaml", 11),
    ]

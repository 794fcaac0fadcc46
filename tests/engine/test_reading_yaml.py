"""Reading what an administrator wrote: it means what it says, slips are told, nothing hangs."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from workflow.design.problems import Problem
from workflow.design.reading import (
    DEEPEST,
    MOST_BYTES,
    MOST_PROBLEMS,
    Node,
    read_yaml,
)


def read(text: str) -> Node:
    answer = read_yaml(text, "1.yaml")
    assert isinstance(answer, Node), [problem.said.en for problem in answer]
    return answer


def value_of(text: str) -> object:
    return plain(read(f"it: {text}"))["it"]


def plain(node: Node) -> dict[str, object]:
    """A mapping without its places."""
    assert isinstance(node.value, Mapping)
    return {key: _plain(child) for key, child in node.value.items()}


def _plain(node: Node) -> object:
    if isinstance(node.value, Mapping):
        return plain(node)
    if isinstance(node.value, tuple):
        return [_plain(child) for child in node.value]
    return node.value


def problems_in(text: str) -> tuple[Problem, ...]:
    answer = read_yaml(text, "1.yaml")
    assert not isinstance(answer, Node)
    for problem in answer:
        assert problem.file == "1.yaml"
        assert problem.because.zh
        assert problem.because.en
    return answer


def refusal_of(text: str) -> Problem:
    (problem,) = problems_in(text)
    return problem


def place_of(problem: Problem) -> tuple[int, int]:
    return problem.line, problem.column


# ---- what a word means --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word",
    ["on", "off", "yes", "no", "Yes", "NO", "y", "n", "On", "tRUE", "nil", "None", "nUll"],
)
def test_words_that_older_yaml_took_for_truths_are_words(word: str) -> None:
    assert value_of(word) == word


@pytest.mark.parametrize(
    "code",
    [
        "0123", "007", "12:30", "08:30:00", "2026-03-02", "2026-03-02T09:00:00+08:00", "1e5",
        "1E5", "0x1F", "0o17", "0b1", "1_000", "+86", "+5", "-0", ".5", "5.", ".inf", "-.inf",
        ".nan", "3-0", "1.2.3", "1,200", "00.5", "=", "..", "1 000",
    ],
)  # fmt: skip
def test_codes_times_and_dates_stay_as_they_are_written(code: str) -> None:
    assert value_of(code) == code


@pytest.mark.parametrize("word", ["true", "True", "TRUE"])
def test_true_is_true(word: str) -> None:
    assert value_of(word) is True


@pytest.mark.parametrize("word", ["false", "False", "FALSE"])
def test_false_is_false(word: str) -> None:
    assert value_of(word) is False


@pytest.mark.parametrize("word", ["", "~", "null", "Null", "NULL"])
def test_nothing_is_nothing(word: str) -> None:
    assert value_of(word) is None


@pytest.mark.parametrize(
    "number", [0, 7, -7, 30, 999_999_999_999_999_999, -999_999_999_999_999_999]
)
def test_whole_numbers_have_up_to_eighteen_digits(number: int) -> None:
    value = value_of(str(number))
    assert value == number
    assert type(value) is int


@pytest.mark.parametrize(
    "money", ["300.00", "0.01", "-0.10", "3.10", "999999999999999999.99", "0.000001"]
)
def test_decimals_keep_what_was_written(money: str) -> None:
    value = value_of(money)
    assert isinstance(value, Decimal)
    assert str(value) == money


@pytest.mark.parametrize(
    "number", ["1" * 19, "-" + "9" * 19, "1" * 4300, "0." + "1" * 7, "1" * 19 + ".5"]
)
def test_longer_numbers_are_refused_since_they_are_codes(number: str) -> None:
    problem = refusal_of(f"it: {number}")
    assert place_of(problem) == (1, 5)
    assert "加引号" in problem.because.zh


@pytest.mark.parametrize("word", ["true", "null", "~", "30", "300.00", "1" * 4300])
@pytest.mark.parametrize("quote", ["'", '"'])
def test_quotes_make_anything_text(word: str, quote: str) -> None:
    assert value_of(f"{quote}{word}{quote}") == word


def test_blocks_of_lines_are_text() -> None:
    assert value_of("|\n  30\n  true\n") == "30\ntrue\n"
    assert value_of(">-\n  一行\n  又一行\n") == "一行 又一行"


def test_lists_and_mappings_nest_in_both_styles() -> None:
    text = "a: [1, {b: 二}]\nc:\n  - d: true\n  -\n"
    assert plain(read(text)) == {"a": [1, {"b": "二"}], "c": [{"d": True}, None]}


# ---- keys ---------------------------------------------------------------------------------------


def test_keys_are_text_as_written() -> None:
    text = "on: 1\n2026-03-09: holiday\n8: eight\n'true': quoted\n意外(非责任): x\n12:30: noon\n"
    assert list(plain(read(text))) == ["on", "2026-03-09", "8", "true", "意外(非责任)", "12:30"]


@pytest.mark.parametrize("key", ["true", "False", "null", "~", "1.5", ""])
def test_a_key_that_is_no_name_is_refused(key: str) -> None:
    problem = refusal_of(f"a: 1\n{key}: 2\n")
    assert place_of(problem) == (2, 1)


@pytest.mark.parametrize("key", ["? [a, b]\n:", "? {a: b}\n:", "{[a]: b}:", "{a: b}:"])
def test_a_list_or_mapping_is_no_key(key: str) -> None:
    assert "键只能是文字" in problems_in(f"{key} 1\n")[0].because.zh


def test_a_key_stands_once() -> None:
    problem = refusal_of("states:\n  draft: 1\n  done: 2\n  draft: 3\n")
    assert place_of(problem) == (4, 3)
    assert problem.path == "states.draft"
    assert problem.because.zh == "键“draft”在第 2 行已经写过，请只留一个。"


def test_a_quoted_key_is_the_same_key() -> None:
    assert place_of(refusal_of("1: a\n'1': b\n")) == (2, 1)


# ---- what could hide something ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("a: &x 1\n", (1, 4), "锚点"),
        ("a: &x [1]\n", (1, 4), "锚点"),
        ("a: !!python/object:os.system x\n", (1, 4), "标签"),
        ("a: !!str 1\n", (1, 4), "标签"),
        ("a: ! 1\n", (1, 4), "标签"),
        ("b: 2\na: " + "!" * 1000 + "\n", (2, 4), "标签"),
        ("!!omap [a: 1]\n", (1, 1), "标签"),
        ("a:\n  <<: {b: 1}\n", (2, 3), "合并键"),
        ("%YAML 1.1\n---\na: 1\n", (2, 1), "指令"),
        ("%TAG ! tag:example.org,2000:\n---\na: 1\n", (2, 1), "指令"),
        ("a: 1\n---\nb: 2\n", (2, 1), "一份内容"),
        ("a: 1\n...\n---\nb: 2\n", (3, 1), "一份内容"),
    ],
)
def test_whatever_stands_for_something_else_is_refused(
    text: str, place: tuple[int, int], said: str
) -> None:
    problem = refusal_of(text)
    assert place_of(problem) == place
    assert said in problem.because.zh


def test_an_alias_is_refused_with_its_anchor() -> None:
    anchor, alias = problems_in("a: &x 1\nb: *x\n")
    assert place_of(anchor) == (1, 4)
    assert place_of(alias) == (2, 4)
    assert alias.path == "b"


def test_a_merge_key_in_quotes_is_just_a_name() -> None:
    assert plain(read("'<<': 1\n")) == {"<<": 1}


@pytest.mark.parametrize(
    "character",
    [
        "\0", "\x07", "\x1b", "\x7f", "\x85", "\u200b", "\u2028", "\u202e", "\u2066",
        "\ud800", "\ufeff", "\uffff",
    ],
)  # fmt: skip
def test_characters_that_nobody_can_see_are_refused(character: str) -> None:
    problem = refusal_of(f"a: 1\nb: x{character}y\n")
    assert place_of(problem) == (2, 5)
    assert f"U+{ord(character):04X}" in problem.because.zh


@pytest.mark.parametrize("escape", [r"\0", r"\x07", r"\u202e", r"\e", r"\ud800"])
def test_nor_can_they_come_in_as_escapes(escape: str) -> None:
    assert place_of(refusal_of(f'a: "x{escape}"\n')) == (1, 4)


def test_a_byte_order_mark_at_the_very_beginning_is_let_pass() -> None:
    node = read("\ufeffa: 1\n")
    assert plain(node) == {"a": 1}
    assert node.key_places["a"] == (1, 1)


def test_chinese_and_emoji_may_be_seen() -> None:
    assert value_of("签批 ✅ 👩\u200d⚕️") == "签批 ✅ 👩\u200d⚕️"


# ---- places -------------------------------------------------------------------------------------


def test_every_value_and_key_knows_its_place() -> None:
    root = read("# 说明\nform:\n  姓名: {type: text}\n  list:\n    - a\n    - [b, c]\n")
    assert isinstance(root.value, Mapping)
    form = root.value["form"]
    assert isinstance(form.value, Mapping)
    assert (root.line, root.column) == (2, 1)
    assert (form.line, form.column) == (3, 3)
    assert form.key_places == {"姓名": (3, 3), "list": (4, 3)}
    field, items = form.value["姓名"], form.value["list"]
    assert (field.line, field.column) == (3, 7)
    assert field.key_places == {"type": (3, 8)}
    assert isinstance(items.value, tuple)
    assert [(item.line, item.column) for item in items.value] == [(5, 7), (6, 7)]


def test_windows_line_ends_count_once() -> None:
    assert read("a: 1\r\nb: 2\r\n").key_places == {"a": (1, 1), "b": (2, 1)}


def test_the_path_counts_items_from_one() -> None:
    assert refusal_of("a:\n  - x\n  - {b: 1, b: 2}\n").path == "a.2.b"


def test_all_problems_come_at_once_in_the_order_of_lines() -> None:
    text = "a: &x 1\nb: {c: !t 2, c: 3}\nd: 11111111111111111111\n<<: 4\n"
    assert [place_of(p) for p in problems_in(text)] == [(1, 4), (2, 8), (2, 14), (3, 4), (4, 1)]


def test_a_problem_is_said_with_its_file_and_place() -> None:
    said = refusal_of("a:\n  b: 1\n  b: 2\n").said
    assert said.zh == "1.yaml 第3行第3列（a.b）：键“b”在第 2 行已经写过，请只留一个。"
    assert said.en.startswith("1.yaml:3:3 (a.b): The key “b”")


# ---- slips of the pen ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("a: 1\n b: 2\n", (2, 3), "冒号放错了地方"),
        ("a: b: c\n", (1, 5), "冒号放错了地方"),
        ("a: 1\nb\nc: 2\n", (2, 1), "没有写冒号"),
        ("a:\n\tb: 1\n", (2, 1), "制表符"),
        ("a:\n  - b\n c: 1\n", (3, 2), "对不齐"),
        ("a: 1\nb: '没有结束\nc: 2\n", (2, 4), "引号没有结束"),
        ("a: [1, 2\nb: 3\n", (2, 2), "方括号"),
        ("a: {b: 1\nc: 3\n", (2, 2), "花括号"),
        ('a: "C:\\数据"\n', (1, 8), "反斜杠"),
        ("a: @b\n", (1, 4), "加引号"),
        ("a: `b`\n", (1, 4), "加引号"),
        ('a: "\\UFFFFFFFF"\n', (1, 2), "不合 YAML"),
    ],
)
def test_a_slip_is_told_with_its_line_and_what_to_do(
    text: str, place: tuple[int, int], said: str
) -> None:
    problem = refusal_of(text)
    assert place_of(problem) == place
    assert said in problem.because.zh


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\nname：财务\nb: 2\n",
        "a:\n  name：财务\n  b: 2\n",
        "a: 1\n- name：财务\n",
        "a: 1\n\u3000- name\n",
    ],
)
def test_a_colon_or_space_of_the_chinese_keyboard_is_pointed_at(text: str) -> None:
    problem = refusal_of(text)
    assert "第 2 行有全角" in problem.because.zh
    assert "Line 2 has a full-width" in problem.because.en


def test_a_full_width_space_is_no_part_of_a_key() -> None:
    problem = refusal_of("a: 1\n\u3000name: 财务\n")
    assert place_of(problem) == (2, 1)
    assert "键“name”的前后有空格" in problem.because.zh


@pytest.mark.parametrize("text", ["", "\n\n", "# 只有说明\n", "---\n", "~\n", "   "])
def test_an_empty_file_is_refused(text: str) -> None:
    assert refusal_of(text).because.zh == "文件里什么也没有写。"


def test_one_document_may_be_marked_as_such() -> None:
    assert plain(read("---\na: 1\n...\n")) == {"a": 1}


# ---- limits -------------------------------------------------------------------------------------


def test_a_file_may_be_as_large_as_the_limit_and_no_larger() -> None:
    full = "a: " + "x" * (MOST_BYTES - 3)
    read(full)
    assert "256 KB" in refusal_of(full + "x").because.zh


def test_the_limit_counts_bytes_and_not_characters() -> None:
    assert "256 KB" in refusal_of("a: " + "签" * (MOST_BYTES // 3)).because.zh


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


def test_nesting_may_be_as_deep_as_the_limit_and_no_deeper() -> None:
    read(nested(DEEPEST))
    problem = refusal_of(nested(DEEPEST + 1))
    assert place_of(problem) == (1, DEEPEST + 1)
    assert "嵌套太深" in problem.because.zh


def test_no_more_problems_are_told_than_anybody_mends() -> None:
    assert len(problems_in("a: 1\n" * 5000)) == MOST_PROBLEMS
    assert len(problems_in("\0" * 5000)) == MOST_PROBLEMS

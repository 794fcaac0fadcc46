"""Whatever somebody writes into a definition, it is data: refused with its place, or harmless.

Nothing here may raise, run code, reach out of the file or make us write a book. (What YAML itself
can do to a reader is told in `test_reading_yaml`.)
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.definitions.writing import FILE, GOOD, edited, one_line, problems_of, small_register
from workflow.conditions.language import Value
from workflow.design.definition import Definition
from workflow.design.parsing import parse_definition
from workflow.design.problems import Problem
from workflow.design.reading import MOST_PROBLEMS
from workflow.service.bundles import Bundle, check_path, examine

CODE = [
    "__import__('os').system('true')",
    "form.__class__.__mro__",
    "().__class__.__bases__[0].__subclasses__()",
    "form.days.__class__",
    "eval('1')",
    "open('/etc/passwd')",
    "form['days']",
    "lambda: 1",
    "[x for x in form]",
    "${7*7}",
    "{{7*7}}",
    "%(days)s",
    "form.days ** 9",
    "'a' * 1000000000",
    "9" * 400,
    "-" * 400 + "1",
    "!" * 400 + "true",
    "(" * 400 + "1" + ")" * 400,
    "[" * 60 + "1" + "]" * 60,
    "form.days > 1 ? " * 60 + "true",
    " && ".join(["form.days > 1"] * 40),
    "x" * 513,
    "size('" + "长" * 500 + "') > 1",
    "timestamp('x') > now",
    "duration('9999999h') > duration('1h')",
    "dyn(form)",
    "type(form.days) == int",
    "\\x00",
    "#{1}",
]


def assert_told(problems: tuple[Problem, ...], text: str) -> None:
    """Every problem can be read by a person and found in the file."""
    assert 0 < len(problems) <= 2 * MOST_PROBLEMS
    lines = len(re.split("\r\n|\r|\n", text)) + 1
    for problem in problems:
        assert 1 <= problem.line <= lines
        assert problem.column >= 1
        assert problem.because.zh
        assert problem.because.en
        assert len(problem.because.zh) < 1000


def assert_survives(text: str) -> None:
    """It is accepted, or refused in words."""
    examined = examine(text, FILE, small_register())
    if not isinstance(examined, Bundle):
        assert_told(examined, text)


@pytest.mark.parametrize("code", CODE)
def test_code_in_a_condition_is_refused(code: str) -> None:
    quoted = code.replace("'", "''")
    text = edited(
        ("'!facts.seen'", f"'{quoted}'"), ("  seen: {history: approve, gives: exists}\n", "")
    )
    examined = examine(text, FILE, small_register())
    assert not isinstance(examined, Bundle)
    assert_told(examined, text)


@pytest.mark.parametrize("rule", ["form.reason.matches('(a+)+$')", "form.days / 0 > 1"])
def test_a_rule_that_has_no_answer_or_is_slow_to_give_has_none(rule: str) -> None:
    """A runaway pattern and a division by nothing end at once, and without a yes."""
    quoted = rule.replace("'", "''")
    text = edited(
        ("'!facts.seen'", f"'{quoted}'"), ("  seen: {history: approve, gives: exists}\n", "")
    )
    examined = examine(text, FILE, small_register())
    assert isinstance(examined, Bundle)
    when = examined.definition.actions["approve"].conditions[0].when
    values: dict[str, Value] = {"form.reason": "a" * 10_000 + "!", "form.days": 1}
    assert examined.compiled.of(when).evaluate(values) is not True


@pytest.mark.parametrize("code", CODE)
def test_code_in_a_sentence_is_only_a_sentence(code: str) -> None:
    quoted = code.replace("'", "''")
    text = edited(
        ("{zh: 已经批准过, en: It is approved already}", f"{{zh: '{quoted}', en: '{quoted}'}}")
    )
    examined = examine(text, FILE, small_register())
    assert isinstance(examined, Bundle)
    assert examined.definition.actions["approve"].conditions[0].otherwise.zh == code


@pytest.mark.parametrize(
    "title",
    [
        "{reason.__class__}",
        "{0}",
        "{reason!r}",
        "{reason:>1000000000}",
        "{}",
        "{{reason}}",
        "{reason[0]}",
    ],
)
def test_a_title_names_fields_and_nothing_else(title: str) -> None:
    text = edited(("title: '{reason}'", f"title: '{title}'"))
    assert any(problem.path == "title" for problem in problems_of(text))


@pytest.mark.parametrize(
    "process",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "a/b",
        "..",
        ".",
        "a b",
        "A",
        "流程",
        "a--b",
        "-a",
        "a_b",
        "x" * 300 + "!",
    ],
)
def test_a_process_name_leads_out_of_no_folder(process: str) -> None:
    text = edited(("process: leave-request", f"process: '{process}'"))
    assert any(problem.path == "process" for problem in problems_of(text))


@pytest.mark.parametrize(
    ("section", "junk"),
    [
        (section, junk)
        for section in (
            "form",
            "states",
            "actions",
            "facts",
            "registers",
            "deadlines",
            "open",
            "name",
        )
        for junk in (
            "",
            "~",
            "3",
            "text",
            "[]",
            "[1, [2, {a: b}]]",
            "{}",
            "{a: }",
            "{a: {b: {c: {}}}}",
        )
    ],
)
def test_junk_in_place_of_a_section_is_refused(section: str, junk: str) -> None:
    pattern = rf"(?ms)^{section}:.*?(?=^\S|\Z)"
    text, count = re.subn(pattern, f"{section}: {junk}\n", GOOD)
    assert count == 1
    examined = examine(text, FILE, small_register())
    assert not isinstance(examined, Bundle)
    assert_told(examined, text)


def test_ten_thousand_states_are_refused() -> None:
    states = "".join(f"  s{number}: {{}}\n" for number in range(9000))
    assert_told(problems_of(edited(("states:\n", "states:\n" + states))), GOOD + states)


def test_ten_thousand_misspelt_names_are_told_a_hundred_times() -> None:
    sources = ", ".join(f"stat{number}" for number in range(15000))
    text = edited(("from: [draft, review]", f"from: [{sources}]"))
    assert len(problems_of(text)) <= MOST_PROBLEMS
    several = "".join(
        f"  a{number}: {{name: {{zh: 甲, en: A}}, from: x{number}, to: y{number}, who: z}}\n"
        for number in range(900)
    )
    problems = problems_of(edited(("actions:\n", "actions:\n" + several)))
    assert len(problems) == MOST_PROBLEMS


def in_a_row(number: int, end: str) -> str:
    """The good definition with many states between its draft and its review, the last leading to
    `end`.
    """
    states = "".join(one_line(f"s{n}", f"第{n}步", "design_choice: true") for n in range(number))
    targets = [f"s{n + 1}" for n in range(number - 1)] + [end]
    actions = "".join(
        one_line(f"a{n}", f"走{n}", f"from: s{n}, to: {target}, who: applicant")
        for n, target in enumerate(targets)
    )
    return edited(
        ("states:\n", "states:\n" + states),
        ("actions:\n", "actions:\n" + actions),
        ("    from: draft\n    to: review\n", "    from: draft\n    to: s0\n"),
    )


def test_hundreds_of_states_in_a_row_are_walked() -> None:
    assert isinstance(examine(in_a_row(300, "review"), FILE, small_register()), Bundle)


def test_a_long_way_is_told_shortly() -> None:
    stop = edited(
        ("  refused: {", "  stop: {name: {zh: 停, en: Stop}}\n  refused: {"),
        text=in_a_row(300, "stop"),
    )
    text = edited(("from: [draft, review]", "from: [draft, review, s0]"), text=stop)
    examined = examine(text, FILE, small_register())
    assert not isinstance(examined, Bundle)
    stuck = next(one for one in examined if one.path == "states.stop")
    assert "draft —submit→ s0 —a0→ s1" in stuck.because.zh
    assert " … " in stuck.because.zh
    assert len(stuck.because.zh) < 400


@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"\xff\xfe", b"{", b"\x80" * 10, b"a: " * 100_000]
)
def test_any_bytes_in_a_file_are_told_as_problems(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "leave-request" / "1.yaml"
    file.parent.mkdir()
    file.write_bytes(content)
    assert check_path(file, small_register())


def test_a_link_out_of_the_folder_shows_nothing_of_what_it_leads_to(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("password: hunter2-hunter2\n")
    folder = tmp_path / "definitions" / "leave-request"
    folder.mkdir(parents=True)
    (folder / "1.yaml").symlink_to(secret)
    problems = check_path(tmp_path / "definitions", small_register())
    assert problems
    assert not any("hunter2" in problem.said.zh + problem.said.en for problem in problems)


def test_a_folder_that_holds_itself_is_read_once(tmp_path: Path) -> None:
    folder = tmp_path / "leave-request"
    folder.mkdir()
    (folder / "1.yaml").write_text(GOOD, "utf-8")
    (folder / "again").symlink_to(folder)
    (tmp_path / "loop").symlink_to(tmp_path)
    assert check_path(tmp_path, small_register()) == ()


# ---- anything at all ----------------------------------------------------------------------

LINES = GOOD.splitlines()
WORDS = sorted(set(re.findall(r"[\w.']+|[\[\]{},:]", GOOD)))


@st.composite
def spoilt_by_lines(draw: st.DrawFn) -> str:
    """The good definition with a few lines lost, doubled or moved."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(("lose", "double", "move", "indent"))):
            case "lose":
                del lines[place]
            case "double":
                lines.insert(place, lines[place])
            case "move":
                lines.insert(draw(st.integers(0, len(lines) - 1)), lines.pop(place))
            case _:
                lines[place] = "  " + lines[place]
    return "\n".join(lines)


@st.composite
def spoilt_by_words(draw: st.DrawFn) -> str:
    """The good definition with a few words replaced by others of it."""
    text = GOOD
    for _ in range(draw(st.integers(1, 5))):
        spots = [match.span() for match in re.finditer(r"[\w.']+", text)]
        start, end = draw(st.sampled_from(spots))
        text = text[:start] + draw(st.sampled_from(WORDS)) + text[end:]
    return text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(spoilt_by_lines())
def test_lines_in_disorder_are_survived(text: str) -> None:
    assert_survives(text)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(spoilt_by_words())
def test_words_in_disorder_are_survived(text: str) -> None:
    assert_survives(text)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_survived(text: str) -> None:
    read = parse_definition(text, FILE, small_register())
    assert not isinstance(read, Definition)

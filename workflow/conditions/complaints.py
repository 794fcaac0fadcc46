"""Says in the author's words what the expression library says in its own.

The library speaks English to programmers and counts columns of the rewritten text; an author of a
definition reads Chinese or English and looks at what they wrote.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

from workflow.conditions.notation import DEEPEST_BRACKETS, Prepared, Problem

#: Every function that an author may call, with how it is written.
FUNCTIONS: Mapping[str, str] = MappingProxyType(
    {
        "size": "size(…)",
        "contains": "….contains(…)",
        "startsWith": "….startsWith(…)",
        "endsWith": "….endsWith(…)",
        "matches": '….matches("…")',
        "int": "int(…)",
        "string": "string(…)",
        "timestamp": 'timestamp("2026-03-01T08:00:00+08:00")',
        "duration": 'duration("90m")',
        "getFullYear": '….getFullYear("Asia/Shanghai")',
        "getDate": '….getDate("Asia/Shanghai")',
        "getDayOfWeek": '….getDayOfWeek("Asia/Shanghai")',
        "getHours": '….getHours("Asia/Shanghai")',
        "getMinutes": '….getMinutes("Asia/Shanghai")',
    }
)
#: What the rewriting and the library's macros add to them.
_FORMS: Mapping[str, str] = MappingProxyType(
    {
        "date": 'date("2026-03-01")',
        "days": "days(3)",
        "hours": "hours(72)",
        "minutes": "minutes(30)",
        "has": "has(row.column)",
        "all": "….all(row, …)",
        "exists": "….exists(row, …)",
        "exists_one": "….exists_one(row, …)",
        "filter": "….filter(row, …)",
        "map": "….map(row, …)",
    }
)


def complaints(
    message: str, prepared: Prepared, vocabulary: Collection[str]
) -> tuple[Problem, ...]:
    """Every problem in a message of the library, each at its place in the author's text.

    After a first mistake of grammar the others are guesses, so they are left out.
    """
    found = [
        _Complaint(match["what"], int(match["column"]) - 1, prepared, vocabulary)
        for match in _ENTRY.finditer(message)
    ]
    grammar = [complaint for complaint in found if complaint.what.startswith("Syntax error")]
    problems = [complaint.problem() for complaint in grammar[:1] or found]
    return tuple(dict.fromkeys(problems)) or (_too_deep(0),)


_ENTRY = re.compile(
    r"^(?:\w+: )?ERROR: <input>:-?\d+:(?P<column>-?\d+): (?P<what>.*)$", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class _Complaint:
    """One entry of a message: what the library says, at which character of the rewritten text."""

    what: str
    position: int
    prepared: Prepared
    vocabulary: Collection[str]

    def problem(self) -> Problem:
        for pattern, say in _SAYINGS:
            match = pattern.search(self.what)
            if match is not None:
                return say(self, match)
        return Problem(
            "此处的写法读不懂，请对照说明检查。",
            f"This cannot be read: {self.what}",
            self.offset,
        )

    @property
    def offset(self) -> int:
        return self.prepared.origin(self.position)

    @property
    def is_added(self) -> bool:
        return self.position in self.prepared.added

    @property
    def calls(self) -> bool:
        return self.prepared.text[self.position : self.position + 1] == "("


def _unknown(complaint: _Complaint, match: re.Match[str]) -> Problem:
    name = match[1]
    offset = start_of_call(complaint.prepared, complaint.offset)
    if complaint.calls:
        return _unknown_function(name, offset)
    near = _near(name, complaint.vocabulary)
    return Problem(
        f"不认识 {name}。" + (f"是否想写：{'、'.join(near)}？" if near else "请检查拼写。"),
        f"{name} is not known here. "
        + (f"Did you mean {', '.join(near)}?" if near else "Check its spelling."),
        _start_of_path(complaint.prepared, complaint.offset),
    )


def _near(name: str, vocabulary: Iterable[str]) -> list[str]:
    known = sorted(vocabulary)
    close = get_close_matches(name, [*known, "true", "false"], n=3)
    return close or [other for other in known if other.startswith(f"{name}.")][:3]


def _unknown_function(name: str, offset: int) -> Problem:
    forms = {**FUNCTIONS, **_FORMS}
    near = get_close_matches(name, forms, n=2, cutoff=0.5)
    shown = [forms[other] for other in near]
    return Problem(
        f"没有这样的函数：{name}。" + (f"可以写：{'、'.join(shown)}。" if shown else ""),
        f"There is no function {name} of this form."
        + (f" You can write {', '.join(shown)}." if shown else ""),
        offset,
    )


def start_of_call(prepared: Prepared, offset: int) -> int:
    """Where the name of a function begins whose opening bracket stands at `offset`."""
    index = prepared.token_at(offset)
    if index and prepared.tokens[index].text == "(" and prepared.tokens[index - 1].sort == "name":
        return prepared.tokens[index - 1].start
    return offset


def _start_of_path(prepared: Prepared, offset: int) -> int:
    """Where `form.amount` begins, whose last dot or first letter stands at `offset`."""
    index = prepared.token_at(offset)
    if index is None:
        return offset
    if prepared.tokens[index].text == ".":
        index -= 1
    while index > 1 and prepared.tokens[index - 1].text == ".":
        index -= 2
    return prepared.tokens[index].start


def _not_applicable(complaint: _Complaint, match: re.Match[str]) -> Problem:
    offset = start_of_call(complaint.prepared, complaint.offset)
    if complaint.is_added:
        return Problem(
            "这里要放整数，例如 hours(72)。",
            "A whole number is wanted here, as in hours(72).",
            offset,
        )
    sign, types = _sign(match[1]), _types(match[2])
    if sign == "? :":
        return _unlike_results(types, offset)
    zh, en = _hint(types)
    return Problem(
        f"“{sign}”不能用于{'与'.join(words(written)[0] for written in types)}。{zh}",
        f"“{sign}” does not go with {' and '.join(words(written)[1] for written in types)}.{en}",
        offset,
    )


def _unlike_results(types: list[str], offset: int) -> Problem:
    condition, *results = [words(written) for written in types]
    return Problem(
        f"“条件 ? 甲 : 乙”要一个是否值和两个同类的值，这里是{condition[0]}、"
        f"{'、'.join(result[0] for result in results)}。",
        "“condition ? one : other” takes a yes or no and two values of one kind; here are "
        f"{condition[1]}, {', '.join(result[1] for result in results)}.",
        offset,
    )


def _sign(function: str) -> str:
    """`_>_` is >, `@in` is in, `_?_:_` is ? :"""
    return function.replace("_", " ").strip(" @").replace("  ", " ") or function


def _types(written: str) -> list[str]:
    """The types of a comma-separated list; commas inside brackets do not part them."""
    return re.findall(r"[^,(]+(?:\((?:[^()]|\([^()]*\))*\))?", written.replace(", ", ","))


_TYPE_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "bool": ("是否值", "a yes or no"),
        "int": ("整数", "a whole number"),
        "string": ("文字", "a text"),
        "google.protobuf.Timestamp": ("时刻", "a moment"),
        "google.protobuf.Duration": ("时长", "a length of time"),
        "list(string)": ("一组文字", "a list of texts"),
        "list(int)": ("一组整数", "a list of whole numbers"),
        "list(map(string,dyn))": ("表格", "a table"),
        "map(string,dyn)": ("表格的一行", "a row of a table"),
        "dyn": ("类型未定的值", "a value of unknown kind"),
        "null_type": ("空值", "null"),
    }
)


def words(written: str) -> tuple[str, str]:
    """A type of the library in Chinese and English."""
    plain = written.replace(" ", "")
    return _TYPE_WORDS.get(plain, ("别种值", f"a value of type {written}"))


_HINTS: tuple[tuple[frozenset[str], str, str], ...] = (
    (
        frozenset({"null_type"}),
        "要问某项填了没有，请用 given.*。",
        " To ask whether a field is filled, use given.*.",
    ),
    (
        frozenset({"google.protobuf.Timestamp", "int"}),
        "时刻请与时刻比较，或加减 hours(…)、days(…)。",
        " Compare moments with moments; add or take hours(…) or days(…).",
    ),
    (
        frozenset({"google.protobuf.Timestamp", "string"}),
        '时刻请写成 timestamp("2026-03-01T08:00:00+08:00")。',
        ' Write a moment as timestamp("2026-03-01T08:00:00+08:00").',
    ),
    (
        frozenset({"google.protobuf.Duration", "int"}),
        "时长请写成 hours(…)、days(…)。",
        " Write a length of time as hours(…) or days(…).",
    ),
    (
        frozenset({"int", "string"}),
        '日期请写成 date("2026-03-01")，金额请写成 500 元。',
        ' Write a day as date("2026-03-01"), money as 500 元.',
    ),
)


def _hint(types: list[str]) -> tuple[str, str]:
    return next(((zh, en) for these, zh, en in _HINTS if these <= set(types)), ("", ""))


def _grammar(complaint: _Complaint, _: re.Match[str]) -> Problem:
    index = complaint.prepared.token_at(complaint.offset)
    if index is None:
        return Problem(
            "表达式没有写完。", "The expression breaks off.", complaint.prepared.origins[-1]
        )
    token = complaint.prepared.tokens[index]
    return Problem(
        f"“{token.text}”不该出现在这里，前面可能缺少运算符或内容。",
        f"“{token.text}” cannot stand here; something before it may be missing.",
        token.start,
    )


def _no_fields(complaint: _Complaint, match: re.Match[str]) -> Problem:
    zh, en = words(match[1])
    return Problem(
        f"{zh}里没有可以用“.”取的内容。",
        f"{en} has nothing that “.” could take from it.".capitalize(),
        complaint.offset,
    )


def _no_variable(complaint: _Complaint, match: re.Match[str]) -> Problem:
    return Problem(
        f"{match[1]}(…) 的第一项要是一个新的短名字，例如 {_FORMS.get(match[1], match[1])}。",
        f"{match[1]}(…) begins with a new short name, as in {_FORMS.get(match[1], match[1])}.",
        complaint.offset,
    )


def _reserved(complaint: _Complaint, match: re.Match[str]) -> Problem:
    return Problem(
        f"{match[1]} 是保留字，不能这样用；二选一请写：条件 ? 甲 : 乙。",
        f"{match[1]} is reserved; to choose between two, write: condition ? one : other.",
        complaint.offset,
    )


def _too_large(complaint: _Complaint, _: re.Match[str]) -> Problem:
    return Problem(
        "这个数太大，无法计算。", "This number is too large to count with.", complaint.offset
    )


def _too_deep(offset: int) -> Problem:
    return Problem(
        f"表达式套得太深（最多 {DEEPEST_BRACKETS} 层），请拆成几个条件。",
        f"The expression is nested too deep (at most {DEEPEST_BRACKETS}); split it up.",
        offset,
    )


_SAYINGS: tuple[tuple[re.Pattern[str], Callable[[_Complaint, re.Match[str]], Problem]], ...] = (
    (re.compile(r"undeclared reference to '([^']*)'"), _unknown),
    (re.compile(r"no matching overload for '([^']*)' applied to '\((.*)\)'"), _not_applicable),
    (re.compile(r"Syntax error"), _grammar),
    (re.compile(r"of type '(.*)' cannot be the operand of a select"), _no_fields),
    (re.compile(r"(\w+)\(\) variable name"), _no_variable),
    (re.compile(r"reserved identifier: (\w+)"), _reserved),
    (re.compile(r"invalid int literal"), _too_large),
    (re.compile(r"recursion"), lambda complaint, _: _too_deep(complaint.offset)),
)

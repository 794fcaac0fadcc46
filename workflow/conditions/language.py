"""The language of conditions and computed values: typed, bounded, total, and free of side effects.

The only module that knows the expression library (CEL). It exists because that library alone is not
safe to lean on: its errors come back as texts that are true, it reads missing values as errors, it
knows no money and no limits of our size, and some of its answers harm the interpreter that reads
them. Behind this door an expression either has a value of the kind it was compiled for, or it is
`Unevaluable` and says which names had no value.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, lru_cache
from operator import eq, ge, gt, le, lt, ne, not_
from types import MappingProxyType
from typing import Any

from cel_expr_python import cel

from workflow.conditions.accepting import ACCEPT, Kind, Unfit, Value
from workflow.conditions.complaints import complaints, words
from workflow.conditions.judging import Judged, judge, one_name, presence_of_names
from workflow.conditions.notation import MOST_CHARACTERS, Prepared, Problem, prepare
from workflow.conditions.standing_in import Asked, asked_of
from workflow.conditions.tree import Tree, read_tree
from workflow.making import quick

__all__ = ["Expression", "Kind", "Language", "Problem", "Unevaluable", "Value"]


@quick
@dataclass(frozen=True, slots=True)
class Unevaluable:
    """No value could be worked out. `names` had none although they were needed, as far as is known.

    `detail` is for logs and for whoever writes definitions: a missing value, a division by zero, an
    overflow, a row without that column. Whoever asks must fail closed.
    """

    names: tuple[str, ...]
    detail: str


class Language:
    """The language with the names of one definition: made once, used by many threads."""

    def __init__(self, vocabulary: Mapping[str, Kind]) -> None:
        """ValueError names the dotted names that cannot be written in an expression."""
        unusable = sorted(name for name in vocabulary if not _is_usable(name))
        if unusable:
            raise ValueError(f"names that no expression could use: {', '.join(unusable)}")
        self._vocabulary = dict(vocabulary)
        types = _types()
        self._library = cel.NewEnv(
            variables={name: types[kind] for name, kind in vocabulary.items()}
        )
        self._compiling = threading.Lock()

    def compile(self, text: str, gives: Kind) -> Expression | tuple[Problem, ...]:
        """The expression, ready to be evaluated, or everything that is wrong with it."""
        if _LITERAL.fullmatch(text):
            return _literal(text, gives)
        return self._at_once(text, gives) or self._compiled(text, gives)

    def _compiled(self, text: str, gives: Kind) -> Expression | tuple[Problem, ...]:
        prepared = prepare(text)
        if isinstance(prepared, tuple):
            return prepared
        problems = presence_of_names(prepared, self._vocabulary)
        if problems:
            return problems
        with self._compiling:
            return self._compile(text, prepared, gives)

    def _compile(
        self, text: str, prepared: Prepared, gives: Kind
    ) -> Expression | tuple[Problem, ...]:
        try:
            program = self._library.compile(prepared.text)
        except RuntimeError as error:
            return complaints(str(error), prepared, self._vocabulary)
        tree = read_tree(program.serialize())
        judged = judge(tree, prepared, self._vocabulary)
        problems = (
            judged.problems or _wrong_kind(program, gives) or self._failing_constants(tree, judged)
        )
        if problems:
            return problems
        _first_run(program)
        return Expression(
            text=text,
            gives=gives,
            names=judged.names,
            _program=program,
            _inputs=tuple((name, ACCEPT[self._vocabulary[name]]) for name in sorted(judged.names)),
            _read=_READ[gives],
            _judged=judged,
            asked=asked_of(tree.root) if gives is Kind.BOOL else None,
        )

    def _at_once(self, text: str, gives: Kind) -> Expression | None:
        """A text of one name, which needs no library; None for any other, for any fault, and for
        what may ask of the actor.
        """
        name, short = self._of_one_name(text.strip(" \n"), gives)
        if short is None or name.startswith("actor.") or len(text) > MOST_CHARACTERS:
            return None
        return Expression(
            text=text,
            gives=gives,
            names=frozenset({name}),
            _program=None,
            _inputs=((name, ACCEPT[self._vocabulary[name]]),),
            _read=_READ[gives],
            _judged=one_name(name),
            _short=short,
        )

    def _of_one_name(self, text: str, gives: Kind) -> tuple[str, Short | None]:
        """What a text does with its one name, where that is nothing, `!`, or a comparison with a
        whole number.
        """
        kind = self._vocabulary.get(text)
        if kind is not None:
            return text, _as_it_is if kind is gives and gives in _PLAIN else None
        name = text.removeprefix("!")
        if gives is not Kind.BOOL:
            return name, None
        if self._vocabulary.get(name) is Kind.BOOL:
            return name, not_
        compared = _COMPARED.fullmatch(text)
        if compared is None or self._vocabulary.get(compared[1]) is not Kind.INT:
            return name, None
        compare, number = _COMPARISONS[compared[2]], int(compared[3])
        return compared[1], lambda value: compare(value, number)

    def _failing_constants(self, tree: Tree, judged: Judged) -> tuple[Problem, ...]:
        """Parts without a name, such as `duration("1d")`, that can never have a value."""
        failed: dict[int, Problem] = {}
        for part, place in judged.constants:
            if failed.keys().isdisjoint(below.id for below in part.walk()):
                failure = _failure(self._library.deserialize(tree.alone(part)))
                if failure is not None:
                    failed[part.id] = _never(failure, place)
        patterns = (
            (_failure(self._library.compile(f'"".matches({text})')), place)
            for text, place in judged.patterns
        )
        return (
            *failed.values(),
            *(_never(failure, place) for failure, place in patterns if failure is not None),
        )


#: A value as such. It means the same in every language, and definitions are full of them.
_LITERAL = re.compile(r'true|false|0|[1-9][0-9]{0,17}|"[^"\\\r\n]{0,60}"')


@lru_cache(512)
def _literal(text: str, gives: Kind) -> Expression | tuple[Problem, ...]:
    return _without_names()._compiled(text, gives)  # noqa: SLF001 - a language, as above


@cache
def _without_names() -> Language:
    return Language({})


#: What an expression of one name does with its value. Most of those of effects, look-ups and
#: conditions are such; the library takes ten times as long for the same answer, and a hundred times
#: as long to make ready for it.
Short = Callable[[Any], Value]
#: What a name of the vocabulary stands for; None while it stands for nothing.
ValueOf = Callable[[str], Value]

_COMPARED = re.compile(r"([a-z][\w.]*) *(==|!=|<=?|>=?) *(0|[1-9][0-9]{0,17})", re.ASCII)
_COMPARISONS: Mapping[str, Callable[[int, int], bool]] = MappingProxyType(
    {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
)


def _as_it_is(value: Value) -> Value:
    return value


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression. `names` are the names of the vocabulary that it refers to, `asked` of
    whom a yes or no about the actor is asked while somebody stands in for another.
    """

    text: str
    gives: Kind
    names: frozenset[str]
    #: None for a text of one name, which is worth what `_short` makes of its value.
    _program: cel.Expression | None = field(repr=False, compare=False)
    _inputs: tuple[tuple[str, Callable[[object], object]], ...] = field(repr=False, compare=False)
    _read: Callable[[cel.Value], Value] = field(repr=False, compare=False)
    _judged: Judged = field(repr=False, compare=False)
    _short: Short = field(repr=False, compare=False, default=_as_it_is)
    asked: Asked | None = None

    def evaluate(self, values: Mapping[str, Value]) -> Value | Unevaluable:
        """The value for these values of the names, of the kind that `gives` says; it never raises.

        A name that is left out or None has no value. That matters only when it is needed:
        `given.x && form.x > 1` is false while `given.x` is. A value of another kind than the
        vocabulary says (a naive datetime, a float) counts as none. ROWS and a FACT come back as
        tuples and plain dicts.
        """
        return self.evaluate_by(values.get)

    def evaluate_by(self, value_of: ValueOf) -> Value | Unevaluable:
        """The same where each name is asked for its value, and None says that it has none."""
        if self._program is None:
            return self._of_one_name(value_of)
        given: dict[str, object] = {}
        unfit: dict[str, str] = {}
        for name, accept in self._inputs:
            value = value_of(name)
            if value is not None:
                try:
                    given[name] = accept(value)
                except Unfit as reason:
                    unfit[name] = str(reason)
        if self._judged.depth and self._is_too_much(given):
            return Unevaluable(
                (), "too much data for an expression that goes through it repeatedly"
            )
        try:
            return self._read(self._program.eval(None, given))
        except (_Failed, RuntimeError) as failure:
            return self._unevaluable(str(failure), given, unfit)

    def _of_one_name(self, value_of: ValueOf) -> Value | Unevaluable:
        ((name, accept),) = self._inputs
        value = value_of(name)
        if value is None:
            return Unevaluable((name,), f"{name} has no value")
        try:
            given = accept(value)
        except Unfit as reason:
            return Unevaluable((name,), str(reason))
        return self._short(given)

    def _is_too_much(self, given: Mapping[str, object]) -> bool:
        """Whether macros would go through more than they should: rounds times cells in each."""
        judged = self._judged
        longest = max((_LONGEST_WRITTEN_LIST, *map(_longest, given.values())))
        if judged.builds and longest > _LONGEST_TO_BUILD_FROM:
            return True
        rounds = min(_MOST_ROUNDS, int(longest**judged.depth))
        names = sum(_weight(given[name]) for name in judged.repeated if name in given)
        heaviest = max(map(_heaviest, given.values()), default=1)
        return rounds * (names + judged.elements * heaviest) > _MOST_EFFORT

    def _unevaluable(
        self, failure: str, given: Mapping[str, object], unfit: Mapping[str, str]
    ) -> Unevaluable:
        missing = _MISSING.match(failure)
        if missing is None:
            return Unevaluable((), _complaint(failure))
        names = self._judged.needed_with(missing[1]) & self.names - given.keys()
        details = [unfit.get(name, f"{name} has no value") for name in sorted(names)]
        return Unevaluable(tuple(sorted(names)), "; ".join(details))


# Names


#: Words that the library's grammar takes before any name, also after a dot.
_KEYWORDS = frozenset({"in", "true", "false", "null"})
#: Words that it takes only where a name begins.
_RESERVED = _KEYWORDS | {
    *("as", "break", "const", "continue", "else", "for", "function", "if", "import", "let"),
    *("loop", "namespace", "package", "return", "var", "void", "while", "and", "or", "not"),
    *("bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint"),
}
_DOTTED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*", re.ASCII)


def _is_usable(name: str) -> bool:
    first, *others = name.split(".")
    spelt_out = {"and", "or", "not"}
    return (
        _DOTTED.fullmatch(name) is not None
        and first not in _RESERVED
        and not {other.lower() for other in others} & (_KEYWORDS | spelt_out)
    )


# Kinds


def _types() -> Mapping[Kind, cel.Type]:
    return {
        Kind.BOOL: cel.Type.BOOL,
        Kind.INT: cel.Type.INT,
        Kind.TEXT: cel.Type.STRING,
        Kind.MOMENT: cel.Type.TIMESTAMP,
        Kind.TEXTS: cel.Type.List(cel.Type.STRING),
        Kind.INTS: cel.Type.List(cel.Type.INT),
        Kind.ROWS: cel.Type.List(cel.Type.Map(cel.Type.STRING, cel.Type.DYN)),
        Kind.FACT: cel.Type.DYN,
    }


#: Kinds whose values come back as they went in.
_PLAIN = frozenset({Kind.BOOL, Kind.INT, Kind.TEXT})

_KIND_WORDS: Mapping[Kind, tuple[str, str]] = MappingProxyType(
    {
        Kind.BOOL: ("是否值（真或假）", "a yes or no"),
        Kind.INT: ("整数（金额为分，日期为天数）", "a whole number (money in fen, dates in days)"),
        Kind.TEXT: ("文字", "a text"),
        Kind.MOMENT: ("时刻", "a moment"),
        Kind.TEXTS: ("一组文字", "a list of texts"),
        Kind.INTS: ("一组整数", "a list of whole numbers"),
        Kind.ROWS: ("表格", "a table"),
        Kind.FACT: ("类型未定的值", "a value of unknown kind"),
    }
)
_WRITTEN_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "TIMESTAMP": "google.protobuf.Timestamp",
        "DURATION": "google.protobuf.Duration",
        "NULL": "null_type",
    }
)
_CONVERSIONS: Mapping[Kind, tuple[str, str]] = MappingProxyType(
    {
        Kind.BOOL: ("请与一个值比较，例如 == true。", " Compare it with a value, as in == true."),
        Kind.INT: ("请写 int(…)。", " Write int(…)."),
        Kind.TEXT: ("请写 string(…)。", " Write string(…)."),
    }
)


def _wrong_kind(program: cel.Expression, gives: Kind) -> tuple[Problem, ...]:
    result = program.return_type()
    wanted, found = _types()[gives].name(), result.name()
    if wanted == found:
        return ()
    zh, en = words(_WRITTEN_TYPES.get(found, found.lower().replace("<", "(").replace(">", ")")))
    hint = _CONVERSIONS.get(gives, ("", "")) if result == cel.Type.DYN else ("", "")
    return (
        Problem(
            f"这里需要{_KIND_WORDS[gives][0]}，表达式给出的却是{zh}。{hint[0]}",
            f"Here {_KIND_WORDS[gives][1]} is needed; the expression gives {en}.{hint[1]}",
            0,
        ),
    )


# Bounds. The library stops a macro after ten thousand rounds, but a round may itself look through
# lists and texts, and `map` and `filter` copy what they have so far in every round.

_MOST_ROUNDS = 10_000
_MOST_EFFORT = 30_000_000
_LONGEST_WRITTEN_LIST = 64
_LONGEST_TO_BUILD_FROM = 1_000
_MOST_CHARACTERS_OUT = 1_000_000


def _longest(value: object) -> int:
    """The length of the longest list."""
    match value:
        case list():
            return max((len(value), *map(_longest, value)))
        case dict():
            return max(map(_longest, value.values()), default=0)
        case _:
            return 0


def _heaviest(value: object) -> int:
    """The weight of the heaviest element; elements inside elements are part of them."""
    return max(map(_weight, value), default=1) if isinstance(value, list) else _weight(value)


def _weight(value: object) -> int:
    """About how many cells there are to look through."""
    match value:
        case str():
            return 1 + len(value) // 8
        case list():
            return 1 + sum(map(_weight, value))
        case dict():
            return 1 + sum(map(_weight, value.values()))
        case _:
            return 1


# Values on their way out. The type is asked before a value is read: an error reads as a text, what
# came out of a FACT may be of another type than the checker believed, and reading a null takes a
# reference from None that was never given: after some thousands of them Python 3.11 dies.


class _Failed(Exception):
    """The library gave an error for a value; the text says which."""


def _read_bool(result: cel.Value) -> Value:
    if result.type() == cel.Type.BOOL:
        return bool(result.value())
    raise _failed(result)


def _read_int(result: cel.Value) -> Value:
    if result.type() == cel.Type.INT:
        return int(result.value())
    raise _failed(result)


def _read_text(result: cel.Value) -> Value:
    if result.type() == cel.Type.STRING:
        return str(result.value())
    raise _failed(result)


def _read_moment(result: cel.Value) -> Value:
    if result.type() == cel.Type.TIMESTAMP:
        moment: datetime = result.value()
        return moment.astimezone(UTC)
    raise _failed(result)


def _read_texts(result: cel.Value) -> Value:
    texts, left = [], _MOST_CHARACTERS_OUT
    for item in _items(result):
        texts.append(str(_read_text(item)))
        left -= len(texts[-1])
        if left < 0:
            raise _Failed("a result too large to hand out")
    return tuple(texts)


def _read_ints(result: cel.Value) -> Value:
    return tuple([number for item in _items(result) if isinstance(number := _read_int(item), int)])


def _read_rows(result: cel.Value) -> Value:
    return tuple(_map(row) for row in _items(result))


def _items(result: cel.Value) -> list[cel.Value]:
    if result.type() == cel.Type.LIST:
        return list(result.value())
    raise _failed(result)


def _read_fact(result: cel.Value) -> Value:
    return _plain(result)  # type: ignore[return-value]  # a FACT may be anything a value can be


def _plain(result: cel.Value) -> object:
    kind = result.type()
    if kind == cel.Type.NULL:
        return None
    if kind == cel.Type.LIST:
        return tuple(map(_plain, result.value()))
    if kind == cel.Type.MAP:
        return _map(result)
    if kind in (cel.Type.BOOL, cel.Type.INT, cel.Type.STRING):
        return result.value()
    raise _failed(result)


def _map(result: cel.Value) -> Mapping[str, object]:
    if result.type() == cel.Type.MAP:
        cells = result.value()
        return {key: _plain(cells[key]) for key in sorted(cells)}  # the library mixes their order
    raise _failed(result)


def _failed(result: cel.Value) -> _Failed:
    kind = result.type()
    return _Failed(
        str(result.value()) if kind == cel.Type.ERROR else f"{kind} is not what it gives"
    )


_READ: Mapping[Kind, Callable[[cel.Value], Value]] = MappingProxyType(
    {
        Kind.BOOL: _read_bool,
        Kind.INT: _read_int,
        Kind.TEXT: _read_text,
        Kind.MOMENT: _read_moment,
        Kind.TEXTS: _read_texts,
        Kind.INTS: _read_ints,
        Kind.ROWS: _read_rows,
        Kind.FACT: _read_fact,
    }
)

_MISSING = re.compile(r'\w+: No value with name "([^"]+)" found in Activation')


def _complaint(failure: str) -> str:
    """What the library says, without the name of its error code."""
    return re.sub(r"^[A-Z_]+: ", "", failure).removesuffix(" [INTERNAL]")


def _never(failure: str, place: int) -> Problem:
    return Problem(
        "这一段永远算不出结果，请检查写法和数值。",
        f"This part can never have a value: {failure}.",
        place,
    )


def _failure(program: cel.Expression) -> str | None:
    try:
        result = program.eval()
    except RuntimeError as error:
        return _complaint(str(error))
    return _complaint(str(result.value())) if result.type() == cel.Type.ERROR else None


def _first_run(program: cel.Expression) -> None:
    """The library prepares a program when it first runs: here, where no other thread meets it."""
    try:
        program.eval(None, {})
    except RuntimeError:
        return

"""Judges what the library has understood: which parts are allowed, how large, and what they need.

The library's own language is wider than ours. What would be unbounded, ambiguous to a reader or
different on another machine is refused here, when the definition is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from workflow.conditions.complaints import FUNCTIONS, start_of_call
from workflow.conditions.notation import Prepared, Problem, Token
from workflow.conditions.tree import Part, Sort, Tree

MOST_PARTS = 64
DEEPEST_LOOPS = 2
LONGEST_PATTERN = 100
ZONES = ("Asia/Shanghai", "+08:00")


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of an expression before it has run.

    `repeated` are the names that a macro looks at in every round, `elements` how often it looks at
    the element itself, `depth` tells how far macros are nested, `builds` whether one makes a list.
    `constants` are the parts without a name, small before large, `patterns` what `matches` is
    given, each with its place. When one name of a group in `together` is needed, all of it is.
    """

    problems: tuple[Problem, ...]
    names: frozenset[str]
    repeated: tuple[str, ...]
    elements: int
    depth: int
    builds: bool
    constants: tuple[tuple[Part, int], ...]
    patterns: tuple[tuple[str, int], ...]
    together: tuple[frozenset[str], ...]

    def needed_with(self, name: str) -> frozenset[str]:
        """`name` and the names that are needed wherever it is."""
        groups = [group for group in self.together if name in group]
        return frozenset({name}).union(frozenset.intersection(*groups) if groups else ())


def judge(tree: Tree, prepared: Prepared, vocabulary: Collection[str]) -> Judged:
    """Everything about a checked expression that does not need values."""
    seen = tuple(_visit(tree.root, frozenset(), 0))
    court = _Court(tree, prepared, vocabulary)
    named = [visit for visit in seen if visit.part.sort is Sort.NAME and not visit.is_variable]
    return Judged(
        problems=tuple(dict.fromkeys((*court.on_the_whole(seen), *court.on_parts(seen)))),
        names=frozenset(visit.part.name for visit in named),
        repeated=tuple(v.part.name for v in named if v.depth and not v.is_range),
        elements=sum(v.part.sort is Sort.NAME and v.is_variable for v in seen),
        depth=max(visit.depth for visit in seen),
        builds=any(visit.part.builds for visit in seen),
        constants=tuple((part, court.offset(part)) for part in _constants(tree.root)),
        patterns=tuple(court.patterns(seen)),
        together=tuple(_together(tree.root)),
    )


def one_name(name: str) -> Judged:
    """What would be found out about an expression that looks at one name, once, and at no more."""
    needed = frozenset({name})
    return Judged((), needed, (), 0, 0, False, (), (), (needed,))


def presence_of_names(prepared: Prepared, vocabulary: Collection[str]) -> tuple[Problem, ...]:
    """Every `has(form.x)`: the dot is part of the name, so it would give the value of form.x."""
    return tuple(
        Problem(
            f"不能用 has(…) 问 {path} 有没有值，请用 {_presence(path, vocabulary)}。",
            f"has(…) cannot tell whether {path} has a value; use {_presence(path, vocabulary)}.",
            token.start,
        )
        for token, path in _presence_questions(prepared)
        if path in vocabulary
    )


def _presence(path: str, vocabulary: Collection[str]) -> str:
    """The name that tells whether `path` has a value."""
    names = (path.replace("form.", "given.", 1), path.replace("param.", "given_param.", 1))
    return next((name for name in names if name in vocabulary and name != path), "given.*")


def _presence_questions(prepared: Prepared) -> Iterator[tuple[Token, str]]:
    """Every `has(…)` that is written, and what it asks for."""
    tokens = prepared.tokens
    for index, token in enumerate(tokens[:-1]):
        if token.text == "has" and tokens[index + 1].text == "(":
            yield token, "".join(word.text for word in tokens[index + 2 :]).split(")", 1)[0]


@dataclass(frozen=True, slots=True)
class _Visit:
    """A part where it stands: the variables of the macros around it, and how many they are."""

    part: Part
    variables: frozenset[str]
    depth: int
    is_range: bool = False

    @property
    def is_variable(self) -> bool:
        return self.part.name in self.variables


def _visit(
    part: Part, variables: frozenset[str], depth: int, is_range: bool = False
) -> Iterator[_Visit]:
    yield _Visit(part, variables, depth, is_range)
    for below in part.parts:
        yield from _visit(below, variables, depth, part.sort is Sort.LOOP)
    for below in part.body:
        yield from _visit(below, variables | {part.name}, depth + 1)


@dataclass(frozen=True, slots=True)
class _Court:
    """Finds what an author may not write, and where they wrote it."""

    tree: Tree
    prepared: Prepared
    vocabulary: Collection[str]

    def offset(self, part: Part) -> int:
        """Where a part stands in the author's text; of a call, where its name begins."""
        position = self.tree.positions.get(part.id, -1)
        return start_of_call(self.prepared, self.prepared.origin(position))

    def on_the_whole(self, seen: tuple[_Visit, ...]) -> Iterator[Problem]:
        """Its size, and a `has(…)` that the library has understood otherwise than it reads."""
        written = sum(self._is_written(visit.part) for visit in seen)
        if written > MOST_PARTS:
            yield Problem(
                f"表达式有 {written} 个部分，最多 {MOST_PARTS} 个；请拆成几个条件。",
                f"The expression has {written} parts, at most {MOST_PARTS} are read; split it up.",
                0,
            )
        asked = [token for token, _ in _presence_questions(self.prepared)]
        if len(asked) != sum(visit.part.tests for visit in seen):
            yield Problem(
                "has(…) 只能问表格一行或事实里有没有某一项，例如 has(row.amount)。",
                "has(…) only asks for a part of a row or a fact, as in has(row.amount).",
                asked[0].start,
            )

    def on_parts(self, seen: tuple[_Visit, ...]) -> Iterator[Problem]:
        """What single parts do that is not allowed."""
        for visit in seen:
            if self._is_written(visit.part):
                match visit.part.sort:
                    case Sort.CALL:
                        yield from self._call(visit)
                    case Sort.LOOP:
                        yield from self._loop(visit)
                    case Sort.NAME:
                        yield from self._name(visit)
                    case _:
                        pass

    def patterns(self, seen: tuple[_Visit, ...]) -> Iterator[tuple[str, int]]:
        """The texts that `matches` is given, in the author's own quotation marks."""
        for visit in seen:
            if visit.part.sort is Sort.CALL and visit.part.name == "matches":
                offset = self.offset(visit.part.parts[-1])
                token = self.prepared.token_at(offset)
                if token is not None:
                    yield self.prepared.tokens[token].text, offset

    def _is_written(self, part: Part) -> bool:
        return self.tree.positions.get(part.id, -1) not in self.prepared.added

    def _name(self, visit: _Visit) -> Iterator[Problem]:
        if not visit.is_variable and visit.part.name not in self.vocabulary:
            yield Problem(
                f"{visit.part.name} 不能当作值使用。",
                f"{visit.part.name} cannot be used as a value.",
                self.offset(visit.part),
            )

    def _loop(self, visit: _Visit) -> Iterator[Problem]:
        variable, offset = visit.part.name, self.offset(visit.part)
        if visit.depth >= DEEPEST_LOOPS:
            yield Problem(
                f"逐行计算最多套 {DEEPEST_LOOPS} 层。",
                f"Macros such as all(…) and filter(…) nest at most {DEEPEST_LOOPS} deep.",
                offset,
            )
        if variable in {name.split(".")[0] for name in self.vocabulary} | visit.variables:
            yield Problem(
                f"{variable} 已有含义，逐行计算时请换一个名字，例如 row。",
                f"{variable} already stands for something; call the element otherwise, as in row.",
                offset,
            )

    def _call(self, visit: _Visit) -> Iterator[Problem]:
        part, offset = visit.part, self.offset(visit.part)
        overloads = self.tree.overloads.get(part.id, frozenset())
        if part.name not in _OPERATORS and part.name not in FUNCTIONS:
            yield Problem(
                f"这里不提供函数 {part.name}。", f"{part.name} is not offered here.", offset
            )
        if visit.depth and part.name == "_+_" and overloads & _JOINING:
            yield Problem(
                "逐行计算里不能拼接文字或列表；数字相加请写 int(row.a) + int(row.b)。",
                "Inside a macro nothing can be joined; to add numbers, write "
                "int(row.a) + int(row.b).",
                offset,
            )
        if part.name == "matches":
            yield from self._pattern(visit, offset)
        if _asks_clock(overloads):
            yield from self._zone(part, offset)
        if overloads == {"timestamp_to_string"}:
            yield Problem(
                "时刻不能直接变成文字（会成为世界时）。",
                "A moment cannot be made a text: it would be that of Greenwich.",
                offset,
            )

    def _pattern(self, visit: _Visit, offset: int) -> Iterator[Problem]:
        pattern = visit.part.parts[-1].text
        if pattern is None or len(pattern) > LONGEST_PATTERN:
            yield Problem(
                f"matches(…) 的格式要直接写成文字，最多 {LONGEST_PATTERN} 个字符。",
                f"matches(…) takes a pattern written out, of at most {LONGEST_PATTERN} characters.",
                offset,
            )
        if visit.depth:
            yield Problem(
                "逐行计算里不能用 matches(…)；请用 startsWith、contains 或 in。",
                "Inside a macro there is no matches(…); use startsWith, contains or in.",
                offset,
            )

    def _zone(self, part: Part, offset: int) -> Iterator[Problem]:
        if len(part.parts) < 2 or part.parts[1].text not in ZONES:
            yield Problem(
                f'请写明时区：{part.name}("{ZONES[0]}")，否则会按世界时计算。',
                f'Name the time zone: {part.name}("{ZONES[0]}"); the time would be Greenwich\'s.',
                offset,
            )


_OPERATORS = frozenset(
    {
        *("_&&_", "_||_", "!_", "_?_:_", "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_"),
        *("_+_", "_-_", "_*_", "_/_", "_%_", "-_", "@in", "_[_]"),
    }
)
#: Joining in every round of a macro fills the memory; the result of a round is never joined.
_JOINING = frozenset({"add_string", "add_list", "add_bytes"})


def _asks_clock(overloads: frozenset[str]) -> bool:
    return any(
        overload.startswith("timestamp_to_")
        and overload not in ("timestamp_to_string", "timestamp_to_int64")
        for overload in overloads
    )


#: Operators that may never look at one of their sides.
_SPARING = frozenset({"_&&_", "_||_", "_?_:_"})


def _together(part: Part) -> Iterator[frozenset[str]]:
    """Groups of names: who needs one of a group needs all of it."""
    own, others = _needs(part)
    yield from (group for group in (own, *others) if group)


def _needs(part: Part) -> tuple[frozenset[str], list[frozenset[str]]]:
    """The names that `part` cannot do without, and groups that it may spare."""
    if part.sort is Sort.NAME:
        return frozenset({part.name}), []
    own: frozenset[str] = frozenset()
    spared: list[frozenset[str]] = []
    for below in part.parts:
        theirs, others = _needs(below)
        spared += others
        if part.sort is Sort.CALL and part.name in _SPARING:
            spared.append(theirs)
        else:
            own |= theirs
    for below in part.body:
        theirs, others = _needs(below)
        spared += [theirs, *others]
    return own, spared


def _constants(part: Part) -> Iterator[Part]:
    """Parts that always stand for the same value, small before large; literals are left out."""
    for below in (*part.parts, *part.body):
        yield from _constants(below)
    if part.sort is not Sort.CONSTANT and not _depends(part, frozenset()):
        yield part


def _depends(part: Part, bound: frozenset[str]) -> bool:
    """Whether a part needs a name from outside, be it of the vocabulary or of a macro around it."""
    if part.sort is Sort.NAME:
        return part.name not in bound
    return any(_depends(below, bound) for below in part.parts) or any(
        _depends(below, bound | {part.name}) for below in part.body
    )

"""What an expression is worth, against an evaluator of our own that does not know the library."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.conditions.language import Kind, Language, Unevaluable, Value


class Failure(Exception):
    """The reference finds no value."""


@dataclass(frozen=True)
class Node:
    """An expression as the reference sees it: how it is written, and how its value comes about."""

    text: str
    value: Callable[[Mapping[str, Value]], object]
    below: tuple[Node, ...] = ()
    constant: bool = False


PLAIN: Mapping[str, Kind] = {
    "n.i": Kind.INT,
    "n.j": Kind.INT,
    "n.p": Kind.BOOL,
    "n.q": Kind.BOOL,
    "n.s": Kind.TEXT,
    "n.t": Kind.TEXT,
    "n.k": Kind.INTS,
}
PLAIN_LANGUAGE = Language(PLAIN)


def whole(value: int) -> int:
    if not -(2**63) <= value < 2**63:
        raise Failure
    return value


def quotient(a: int, b: int) -> int:
    """Division towards zero, as in most languages and unlike Python."""
    if b == 0:
        raise Failure
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def remainder(a: int, b: int) -> int:
    if (a, b) == (-(2**63), -1):
        raise Failure
    return a - b * quotient(a, b)


def literal(text: str, value: object) -> Node:
    return Node(text, lambda values: value, constant=True)


def variable(name: str) -> Node:
    def read(values: Mapping[str, Value]) -> object:
        if values.get(name) is None:
            raise Failure
        return values[name]

    return Node(name, read)


def strict(form: str, compute: Callable[..., object], *below: Node) -> Node:
    return Node(
        form.format(*(node.text for node in below)),
        lambda values: compute(*[node.value(values) for node in below]),
        below,
        all(node.constant for node in below),
    )


def either(sign: str, decisive: bool, a: Node, b: Node) -> Node:
    """`&&` and `||`: one side may decide alone, also when the other has no value."""

    def compute(values: Mapping[str, Value]) -> object:
        found = []
        for node in (a, b):
            try:
                found.append(node.value(values))
            except Failure:
                found.append(None)
        if decisive in found:
            return decisive
        if None in found:
            raise Failure
        return not decisive

    return Node(f"({a.text} {sign} {b.text})", compute, (a, b), a.constant and b.constant)


def choice(condition: Node, one: Node, other: Node) -> Node:
    return Node(
        f"({condition.text} ? {one.text} : {other.text})",
        lambda values: (one if condition.value(values) else other).value(values),
        (condition, one, other),
        condition.constant and one.constant and other.constant,
    )


def for_all(bound: Node) -> Node:
    def compute(values: Mapping[str, Value]) -> object:
        numbers = variable("n.k").value(values)
        assert isinstance(numbers, tuple)
        return all(item > bound.value(values) for item in numbers)

    return Node(f"n.k.all(x, x > {bound.text})", compute, (bound,))


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


some_integers = st.one_of(
    st.integers(-9, 9), st.sampled_from([2**63 - 1, -(2**63), 2**32, -(2**31)])
)
some_texts = st.text(alphabet="ab中文😀\"'\\ ", max_size=4)

integers: st.SearchStrategy[Node] = st.deferred(
    lambda: st.one_of(
        st.sampled_from([variable("n.i"), variable("n.j")]),
        some_integers.map(lambda n: literal(f"({n})", n)),
        st.integers(0, 10**6).map(lambda fen: literal(f"{fen // 100}.{fen % 100:02} 元", fen)),
        st.builds(
            lambda a, b: strict("({} + {})", lambda x, y: whole(x + y), a, b), integers, integers
        ),
        st.builds(
            lambda a, b: strict("({} - {})", lambda x, y: whole(x - y), a, b), integers, integers
        ),
        st.builds(
            lambda a, b: strict("({} * {})", lambda x, y: whole(x * y), a, b), integers, integers
        ),
        st.builds(
            lambda a, b: strict("({} / {})", lambda x, y: whole(quotient(x, y)), a, b),
            integers,
            integers,
        ),
        st.builds(lambda a, b: strict("({} % {})", remainder, a, b), integers, integers),
        st.builds(lambda a: strict("(-{})", lambda x: whole(-x), a), integers),
        st.builds(lambda a: strict("size({})", len, a), texts),
        st.builds(choice, booleans, integers, integers),
    )
)
texts: st.SearchStrategy[Node] = st.deferred(
    lambda: st.one_of(
        st.sampled_from([variable("n.s"), variable("n.t")]),
        some_texts.map(lambda text: literal(quoted(text), text)),
        st.builds(lambda a, b: strict("({} + {})", operator.add, a, b), texts, texts),
        st.builds(lambda a: strict("string({})", str, a), integers),
        st.builds(choice, booleans, texts, texts),
    )
)
comparisons = st.sampled_from(
    [
        ("==", operator.eq),
        ("!=", operator.ne),
        ("<", operator.lt),
        ("<=", operator.le),
        (">", operator.gt),
        (">=", operator.ge),
    ]
)
booleans: st.SearchStrategy[Node] = st.deferred(
    lambda: st.one_of(
        st.sampled_from([variable("n.p"), variable("n.q"), literal("true", True)]),
        st.builds(
            lambda c, a, b: strict(f"({{}} {c[0]} {{}})", c[1], a, b),
            comparisons,
            integers,
            integers,
        ),
        st.builds(
            lambda c, a, b: strict(f"({{}} {c[0]} {{}})", c[1], a, b), comparisons, texts, texts
        ),
        st.builds(lambda a, b: strict("({} == {})", operator.eq, a, b), booleans, booleans),
        st.builds(lambda a, b: either("&&", False, a, b), booleans, booleans),
        st.builds(lambda a, b: either("||", True, a, b), booleans, booleans),
        st.builds(lambda a: strict("(!{})", operator.not_, a), booleans),
        st.builds(choice, booleans, booleans, booleans),
        st.builds(
            lambda a, b, c: strict("({} in [{}, {}])", lambda x, y, z: x in (y, z), a, b, c),
            integers,
            integers,
            integers,
        ),
        integers.map(lambda a: strict("({} in n.k)", lambda x, k: x in k, a, variable("n.k"))),
        st.one_of(
            st.sampled_from([variable("n.i"), variable("n.j")]),
            some_integers.map(lambda n: literal(f"({n})", n)),
        ).map(for_all),
        st.builds(lambda a, b: strict("{}.contains({})", lambda x, y: y in x, a, b), texts, texts),
        st.builds(lambda a, b: strict("{}.startsWith({})", str.startswith, a, b), texts, texts),
    )
)
situations = st.fixed_dictionaries(
    {},
    optional={
        "n.i": some_integers,
        "n.j": some_integers,
        "n.p": st.booleans(),
        "n.q": st.booleans(),
        "n.s": some_texts,
        "n.t": some_texts,
        "n.k": st.lists(some_integers, max_size=4).map(tuple),
    },
)


def outcome(node: Node, values: Mapping[str, Value]) -> object:
    try:
        return node.value(values)
    except Failure:
        return Failure


def everything_in(node: Node) -> list[Node]:
    return [node, *(deeper for below in node.below for deeper in everything_in(below))]


@settings(max_examples=400, deadline=None)
@given(
    pair=st.one_of(
        st.tuples(booleans, st.just(Kind.BOOL)),
        st.tuples(integers, st.just(Kind.INT)),
        st.tuples(texts, st.just(Kind.TEXT)),
    ),
    values=situations,
)
def test_an_expression_is_worth_what_the_reference_says(
    pair: tuple[Node, Kind], values: Mapping[str, Value]
) -> None:
    node, gives = pair
    compiled = PLAIN_LANGUAGE.compile(node.text, gives)
    hopeless = [
        part for part in everything_in(node) if part.constant and outcome(part, {}) is Failure
    ]
    if isinstance(compiled, tuple):
        too_large = len(node.text) > 512 or any(
            word in problem.en for problem in compiled for word in ("parts", "nested")
        )
        assert too_large or hopeless, (node.text, compiled)
        return
    assert not hopeless, node.text
    answer, expected = compiled.evaluate(values), outcome(node, values)
    if expected is Failure:
        assert isinstance(answer, Unevaluable)
        assert set(answer.names) <= compiled.names - values.keys()
    else:
        assert answer == expected
        assert type(answer) is type(expected)


@settings(max_examples=400, deadline=None)
@given(text=st.text(alphabet="ab01.()[]'\"\\ +-*/%<>=!&|?:,元万form.quantity \n中，“", max_size=40))
def test_any_text_at_all_is_either_compiled_or_refused_within_itself(text: str) -> None:
    compiled = PLAIN_LANGUAGE.compile(text, Kind.BOOL)
    if isinstance(compiled, tuple):
        assert compiled
        assert all(0 <= problem.offset <= len(text) for problem in compiled)
    else:
        assert isinstance(compiled.evaluate({}), bool | Unevaluable)

"""How authors write expressions, and how that becomes the text that the expression library reads.

`3万元` becomes fen, `date("2026-03-01")` a day number, `hours(72)` a duration. Every character of
the result knows the character of the author's text that it stands for, so that a problem always
points at what the author wrote.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import pairwise
from types import MappingProxyType

MOST_CHARACTERS = 512
DEEPEST_BRACKETS = 32
_EPOCH = date(1970, 1, 1).toordinal()
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an expression; `offset` is the character, from 0, of the author's text."""

    zh: str
    en: str
    offset: int


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the author's text. `end` is the place of the character after it."""

    sort: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Prepared:
    """An expression as the library reads it: one line, without the author's own notations.

    `origins` holds, for each character of `text` and for its end, the place in the author's text;
    `added` the places in `text` of what the author did not write.
    """

    text: str
    tokens: tuple[Token, ...]
    origins: tuple[int, ...]
    added: frozenset[int]

    def origin(self, position: int) -> int:
        """The author's character behind a position of the rewritten text, wherever that lies."""
        return self.origins[max(0, min(position, len(self.origins) - 1))]

    def token_at(self, offset: int) -> int | None:
        """The index of the author's word at `offset`; None at the end."""
        return next((n for n, token in enumerate(self.tokens) if offset < token.end), None)


def prepare(author: str) -> Prepared | tuple[Problem, ...]:
    """Rewrite an author's expression for the library, or say everything that cannot be read."""
    if len(author) > MOST_CHARACTERS:
        return (
            Problem(
                f"表达式有 {len(author)} 个字符，最多 {MOST_CHARACTERS} 个；"
                "请拆成几个条件，或先算成一个事实。",
                f"The expression has {len(author)} characters, at most {MOST_CHARACTERS} are read: "
                "split it into several conditions, or make a fact of a part.",
                MOST_CHARACTERS,
            ),
        )
    tokens, problems = _words(author)
    if not tokens and not problems:
        problems.append(Problem("表达式是空的，请写出条件。", "The expression is empty.", 0))
    problems += _neighbours(tokens) + _brackets(tokens)
    if problems:
        return tuple(sorted(problems, key=lambda problem: problem.offset))
    writer = _Writer(author, tokens)
    return tuple(writer.problems) or writer.result()


# Words

_WORD = re.compile(
    r"""
      (?P<space>    [\s\u3000\u00a0]+ | //[^\n]* )
    | (?P<money>    \d+ (?:\.\d+)? [ ]* 万?元 )
    | (?P<decimal>  \d+\.\d+ (?:[eE][+-]?\d+)? | \d+[eE][+-]?\d+ | \.\d+ (?:[eE][+-]?\d+)? )
    | (?P<integer>  0[xX][0-9a-fA-F]+ | \d+ )
    | (?P<raw>      [rR] (?: "[^"\r\n]*" | '[^'\r\n]*' ) )
    | (?P<text>     " (?:[^"\\\r\n]|\\.)* " | ' (?:[^'\\\r\n]|\\.)* ' )
    | (?P<name>     [A-Za-z_][A-Za-z0-9_]* )
    | (?P<sign>     && | \|\| | == | != | <= | >= | [-+*/%<>!?:.,()\[\]] )
    | (?P<alien>    . )
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)

#: What an input method or another language puts where this one wants something else.
_MEANT: Mapping[str, str] = MappingProxyType(
    {
        "（": "(",
        "）": ")",
        "【": "[",
        "】": "]",
        "，": ",",
        "、": ",",
        "。": ".",
        "．": ".",
        "：": ":",
        "？": "?",
        "！": "!",
        "＋": "+",
        "－": "-",
        "×": "*",
        "＊": "*",
        "÷": "/",
        "／": "/",
        "＞": ">",
        "＜": "<",
        "≥": ">=",
        "≤": "<=",
        "≠": "!=",
        "＝": "==",
        "=": "==",
        "&": "&&",
        "|": "||",
    }
)
_QUOTATION_MARKS = frozenset("“”‘’「」『』＂＇")
_SPELT_OUT: Mapping[str, str] = MappingProxyType({"and": "&&", "or": "||", "not": "!"})
_SPANS: Mapping[str, tuple[int, str]] = MappingProxyType(
    {"days": (24, "h"), "hours": (1, "h"), "minutes": (1, "m")}
)


def _words(author: str) -> tuple[list[Token], list[Problem]]:
    tokens: list[Token] = []
    problems: list[Problem] = []
    for match in _WORD.finditer(author):
        sort = match.lastgroup or "alien"
        token = Token(sort, match.group(), match.start())
        problem = _UNREADABLE[sort](token) if sort in _UNREADABLE else None
        if problem is not None:
            problems.append(problem)
        if sort != "space":
            tokens.append(token)
    return tokens, problems


def _not_a_decimal(token: Token) -> Problem:
    return Problem(
        f"不能直接写小数 {token.text}：金额请写成 {token.text} 元（按分精确计算），其他请用整数。",
        f"The decimal {token.text} cannot stand alone: write money as {token.text} 元 "
        "(counted in fen, exactly), anything else as a whole number.",
        token.start,
    )


def _not_an_alien(token: Token) -> Problem:
    if token.text in _QUOTATION_MARKS:
        return Problem(
            '请把中文引号换成英文引号 " 。',
            'Write the straight quotation mark " for the curved one.',
            token.start,
        )
    if token.text in _MEANT:
        meant = _MEANT[token.text]
        return Problem(
            f"请把 {token.text} 写成英文的 {meant} 。",
            f"Write {meant} for {token.text} .",
            token.start,
        )
    if token.text in "\"'":
        return Problem(
            "这段文字缺少结束的引号。", "This text has no closing quotation mark.", token.start
        )
    return Problem(
        f"“{_shown(token.text)}”不能出现在这里；文字请放在英文引号里。",
        f"“{_shown(token.text)}” cannot stand here; put texts between quotation marks.",
        token.start,
    )


def _not_that_money(token: Token) -> Problem | None:
    if fen_of(token.text) is None:
        return Problem(
            f"金额 {token.text} 不是整分，或大得无法计算；请最多写到分（两位小数）。",
            f"{token.text} is not a whole number of fen, or too large to count; "
            "write at most two decimals of 元.",
            token.start,
        )
    return None


def _not_spelt_out(token: Token) -> Problem | None:
    meant = _SPELT_OUT.get(token.text.lower())
    if meant is None:
        return None
    return Problem(
        f"请把 {token.text} 写成 {meant} 。", f"Write {meant} for {token.text}.", token.start
    )


_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})


def _not_that_text(token: Token) -> Problem | None:
    if not any(unicodedata.category(character) in _UNSEEN for character in token.text):
        return None
    return Problem(
        "这段文字里有看不见的控制字符，请重新输入。",
        "This text holds characters that cannot be seen; type it again.",
        token.start,
    )


_UNREADABLE: Mapping[str, Callable[[Token], Problem | None]] = MappingProxyType(
    {
        "decimal": _not_a_decimal,
        "alien": _not_an_alien,
        "money": _not_that_money,
        "name": _not_spelt_out,
        "text": _not_that_text,
        "raw": _not_that_text,
    }
)


def fen_of(money: str) -> int | None:
    """Whole fen of `50000.00 元` or `3万元`; None when there is a part of a fen or too many."""
    per_unit = 1_000_000 if money.endswith("万元") else 100
    fen = Fraction(money.rstrip("万元 ")) * per_unit
    return int(fen) if fen.denominator == 1 and fen <= _LARGEST else None


def _shown(character: str) -> str:
    return character if character.isprintable() else f"U+{ord(character):04X}"


_VALUES = frozenset({"money", "decimal", "integer", "raw", "text", "name"})
_WORDS_BETWEEN = frozenset({"in", *_SPELT_OUT})


def _neighbours(tokens: Sequence[Token]) -> list[Problem]:
    """Two values side by side, as in `5 form.x` or `b"…"`: the library reads some of them oddly."""
    problems = []
    for left, right in pairwise(tokens):
        touching = {left.sort, right.sort} <= _VALUES
        if touching and not {left.text, right.text} & _WORDS_BETWEEN:
            problems.append(
                Problem(
                    f"“{left.text}”和“{right.text}”之间缺少运算符。",
                    f"Between “{left.text}” and “{right.text}” an operator is missing.",
                    right.start,
                )
            )
    return problems


_PAIRS: Mapping[str, str] = MappingProxyType({")": "(", "]": "["})


def _brackets(tokens: Sequence[Token]) -> list[Problem]:
    opened: list[Token] = []
    problems = []
    for token in tokens:
        if token.text in ("(", "["):
            opened.append(token)
            if len(opened) == DEEPEST_BRACKETS + 1:
                problems.append(
                    Problem(
                        f"括号套了 {DEEPEST_BRACKETS} 层以上，请拆成几个条件。",
                        f"Brackets are nested more than {DEEPEST_BRACKETS} deep; split it up.",
                        token.start,
                    )
                )
        elif token.text in _PAIRS:
            if opened and opened[-1].text == _PAIRS[token.text]:
                opened.pop()
            else:
                problems.append(_unpaired(token))
    return problems + [_unpaired(token) for token in opened]


def _unpaired(token: Token) -> Problem:
    return Problem(
        f"括号 {token.text} 没有配对。", f"The bracket {token.text} has no partner.", token.start
    )


# Rewriting


@dataclass
class _Writer:
    """Writes the library's text word by word, and remembers where each character comes from."""

    author: str
    tokens: Sequence[Token]
    problems: list[Problem] = field(default_factory=list)
    _pieces: list[str] = field(default_factory=list)
    _origins: list[int] = field(default_factory=list)
    _added: set[int] = field(default_factory=set)
    _closings: list[str] = field(default_factory=list)
    _written: int = 0

    def __post_init__(self) -> None:
        position = 0
        while position < len(self.tokens):
            self._space(self.tokens[position].start)
            position += self._word(position)

    def result(self) -> Prepared:
        """The rewritten text; only meaningful without `problems`."""
        return Prepared(
            "".join(self._pieces),
            tuple(self.tokens),
            (*self._origins, len(self.author)),
            frozenset(self._added),
        )

    def _word(self, position: int) -> int:
        """Write the word at `position`, with what belongs to it; gives how many words that were."""
        token = self.tokens[position]
        if token.sort == "money":
            return self._instead(token, f"{fen_of(token.text)}", 1)
        if token.sort == "name" and self._is_called(position):
            if token.text == "date":
                return self._date(position)
            if token.text in _SPANS:
                return self._span(position)
            if token.text == "has":
                return self._has(position)
        closing = self._bracket(token.text)
        self._copy(token)
        self._insert(token, closing)
        return 1

    def _bracket(self, text: str) -> str:
        if text in ("(", "["):
            self._closings.append("")
        return self._closings.pop() if text in _PAIRS else ""

    def _is_called(self, position: int) -> bool:
        before = self.tokens[position - 1].text if position else ""
        return before != "." and self._texts(position + 1, 1) == ["("]

    def _texts(self, position: int, count: int) -> list[str]:
        return [token.text for token in self.tokens[position : position + count]]

    def _date(self, position: int) -> int:
        token = self.tokens[position]
        argument = self.tokens[position + 2 : position + 4]
        if [word.sort for word in argument] != ["text", "sign"] or argument[1].text != ")":
            self.problems.append(
                Problem(
                    '请在 date(…) 里直接写日期，如 date("2026-03-01")。',
                    'Write the day itself inside date(…), as in date("2026-03-01").',
                    token.start,
                )
            )
            return 1
        day = _day_number(argument[0].text[1:-1])
        if day is None:
            self.problems.append(
                Problem(
                    f"{argument[0].text} 不是有效日期，请写成 2026-03-01 的样子。",
                    f"{argument[0].text} is not a date; write it as 2026-03-01.",
                    argument[0].start,
                )
            )
        return self._instead(token, f"({day})" if day is not None and day < 0 else f"{day}", 4)

    def _span(self, position: int) -> int:
        """`hours(72)` at once; `hours(form.x)` by way of text: durations cannot be multiplied."""
        token = self.tokens[position]
        factor, unit = _SPANS[token.text]
        argument = self.tokens[position + 2 : position + 4]
        if [word.sort for word in argument] == ["integer", "sign"] and argument[1].text == ")":
            return self._instead(token, f'duration("{_whole(argument[0].text) * factor}{unit}")', 4)
        self._closings.append(f') + "{unit}")')
        self._insert(token, f"duration(string({factor} * (")
        return 2

    def _has(self, position: int) -> int:
        """`has(row.x)` asks for something in it: a cell that was left empty is there, but null."""
        token = self.tokens[position]
        end = position + 2
        while self._texts(end, 1) not in ([], [")"], ["("]):
            end += 1
        if self._texts(end, 1) != [")"]:
            self._copy(token)
            return 1
        asked = "".join(self._texts(position + 2, end - position - 2))
        self._insert(token, "(")
        for word in self.tokens[position : end + 1]:
            self._copy(word)
        self._insert(token, f' && {asked} != null && {asked} != "")')
        self._written = self.tokens[end].end
        return end + 1 - position

    def _space(self, start: int) -> None:
        # Whatever stood between two words becomes one space, so that the text has a single line.
        if start > self._written and self._pieces:
            self._append(" ", self._written)

    def _copy(self, token: Token) -> None:
        for place, character in enumerate(token.text, start=token.start):
            self._append(character, place)
        self._written = token.end

    def _instead(self, token: Token, text: str, words: int) -> int:
        """Write `text` for a word and those after it, up to `words` in all."""
        for character in text:
            self._append(character, token.start)
        self._written = self.tokens[self.tokens.index(token) + words - 1].end
        return words

    def _insert(self, token: Token, text: str) -> None:
        """Write what only the library needs, on behalf of `token`."""
        for character in text:
            self._added.add(len(self._pieces))
            self._append(character, token.start)
        self._written = max(self._written, token.end)

    def _append(self, character: str, origin: int) -> None:
        self._pieces.append(character)
        self._origins.append(origin)


def _whole(written: str) -> int:
    return int(written, 16 if written[:2] in ("0x", "0X") else 10)


def _day_number(written: str) -> int | None:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", written):
        return None
    try:
        return date.fromisoformat(written).toordinal() - _EPOCH
    except ValueError:
        return None

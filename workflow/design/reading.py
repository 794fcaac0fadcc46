"""The one place where YAML is read: strictly, by the core schema of YAML 1.2, every place kept.

Files come from people and may be hostile, so limits are kept while the text is scanned, before
anything is built of it. YAML's traps are shut: `on`, `no`, `0123` and `12:30` are text, and what
cannot be told apart by eye is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from types import MappingProxyType
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from workflow.design.problems import Problem
from workflow.making import quick
from workflow.refusals import Sentence

MOST_BYTES: Final = 256 * 1024
MOST_NODES: Final = 20_000
DEEPEST: Final = 32
MOST_DIGITS: Final = 18
MOST_DECIMALS: Final = 6
#: Nobody mends more at once, and a hostile file must not make us write a book.
MOST_PROBLEMS: Final = 100

Value = Mapping[str, "Node"] | tuple["Node", ...] | str | int | bool | Decimal | None


@quick
@dataclass(frozen=True, slots=True)
class Node:
    """A value and where it begins (`line`, `column` from 1); for a mapping also its keys' places.

    A number with decimals is a `Decimal` that prints as it was written (`300.00`), never a binary
    float; a whole number is an `int` of at most 18 digits. Dates, times and moments are text, and
    so are keys, as written.
    """

    value: Value
    line: int
    column: int
    key_places: Mapping[str, tuple[int, int]] = field(default_factory=lambda: _NO_KEYS)


_NO_KEYS: Final[Mapping[str, tuple[int, int]]] = MappingProxyType({})


def read_yaml(text: str, name: str, *, stories: bool = False) -> Node | tuple[Problem, ...]:
    """The whole of `text`, or every problem in it by line, as far as YAML lets us read on.

    `name` is what problems call the file. `stories` are written by many hands: there a cast may be
    named once and pointed at (what is pointed at counts again as nodes), and a long card number
    is text. Otherwise refused are anchors, aliases, tags, merge keys,
    directives, a second document, an empty file, duplicate keys, keys that are neither text nor
    dates nor whole numbers, characters that nobody can see, numbers of more than 18 digits, and
    files beyond 256 KB, 20,000 nodes or a depth of 32.
    """
    node, problems = read_what_can_be_read(text, name, stories=stories)
    return problems or node or (Problem(name, 1, 1, "", _EMPTY),)


def read_what_can_be_read(
    text: str, name: str, *, stories: bool = False
) -> tuple[Node | None, tuple[Problem, ...]]:
    """As `read_yaml`, every problem with what could be read all the same: None where the text was
    not read to its end, and no more can be said of it.
    """
    # Notepad begins its files with a byte order mark; anywhere else it is an invisible character.
    text = text.removeprefix("\ufeff")
    problems = (
        _too_long(text, name)
        or tuple(islice(_invisible(text, name), MOST_PROBLEMS))
        or tuple(islice(_long_tags(text, name), MOST_PROBLEMS))
    )
    if problems:
        return None, problems
    quick = read_quickly(text, name, stories=stories)
    return _carefully(text, name, stories) if quick is None else (quick, ())


def read_carefully(text: str, name: str, *, stories: bool = False) -> Node | tuple[Problem, ...]:
    """`read_yaml` for a text without invisible characters, with every problem told."""
    node, problems = _carefully(text, name, stories)
    return problems or node or (Problem(name, 1, 1, "", _EMPTY),)


def _carefully(text: str, name: str, stories: bool) -> tuple[Node | None, tuple[Problem, ...]]:
    builder = _Builder(name, stories)
    is_whole = False
    with suppress(_Enough):
        is_whole = builder.read(text)
    problems = sorted(builder.problems, key=lambda problem: (problem.line, problem.column))
    root = builder.root if is_whole else None
    if root is None or root.value is None:
        return None, tuple(problems) or (Problem(name, 1, 1, "", _EMPTY),)
    return root, tuple(problems)


def read_quickly(text: str, name: str, *, stories: bool = False) -> Node | None:
    """The whole of a file without a fault, by the scanner that is written in C: fifteen times as
    fast, which is most of what a start costs.

    None when it has any fault, or is empty: what people are told comes from the slower scanner,
    whose words and places are known, and which also decides where the two do not agree.
    """
    builder = _Builder(name, stories)
    try:
        for event in YAML(typ="safe", pure=False).parse(text):
            builder.take(event)
    except (YAMLError, ValueError, OverflowError, _Enough):
        return None
    root = builder.root
    return None if builder.problems or root is None or root.value is None else root


# ---- before anything is scanned -----------------------------------------------------------------

#: Controls, marks that reorder what one sees, zero-width spaces, separators that only some programs
#: take for a new line, halves of characters.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufeff\ufffe\uffff]"
)


def _too_long(text: str, name: str) -> tuple[Problem, ...]:
    size = len(text) if len(text) > MOST_BYTES else len(text.encode(errors="replace"))
    return (Problem(name, 1, 1, "", _TOO_LONG),) if size > MOST_BYTES else ()


def _invisible(text: str, name: str) -> Iterator[Problem]:
    if not _UNSEEN.search(text):
        return
    for number, line in enumerate(re.split("\r\n|\r|\n", text), start=1):
        for hit in _UNSEEN.finditer(line):
            yield Problem(name, number, hit.start() + 1, "", _unseen(hit[0]))


#: A tag is refused in any case. The scanner spells it out letter by letter, and one that fills the
#: file would keep it busy for seconds.
_LONG_TAG: Final = re.compile(r"(?<![^\s,\[{])!\S{999,}")


def _long_tags(text: str, name: str) -> Iterator[Problem]:
    for hit in _LONG_TAG.finditer(text):
        begun = text.rfind("\n", 0, hit.start()) + 1
        line = text.count("\n", 0, begun) + 1
        yield Problem(name, line, hit.start() - begun + 1, "", _TAG)


# ---- scalars ------------------------------------------------------------------------------------

_WORDS: Final[Mapping[str, bool | None]] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
#: Narrower than the core schema, so that whatever is taken for a number prints exactly as written:
#: 0123, +86, 1e5, .5, 0x1F and -0 stay text.
_NUMBER: Final = re.compile(r"0|-?[1-9][0-9]*|-?(0|[1-9][0-9]*)\.[0-9]+")
_BEGINS_A_NUMBER: Final = frozenset("-0123456789")


def _is_number(event: ScalarEvent) -> bool:
    text: str = event.value
    # Most scalars are words, and a definition has a thousand of them: the first letter tells.
    return (
        text[:1] in _BEGINS_A_NUMBER and not event.style and (_NUMBER.fullmatch(text) is not None)
    )


def _is_too_long_a_number(event: ScalarEvent) -> bool:
    if not _is_number(event):
        return False
    whole, _, decimals = event.value.removeprefix("-").partition(".")
    return len(whole) > MOST_DIGITS or len(decimals) > MOST_DECIMALS


def _resolved(event: ScalarEvent) -> str | int | bool | Decimal | None:
    text: str = event.value
    if not event.style and text in _WORDS:
        return _WORDS[text]
    if _is_number(event) and not _is_too_long_a_number(event):
        return Decimal(text) if "." in text else int(text)
    return text


def _may_be_a_key(event: ScalarEvent) -> bool:
    value = _resolved(event)
    return value.__class__ is str or value.__class__ is int


# ---- while it is scanned ------------------------------------------------------------------------


class _Enough(Exception):
    """Reading on would make no sense, or cost too much."""


@dataclass(slots=True)
class _Unfinished:
    """A mapping or list whose end has not come yet."""

    line: int
    column: int
    is_mapping: bool
    entries: dict[str, Node] = field(default_factory=dict)
    key_places: dict[str, tuple[int, int]] = field(default_factory=dict)
    items: list[Node] = field(default_factory=list)
    key: str | None = None
    anchor: str | None = None
    begun: int = 0

    @property
    def awaits_key(self) -> bool:
        return self.is_mapping and self.key is None

    @property
    def step(self) -> str | None:
        """What the path calls the child that is being read."""
        return self.key if self.is_mapping else str(len(self.items) + 1)

    def add(self, node: Node) -> None:
        if self.key is None:
            self.items.append(node)
        else:
            self.entries[self.key] = node
            self.key = None

    def finished(self) -> Node:
        value: Value = self.entries if self.is_mapping else tuple(self.items)
        return Node(value, self.line, self.column, self.key_places)


class _Builder:
    """Takes the scanner's events one by one. Nesting is a list here, so nothing recurses."""

    def __init__(self, name: str, stories: bool) -> None:
        self.name = name
        self.stories = stories
        self.anchors: dict[str, tuple[Node, int]] = {}  # what it stands for, and how many nodes
        self.problems: list[Problem] = []
        self.root: Node | None = None
        self.open: list[_Unfinished] = []
        self.nodes = 0
        self.documents = 0
        self.reached: Event | None = None

    def read(self, text: str) -> bool:
        """Take the whole text; False where the scanner could not go on."""
        yaml = YAML(typ="safe", pure=True)
        try:
            for event in yaml.parse(text):
                self.take(event)
        except MarkedYAMLError as error:
            self.syntax(error, text)
            return False
        except (YAMLError, ValueError, OverflowError):
            # The scanner converts some numbers itself: `%YAML 1.99…`, "\UFFFFFFFF".
            end = self.reached and self.reached.end_mark
            line, column = (end.line + 1, end.column + 1) if end else (1, 1)
            self.complain(line, column, _NOT_YAML)
            return False
        return True

    def take(self, event: Event) -> None:
        self.reached = event
        if event.__class__ is ScalarEvent and self.nodes < MOST_NODES and self.is_plain_word(event):
            self.nodes += 1
        elif isinstance(event, NodeEvent):
            self.node(event)
        elif isinstance(event, CollectionEndEvent):
            unfinished = self.open.pop()
            node = unfinished.finished()
            if unfinished.anchor is not None:
                self.anchors[unfinished.anchor] = node, self.nodes - unfinished.begun + 1
            self.put(node)
        elif isinstance(event, DocumentStartEvent):
            self.document(event)

    def document(self, event: DocumentStartEvent) -> None:
        self.documents += 1
        if self.documents > 1:
            self.stop(event, _SECOND_DOCUMENT)
        if event.version or event.tags:
            self.stop(event, _DIRECTIVE)

    def node(self, event: NodeEvent) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            self.stop(event, _TOO_MANY)
        if isinstance(event, AliasEvent):
            self.alias(event)
            return
        if event.anchor is not None and not self.stories:
            self.refuse(event, _ANCHOR)
        if isinstance(event, CollectionStartEvent):
            self.begin(event)
        elif isinstance(event, ScalarEvent):
            self.scalar(event)

    def alias(self, event: AliasEvent) -> None:
        known = self.anchors.get(event.anchor) if self.stories else None
        if known is None:
            self.refuse(event, _ALIAS)
        if self.open and self.open[-1].awaits_key:
            raise _Enough
        if known is None:
            self.put(Node(None, *_place(event)))
            return
        node, size = known
        self.nodes += size  # so that pointing at pointers cannot grow without end
        if self.nodes > MOST_NODES:
            self.stop(event, _TOO_MANY)
        self.put(node)

    def begin(self, event: CollectionStartEvent) -> None:
        if event.tag is not None:
            self.refuse(event, _TAG)
        if self.open and self.open[-1].awaits_key:
            self.stop(event, _NO_TEXT_KEY)
        if len(self.open) >= DEEPEST:
            self.stop(event, _TOO_DEEP)
        is_mapping = isinstance(event, MappingStartEvent)
        self.open.append(
            _Unfinished(*_place(event), is_mapping, anchor=event.anchor, begun=self.nodes)
        )

    def is_plain_word(self, event: ScalarEvent) -> bool:
        """Take a word without anything about it, as nearly all that is written; False, and nothing
        is taken, for whatever needs a closer look.
        """
        text: str = event.value
        if event.style or event.tag is not None or event.anchor is not None or not self.open:
            return False
        if text in _WORDS or text[0] in _BEGINS_A_NUMBER:
            return False
        mark, around = event.start_mark, self.open[-1]
        line, column = mark.line + 1, mark.column + 1
        if not around.is_mapping:
            around.items.append(Node(text, line, column))
        elif around.key is not None:
            around.entries[around.key] = Node(text, line, column)
            around.key = None
        elif text == "<<" or text in around.key_places or text != text.strip():
            return False
        else:
            around.key = text
            around.key_places[text] = line, column
        return True

    def scalar(self, event: ScalarEvent) -> None:
        if event.tag is not None:
            self.refuse(event, _TAG)
        if event.style == '"':
            hidden = _UNSEEN.search(event.value)  # written as an escape, such as "\u202e"
            if hidden:
                self.refuse(event, _unseen(hidden[0]))
        if _is_too_long_a_number(event) and not self.stories:
            self.refuse(event, _TOO_LONG_A_NUMBER)
        if self.open and self.open[-1].awaits_key:
            self.key(event, self.open[-1])
        else:
            node = Node(_resolved(event), *_place(event))
            if event.anchor is not None:
                self.anchors[event.anchor] = node, 1
            self.put(node)

    def key(self, event: ScalarEvent, mapping: _Unfinished) -> None:
        key: str = event.value
        mapping.key = key
        if not event.style and key == "<<":
            self.refuse(event, _MERGE)
        elif not _may_be_a_key(event):
            self.refuse(event, _NO_KEY.filled(key=_short(key)))
        elif key != key.strip():
            self.refuse(event, _SPACED_KEY.filled(key=_short(key.strip())))
        if key in mapping.key_places:
            line = mapping.key_places[key][0]
            self.refuse(event, _DUPLICATE.filled(key=_short(key), line=line))
        mapping.key_places[key] = _place(event)

    def put(self, node: Node) -> None:
        if self.open:
            self.open[-1].add(node)
        else:
            self.root = node

    def syntax(self, error: MarkedYAMLError, text: str) -> None:
        said = error.problem or ""
        # What never ends, or lacks its colon, is shown where it begins and not where that shows.
        begins = "end of stream" in said or "expected ':'" in said
        mark = (error.context_mark if begins else None) or error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        known = (sentence for sign, sentence in _SYNTAX if sign in said)
        because = next(known, _NOT_YAML)
        for wide in _full_width_lines(text, line):
            hint = _FULL_WIDTH.filled(line=wide)
            because = Sentence(because.zh + hint.zh, f"{because.en} {hint.en}")
        self.complain(line, column, because)

    def stop(self, event: Event, because: Sentence) -> None:
        self.refuse(event, because)
        raise _Enough

    def refuse(self, event: Event, because: Sentence) -> None:
        self.complain(*_place(event), because)

    def complain(self, line: int, column: int, because: Sentence) -> None:
        steps = (unfinished.step for unfinished in self.open)
        path = ".".join(_short(step) for step in steps if step is not None)
        self.problems.append(Problem(self.name, line, column, path, because))
        if len(self.problems) >= MOST_PROBLEMS:
            raise _Enough


def _place(event: Event) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"


def _full_width_lines(text: str, line: int) -> Iterator[int]:
    """Of a line and the one before it, those with a colon or space of the Chinese keyboard."""
    first = max(line - 1, 1)
    for number, written in enumerate(islice(text.splitlines(), first - 1, line), start=first):
        if re.match(r"[ -]*(\u3000|[\w.-]+：)", written):
            yield number


# ---- what is refused, and what to do instead ----------------------------------------------------


def _unseen(character: str) -> Sentence:
    code = f"U+{ord(character):04X}"
    return Sentence(
        f"这里有一个看不见的字符（{code}），请删掉后重新输入。",
        f"There is a character here that nobody can see ({code}); delete it and type anew.",
    )


_EMPTY: Final = Sentence("文件里什么也没有写。", "There is nothing in the file.")
_TOO_LONG: Final = Sentence(
    f"文件太大，超过 {MOST_BYTES // 1024} KB，请拆成几个文件。",
    f"The file is larger than {MOST_BYTES // 1024} KB; split it.",
)
_TOO_MANY: Final = Sentence(
    f"内容太多，超过 {MOST_NODES} 项，请拆成几个文件。",
    f"There are more than {MOST_NODES} items; split the file.",
)
_TOO_DEEP: Final = Sentence(
    f"嵌套太深，超过 {DEEPEST} 层。", f"This is nested deeper than {DEEPEST} levels."
)
_TOO_LONG_A_NUMBER: Final = Sentence(
    f"数字太长：整数部分最多 {MOST_DIGITS} 位，小数最多 {MOST_DECIMALS} 位；如果是号码，请加引号。",
    f"This number is too long: at most {MOST_DIGITS} digits and {MOST_DECIMALS} decimals; "
    "quote it if it is a code.",
)
_SECOND_DOCUMENT: Final = Sentence(
    "一个文件只能写一份内容，请把“---”之后的部分放到另一个文件。",
    "A file holds one document; move what follows “---” to another file.",
)
_DIRECTIVE: Final = Sentence(
    "不支持以 % 开头的指令，请删去。", "Directives (%) are refused; remove them."
)
_ANCHOR: Final = Sentence(
    "不支持锚点（&），请把内容直接写出来。", "Anchors (&) are refused; write the content out."
)
_ALIAS: Final = Sentence(
    "不支持引用（*），请把内容直接写出来；以星号开头的文字要加引号。",
    "Aliases (*) are refused; write the content out, or quote a text that begins with an asterisk.",
)
_TAG: Final = Sentence(
    "不支持标签（!），请删去；以感叹号开头的文字要加引号。",
    "Tags (!) are refused; remove it, or quote a text that begins with an exclamation mark.",
)
_MERGE: Final = Sentence(
    "不支持合并键（<<），请把内容直接写出来。",
    "Merge keys (<<) are refused; write the content out.",
)
_NO_TEXT_KEY: Final = Sentence(
    "键只能是文字，不能是列表或另一组键；以括号开头的文字要加引号。",
    "A key is a text, not a list or a mapping; quote a text that begins with a bracket.",
)
_NO_KEY: Final = Sentence(
    "键不能写作“{key}”；如果就要这个名字，请加引号。",
    "“{key}” cannot be a key; quote it if it is meant as a name.",
)
_SPACED_KEY: Final = Sentence(
    "键“{key}”的前后有空格（可能是全角空格），请删掉。",
    "There is a space around the key “{key}” (perhaps a full-width one); delete it.",
)
_DUPLICATE: Final = Sentence(
    "键“{key}”在第 {line} 行已经写过，请只留一个。",
    "The key “{key}” already stands in line {line}; keep one.",
)
_NOT_YAML: Final = Sentence("这里不合 YAML 的写法。", "This is not valid YAML.")
_FULL_WIDTH: Final = Sentence(
    "第 {line} 行有全角的冒号或空格，请改成半角。",
    "Line {line} has a full-width colon or space; use the narrow ones.",
)

#: What the scanner says, by a part of it, and what people are told instead.
_SYNTAX: Final[tuple[tuple[str, Sentence], ...]] = (
    (
        "mapping values are not allowed",
        Sentence(
            "这里的冒号放错了地方：请检查缩进；文字里有“冒号加空格”的要加引号。",
            "A colon is out of place: check the indentation; a text that holds a colon and a space "
            "needs quotes.",
        ),
    ),
    (
        "could not find expected ':'",
        Sentence(
            "这一项没有写冒号；键和值之间要有冒号和空格。",
            "A colon and a space are missing between key and value.",
        ),
    ),
    (
        "'\\t'",
        Sentence("缩进不能用制表符（Tab），请改用空格。", "Indent with spaces, not with tabs."),
    ),
    (
        "expected <block end>",
        Sentence(
            "缩进与上文对不齐，请对齐同一层的各行。",
            "The indentation does not match the lines above.",
        ),
    ),
    (
        "end of stream",
        Sentence(
            "从这里开始的引号没有结束，请补上。", "The quotation that begins here never ends."
        ),
    ),
    (
        "',' or ']'",
        Sentence(
            "方括号没有写完：各项之间用逗号，末尾要有“]”。",
            "A list in brackets lacks a comma or its end “]”.",
        ),
    ),
    (
        "',' or '}'",
        Sentence(
            "花括号没有写完：各项之间用逗号，末尾要有“}”。",
            "A mapping in braces lacks a comma or its end “}”.",
        ),
    ),
    (
        "unknown escape",
        Sentence(
            "双引号里的反斜杠用错了，请改用单引号。",
            "A backslash in double quotes is wrong; use single quotes.",
        ),
    ),
    (
        "cannot start any token",
        Sentence(
            "这个符号不能放在开头，请把整段文字加引号。",
            "A text cannot begin with this sign; quote it.",
        ),
    ),
)

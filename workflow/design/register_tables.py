"""What may be written in the files of the register, key by key, and the values made of it.

Names are taken as they are written; whether they mean something is asked when every file is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from workflow.design.parameters import Measure, Parameter, ParameterKind
from workflow.design.parsing_basics import FLAG, SENTENCE, TEXT, UNREAD, SentenceKeys
from workflow.design.reading import Node
from workflow.design.register import (
    Account,
    Clause,
    ClauseKind,
    ClauseSet,
    ConflictGroup,
    Document,
    Heading,
    Profile,
    RegisterCard,
    Role,
)
from workflow.design.shapes import (
    KEY,
    SLUG,
    Choice,
    Entries,
    Listing,
    Schema,
    Shape,
    Text,
    Whole,
)
from workflow.design.spots import Reading, Spot
from workflow.design.tables import Key, Section, Table, Values
from workflow.nouns import ParameterValue
from workflow.refusals import Sentence

TEXTS: Final = Listing(TEXT)
_LABELS: Final = Entries(None, SENTENCE, Sentence("一组“词: 中英文”", "words with their labels"))


class _Process(Shape[str]):
    """The name of a process, or null where a clause has nothing to run; then the text is empty."""

    expected = Sentence("流程的名称或 null", "the name of a process, or null")
    slug = Text(expected, SLUG)

    def read(self, spot: Spot, reading: Reading) -> str | None:
        return "" if spot.node.value is None else self.slug.read(spot, reading)

    def schema(self) -> Schema:
        return {"anyOf": [self.slug.schema(), {"type": "null"}]}


class _Written(Shape[object]):
    """Whatever stands here, without its places; which value it is the parameter's kind says."""

    expected = Sentence("一个值", "a value")

    def read(self, spot: Spot, reading: Reading) -> object:
        if spot.node.value is None:
            self.refuse(spot, reading)
        return _without_places(spot.node)

    def schema(self) -> Schema:
        return {}


def _without_places(node: Node) -> object:
    if isinstance(node.value, Mapping):
        return {key: _without_places(child) for key, child in node.value.items()}
    if isinstance(node.value, tuple):
        return tuple(_without_places(child) for child in node.value)
    return node.value


# ---- documents ----------------------------------------------------------------------------------


class SetKeys(Table):
    """A part of a document."""

    noun = Sentence("一套制度或一个部分", "A set of clauses")

    id = Key(TEXT, "编号，也是文件名", "its id, which names its file", required=True)
    title = Key(SENTENCE, "名称，条款的出处以它开头", "its title, as places begin", required=True)
    about = Key(SENTENCE, "内容", "what it is about", required=True)


def _set(values: Values) -> ClauseSet:
    return ClauseSet(
        values.get(SetKeys.id, ""),
        values.get(SetKeys.title, UNREAD),
        values.get(SetKeys.about, UNREAD),
    )


class DocumentKeys(Table):
    """A source document."""

    noun = Sentence("一份文件", "A document")

    id = Key(TEXT, "编号", "its id", required=True)
    title = Key(SENTENCE, "名称", "its title", required=True)
    about = Key(SENTENCE, "内容", "what it is", required=True)
    sets = Key(Listing(Section(SetKeys, _set)), "其中的各套制度", "its sets", required=True)


def _document(values: Values) -> Document:
    return Document(
        values.get(DocumentKeys.id, ""),
        values.get(DocumentKeys.title, UNREAD),
        values.get(DocumentKeys.about, UNREAD),
        values.get(DocumentKeys.sets, ()),
    )


class DocumentsKeys(Table):
    """documents.yaml."""

    noun = Sentence("文件清单", "The list of documents")

    documents = Key(
        Listing(Section(DocumentKeys, _document)), "各份文件", "the documents", required=True
    )


DOCUMENTS: Final[Section[tuple[Document, ...]]] = Section(
    DocumentsKeys, lambda values: values.get(DocumentsKeys.documents, ())
)


# ---- clauses ------------------------------------------------------------------------------------


class ClauseKeys(SentenceKeys):
    """One clause: what it says in both languages, and where."""

    noun = Sentence("一条条款", "A clause")

    id = Key(TEXT, "编号", "its id", required=True)
    place = Key(TEXT, "出处：哪一套、哪一条", "where it stands: set and article", required=True)
    line = Key(
        Whole(Sentence("原文的行号", "a line of the source"), least=1),
        "原文的行号",
        "the line of the source text",
        required=True,
    )
    kind = Key(
        Choice(Sentence("条款的种类", "kind of clause"), *ClauseKind),
        "种类",
        "its kind",
        required=True,
    )
    process = Key(_Process(), "归哪个流程", "the process that owns it, or null", required=True)
    also = Key(Listing(Text(pattern=SLUG)), "还涉及的流程", "other processes that it touches")
    conflicts = Key(TEXTS, "与它不一致的条款", "the clauses that disagree with it")
    conflict_groups = Key(TEXTS, "所属的冲突组", "its conflict groups")
    reason = Key(
        SENTENCE,
        "不归任何流程的条款：为什么没有规则落实它",
        "of a clause that concerns no process: why no rule carries it",
    )


def _clause(values: Values) -> Clause:
    return Clause(
        id=values.get(ClauseKeys.id, ""),
        set_id="",
        place=values.get(ClauseKeys.place, ""),
        line=values.get(ClauseKeys.line, 0),
        says=Sentence(values.get(ClauseKeys.zh, ""), values.get(ClauseKeys.en, "")),
        kind=values.get(ClauseKeys.kind, ClauseKind.REFERENCE),
        process=values.get(ClauseKeys.process) or None,
        also=values.get(ClauseKeys.also, ()),
        conflicts=values.get(ClauseKeys.conflicts, ()),
        conflict_groups=values.get(ClauseKeys.conflict_groups, ()),
        reason=values.get(ClauseKeys.reason),
    )


class ClausesKeys(Table):
    """The clauses of one set."""

    noun = Sentence("一套条款", "A file of clauses")

    set_ = Key(TEXT, "哪一套，与文件名相同", "its set, as in the file's name", required=True)
    clauses = Key(Listing(Section(ClauseKeys, _clause)), "各条条款", "the clauses", required=True)


def _clauses(values: Values) -> tuple[Clause, ...]:
    its_set = values.get(ClausesKeys.set_, "")
    return tuple(replace(one, set_id=its_set) for one in values.get(ClausesKeys.clauses, ()))


CLAUSES: Final[Section[tuple[Clause, ...]]] = Section(ClausesKeys, _clauses)


class GroupKeys(Table):
    """Clauses that disagree."""

    noun = Sentence("一个冲突组", "A conflict group")

    id = Key(TEXT, "编号", "its id", required=True)
    parameter = Key(TEXT, "由哪个政策参数决定", "the parameter that decides", required=True)
    subject = Key(SENTENCE, "冲突的事项", "what they disagree about", required=True)
    disagreement = Key(SENTENCE, "分歧", "how they disagree", required=True)
    sides = Key(
        Listing(Listing(TEXT), least=2), "各方的条款", "the clauses of each side", required=True
    )


def _group(values: Values) -> ConflictGroup:
    return ConflictGroup(
        values.get(GroupKeys.id, ""),
        values.get(GroupKeys.parameter, ""),
        values.get(GroupKeys.subject, UNREAD),
        values.get(GroupKeys.disagreement, UNREAD),
        values.get(GroupKeys.sides, ()),
    )


class GroupsKeys(Table):
    """conflicts.yaml."""

    noun = Sentence("冲突组清单", "The list of conflict groups")

    conflict_groups = Key(
        Listing(Section(GroupKeys, _group)), "各冲突组", "the groups", required=True
    )


CONFLICTS: Final[Section[tuple[ConflictGroup, ...]]] = Section(
    GroupsKeys, lambda values: values.get(GroupsKeys.conflict_groups, ())
)


# ---- roles and profiles -------------------------------------------------------------------------


class RoleKeys(Table):
    """A role."""

    noun = Sentence("一个角色", "A role")

    name = Key(SENTENCE, "名称，写在按钮上的短词", "its name, short as on a button", required=True)
    aliases = Key(TEXTS, "别称", "other words for it")
    unit = Key(SENTENCE, "所在部门", "where its holders work", required=True)
    account = Key(
        Choice(Sentence("账号类型", "kind of account"), *Account),
        "怎样进入系统",
        "how its holders reach the product",
        required=True,
    )
    clauses = Key(TEXTS, "提到它的条款", "the clauses that name it")


def _role(values: Values) -> Role:
    return Role(
        key="",
        name=values.get(RoleKeys.name, UNREAD),
        unit=values.get(RoleKeys.unit, UNREAD),
        account=values.get(RoleKeys.account, Account.LOGIN),
        aliases=values.get(RoleKeys.aliases, ()),
        clauses=values.get(RoleKeys.clauses, ()),
    )


class ProfileKeys(Table):
    """A base profile."""

    noun = Sentence("一个规则档案", "A profile")

    name = Key(SENTENCE, "名称", "its name", required=True)
    source = Key(TEXT, "出自哪一套或哪份文件", "the set or document behind it", required=True)


def _profile(values: Values) -> Profile:
    name = values.get(ProfileKeys.name, UNREAD)
    return Profile("", name, values.get(ProfileKeys.source, ""))


# ---- parameters ---------------------------------------------------------------------------------


class ParameterKeys(Table):
    """A policy parameter."""

    noun = Sentence("一个政策参数", "A policy parameter")

    label = Key(SENTENCE, "名称", "its name", required=True)
    help = Key(SENTENCE, "说明", "what it decides", required=True)
    kind = Key(
        Choice(Sentence("值的种类", "kind of value"), *ParameterKind),
        "值的种类",
        "the kind of its value",
        required=True,
    )
    unit = Key(Choice(Sentence("单位", "unit"), *Measure), "单位", "what a number counts")
    options = Key(_LABELS, "可选的词", "the words that may stand")
    minimum = Key(Whole(Sentence("整数", "a whole number")), "最小值", "the least")
    maximum = Key(Whole(Sentence("整数", "a whole number")), "最大值", "the most")
    values = Key(
        Entries(None, _Written(), Sentence("一组“档案: 值”", "profiles with values")),
        "各规则档案的值",
        "what each profile says",
    )
    default = Key(_Written(), "默认值", "what a fresh installation starts with")
    must_be_entered = Key(FLAG, "须由医院填写", "the hospital has to set it")
    design_choice = Key(FLAG, "默认值是本产品的选择", "no source states the default (†)")
    group = Key(TEXT, "由它决定的冲突组", "the conflict group that it settles")
    clauses = Key(TEXTS, "落实的条款", "the clauses that it carries out", required=True)


def _parameter(values: Values) -> Parameter:
    bare = Parameter(
        key="",
        kind=values.get(ParameterKeys.kind, ParameterKind.TEXT),
        label=values.get(ParameterKeys.label, UNREAD),
        help=values.get(ParameterKeys.help, UNREAD),
        unit=values.get(ParameterKeys.unit),
        options=values.get(ParameterKeys.options, {}),
        minimum=values.get(ParameterKeys.minimum, 0),
        maximum=values.get(ParameterKeys.maximum),
        must_be_entered=values.get(ParameterKeys.must_be_entered, False),
        design_choice=values.get(ParameterKeys.design_choice, False),
        group=values.get(ParameterKeys.group),
        clauses=values.get(ParameterKeys.clauses, ()),
    )
    _kind_fits(bare, values)
    written = values.get(ParameterKeys.values, {})
    spots = values.at(ParameterKeys.values).children()
    default: ParameterValue = None
    if values.has(ParameterKeys.default):
        spot = values.at(ParameterKeys.default)
        default = _value(bare, values.get(ParameterKeys.default), spot, values.reading)
    return replace(
        bare,
        default=default,
        values={
            profile: _value(bare, said, spots[profile], values.reading)
            for profile, said in written.items()
        },
    )


def _value(parameter: Parameter, written: object, spot: Spot, reading: Reading) -> ParameterValue:
    value = parameter.read(written)
    if isinstance(value, Sentence):
        reading.complain(spot.place, value.zh, value.en)
        return None
    return value


#: Kinds that need options, and those that count something.
_WITH_OPTIONS: Final = frozenset(
    {
        ParameterKind.CHOICE,
        ParameterKind.TEXTS,
        ParameterKind.TIMES,
        ParameterKind.WHOLE_NUMBERS,
    }
)
_COUNTING: Final = frozenset({ParameterKind.WHOLE_NUMBER, ParameterKind.WHOLE_NUMBERS})


def _kind_fits(parameter: Parameter, values: Values) -> None:
    place, reading = values.spot.key_place, values.reading
    if values.get(ParameterKeys.kind) is None:
        return
    if (parameter.kind in _WITH_OPTIONS) != values.has(ParameterKeys.options):
        reading.complain(
            place,
            f"“{parameter.kind}”与 options 不符：可选的词只用于、也必须用于有选项的种类。",
            f"“{parameter.kind}” and options do not fit: kinds with options need them, others not.",
        )
    if (parameter.kind in _COUNTING) != values.has(ParameterKeys.unit):
        reading.complain(
            place,
            f"“{parameter.kind}”与 unit 不符：单位只用于、也必须用于整数。",
            f"“{parameter.kind}” and unit do not fit: whole numbers need a unit, others have none.",
        )
    if parameter.must_be_entered and values.has(ParameterKeys.default):
        reading.complain(
            place,
            "须由医院填写的参数不能有默认值，请去掉其中一项。",
            "What must be entered cannot have a default; remove one of the two.",
        )


# ---- registers of business facts ---------------------------------------------------------------


class HeadingKeys(Table):
    """Registers that stand together."""

    noun = Sentence("一类登记簿", "A heading of registers")

    name = Key(SENTENCE, "名称", "its name", required=True)
    readers = Key(
        TEXTS,
        "谁可以查阅这一类登记簿",
        "the roles that look up the registers under it",
        required=True,
    )


_COLUMNS: Final = Listing(Text(Sentence("列名", "the key of a column"), KEY))


class CardKeys(Table):
    """What holds for a register, whichever processes write it."""

    noun = Sentence("一个登记簿", "A register")

    heading = Key(TEXT, "归在哪一类", "the heading that it stands under", required=True)
    readers = Key(
        TEXTS,
        "谁可以查阅；不写即按所在分类",
        "the roles that look it up; those of its heading when not written",
    )
    masked = Key(
        Entries(None, TEXTS, Sentence("一组“列: [角色]”", "columns with roles")),
        "只显示一部分的列，以及工作需要看全的角色",
        "columns that are shown in part, with the roles whose work needs all of it",
    )
    protected = Key(_COLUMNS, "对任何人都不显示的列", "columns that are shown to nobody")
    key = Key(_COLUMNS, "按哪些列认定是同一条", "the columns that tell one row from every other")
    words = Key(
        Entries(None, _LABELS, Sentence("一组“列: {值: 中英文}”", "columns with words and labels")),
        "列中的值怎么称呼，如 active 是“有效”",
        "what people call the values of a column, as active",
    )
    import_ = Key(
        FLAG,
        "医院可以导入自己的名单（见决定 16）",
        "whether a hospital may bring its list along (decision 20)",
    )


def _heading(values: Values) -> Heading:
    name = values.get(HeadingKeys.name, UNREAD)
    return Heading("", name, values.get(HeadingKeys.readers, ()))


def _card(values: Values) -> RegisterCard:
    return RegisterCard(
        key="",
        heading=values.get(CardKeys.heading, ""),
        readers=values.get(CardKeys.readers, ()),
        masked=values.get(CardKeys.masked, {}),
        protected=values.get(CardKeys.protected, ()),
        by=values.get(CardKeys.key, ()),
        brought=values.get(CardKeys.import_, False),
        words=values.get(CardKeys.words, {}),
    )


class CardsKeys(Table):
    """registers.yaml."""

    noun = Sentence("登记簿清单", "The list of registers")

    headings = Key(
        Entries(None, Section(HeadingKeys, _heading), Sentence("一组分类", "headings by key")),
        "各分类",
        "the headings",
        required=True,
    )
    registers = Key(
        Entries(None, Section(CardKeys, _card), Sentence("一组登记簿", "registers by key")),
        "各登记簿",
        "the registers",
        required=True,
    )


def _cards(values: Values) -> tuple[dict[str, Heading], dict[str, RegisterCard]]:
    headings = {
        key: replace(one, key=key) for key, one in values.get(CardsKeys.headings, {}).items()
    }

    def whole(key: str, card: RegisterCard) -> RegisterCard:
        under = headings.get(card.heading)
        readers = card.readers or (() if under is None else under.readers)
        return replace(card, key=key, readers=readers)

    cards = {key: whole(key, one) for key, one in values.get(CardsKeys.registers, {}).items()}
    return headings, cards


CARDS: Final[Section[tuple[dict[str, Heading], dict[str, RegisterCard]]]] = Section(
    CardsKeys, _cards
)


# ---- files that hold one mapping by key ---------------------------------------------------------


class RolesKeys(Table):
    """roles.yaml."""

    noun = Sentence("角色清单", "The list of roles")

    roles = Key(
        Entries(None, Section(RoleKeys, _role), Sentence("一组角色", "roles by key")),
        "各角色",
        "the roles",
        required=True,
    )


class ProfilesKeys(Table):
    """profiles.yaml."""

    noun = Sentence("规则档案清单", "The list of profiles")

    profiles = Key(
        Entries(None, Section(ProfileKeys, _profile), Sentence("一组档案", "profiles by key")),
        "各规则档案",
        "the profiles",
        required=True,
    )


class ParametersKeys(Table):
    """parameters.yaml."""

    noun = Sentence("政策参数清单", "The list of parameters")

    parameters = Key(
        Entries(
            None, Section(ParameterKeys, _parameter), Sentence("一组政策参数", "parameters by key")
        ),
        "各政策参数",
        "the parameters",
        required=True,
    )


def _roles(values: Values) -> dict[str, Role]:
    return {key: replace(one, key=key) for key, one in values.get(RolesKeys.roles, {}).items()}


def _profiles(values: Values) -> dict[str, Profile]:
    return {
        key: replace(one, key=key) for key, one in values.get(ProfilesKeys.profiles, {}).items()
    }


def _parameters(values: Values) -> dict[str, Parameter]:
    return {
        key: replace(one, key=key) for key, one in values.get(ParametersKeys.parameters, {}).items()
    }


ROLES: Final[Section[dict[str, Role]]] = Section(RolesKeys, _roles)
PROFILES: Final[Section[dict[str, Profile]]] = Section(ProfilesKeys, _profiles)
PARAMETERS: Final[Section[dict[str, Parameter]]] = Section(ParametersKeys, _parameters)

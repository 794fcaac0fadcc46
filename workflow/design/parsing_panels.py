"""What several people decide together, what else may be done with a task, and branches that run
side by side: how they are written at a state.
"""

from __future__ import annotations

from dataclasses import dataclass

from workflow.design.definition import Tool, UrgeLimit
from workflow.design.panels import OnNo, Order, Panel, Parallel, Pass, Region, RowsRule, ShareOf
from workflow.design.parsing_basics import FIELD, FLAG, STATES
from workflow.design.parsing_people import ACTORS, MEMBERS
from workflow.design.shapes import (
    KEY,
    Choice,
    Either,
    Entries,
    KnownKey,
    Listing,
    Made,
    NewKey,
    Reference,
    Schema,
    Shape,
    Text,
    Whole,
    any_of,
)
from workflow.design.spots import Name, Reading, Spot
from workflow.design.tables import Key, Section, Table, Values
from workflow.refusals import Sentence

# ---- panels ------------------------------------------------------------------------------


class ShareKeys(Table):
    """A share of the votes."""

    noun = Sentence("票签比例", "A share of votes")

    ratio = Key(
        Whole(Sentence("百分比，1 至 100", "a percentage, 1 to 100"), 1, 100),
        "赞成达到百分之几即通过",
        "the percentage of votes for that passes",
        required=True,
    )
    of = Key(
        Choice(Sentence("比例的基数", "base of the share"), *ShareOf),
        "基数：votes 赞成票与反对票之和（弃权不计），members 在席成员；不写即 votes",
        "of votes (for and against, without abstentions) or of all members; votes when not written",
    )


@dataclass(frozen=True, slots=True)
class _Rule:
    rule: Pass = Pass.ALL
    percent: int = 100
    of: ShareOf = ShareOf.VOTES


_RULE = Either(
    Made(Choice(Sentence("通过规则", "rule for passing"), Pass.ANY, Pass.ALL), _Rule),
    Section(
        ShareKeys,
        lambda values: _Rule(
            Pass.RATIO,
            values.get(ShareKeys.ratio, 100),
            values.get(ShareKeys.of, ShareOf.VOTES),
        ),
    ),
)
_ACTION = Reference(Name.ACTION)
_COLUMN = Text(Sentence("line.<列>", "line.<column>"), rf"line\.{KEY}")
_COUNT = Sentence("一个数，从 1 起", "a whole number from 1")


class PanelKeys(Table):
    """Several people who decide a step together."""

    noun = Sentence("会签小组", "A panel")

    members = Key(
        MEMBERS,
        "成员：到这一步时担任这些角色的每一个人各占一席，同一人只占一席",
        "the members: everybody who holds one of these seats when the step opens, each once",
    )
    each = Key(
        FIELD,
        "按表格的行组成：这个表格中每行 owner 所写的人各占一席，各办各的行",
        "one seat for everybody whom the rows of this table name; each decides their own rows",
    )
    owner = Key(
        _COLUMN, "每行的负责人在哪一列，如 line.owner", "the column that names who decides a row"
    )
    decision = Key(
        _COLUMN,
        "每行的结论写入哪一列，如 line.decision",
        "the column that receives what was decided on the row",
    )
    rows = Key(
        Choice(Sentence("各行怎样合成一票", "what rows make of a vote"), *RowsRule),
        "成员自己的各行怎样合成一票：all 每行同意才是赞成，most 同意的多于不同意的，"
        "any 有一行即可；不写即 all",
        "what a member's rows make of their vote: for if all are agreed, most, or any; all when "
        "not written",
    )
    order = Key(
        Choice(Sentence("先后", "order"), *Order),
        "any 同时办理，in_turn 依次办理；不写即 any",
        "any: side by side; in_turn: one after the other; any when not written",
    )
    pass_ = Key(
        _RULE,
        "怎样算通过：any 一人赞成（或签），all 全部赞成（会签），{ratio: 60} 票签；不写即 all",
        "what passes: any (one), all, or {ratio: 60}; all when not written",
    )
    on_no = Key(
        Choice(Sentence("遇到反对时", "what a no does"), *OnNo),
        "遇到反对：stop 结果一定即停，gather 收齐所有意见再定；不写即 stop",
        "stop as soon as the result is certain, or gather every opinion; stop when not written",
    )
    quorum = Key(
        Whole(_COUNT, 1, 99),
        "至少几人参加（弃权也算参加）结果才有效",
        "so many must take part (abstaining is taking part) before a result counts",
    )
    weights = Key(
        Entries(
            KnownKey(Name.ROLE),
            Whole(_COUNT, 1, 1000),
            Sentence("各角色的票重 {角色: 数}", "weights {role: number}"),
        ),
        "各角色一票的分量；没有写到的角色为 1",
        "the weight of a role's vote; 1 for a role that is not named",
    )
    veto = Key(
        Listing(Reference(Name.ROLE)),
        "一票否决：这些角色反对即不通过",
        "a vote against by one of these roles fails it at once",
    )
    replace = Key(
        ACTORS,
        "有人回避时由谁递补：这些角色中尚未在席的下一人；不写则不递补。按行组成时，负责人就是申请人的行也归其办理",
        "who replaces a member who recuses: the next who does not sit yet; nobody when not "
        "written. With each: also who decides the rows whose owner asked for them",
    )
    passed = Key(
        _ACTION, "通过后由系统办理的动作", "the system's action when it has passed", required=True
    )
    failed = Key(
        _ACTION, "未通过由系统办理的动作", "the system's action when it has failed", required=True
    )


def _panel(values: Values) -> Panel:
    keys = PanelKeys
    rule = values.get(keys.pass_, _Rule())
    if not values.has(keys.members) and not values.has(keys.each):
        values.reading.complain(
            values.spot.place,
            "会签小组没有成员，请写 members（角色），或 each 和 owner（按表格的行）。",
            "The panel has no members; write members (roles), or each and owner (rows of a table).",
        )
    if values.has(keys.each) != values.has(keys.owner):
        values.reading.complain(
            values.spot.place,
            "each（哪个表格）和 owner（负责人在哪一列）要一起写。",
            "Write each (which table) and owner (which column) together.",
        )
    return Panel(
        members=values.get(keys.members, ()),
        passed=values.get(keys.passed, ""),
        failed=values.get(keys.failed, ""),
        each=values.get(keys.each),
        owner=_column(values.get(keys.owner)),
        decision=_column(values.get(keys.decision)),
        rows=values.get(keys.rows, RowsRule.ALL),
        order=values.get(keys.order, Order.ANY),
        rule=rule.rule,
        percent=rule.percent,
        share_of=rule.of,
        on_no=values.get(keys.on_no, OnNo.STOP),
        quorum=values.get(keys.quorum),
        weights=tuple(values.get(keys.weights, {}).items()),
        veto=values.get(keys.veto, ()),
        replace=values.get(keys.replace, ()),
        place=values.spot.place,
    )


def _column(named: str | None) -> str | None:
    return None if named is None else named.removeprefix("line.")


PANEL = Section(PanelKeys, _panel)


# ---- tools -------------------------------------------------------------------------------


class ToolKeys(Table):
    """What may be done with a task besides deciding it, where more than its name is to be said."""

    noun = Sentence("待办的其他操作", "What else may be done")

    tools = Key(
        Listing(Choice(Sentence("操作", "tool"), *Tool)),
        "允许哪些操作",
        "what is allowed",
        required=True,
    )
    longest_chain = Key(
        Whole(_COUNT, 1, 20),
        "一件待办最多转办几次；不写即 3",
        "how often a task may be passed on; 3 when not written",
    )
    seen_binds = Key(
        FLAG,
        "下一步的人看过之后就不能再拿回",
        "a decision is not taken back once the next person has seen it",
    )


@dataclass(frozen=True, slots=True)
class Allowed:
    """The tools of a state, as written."""

    tools: tuple[Tool, ...] = ()
    longest_chain: int = 3
    seen_binds: bool = False


MAY = Either(
    Made(Listing(Choice(Sentence("操作", "tool"), *Tool)), Allowed),
    Section(
        ToolKeys,
        lambda values: Allowed(
            values.get(ToolKeys.tools, ()),
            values.get(ToolKeys.longest_chain, 3),
            values.get(ToolKeys.seen_binds, False),
        ),
    ),
)


class UrgeKeys(Table):
    """How often the applicant may ask those who have the work to hurry."""

    noun = Sentence("催办", "Urging")

    hours = Key(
        Whole(Sentence("小时数，1 至 168 的整数", "whole hours, 1 to 168"), 1, 168),
        "两次催办至少隔几小时；不写即 4",
        "so many hours have to lie between two urges; 4 when not written",
    )
    a_day = Key(
        Whole(Sentence("次数，1 至 10 的整数", "a whole number of times, 1 to 10"), 1, 10),
        "一天最多催几次；不写即 3",
        "how often at most on one day; 3 when not written",
    )


_NEVER_REACHED = Sentence(
    "每隔 {hours} 小时才能催一次，一天怎样也催不到 {a_day} 次；请改小 hours 或 a_day，"
    "或不写 a_day。",
    "With {hours} hours between two urges a day never has {a_day}; make hours or a_day smaller, or "
    "leave a_day out.",
)


def _urge(values: Values) -> UrgeLimit:
    usual = UrgeLimit()
    wanted = values.get(UrgeKeys.a_day)
    limit = UrgeLimit(values.get(UrgeKeys.hours, usual.hours), wanted or usual.a_day)
    if wanted is not None and (wanted - 1) * limit.hours >= _DAY:
        said = _NEVER_REACHED.filled(hours=limit.hours, a_day=wanted)
        values.reading.complain(values.at(UrgeKeys.a_day).place, said.zh, said.en)
    return limit


#: Hours of a day.
_DAY = 24
URGE = Section(UrgeKeys, _urge)


# ---- branches ----------------------------------------------------------------------------


class RegionKeys(Table):
    """One of the branches that run side by side."""

    noun = Sentence("并行分支", "A branch")

    start = Key(Reference(Name.STATE), "从哪个状态开始", "the state where it starts", required=True)
    done = Key(STATES, "到哪些状态算办完", "the states in which it is done", required=True)


def _region(values: Values) -> Region:
    return Region(
        values.spot.key, values.get(RegionKeys.start, ""), values.get(RegionKeys.done, ())
    )


class JoinShape(Shape[int]):
    """How many branches must be done: `all` (0), `any` (1) or a number."""

    expected = Sentence("all（全部）、any（任一）或一个数", "all, any, or a number")

    def read(self, spot: Spot, reading: Reading) -> int | None:
        """The number; 0 for all."""
        value = spot.node.value
        if value in ("all", "any"):
            return 0 if value == "all" else 1
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        self.refuse(spot, reading)
        return None

    def schema(self) -> Schema:
        """A word or a number."""
        return any_of({"enum": ["all", "any"]}, {"type": "integer", "minimum": 1})


class ParallelKeys(Table):
    """Branches that run side by side while the case is in this state."""

    noun = Sentence("并行", "Branches")

    regions = Key(
        Entries(
            NewKey(Sentence("分支", "branch")),
            Section(RegionKeys, _region),
            Sentence("各分支 {键: {start, done}}", "the branches {key: {start, done}}"),
        ),
        "各分支",
        "the branches",
        required=True,
    )
    join = Key(
        JoinShape(),
        "几个分支办完才往下走：all、any 或一个数；不写即 all",
        "how many must be done: all, any or a number; all when not written",
    )
    then = Key(
        _ACTION, "办完后由系统办理的动作", "the system's action when they are", required=True
    )


def _parallel(values: Values) -> Parallel:
    regions = tuple(values.get(ParallelKeys.regions, {}).values())
    return Parallel(
        regions,
        values.get(ParallelKeys.join, 0) or len(regions),
        values.get(ParallelKeys.then, ""),
        place=values.spot.place,
    )


PARALLEL = Section(ParallelKeys, _parallel)


class WithinShape(Shape[tuple[str, str]]):
    """To which branch a state belongs: `<parallel state>.<branch>`."""

    expected = Sentence("<并行状态>.<分支>", "<parallel state>.<branch>")

    def read(self, spot: Spot, reading: Reading) -> tuple[str, str] | None:
        """The parallel state and the branch."""
        value = spot.node.value
        if not isinstance(value, str) or value.count(".") != 1:
            self.refuse(spot, reading)
            return None
        state, _, region = value.partition(".")
        if state not in reading.names[Name.STATE]:
            noun = Sentence("状态", "state")
            reading.unknown(spot.place, noun, state, reading.names[Name.STATE])
            return None
        return state, region

    def schema(self) -> Schema:
        """Two keys with a dot between."""
        return {"type": "string", "pattern": rf"^{KEY}\.{KEY}$"}


WITHIN = WithinShape()

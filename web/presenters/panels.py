"""What several people do on one case, in words: a panel's members and votes, why its step is still
open, where branches stand, which conditions were named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from web.presenters.speech import Speech
from workflow.design.panels import OnNo, Panel, Pass, ShareOf, Vote
from workflow.nouns import SYSTEM, TIMER, Task, TaskEnd
from workflow.refusals import Sentence
from workflow.service.acts import Result, Tally
from workflow.service.sights import BranchSight, CaseSight, PanelSight, SeatIs, SeatSight

STANDS: Mapping[SeatIs, tuple[Sentence, str, str]] = {
    SeatIs.WAITING: (Sentence("待表决", "To vote"), "waiting", "hourglass"),
    SeatIs.NOT_YET: (Sentence("还没轮到", "Not yet their turn"), "quiet", "clock-pause"),
    SeatIs.NOT_NEEDED: (Sentence("无需再表决", "Not needed any more"), "quiet", "minus"),
    SeatIs.RECUSED: (Sentence("已回避", "Recused"), "quiet", "ban"),
    SeatIs.SIGNED_ELSEWHERE: (
        Sentence("已在别的分支签署", "Signed in another branch"),
        "quiet",
        "ban",
    ),
    SeatIs.REMOVED: (Sentence("已减签", "Removed"), "quiet", "minus"),
    SeatIs.PASSED_ON: (Sentence("已转办", "Passed on"), "quiet", "transfer"),
    SeatIs.GONE: (Sentence("未表决", "Did not vote"), "quiet", "minus"),
}
VOTES: Mapping[Vote, tuple[str, str]] = {
    Vote.FOR: ("good", "check"),
    Vote.AGAINST: ("late", "x"),
    Vote.ABSTAIN: ("quiet", "minus"),
}
AFTER = Sentence("由{who}接替", "{who} instead")
HEARS = Sentence("先听取{who}的意见", "hears {who} first")
ADDED = Sentence("{who}加签", "added by {who}")
CLAIMED = Sentence("{who}已认领", "claimed by {who}")
LINES = Sentence("第 {lines} 行", "rows {lines}")
WEIGHT = Sentence("票重 {weight}", "weight {weight}")

COUNTED = Sentence(
    "赞成 {yes}，反对 {no}，弃权 {abstained}，未表决 {waiting}",
    "For {yes}, against {no}, abstained {abstained}, still to vote {waiting}",
)
NEEDS: Mapping[Pass, Sentence] = {
    Pass.ANY: Sentence("一人赞成即可", "one vote for is enough"),
    Pass.ALL: Sentence("须全部赞成", "all must agree"),
}
NEEDS_SHARE: Mapping[ShareOf, Sentence] = {
    ShareOf.VOTES: Sentence("赞成须达赞成与反对票的 {percent}%", "needs {percent}% of the votes"),
    ShareOf.MEMBERS: Sentence("赞成须达全体成员的 {percent}%", "needs {percent}% of all members"),
}
QUORUM = Sentence("法定 {quorum} 人", "a quorum of {quorum}")
VETO = Sentence("{who}反对即不通过", "a no by {who} ends it")
IN_TURN = Sentence("依次表决", "one after the other")

WHY_GATHER = Sentence(
    "结果要等所有意见收齐后才定，还差 {count} 人",
    "Every opinion is gathered first: {count} to come",
)
WHY_QUORUM = Sentence(
    "参加人数未到法定 {quorum} 人，还差 {count} 人",
    "{count} more have to take part before the result counts (quorum {quorum})",
)
WHY_VETO = Sentence(
    "赞成已够，还要等可以一票否决的{who}表决",
    "There are enough votes for; {who}, who may veto, is still to vote",
)
WHY_ALL = Sentence("还差 {count} 人表决", "{count} have still to vote")
WHY_ANY = Sentence("任何一人赞成即可通过", "Any one vote for passes it")
WHY_SHARE = Sentence(
    "赞成还不到 {percent}%，余下 {count} 人的票会决定结果",
    "Not yet {percent}% for; the {count} votes still to come decide",
)
PASSED = Sentence("已通过", "Passed")
FAILED = Sentence("未通过", "Failed")
BROKEN_OFF = Sentence("没有表决出结果", "Ended without a result")

PROMISE_OPEN = Sentence("待{who}确认", "To be confirmed by {who}")
PROMISE_MET = Sentence("{who}于{at}确认", "Confirmed by {who}, {at}")
PROMISE_VOID = Sentence("未确认（案件已离开）", "Not confirmed (the case has moved on)")
SINCE = Sentence("自{at}", "since {at}")
BRANCH_DONE = Sentence("本分支已办完", "this branch is done")
JOIN_ALL = Sentence("各分支都办完后才往下走", "The case goes on when every branch is done")
JOIN_SOME = Sentence(
    "有 {needed} 个分支办完即往下走", "The case goes on when {needed} of the branches are done"
)


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A member as a row: `told` is for which role they sit, with which weight and rows, and who
    sits there instead.
    """

    who: str
    told: str
    mine: bool
    stands: str
    tone: str
    icon: str
    automatic: bool
    by: str
    at: str
    opinion: str


@dataclass(frozen=True, slots=True)
class PanelView:
    """A panel: `why_open` says what is still waited for, `verdict` what came of it."""

    id: str
    step: str
    here: bool
    rows: tuple[SeatRow, ...]
    counted: str
    needs: str
    why_open: str
    verdict: str
    tone: str


@dataclass(frozen=True, slots=True)
class BranchRow:
    """A branch: where it stands, and who is waited for there."""

    state: str
    done: bool
    since: str
    people: str


@dataclass(frozen=True, slots=True)
class BranchesView:
    """The branches of the state in which the case is."""

    rows: tuple[BranchRow, ...]
    join: str


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A condition of an approval, and whether it is met."""

    subject: str
    stands: str
    met: bool
    open: bool


# ---- panels --------------------------------------------------------------------------------------


def panels_view(sight: CaseSight, speech: Speech, me: str) -> tuple[PanelView, ...]:
    """Every panel of the case, the present ones first."""
    return tuple(_panel(one, sight, speech, speech.moment, me) for one in sight.panels)


def panels_on_paper(sight: CaseSight, speech: Speech) -> tuple[PanelView, ...]:
    """The same for a sheet, which is read by nobody in particular and on any day."""
    return tuple(_panel(one, sight, speech, speech.full_moment) for one in sight.panels)


#: How a moment is written.
_Moment = Callable[[datetime], str]


def _panel(
    one: PanelSight, sight: CaseSight, speech: Speech, moment: _Moment, me: str = ""
) -> PanelView:
    open_ = one.here and one.result is None
    return PanelView(
        id=f"panel-{one.step}",
        step=speech.say(sight.definition.states[one.step].name),
        here=one.here,
        rows=tuple(_seat(seat, one.panel, sight, speech, moment, me) for seat in one.seats),
        counted=tally_words(one.tally, speech),
        needs=needs_words(one.panel, speech),
        why_open=why_open(one, speech) if open_ else "",
        verdict="" if open_ else speech.say(_verdict(one)),
        tone="good" if one.result is Result.PASSED else "late",
    )


def _verdict(one: PanelSight) -> Sentence:
    if one.result is None:
        return BROKEN_OFF
    return PASSED if one.result is Result.PASSED else FAILED


def tally_words(tally: Tally, speech: Speech) -> str:
    """How the votes stand: 赞成 3，反对 1，弃权 1，未表决 2. Where votes have weights, those."""
    return speech.say(
        COUNTED.filled(yes=tally.yes, no=tally.no, abstained=tally.abstained, waiting=tally.waiting)
    )


def needs_words(panel: Panel, speech: Speech) -> str:
    """What it takes to pass."""
    rule = NEEDS.get(panel.rule) or NEEDS_SHARE[panel.share_of].filled(percent=panel.percent)
    parts = [speech.say(rule)]
    if panel.quorum is not None:
        parts.append(speech.say(QUORUM.filled(quorum=panel.quorum)))
    if panel.veto:
        who = speech.list(speech.role(role) for role in panel.veto)
        parts.append(speech.say(VETO.filled(who=who)))
    if panel.order == "in_turn":
        parts.append(speech.say(IN_TURN))
    return speech.list(parts)


def why_open(one: PanelSight, speech: Speech) -> str:
    """Why the votes that were cast decide nothing yet."""
    panel, tally = one.panel, one.tally
    waiting = tally.members - tally.took_part
    missing = (panel.quorum or 0) - tally.took_part
    if one.for_veto:
        because = WHY_VETO.filled(who=speech.list(speech.role(role) for role in panel.veto))
    elif panel.on_no is OnNo.GATHER:
        because = WHY_GATHER.filled(count=waiting)
    elif missing > 0:
        because = WHY_QUORUM.filled(quorum=panel.quorum or 0, count=missing)
    elif panel.rule is Pass.RATIO:
        because = WHY_SHARE.filled(percent=panel.percent, count=waiting)
    else:
        because = WHY_ANY if panel.rule is Pass.ANY else WHY_ALL.filled(count=waiting)
    return speech.say(because)


def _seat(
    seat: SeatSight, panel: Panel, sight: CaseSight, speech: Speech, moment: _Moment, me: str
) -> SeatRow:
    task = seat.task
    words, tone, icon = _stands(seat, sight, speech)
    decider = task.closed_by if seat.stands is SeatIs.DECIDED else None
    person = task.address.person
    by = decider if decider not in (None, person) and task.closed_for in (None, person) else None
    handling = task.handling
    role = "" if person is None or handling.role is None else speech.role(handling.role)
    return SeatRow(
        who=speech.address(task.address),
        told=" · ".join(
            [role, *_notes(seat, panel, speech)] if role else _notes(seat, panel, speech)
        ),
        mine=person == me,
        stands=words,
        tone=tone,
        icon=icon,
        automatic=decider in (SYSTEM, TIMER),
        by="" if by is None or by in (SYSTEM, TIMER) else speech.person(by),
        at="" if decider is None or task.closed_at is None else moment(task.closed_at),
        opinion="" if seat.line is None or decider in (SYSTEM, TIMER) else seat.line.opinion,
    )


def _stands(seat: SeatSight, sight: CaseSight, speech: Speech) -> tuple[str, str, str]:
    if seat.stands is SeatIs.DECIDED:
        action = sight.definition.actions[seat.task.closed_as or ""]
        tone, icon = ("good", "check") if seat.vote is None else VOTES[seat.vote]
        return speech.say(action.name), tone, icon
    words, tone, icon = STANDS[seat.stands]
    return speech.say(words), tone, icon


def _notes(seat: SeatSight, panel: Panel, speech: Speech) -> Iterable[str]:
    handling = seat.task.handling
    if panel.weights:
        yield speech.say(WEIGHT.filled(weight=handling.weight))
    if handling.lines:
        rows = speech.list(str(position + 1) for position in handling.lines)
        yield speech.say(LINES.filled(lines=rows))
    if handling.added_by is not None and handling.origin is None:
        yield speech.say(ADDED.filled(who=speech.person(handling.added_by)))
    if handling.claimed_by is not None and seat.task.is_open:
        yield speech.say(CLAIMED.filled(who=speech.person(handling.claimed_by)))
    if seat.hears:
        who = speech.list(speech.address(address) for address in seat.hears)
        yield speech.say(HEARS.filled(who=who))
    if seat.after is not None:
        yield speech.say(AFTER.filled(who=speech.address(seat.after)))


# ---- branches and conditions ---------------------------------------------------------------------


def branches_view(sight: CaseSight, speech: Speech) -> BranchesView | None:
    """Where the branches stand; None where the case runs in one line."""
    parallel = sight.definition.states[sight.case.state].parallel
    if parallel is None or not sight.branches:
        return None
    everyone = parallel.needed == len(parallel.regions)
    join = JOIN_ALL if everyone else JOIN_SOME.filled(needed=parallel.needed)
    return BranchesView(
        tuple(_branch(one, sight, speech) for one in sight.branches), speech.say(join)
    )


def _branch(one: BranchSight, sight: CaseSight, speech: Speech) -> BranchRow:
    people = {
        person.id: person
        for waiting in sight.waiting
        if waiting.task.step == one.state
        for person in waiting.people
    }
    return BranchRow(
        state=speech.say(sight.definition.states[one.state].name),
        done=one.done,
        since=speech.say(SINCE.filled(at=speech.moment(one.entered_at))),
        people=speech.say(BRANCH_DONE) if one.done else speech.people(people.values()),
    )


def promises_view(sight: CaseSight, speech: Speech) -> tuple[PromiseRow, ...]:
    """The conditions that were named with an approval."""
    return tuple(_promise(task, speech) for task in sight.promised)


def _promise(task: Task, speech: Speech) -> PromiseRow:
    met = task.closed_as == TaskEnd.CONFIRMED
    if task.is_open:
        stands = PROMISE_OPEN.filled(who=speech.address(task.address))
    elif met:
        stands = _met(task.closed_by or "", task.closed_at, speech)
    else:
        stands = PROMISE_VOID
    return PromiseRow(task.handling.subject, speech.say(stands), met, task.is_open)


def _met(by: str, at: datetime | None, speech: Speech) -> Sentence:
    return PROMISE_MET.filled(who=speech.person(by), at="" if at is None else speech.moment(at))

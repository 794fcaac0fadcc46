"""A case as its ledger lines tell it, and what the lines have to agree with: who had the right,
what a vote came to, where a return may lead, what waits.

Folded from the lines alone and with code of its own; it shares none with `workflow.running` and
`workflow.people`. Where the two differ, one of them is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.sweeps import votes
from tests.sweeps.votes import Work
from workflow.design.definition import Action, Back, Definition, Resubmit, SameApprover
from workflow.design.effects import StartCase
from workflow.design.seats import Seat, SeatKind
from workflow.people.organisation import Delegation, Organisation

Line = Mapping[str, Any]
AUTOMATIC = ("system", "timer")
OF_ADMINISTRATORS = (
    "task.reroute",
    "case.extend",
    "case.suspend",
    "case.resume",
    "case.cancel",
    "case.agree",
    "case.turn_down",
)
_OF_ADMINISTRATORS = frozenset({*OF_ADMINISTRATORS, "case.propose"})
TAKE_BACK = "task.take_back"
UNSEAT = "task.unseat"
REVOKE = "case.revoke"
#: Lines that leave the case and its version as they are.
NO_DECISION = ("reminder_sent", "task.urge", "view", "calendar_changed")
#: What takes a task away from whoever has it: the work that such a line closes is theirs.
_OF_ASKING = {"add_before", "add_after", "ask", "consult"}
_DUTY = "duty:"
_CLOSING_OWN = ("task.transfer", "task.answer", "task.comment", "task.confirm")


@dataclass(frozen=True)
class _Standing:
    """Where a case stood before a line."""

    state: str
    places: Mapping[str, str]
    entered: Mapping[str, int]
    back_to: Mapping[str | None, str | None]
    trail: Mapping[str | None, list[str]]


class Told:
    """One case. `take` reads the next line; whatever does not agree is an AssertionError."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.state = ""
        self.places: dict[str, str] = {}
        self.entered: dict[str, int] = {}
        self.work: dict[str, Work] = {}
        self.clocks: dict[str, Line] = {}
        self.back_to: dict[str | None, str | None] = {}
        self.trail: dict[str | None, list[str]] = {}
        self.applicant = ""
        self.department = ""
        self.form: dict[str, Any] = {}
        self.round = 1
        self.version = 0
        self.seq = 0
        self.ended = False
        self.suspended = False
        self.proposed = False
        self.revoked_by: str | None = None
        self.past: dict[int, _Standing] = {}
        #: The cases that lines have opened for rows, and the things and owners of these rows.
        self.started: list[tuple[str, str]] = []
        self.wanted: list[tuple[str, str | None]] = []

    # ---- where it stands -------------------------------------------------------------------------

    @property
    def stands(self) -> tuple[str, ...]:
        """The states in which the case stands: its own, and those of its branches."""
        return (self.state, *self.places.values())

    @property
    def waiting(self) -> list[Work]:
        """What is open."""
        return [work for work in self.work.values() if work.is_open]

    def visit(self, step: str) -> list[Work]:
        """The work of the present visit of a step, the oldest first."""
        since = self.entered.get(step, 0)
        return [
            one
            for one in self.work.values()
            if one.step == step and one.opened >= since and one.end != "taken_back"
        ]

    # ---- the next line ---------------------------------------------------------------------------

    def take(self, line: Line, people: Organisation, now: datetime) -> None:
        """Read the next line: what it says has to be right, and it has to be told as it is.

        `now`: on the hospital's wall.
        """
        self.seq += 1
        assert line["seq"] == self.seq
        if line["code"] is not None:
            assert not {"opened", "closed", "tasks", "course", "deadlines"} & set(line), line
            assert line["version"] == self.version, line
            return
        if line["event"] == REVOKE:
            self._revoked(line)
            return
        assert not self.ended, ("something happens after the end", line)
        if line["event"] in NO_DECISION:
            assert line["version"] == self.version, line
            self._keep_clocks(line)
            return
        self.past[self.seq] = self._standing()
        if self.seq > 1:
            _Rights(self, line, people, now).judge()
            self._results(line)
            self._ways(line)
            self._rows_decided(line)
        self._move(line)
        self._opens_by_rows(line)
        self._tasks(line)
        self._rows_called(line, people)
        self._keep_clocks(line)
        self._rest(line)

    def _revoked(self, line: Line) -> None:
        """What was approved stays approved, and names the one case that took its effect away."""
        assert (self.ended, self.state) == (True, "approved"), line
        assert (line["from"], line["to"]) == (self.state, self.state), line
        assert (line["actor"], line["for"]) == ("system", None), line
        assert self.revoked_by is None, ("revoked twice", line)
        assert not {"opened", "closed", "tasks", "deadlines", "stands"} & set(line), line
        assert not line["form"], line
        assert line["version"] == self.version + 1, line
        self.version += 1
        self.revoked_by = line["course"]["revoked_by"]
        assert self.revoked_by == line["target"], line
        assert not self.waiting

    def _move(self, line: Line) -> None:
        if self.seq == 1:
            self.applicant = line["opening"]["applicant"]
            self.department = line["opening"]["department"]
        assert line["version"] == self.version + 1, line
        taken_back = line["event"] == TAKE_BACK
        assert taken_back or line["round"] in (self.round, self.round + 1), line
        self.version, self.round = line["version"], line["round"]
        self.ended = line["ended"]
        self.form.update({key: after for key, (_, after) in line["form"].items()})
        if "course" in line:
            self.suspended = line["course"].get("suspended") is not None
            self.proposed = line["course"].get("proposed") is not None
        if taken_back:
            self._back_again(line)
            return
        branch, came, states = line.get("branch"), line["to"], self.definition.states
        before = self.state
        self.state = line.get("stands", came)
        if line["entered"]:
            self.entered[came] = self.seq
            parallel = states[came].parallel
            regions = () if parallel is None else parallel.regions
            self.places = {region.key: region.start for region in regions}
            self.entered.update({region.start: self.seq for region in regions})
        elif branch is not None and line["from"] != came:
            assert states[came].within == (before, branch), ("a branch is lost", line)
            self.places[branch] = came
            self.entered[came] = self.seq

    def _standing(self) -> _Standing:
        trail = {key: list(been) for key, been in self.trail.items()}
        return _Standing(
            self.state, dict(self.places), dict(self.entered), dict(self.back_to), trail
        )

    def _back_again(self, line: Line) -> None:
        """A decision is undone: the case, or one branch of it, stands where it stood before."""
        decided = self.work[line["target"]]
        assert decided.closed is not None, line
        past, branch = self.past[decided.closed], line.get("branch")
        if line["from"] == line["to"]:
            return
        if branch is None:
            self.state, self.places = past.state, dict(past.places)
            self.entered, self.back_to = dict(past.entered), dict(past.back_to)
            self.trail = {key: list(been) for key, been in past.trail.items()}
            return
        self.places[branch] = line["to"]
        self.entered[line["to"]] = past.entered[line["to"]]
        self.back_to[branch] = past.back_to.get(branch)
        self.trail[branch] = list(past.trail.get(branch, ()))

    def _tasks(self, line: Line) -> None:
        for said in line.get("opened", ()):
            assert said["id"] not in self.work, ("opened twice", said)
            self.work[said["id"]] = Work(dict(said), self.seq)
        for said in line.get("closed", ()):
            work = self.work[said["id"]]
            undone = line["event"] == TAKE_BACK and said["id"] == line["target"]
            assert work.is_open or undone, ("closed twice", said)
            work.said.update(said, closed_at=line["at"])
            work.closed = self.seq
        for said in line.get("tasks", ()):
            assert self.work[said["id"]].is_open, ("what is closed is changed", said)
            self.work[said["id"]].said.update(said)

    def _keep_clocks(self, line: Line) -> None:
        for said in line.get("deadlines", ()):
            self.clocks[said["id"]] = said

    # ---- results and ways ------------------------------------------------------------------------

    def _results(self, line: Line) -> None:
        """A panel's result and a join are carried out when they are there."""
        state = self.definition.states[line["from"]]
        panel, parallel = state.panel, state.parallel
        if line["actor"] != "system" or line["for"] is not None:
            return
        if panel is not None and line["event"] in (panel.passed, panel.failed):
            said = "passed" if line["event"] == panel.passed else "failed"
            assert self.count(state.key) == said, (self.votes(state.key), line["event"])
        elif parallel is not None and line["event"] == parallel.then:
            assert self.joined(state.key), ("joined too early", self.places)

    def votes(self, step: str) -> list[votes.Cast]:
        """The ballots of a panel's present visit."""
        return votes.ballots(self.definition, self.visit(step))

    def count(self, step: str) -> str | None:
        """What the panel of a step has come to."""
        panel = self.definition.states[step].panel
        return None if panel is None else votes.result(panel, self.votes(step))

    def joined(self, state: str) -> bool:
        """Whether enough branches are done."""
        parallel = self.definition.states[state].parallel
        if parallel is None:
            return False
        done = [one for one in parallel.regions if self.places.get(one.key) in one.done]
        return len(done) >= parallel.needed

    def _ways(self, line: Line) -> None:
        """A return leads to where the case has been; what came back goes to who returned it."""
        action = self._action_of(line)
        came, left, branch = line["to"], line["from"], line.get("branch")
        self._trail(branch, left)
        if action is None or came == left:
            return
        states = self.definition.states
        inside = branch is not None and states[came].within == states[left].within
        scope = branch if inside else None
        if action.back is not None:
            self._went_back(action, branch, left, came)
        elif action.tone == "forward" and action.vote is None and line["actor"] != "timer":
            wanted = self.back_to.get(branch)
            beside = wanted is not None and states[wanted].within == states[left].within
            assert came == (wanted if beside and wanted != left else action.target), line
        assert line["round"] == self.round + action.new_round, line
        if action.resubmit is Resubmit.COME_BACK:
            self.back_to[scope] = left
        elif came == self.back_to.get(scope) or states[came].final or action.tone == "back":
            self.back_to[scope] = None
        parallel = states[came].parallel
        if parallel is not None:
            for region in parallel.regions:
                self.back_to[region.key] = None
                self.trail[region.key] = []

    def _action_of(self, line: Line) -> Action | None:
        """What was decided; None for a clock, which may share its key with what people do."""
        if line["actor"] == "timer" and line["event"] in self.definition.deadlines:
            return None
        return self.definition.actions.get(line["event"])

    def _trail(self, branch: str | None, left: str) -> None:
        been = self.trail.setdefault(branch, [])
        if left not in been:
            been.append(left)

    def _went_back(self, action: Action, branch: str | None, left: str, came: str) -> None:
        been = {work.step for work in self.work.values()} | set(self.entered)
        assert came in been, ("it has never been there", came)
        states = self.definition.states
        assert states[came].within == states[left].within, ("into another branch", left, came)
        trail = self.trail[branch]
        before = trail[: trail.index(left)]
        assert came in before, ("not before this step", came, trail)
        if action.back is Back.PREVIOUS:
            assert came == before[-1], (came, trail)

    # ---- rows ------------------------------------------------------------------------------------

    def _rows_decided(self, line: Line) -> None:
        """A vote writes its word into its own rows alone, and is what they come to."""
        state = self.definition.states[line["from"]]
        action = self.definition.actions.get(line["event"])
        panel = state.panel
        if panel is None or panel.each is None or action is None or action.vote is None:
            return
        (mine,) = [
            self.work[said["id"]]
            for said in line.get("closed", ())
            if said["as"] == action.key
            and (said["by"], said["for"]) == (line["actor"], line["for"])
        ]
        before = self.form.get(panel.each) or []
        after = line["form"].get(panel.each, (None, before))[1]
        own = mine.handling.get("lines", ())
        assert len(before) == len(after), line
        for position, (was, now) in enumerate(zip(before, after, strict=True)):
            assert _without(panel.decision, was) == _without(panel.decision, now), line
            assert position in own or was == now, ("a row of somebody else", position, line)
        if panel.decision is None or not own:
            return
        words = {
            one.name.zh: str(one.vote)
            for one in self.definition.actions.values()
            if one.vote is not None and state.key in one.sources
        }
        said = [words[after[position][panel.decision]] for position in own]
        assert votes.of_rows(panel.rows, said) == action.vote, (said, line)

    def _opens_by_rows(self, line: Line) -> None:
        """An act that opens cases opens one for each row that its definition means, in turn."""
        action = self._action_of(line)
        starts = [] if action is None else [e for e in action.effects if isinstance(e, StartCase)]
        opens = [(one[0], one[1]) for one in line.get("opens", ())]
        waits = line["from"] == line["to"]  # somebody else has to sign as well
        assert bool(opens) <= bool(starts), ("opened by nothing", line)
        if not starts or waits:
            assert not opens, line
            return
        (start,) = starts
        assert start.when is not None
        column, _, word = start.when.text.removeprefix("line.").partition(" ")
        wanted = word.partition('"')[2].rstrip('"')
        meant = [
            row
            for row in self.form.get(start.each or "") or ()
            if row.get(column) is not None and (row[column] == wanted) is word.startswith("==")
        ]
        self.started += opens
        self.wanted += [(row["thing"], row.get("owner")) for row in meant]
        assert len(opens) == len(meant), (meant, line)

    def _rows_called(self, line: Line, people: Organisation) -> None:
        """Where rows are decided every row is somebody's, its owner's if they may decide, and what
        was decided of it before is forgotten.
        """
        if line["event"] == TAKE_BACK:
            return
        for step, since in self.entered.items():
            panel = self.definition.states[step].panel
            if since != self.seq or step not in self.stands or panel is None or panel.each is None:
                continue
            asked = [w for w in self.visit(step) if w.kind == "step" and w.opened == self.seq]
            for position, row in enumerate(self.form.get(panel.each) or ()):
                assert panel.decision is None or row.get(panel.decision) is None, (row, line)
                with_it = [w for w in asked if position in w.handling.get("lines", ())]
                assert with_it, ("a row is nobody's", position, row, line)
                assert len(with_it) == 1 or all(w.person is None for w in with_it), line
                self._is_the_owners(row.get(panel.owner), step, with_it[0], people)

    def _decisions_stand(self) -> None:
        """What somebody has decided of a row stays written beside it, whatever happens in another
        branch meanwhile.
        """
        for step in self.stands:
            panel = self.definition.states[step].panel
            if panel is None or panel.each is None or panel.decision is None:
                continue
            rows = self.form.get(panel.each) or ()
            for work in filter(self._has_voted, self.visit(step)):
                for position in work.handling.get("lines", ()):
                    assert rows[position].get(panel.decision), ("a decision is lost", work.said)

    def _is_the_owners(
        self, owner: str | None, step: str, work: Work, people: Organisation
    ) -> None:
        known = people.people.get(owner or "")
        if known is None or not known.active or owner == self.applicant:
            assert work.person is None or work.person != self.applicant, work.said
            return
        spared = self.definition.same_approver is not SameApprover.NONE
        if owner not in self.signers(besides=step):
            assert work.person == owner, ("not with its owner", work.said)
        elif not spared:
            assert work.person != owner, ("has signed", work.said)

    def rows_left(self, step: str) -> list[int]:
        """The rows of a step's present visit that nobody decides, or has decided, any more."""
        panel = self.definition.states[step].panel
        if panel is None or panel.each is None:
            return []
        kept = [w for w in self.visit(step) if w.is_open or self._has_voted(w)]
        taken = {line for work in kept for line in work.handling.get("lines", ())}
        rows = self.form.get(panel.each) or ()
        return [position for position in range(len(rows)) if position not in taken]

    def _has_voted(self, work: Work) -> bool:
        action = self.definition.actions.get(work.end or "")
        return action is not None and action.vote is not None

    # ---- what must be true after any line --------------------------------------------------------

    def _rest(self, line: Line) -> None:
        states = self.definition.states
        parallel = states[self.state].parallel
        assert set(self.places) == {r.key for r in (() if parallel is None else parallel.regions)}
        for key, place in self.places.items():
            assert states[place].within == (self.state, key), self.places
        seats: set[tuple[str, str]] = set()
        for work in self.waiting:
            assert not self.ended, ("open in a case that has ended", work.said)
            if work.kind == "promise":
                continue
            assert work.step in self.stands, ("open where the case does not stand", work.said)
            if work.kind == "step" and work.person is not None:
                assert (work.step, work.person) not in seats, ("two owners", work.said)
                seats.add((work.step, work.person))
        self._only_this_branch(line)
        self._new_members(line)
        self._decisions_stand()

    def _only_this_branch(self, line: Line) -> None:
        branch = line.get("branch")
        if branch is None or line["entered"]:
            return
        for said in line.get("closed", ()):
            within = self.definition.states[self.work[said["id"]].step].within
            assert within == (self.state, branch), ("a sibling is closed", said, line)
        mine = [s for s in self.definition.states.values() if s.within == (self.state, branch)]
        own = {one.panel.decision for one in mine if one.panel is not None}
        for was, became in line["form"].values():
            for before, after in zip(was or (), became or (), strict=True):
                changed = {key for key in {*before, *after} if before.get(key) != after.get(key)}
                assert changed <= own, ("a sibling's decision is written over", changed, line)

    def _new_members(self, line: Line) -> None:
        """Who sits by name may decide: not the applicant, nobody who signed elsewhere."""
        weights = self.definition
        for said in line.get("opened", ()):
            work = self.work[said["id"]]
            state = weights.states[work.step]
            if work.kind != "step" or work.person is None or state.panel is None:
                continue
            assert work.person != self.applicant, ("the applicant sits", said)
            spared = self.definition.same_approver is not SameApprover.NONE
            if not spared and line["event"] != TAKE_BACK:
                assert work.person not in self.signers(besides=work.step), ("has signed", said)
            if "origin" not in work.handling and "added_by" not in work.handling:
                wanted = dict(state.panel.weights).get(work.role or "", 1)
                assert work.handling.get("weight", 1) == wanted, said

    def signers(self, besides: str) -> set[str]:
        """Who has signed the case at another step, in person or by somebody standing in."""
        signing = self.definition.actions
        return {
            name
            for work in self.work.values()
            if work.step != besides
            and work.end is not None
            and work.end in signing
            and _is_signature(signing[work.end])
            for name in (work.said["by"], work.said["for"])
            if name is not None
        }

    def amount(self) -> int | None:
        """How many fen it is about: the key figure, else the greatest of its sums."""
        figure = self.definition.key_figure
        keys = ("cost", "more") if figure is None else (figure,)
        return max((n for key in keys if (n := self.form.get(key)) is not None), default=None)

    # ---- what must be true once everything that follows has followed -----------------------------

    def at_rest(self) -> None:
        """No result is left lying, and everywhere there is a way on."""
        if self.ended or self.suspended:
            return
        running = [c for c in self.clocks.values() if c["state"] == "running"]
        for place in self.stands:
            assert not self.rows_left(place), ("a row is nobody's", place, self.rows_left(place))
            self._nothing_left_lying(place)
            self._nobody_sits_in_vain(place)
            self._a_way_on(place, running)
        self._due_as_the_clocks_say(running)

    def _nothing_left_lying(self, place: str) -> None:
        state = self.definition.states[place]
        follows: str | None = None
        if state.panel is not None:
            come = self.count(place)
            follows = {"passed": state.panel.passed, "failed": state.panel.failed}.get(come or "")
        elif state.parallel is not None and self.joined(place):
            follows = state.parallel.then
        if follows is not None:
            assert self._promises_stop(follows), ("nobody carries it out", place, follows)

    def _nobody_sits_in_vain(self, place: str) -> None:
        """No panel of a branch waits for somebody who has signed in another."""
        panel = self.definition.states[place].panel
        spared = self.definition.same_approver is not SameApprover.NONE
        for work in self.waiting if self.places and panel is not None and not spared else ():
            if work.step == place and work.kind == "step":
                assert work.person not in self.signers(besides=place), ("in vain", work.said)

    def _promises_stop(self, key: str) -> bool:
        action = self.definition.actions[key]
        ends = self.definition.states[action.target].final and action.tone == "forward"
        return ends and any(work.kind == "promise" for work in self.waiting)

    def _a_way_on(self, place: str, running: list[Line]) -> None:
        state = self.definition.states[place]
        parallel = state.parallel
        if parallel is not None:
            return  # its branches are places of their own
        within = state.within
        if within is not None:
            regions = self.definition.states[within[0]].parallel
            assert regions is not None
            if any(place in region.done for region in regions.regions):
                return
        here = [w for w in self.waiting if w.step == place or w.kind == "promise"]
        clocks = [c for c in running if place in self.definition.deadlines[c["key"]].states]
        free = [work for work in here if not work.handling.get("held")]
        assert free or clocks, ("nobody can go on", place, [work.said for work in here])

    def _due_as_the_clocks_say(self, running: list[Line]) -> None:
        for work in self.waiting:
            if work.kind != "step" or work.said.get("overdue"):
                continue
            rules = self.definition.deadlines
            ends = [c["due"] for c in running if work.step in rules[c["key"]].states]
            assert work.said["due"] == (min(ends) if ends else None), (work.said, ends)


class _Rights:
    """Who may do what a line says they did, by the case as it was before it."""

    def __init__(self, told: Told, line: Line, people: Organisation, now: datetime) -> None:
        self.told = told
        self.line = line
        self.people = people
        self.now = now
        self.day = now.date()
        self.actor: str = line["actor"]
        self.behind: str | None = line["for"]
        self.names = {self.actor, self.behind or self.actor}

    def judge(self) -> None:
        """An AssertionError where they had no right to."""
        event = self.line["event"]
        if event in _OF_ADMINISTRATORS:
            self._keeps_the_house()
        elif self.actor in AUTOMATIC:
            self._by_itself()
        elif event == "save":
            assert self._is_applicant(), self.line
            assert self.told.state == "draft", self.line
        elif event == "task.urge":
            assert self._is_applicant(), self.line
        elif event == "task.take_back":
            self._took_it()
        elif "." in event:
            self._handles(event)
        else:
            self._decides(self.told.definition.actions[event])

    def _keeps_the_house(self) -> None:
        assert self.behind is None, self.line
        assert self._holds(self.actor, "admin", None), self.line
        decided = [
            s for s in self.line.get("closed", ()) if s["as"] in self.told.definition.actions
        ]
        assert not decided, ("an administrator decides", self.line)

    def _by_itself(self) -> None:
        definition, event = self.told.definition, self.line["event"]
        if event == UNSEAT:
            self._frees_a_seat()
        elif self.behind is not None:
            self._has_agreed(self.behind)
        elif self.actor == "timer":
            rules = definition.deadlines
            assert event in rules or event in {rule.action for rule in rules.values()}, self.line
        else:
            action = definition.actions[event]
            fired = any(seat.kind is SeatKind.SYSTEM for seat in action.seats)  # by another case
            assert event in definition.results or action.automatic or fired, self.line

    def _frees_a_seat(self) -> None:
        """What waits in one branch for somebody who has signed in another, and nothing else."""
        told, ended = self.told, "signed_elsewhere"
        (work,) = [told.work[c["id"]] for c in self.line["closed"] if c["as"] == ended]
        assert self.line.get("branch") in told.places, self.line
        assert (work.is_open, work.step) == (True, self.line["from"]), (work.said, self.line)
        assert self.line.get("target") == work.person, (work.said, self.line)
        if work.person is not None:
            assert work.person in told.signers(besides=work.step), ("may still decide", work.said)

    def _has_agreed(self, person: str) -> None:
        """What `same_approver` spares: somebody who agreed at an earlier step of this round."""
        rule, told = self.told.definition.same_approver, self.told
        assert rule is not SameApprover.NONE, self.line
        assert person != told.applicant, self.line
        here = self.line["from"]
        agreed = [
            work
            for work in told.work.values()
            if work.said["round"] == told.round and work.step != here and self._is_yes(work)
        ]
        if rule is SameApprover.ADJACENT and agreed:
            last = max(work.said["closed_at"] for work in agreed)
            steps = {work.step for work in agreed if work.said["closed_at"] == last}
            agreed = [work for work in agreed if work.step in steps]
        assert any((w.said["for"] or w.said["by"]) == person for w in agreed), self.line

    def _is_yes(self, work: Work) -> bool:
        action = self.told.definition.actions.get(work.end or "")
        return (
            action is not None
            and action.tone == "forward"
            and (action.vote is None or action.vote == "for")
        )

    def _took_it(self) -> None:
        mine = [w for w in self.told.work.values() if self.actor == w.said.get("by")]
        assert any(work.end in self.told.definition.actions for work in mine), self.line

    # ---- general acts ----------------------------------------------------------------------------

    def _handles(self, event: str) -> None:
        work = self._own_work(event)
        assert self._reaches(work), ("it is not theirs", self.line, work.said)
        assert self.names.isdisjoint(work.said["excluded"]), self.line
        claimed = work.handling.get("claimed_by")
        assert claimed is None or claimed in self.names, ("a colleague has it", self.line)
        assert event == "task.recuse" or not work.handling.get("held"), ("held", self.line)
        if event == "task.recuse" or work.kind == "step":
            tool = {"task.release": "claim"}.get(event, event.removeprefix("task."))
            allowed = {str(tool) for tool in self.told.definition.states[work.step].may}
            if event == "task.remove" and allowed & _OF_ASKING:
                allowed.add("remove")  # whoever may ask may withdraw what they asked
            assert tool in allowed, ("not allowed here", self.line)
        for said in self.line.get("opened", ()):
            if said["person"] is not None and self._kind(said) == "step":
                self._may_be_given(said)

    def _may_be_given(self, said: Line) -> None:
        assert said["person"] != self.told.applicant or self._open_to_applicant(said["step"]), said
        assert not self._recused(said["person"], said["step"]), ("recused, and back", said)

    @staticmethod
    def _kind(said: Line) -> str:
        return str(said.get("handling", {}).get("kind", "step"))

    def _own_work(self, event: str) -> Work:
        """The work that the act is about, as far as its line tells."""
        told, line = self.told, self.line
        if event in _CLOSING_OWN or (event == "task.recuse" and "closed" in line):
            return told.work[line["closed"][0]["id"]]
        if event in ("task.claim", "task.release", "task.recuse"):
            return told.work[line["tasks"][0]["id"]]
        if event in ("task.add_before", "task.add_after", "task.ask", "task.consult"):
            return told.work[line["opened"][0]["handling"]["origin"]]
        if "closed" in line:
            step = told.work[line["closed"][0]["id"]].step
        else:
            step = line["opened"][0]["step"]
        mine = [w for w in told.waiting if w.kind == "step" and w.step == step]
        mine = [w for w in mine if self._reaches(w)]
        free = [w for w in mine if not w.handling.get("held")]
        assert mine, ("they have no work here", line)
        return (free or mine)[0]

    # ---- decisions -------------------------------------------------------------------------------

    def _decides(self, action: Action) -> None:
        line, told = self.line, self.told
        assert line["from"] in told.stands, line
        assert line["from"] in action.sources, line
        assert not told.suspended, ("the case is suspended", line)
        self._leaves_no_promise(action)
        if not action.duty:
            seats = {seat.kind for seat in action.seats}
            assert seats == {SeatKind.APPLICANT}, line
            assert self._is_applicant(), line
            return
        own = [
            told.work[said["id"]]
            for said in line.get("closed", ())
            if said["as"] == action.key and (said["by"], said["for"]) == (self.actor, self.behind)
        ]
        assert len(own) == 1, ("decided without work of their own", line)
        self._with(action, own[0])

    def _with(self, action: Action, work: Work) -> None:
        line = self.line
        assert work.is_open, line
        assert (work.kind, work.step) == ("step", line["from"]), line
        assert self._reaches(work), ("it is not theirs", line, work.said)
        assert not work.handling.get("held"), ("it is not their turn", line)
        claimed = work.handling.get("claimed_by")
        assert claimed is None or claimed in self.names, ("a colleague has it", line)
        assert not any(self._recused(name, work.step) for name in self.names), ("recused", line)
        self._of_the_seat(action, work)
        own_seat = any(seat.kind is SeatKind.APPLICANT for seat in action.seats)
        if not own_seat and not action.by_applicant:
            assert self.told.applicant not in self.names, ("their own case", line)
        if self._is_signing(action, work.step):
            before = self.told.signers(besides=work.step)
            assert self.names.isdisjoint(before), ("signs a second step", line)
        if (action.all_sign and action.signs) or action.vote is not None:
            self._only_once(action, work)

    def _only_once(self, action: Action, work: Work) -> None:
        """Nobody gives two of the signatures of a step, nobody votes for two as one of them."""
        visit = [w for w in self.told.visit(work.step) if w.kind == "step" and w is not work]
        if action.vote is None or self.behind is not None:
            gave = [w for w in visit if w.end == action.key or self._is_vote(w)]
            given = {w.said["by"] for w in gave}
            assert self.actor not in given, ("a second time", self.line)

    def _is_vote(self, work: Work) -> bool:
        action = self.told.definition.actions.get(work.end or "")
        return action is not None and action.vote is not None

    def _of_the_seat(self, action: Action, work: Work) -> None:
        """Work that was not handed on waits for a seat that the action, or the step, has."""
        if work.handling or work.person is not None:
            return
        roles = {
            f"{_DUTY}{seat.roster}" if seat.kind is SeatKind.ROSTER else seat.role
            for seat in self._seats(action, work.step)
        }
        heads = any(seat.kind is SeatKind.HEAD for seat in self._seats(action, work.step))
        known = {"dept_head", "vice_president"} if heads else set()
        assert work.said["role"] in roles | known, (work.said, roles)

    def _seats(self, action: Action, step: str) -> Iterator[Seat]:
        panel = self.told.definition.states[step].panel
        seats = [*action.seats, *(() if panel is None else (*panel.members, *panel.replace))]
        for other in self.told.definition.actions.values():
            if step in other.sources:
                seats += other.seats
        for seat in seats:
            yield seat
            yield from seat.stand_ins

    def _leaves_no_promise(self, action: Action) -> None:
        if self.line["ended"] and action.tone == "forward":
            still = [work for work in self.told.waiting if work.kind == "promise"]
            assert not still, ("promises are open", self.line)

    # ---- people ----------------------------------------------------------------------------------

    def _is_applicant(self) -> bool:
        return self.behind is None and self.actor == self.told.applicant

    def _open_to_applicant(self, step: str) -> bool:
        actions = [a for a in self.told.definition.actions.values() if step in a.sources]
        return any(a.by_applicant for a in actions)

    def _is_signing(self, action: Action, step: str) -> bool:
        signs = any(
            _is_signature(one) and step in one.sources
            for one in self.told.definition.actions.values()
        )
        by_reviewer = any(seat.kind is SeatKind.REVIEWER for seat in action.seats)
        return _is_signature(action) or (signs and by_reviewer)

    def _recused(self, name: str, step: str) -> bool:
        return any(
            name in work.handling.get("recused", ())
            or (work.end == "recused" and name in (work.said["by"], work.said["for"]))
            for work in self.told.visit(step)
        )

    def _reaches(self, work: Work) -> bool:
        """Whether work waits for whoever acts, or for the one in whose name they do."""
        owner = self.behind or self.actor
        if not self._is_here(self.actor) or not self._is_here(owner):
            return False
        if work.person is not None:
            theirs = work.person == owner
        else:
            theirs = self._holds(owner, work.said["role"], work.said["department"])
        if self.behind is not None and work.role is not None and work.role.startswith(_DUTY):
            return False  # being on duty is not lent
        return theirs and (self.behind is None or self._lent(work.role))

    def _is_here(self, person: str) -> bool:
        known = self.people.people.get(person)
        return known is not None and known.active

    def _on_duty(self, person: str, key: str) -> bool:
        """Whether a roster has somebody in a shift that has begun and not ended."""
        roster = self.people.rosters.get(key)
        hours = {} if roster is None else {shift.name: shift for shift in roster.shifts}
        for row in () if roster is None else roster.rows:
            shift = hours.get(row.shift)
            if row.person == person and shift is None and row.date == self.day:
                return True
            if row.person == person and shift is not None:
                begin = datetime.combine(row.date, shift.start)
                end = datetime.combine(row.date, shift.end)
                if begin <= self.now < end + timedelta(days=1 if end <= begin else 0):
                    return True
        return False

    def _holds(self, person: str, role: str | None, department: str | None) -> bool:
        if role is not None and role.startswith(_DUTY):
            return self._is_here(person) and self._on_duty(person, role.removeprefix(_DUTY))
        return self._is_here(person) and any(
            post.role == role
            and department in (None, post.department)
            and (post.start or self.day) <= self.day <= (post.end or self.day)
            for post in self.people.people[person].posts
        )

    def _lent(self, role: str | None) -> bool:
        cost = self.told.amount()
        return any(
            grant.principal == self.behind
            and grant.delegate == self.actor
            and grant.start <= self.day <= grant.end
            and role is not None
            and (not grant.roles or role in grant.roles)
            and (not grant.processes or self.told.definition.key in grant.processes)
            and (grant.max_amount is None or (cost is not None and cost <= grant.max_amount))
            and not self._goes_both_ways(grant)
            for grant in self.people.delegations
        )

    def _goes_both_ways(self, grant: Delegation) -> bool:
        return any(
            (other.principal, other.delegate) == (grant.delegate, grant.principal)
            and other.start <= self.day <= other.end
            and (other.start, other.id) < (grant.start, grant.id)
            for other in self.people.delegations
        )


def _without(key: str | None, row: Line) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != key}


def _is_signature(action: Action) -> bool:
    """A signature: alone, one of several, or a vote."""
    return action.signs or action.all_sign or action.vote is not None

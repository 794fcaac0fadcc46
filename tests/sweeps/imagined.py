"""Processes that nobody wrote: definitions of chance, made of everything the language offers for
approvals. The same number gives the same one everywhere.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache
from random import Random
from typing import Any

import orjson

from tests.workflow.hospital import small_register
from workflow.design.definition import Definition
from workflow.design.parameters import Parameter, ParameterKind
from workflow.design.parsing import parse_definition
from workflow.design.register import Account, Register, Role
from workflow.refusals import Sentence
from workflow.running.administering import FOUR_EYES
from workflow.running.rulebook import Rulebook
from workflow.service.bundles import Bundle, examine

#: Whoever may be asked at a step; clinicians ask, keepers see to promises as well.
ROLES = ("dept_head", "finance_officer", "vice_president", "keeper")
TOOLS = (
    "claim",
    "transfer",
    "add_before",
    "add_after",
    "add_beside",
    "remove",
    "ask",
    "consult",
    "recuse",
    "take_back",
)
#: What can be done only where several people decide, and only where a post has the task.
OF_PANELS = {"add_beside", "remove"}
OF_POSTS = {"claim"}
PROCESS = "imagined"
#: The process by which an approval of the first is revoked.
UNDOING = "undoing"
#: The process of which a case is opened for each row.
ERRAND = "errand"
#: The duty roster of which the seats speak.
ROSTER = "general"
APPLICANT = "applicant"
REVIEWER = "reviewer"

Written = dict[str, Any]


@cache
def register() -> Register:
    """The small register, with those who keep the house."""
    small = small_register()
    keeper = Role("admin", Sentence("系统管理员", "Administrator"), Sentence("", ""), Account.LOGIN)
    nothing = Sentence("", "")
    pairs = Parameter(FOUR_EYES, ParameterKind.ON_OFF, nothing, nothing, default=True)
    return replace(
        small,
        roles={**small.roles, "admin": keeper},
        parameters={**small.parameters, FOUR_EYES: pairs},
    )


@lru_cache(maxsize=512)
def imagined(number: int) -> Rulebook:
    """The definition of that number, ready to run. It must pass every check: what the generator
    makes and what the checks allow have to agree.
    """
    text = written(number)
    examined = examine(text, f"{PROCESS}/1.yaml", register(), [_parsed_errand()])
    assert isinstance(examined, Bundle), ([p.said.en for p in examined], text)
    roles = {key: role.name for key, role in register().roles.items()}
    return Rulebook.of(examined.definition, examined.compiled, roles)


@cache
def undoing() -> Rulebook:
    """The process that revokes what was approved by an imagined one, whichever that is."""
    examined = examine(_UNDOING, f"{UNDOING}/1.yaml", register(), [imagined(0).definition])
    assert isinstance(examined, Bundle), [p.said.en for p in examined]
    roles = {key: role.name for key, role in register().roles.items()}
    return Rulebook.of(examined.definition, examined.compiled, roles)


@cache
def errand() -> Rulebook:
    """The process of which an imagined one opens a case for each row of its table."""
    examined = examine(_ERRAND, f"{ERRAND}/1.yaml", register(), [imagined(0).definition])
    assert isinstance(examined, Bundle), [p.said.en for p in examined]
    roles = {key: role.name for key, role in register().roles.items()}
    return Rulebook.of(examined.definition, examined.compiled, roles)


@cache
def _parsed_errand() -> Definition:
    """The same as it is read: the two processes speak of each other."""
    read = parse_definition(_ERRAND, f"{ERRAND}/1.yaml", register())
    assert isinstance(read, Definition), [p.said.en for p in read]
    return read


def written(number: int) -> str:
    """The same as text: JSON, which is YAML too."""
    return orjson.dumps(_Imagining(Random(f"definition {number}")).definition()).decode()


class _Imagining:
    """One definition while it is thought up: steps one after the other, then the end."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.states: Written = {}
        self.actions: Written = {}
        self.deadlines: Written = {}
        self.branching = False
        self.rows = False
        self.columns: set[str] = set()  # into which rows are decided
        self.starting = False

    def definition(self) -> Written:
        """All of it."""
        chance = self.chance
        self._state("draft", entry=True, edit={"who": APPLICANT})
        legs = [f"s{n}" for n in range(1, chance.choice([1, 2, 2, 3]) + 1)]
        self._act("submit", "draft", to=legs[0], who=APPLICANT)
        for here, after in zip(legs, [*legs[1:], "approved"], strict=True):
            if not self.branching and chance.random() < 0.3:
                self._fork(here, after)
            else:
                self._step(here, after)
        for end in ("approved", "refused", "withdrawn"):
            self._state(end, final=True)
        if not any("refused" in _targets(action) for action in self.actions.values()):
            self._act("refuse", "draft", to="refused", who=APPLICANT, tone="stop")
        outside = ["draft", *legs]
        dropped = {"act": "drop", "on": "children", "process": ERRAND, "states": ["todo"]}
        undone: Written = {"effects": [dropped]} if self.starting and self._sometimes(0.7) else {}
        leaves = {"to": "withdrawn", "who": APPLICANT, "tone": "stop", "duty": False}
        self._act("withdraw", outside, **leaves, **undone)
        if self._sometimes(0.3):
            self.deadlines["whole"] = {
                **_named("whole"),
                "while": legs,
                "pauses": ["draft"],
                "length": {"workdays": chance.choice([1, 2])},
                "overdue": True,
            }
        return {
            "process": PROCESS,
            "version": 1,
            **_named(PROCESS),
            "summary": {"zh": "随机", "en": "Of chance"},
            "category": {"zh": "随机", "en": "Of chance"},
            "number": "XX",
            "title": "{what}",
            "same_approver": chance.choice(["none", "none", "adjacent", "all", "all"]),
            "open": {"who": [{"role": "clinician"}]},
            "form": {
                "what": {**_labelled("what"), "type": "text"},
                "who": {**_labelled("who"), "type": "person"},
                "cost": {**_labelled("cost"), "type": "money"},
                "more": {**_labelled("more"), "type": "money"},
                **({"things": self._things()} if self.rows else {}),
            },
            **({"key_figure": "more"} if self._sometimes(0.3) else {}),
            "states": self.states,
            "actions": self.actions,
            **({"deadlines": self.deadlines} if self.deadlines else {}),
        }

    # ---- steps -----------------------------------------------------------------------------------

    def _step(self, here: str, after: str, branch: str | None = None) -> None:
        made = self.chance.choices([self._alone, self._jointly, self._panel], [3, 1, 4])[0]
        made(here, after, {} if branch is None else {"in": branch})
        self._tools(here, after)
        self._return(here, inside=branch is not None)
        self._clock(here, after)

    def _alone(self, here: str, after: str, more: Written) -> None:
        self._state(here, **more)
        seats = [self._seat(asked=True)]
        if self._sometimes(0.3):
            other = self._seat()
            seats += [other] if other.get("role") != seats[0].get("role") else []
        signs = {"signs": True} if self._sometimes(0.6) else {}
        self._act(f"agree_{here}", here, to=after, who=seats, **signs, **self._promising(after))
        self._opening_by_rows(f"agree_{here}", 0.15)
        if self._sometimes(0.7):
            self._act(f"object_{here}", here, to="refused", **self._saying_no())

    def _jointly(self, here: str, after: str, more: Written) -> None:
        self._state(here, **more)
        seats = [{"role": role} for role in self.chance.sample(ROLES, self.chance.choice([2, 3]))]
        joint = {"all_sign": True, "signs": self._sometimes(0.5)}
        self._act(f"sign_{here}", here, to=after, who=seats, **joint, **self._promising(after))
        self._opening_by_rows(f"sign_{here}", 0.15)
        if self._sometimes(0.5):
            self._act(f"object_{here}", here, to="refused", **self._saying_no())

    def _panel(self, here: str, after: str, more: Written) -> None:
        chance = self.chance
        roles = chance.sample(ROLES, chance.choice([1, 1, 2, 3]))
        panel: Written = {
            "members": [{"role": role} for role in roles],
            "order": chance.choice(["any", "any", "in_turn"]),
            "pass": chance.choice(
                [
                    "any",
                    "all",
                    "all",
                    {"ratio": chance.choice([34, 50, 60, 67, 100])},
                    {"ratio": chance.choice([34, 50, 60, 67]), "of": "members"},
                ]
            ),
            "on_no": chance.choice(["stop", "stop", "gather"]),
            "passed": f"pass_{here}",
            "failed": f"fail_{here}",
        }
        if panel["pass"] == "any":
            panel["order"] = "any"
        if self._sometimes(0.3):
            panel["quorum"] = chance.choice([2, 3])
        if isinstance(panel["pass"], dict) and self._sometimes(0.6):
            panel["weights"] = {role: chance.choice([1, 2, 3]) for role in roles}
        if self._sometimes(0.3):
            panel["veto"] = [chance.choice(roles)]
        self._seats_besides(panel, str(more.get("in", "")))
        self._state(here, panel=panel, **more)
        self._act(f"agree_{here}", here, vote="for", who=REVIEWER)
        no = self._saying_no()
        self._act(f"object_{here}", here, vote="against", **no)
        if self._sometimes(0.6):
            self._act(f"abstain_{here}", here, vote="abstain", who=REVIEWER, tone="plain")
        self._act(f"pass_{here}", here, to=after, who="system")
        again = self._sometimes(0.25)
        failing: Written = {"to": "draft", "tone": "back"} if again else {"tone": "stop"}
        self._act(f"fail_{here}", here, **{"to": "refused", "who": "system", **failing})
        agreed = f'{panel["decision"]} == "agree_{here}"' if "decision" in panel else None
        self._opening_by_rows(f"pass_{here}", 0.5 if "each" in panel else 0.1, agreed)

    def _seats_besides(self, panel: Written, branch: str) -> None:
        """Replacements, owners of rows, whoever is on duty."""
        if self._sometimes(0.4):
            panel["replace"] = [{"role": self.chance.choice(ROLES)}]
        if self._sometimes(0.3):
            self._by_rows(panel, branch)
        elif self._sometimes(0.15):
            panel["members"].append({"roster": ROSTER})

    def _by_rows(self, panel: Written, branch: str) -> None:
        """Whoever answers for a row sits, at times beside the others. What a branch decides goes
        into a column of its own.
        """
        self.rows = True
        panel.update(each="things", owner="line.owner")
        if self._sometimes(0.8):
            column = "_".join(["decided", *branch.split(".")[1:]])
            panel["decision"] = f"line.{column}"
            self.columns.add(column)
        panel["rows"] = self.chance.choice(["all", "most", "any"])
        if "replace" not in panel:
            panel["replace"] = [{"role": self.chance.choice(ROLES)}]
        if self._sometimes(0.7):
            for key in ("members", "weights", "veto"):
                panel.pop(key, None)

    def _opening_by_rows(self, act: str, share: float, when: str | None = None) -> None:
        """A case for each row of the table, or for those that the panel has agreed to."""
        if not self._sometimes(share):
            return
        self.rows = self.starting = True
        fields = {"thing": "line.thing", "owner": "line.owner"}
        start: Written = {"start": ERRAND, "each": "things", "fields": fields}
        start["when"] = when or 'line.thing != "thing 0"'
        self.actions[act]["effects"] = [start]

    def _fork(self, here: str, after: str) -> None:
        chance = self.chance
        self.branching = True
        keys = [f"r{n}" for n in range(1, chance.choice([2, 2, 3]) + 1)]
        regions: Written = {}
        join = chance.choice(["all", "all", "any", 2])
        parallel = {"regions": regions, "join": join, "then": f"join_{here}"}
        self._state(here, parallel=parallel)
        self._act(f"join_{here}", here, to=after, who="system")
        for key in keys:
            branch = f"{here}.{key}"
            steps = [f"{here}{key}{n}" for n in range(1, chance.choice([1, 1, 2]) + 1)]
            done = f"{here}{key}done"
            for one, then in zip(steps, [*steps[1:], done], strict=True):
                self._step(one, then, branch)
            self._state(done, **{"in": branch})
            regions[key] = {"start": steps[0], "done": [done]}

    def _tools(self, here: str, after: str) -> None:
        if not self._sometimes(0.8):
            return
        state = self.states[here]
        asked = self.actions.get(f"agree_{here}") or self.actions[f"sign_{here}"]
        of_post = any(
            "role" in seat and "holders" not in seat
            for seat in asked["who"]
            if isinstance(seat, dict)
        )
        barred = (set() if "panel" in state else OF_PANELS) | (set() if of_post else OF_POSTS)
        if after == "approved" and "panel" not in state:
            barred.add("take_back")  # what has ended a case stays
        allowed = [tool for tool in TOOLS if tool not in barred]
        tools = self.chance.sample(allowed, self.chance.randint(2, len(allowed)))
        if "remove" in tools and "add_beside" not in tools:
            tools.append("add_beside")
        state["may"] = tools if self._sometimes(0.7) else {"tools": tools, "longest_chain": 1}

    # ---- what a step has besides -----------------------------------------------------------------

    def _return(self, here: str, *, inside: bool) -> None:
        if not self._sometimes(0.75):
            return
        way: Written = self.chance.choice(
            [{"to": "draft"}, {"back": "previous"}, {"back": "visited"}, {"back": "visited"}]
        )
        if inside and "back" in way and here.endswith("1"):
            way = {"to": "draft"}  # a branch has no step before its first
        # Out of a branch everything begins anew; in a branch the others' signatures stay.
        if self._sometimes(0.4) and not (inside and "to" in way):
            way["resubmit"] = "come_back"
        if self._sometimes(0.5) and not (inside and "back" in way):
            way["new_round"] = True
        no = {**self._saying_no(), "tone": "back"}
        self._act(f"back_{here}", here, **way, **no)

    def _clock(self, here: str, after: str) -> None:
        if not self._sometimes(0.4):
            return
        lapses = self._sometimes(0.5)
        # A deadline and something that people decide may have one key.
        key = f"back_{here}" if not lapses and f"back_{here}" in self.actions else f"clock_{here}"
        clock: Written = {
            **_named(key),
            "while": [here],
            "length": self.chance.choice([{"hours": 8}, {"workdays": 1}, {"working_hours": 6}]),
        }
        if not lapses:
            clock["overdue"] = True
        else:
            clock["then"] = f"lapse_{here}"
            to = self.chance.choice(["refused", after])
            self._act(f"lapse_{here}", here, to=to, who="timer", tone="plain")
        self.deadlines[key] = clock

    def _seat(self, *, asked: bool = False) -> Written:
        """Somebody for a step; `asked`: it may say who is asked instead."""
        seats: list[Written] = [
            {"role": self.chance.choice(ROLES)},
            {"role": "dept_head", "of": "applicant.department", "or_anyone": True},
            {"role": "dept_head", "of": "case.department"},
            {"head": "applicant.department"},
            {"person": "form.who"},
            {"roster": ROSTER},
        ]
        seat = self.chance.choices(seats, [6, 2, 2, 2, 1, 2])[0]
        if asked and self._sometimes(0.3):
            seat["if_empty"] = self.chance.choice(["admin", {"role": "vice_president"}])
        if asked and self._sometimes(0.3):
            seat["if_applicant"] = self.chance.choice(["above", "deny", {"role": "keeper"}])
        if asked and "role" in seat and self._sometimes(0.15):
            seat["holders"] = "at_opening"
        return seat

    def _promising(self, after: str) -> Written:
        """Conditions may be named where the case goes on."""
        if after == "approved" or not self._sometimes(0.4):
            return {}
        return {"promises": [{"role": "keeper"}]}

    def _things(self) -> Written:
        """A table of what is asked for: who answers for each, and what they said of it."""
        decided = {key: {**_labelled(key), "type": "text"} for key in sorted(self.columns)}
        return {**_THINGS, "columns": {**_THINGS["columns"], **decided}}

    @staticmethod
    def _saying_no() -> Written:
        return {"who": REVIEWER, "opinion": "required", "tone": "stop"}

    # ---- writing ---------------------------------------------------------------------------------

    def _sometimes(self, share: float) -> bool:
        return self.chance.random() < share

    def _state(self, key: str, **more: object) -> None:
        self.states[key] = {**_named(key), **more}

    def _act(self, key: str, source: str | list[str], **more: object) -> None:
        self.actions[key] = {**_named(key), "from": source, **more}


#: What the rows of a table are about, and who answers for each.
_THINGS: Written = {
    "label": {"zh": "things", "en": "things"},
    "type": "table",
    "required": "submit",
    "columns": {
        "thing": {"label": {"zh": "thing", "en": "thing"}, "type": "text", "required": True},
        "owner": {"label": {"zh": "owner", "en": "owner"}, "type": "person"},
    },
}
_ERRAND = f"""\
process: {ERRAND}
version: 1
name: {{zh: 逐行办理, en: Errand}}
summary: {{zh: 每行一件, en: One for each row.}}
category: {{zh: 随机, en: Of chance}}
number: XE
title: '{{thing}}'
open:
  who: system
  parent: {{process: {PROCESS}, field: asked_in, required: true}}
form:
  asked_in: {{label: {{zh: 原案, en: Asked in}}, type: case, process: {PROCESS}}}
  thing: {{label: {{zh: 事项, en: Thing}}, type: text}}
  owner: {{label: {{zh: 负责人, en: Owner}}, type: person}}
states:
  todo: {{name: {{zh: 待办, en: To do}}, entry: true, may: [transfer, consult, recuse]}}
  done: {{name: {{zh: 已办, en: Done}}, final: true}}
  dropped: {{name: {{zh: 不办, en: Dropped}}, final: true}}
actions:
  finish:
    name: {{zh: 办完, en: Finish}}
    from: todo
    to: done
    who: [{{person: form.owner}}, {{role: keeper}}]
    signs: true
  drop:
    name: {{zh: 不办, en: Drop}}
    from: todo
    to: dropped
    who: system
    tone: stop
    duty: false
"""
_UNDOING = f"""\
process: {UNDOING}
version: 1
name: {{zh: 撤销, en: Undoing}}
summary: {{zh: 撤销已批准的, en: Revokes what was approved.}}
category: {{zh: 随机, en: Of chance}}
number: XU
title: '{{original}}'
same_approver: none
open:
  who: [{{role: clinician}}]
  parent: {{process: {PROCESS}, field: original, required: true}}
form:
  original: {{label: {{zh: 原案, en: Original}}, type: case, process: {PROCESS}}}
  cost: {{label: {{zh: 金额, en: Cost}}, type: money}}
states:
  draft: {{name: {{zh: 草稿, en: Draft}}, entry: true, edit: {{who: applicant}}}}
  review:
    name: {{zh: 审批, en: Review}}
    may: [claim, transfer, add_before, add_after, ask, consult, recuse]
  undone: {{name: {{zh: 已撤销, en: Undone}}, final: true}}
  kept: {{name: {{zh: 维持, en: Kept}}, final: true}}
  withdrawn: {{name: {{zh: 撤回, en: Withdrawn}}, final: true}}
actions:
  submit: {{name: {{zh: 提交, en: Submit}}, from: draft, to: review, who: applicant}}
  undo:
    name: {{zh: 同意, en: Undo}}
    from: review
    to: undone
    who: [{{role: keeper}}, {{roster: {ROSTER}}}]
    signs: true
    effects: [{{revoke: parent, process: {PROCESS}, states: [approved]}}]
  keep:
    name: {{zh: 维持, en: Keep}}
    from: review
    to: kept
    who: reviewer
    opinion: required
    tone: stop
  withdraw:
    name: {{zh: 撤回, en: Withdraw}}
    from: [draft, review]
    to: withdrawn
    who: applicant
    tone: stop
    duty: false
"""


def _targets(action: Written) -> tuple[object, ...]:
    return (action.get("to"),)


def _named(key: str) -> Written:
    return {"name": {"zh": key, "en": key}}


def _labelled(key: str) -> Written:
    return {"label": {"zh": key, "en": key}}

"""The first set-up of the hospital's policy: a base profile and what the hospital decides
otherwise, proposed by one administrator and agreed to by another.

It is open while the house has opened no case. From then on the policy changes by cases alone (see
`running.governing`), each with its clauses, its approval and its day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from workflow.design.parameters import BASE_PROFILE
from workflow.design.register import Register
from workflow.ports.hospital import Hospital, Policy, SetUp
from workflow.ports.house import Deed, HouseChange, SavePolicy
from workflow.ports.reading import CaseQuery
from workflow.refusals import Code, Refused, Sentence
from workflow.service.housework import (
    Done,
    Housework,
    Plan,
    at_field,
    one,
    problems,
    reason_problem,
    tidy,
)

NO_PROFILE = Sentence(
    "没有这个规则档案，请从列表中选择", "There is no such profile; choose one of the list"
)
NO_PARAMETER = Sentence("没有这个政策参数", "There is no such policy parameter")
SAME = Sentence("与现行的值相同，没有改动", "That is what holds already; nothing has been changed")
SET_UP_OVER = Sentence(
    "医院已经开始办案，初始设置已经结束：政策参数只能通过“规则档案与参数变更”修改，"
    "请由能发起它的人在“政策参数”页提出。",
    "Cases have been opened here, so the first set-up is over: parameters change by a case of the "
    "policy process alone. Whoever may start one proposes it on the page of parameters.",
)
NOTHING_PROPOSED = Sentence("没有等待复核的初始设置", "No set-up waits for a second administrator")
OWN_PROPOSAL = Sentence(
    "初始设置须由另一位管理员复核：您参与了填写，请没有参与的管理员确认。",
    "A set-up needs a second administrator: you took part in it, so somebody else has to agree.",
)
#: S0-15-31: what is decided by one is reviewed by another.
_FOUR_EYES = ("S0-15-31",)


@dataclass(frozen=True)
class Governing:
    """The set-up of the policy; every act is `Done` or `Refused`."""

    work: Housework
    register: Callable[[], Register]

    def is_open(self) -> bool:
        """Whether the first set-up may still be done: no case was ever opened here."""
        return self.work.store.readings.cases(CaseQuery(limit=1)).total == 0

    def follow(self, deed: Deed, profile: str | None) -> Done | Refused:
        """Propose a base profile (None: the defaults). What was proposed singly stays."""

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            known = profile is None or profile in self.register().profiles
            refused = problems(
                None if known else at_field("profile", NO_PROFILE), reason_problem(deed)
            )
            proposed = _proposed(hospital.policy, deed, BASE_PROFILE)
            if refused is None and profile == proposed.profile:
                refused = one(Code.CONFLICT, SAME, "same", field="profile")
            return refused or _kept(hospital.policy, replace(proposed, profile=profile))

        return self._do(deed, "follow_profile", {"profile": profile}, plan)

    def decide(self, deed: Deed, key: str, written: object) -> Done | Refused:
        """Propose a value for one parameter. `written` as `Parameter.read` takes it."""

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            parameter = self.register().parameters.get(key)
            if parameter is None:
                return one(Code.NOT_FOUND, NO_PARAMETER, "parameter")
            value = parameter.read(written)
            wrong = at_field("value", value) if isinstance(value, Sentence) else None
            refused = problems(wrong, reason_problem(deed))
            if refused is not None or isinstance(value, Sentence):
                return refused or one(Code.INVALID_FORM, NO_PARAMETER, "value")
            proposed = _proposed(hospital.policy, deed, key)
            return _changed(
                hospital.policy,
                proposed,
                replace(proposed, overrides={**proposed.overrides, key: value}),
            )

        asked = {"parameter": key, "value": _plain(written)}
        return self._do(deed, "decide_parameter", asked, plan)

    def leave_to_profile(self, deed: Deed, key: str) -> Done | Refused:
        """Propose that the profile or default holds for a parameter."""

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            if key not in self.register().parameters:
                return one(Code.NOT_FOUND, NO_PARAMETER, "parameter")
            refused = problems(reason_problem(deed))
            if refused is not None:
                return refused
            proposed = _proposed(hospital.policy, deed, key)
            kept = {k: value for k, value in proposed.overrides.items() if k != key}
            return _changed(hospital.policy, proposed, replace(proposed, overrides=kept))

        return self._do(deed, "leave_parameter", {"parameter": key}, plan)

    def confirm(self, deed: Deed) -> Done | Refused:
        """Agree to what others have proposed: it holds from now on."""

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            proposed = hospital.policy.set_up
            if proposed is None or proposed.agreed_by is not None:
                return one(Code.CONFLICT, NOTHING_PROPOSED, "proposed")
            if deed.by.id in proposed.by:
                return one(Code.SEPARATION_OF_DUTIES, OWN_PROPOSAL, "four_eyes", clauses=_FOUR_EYES)
            agreed = replace(proposed, agreed_by=deed.by.id, agreed_at=deed.at)
            held = Policy(proposed.profile, proposed.overrides, set_up=agreed)
            return (SavePolicy(held),)

        return self._do(deed, "confirm_set_up", {}, plan)

    def discard(self, deed: Deed) -> Done | Refused:
        """Throw away what was proposed."""

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            proposed = hospital.policy.set_up
            if proposed is None or proposed.agreed_by is not None:
                return one(Code.CONFLICT, NOTHING_PROPOSED, "proposed")
            return (SavePolicy(replace(hospital.policy, set_up=None)),)

        return self._do(deed, "discard_set_up", {}, plan)

    def _do(self, deed: Deed, act: str, asked: Mapping[str, object], plan: Plan) -> Done | Refused:
        def while_open(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            if not self.is_open():
                return one(Code.CONFLICT, SET_UP_OVER, "set_up", standing=True)
            planned = plan(hospital)
            return planned if isinstance(planned, Refused) else tuple(planned)

        return self.work.do(deed, act, asked, while_open)


def _proposed(policy: Policy, deed: Deed, about: str) -> SetUp:
    """What is proposed so far, with one more who takes part in it, and why."""
    before = policy.set_up or SetUp(policy.profile, policy.overrides, ())
    by = before.by if before.agreed_by is None else ()
    return replace(
        before,
        by=tuple(dict.fromkeys((*by, deed.by.id))),
        reasons={**before.reasons, about: tidy(deed.reason)},
        agreed_by=None,
        agreed_at=None,
    )


def _kept(policy: Policy, proposed: SetUp) -> tuple[HouseChange, ...]:
    return (SavePolicy(replace(policy, set_up=proposed)),)


def _changed(policy: Policy, before: SetUp, after: SetUp) -> tuple[HouseChange, ...] | Refused:
    if dict(before.overrides) == dict(after.overrides):
        return one(Code.CONFLICT, SAME, "same", field="value")
    return _kept(policy, after)


def _plain(written: object) -> object:
    """What was typed, as a ledger line can hold it."""
    if isinstance(written, Mapping):
        return {str(key): str(value) for key, value in written.items()}
    if isinstance(written, (list, tuple)):
        return [str(item) for item in written]
    return written if isinstance(written, bool | int | None) else str(written)

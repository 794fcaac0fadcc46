"""The hospital's policy: which base profile it follows and where it decides otherwise, always with
a reason.

A change holds for cases opened from then on; those that run keep the values of their opening
(register convention V4).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from workflow.design.register import Register
from workflow.ports import Deed, Hospital, HouseChange, Policy, SavePolicy
from workflow.refusals import Code, Refused, Sentence
from workflow.service.housework import Done, Housework, at_field, one, problems, reason_problem

NO_PROFILE = Sentence(
    "没有这个规则档案，请从列表中选择", "There is no such profile; choose one of the list"
)
NO_PARAMETER = Sentence("没有这个政策参数", "There is no such policy parameter")
SAME = Sentence("与现行的值相同，没有改动", "That is what holds already; nothing has been changed")


@dataclass(frozen=True)
class Governing:
    """Changes to the policy; every one is `Done` or `Refused`."""

    work: Housework
    register: Callable[[], Register]

    def follow(self, deed: Deed, profile: str | None) -> Done | Refused:
        """Follow another base profile (None: the defaults). What was decided singly stays."""

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            known = profile is None or profile in self.register().profiles
            refused = problems(
                None if known else at_field("profile", NO_PROFILE), reason_problem(deed)
            )
            if refused is None and profile == hospital.policy.profile:
                refused = one(Code.CONFLICT, SAME, "same", field="profile")
            return refused or (SavePolicy(replace(hospital.policy, profile=profile)),)

        return self.work.do(deed, "follow_profile", {"profile": profile}, plan)

    def decide(self, deed: Deed, key: str, written: object) -> Done | Refused:
        """Set one parameter, whatever the profile says. `written` as `Parameter.read` takes it."""

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            parameter = self.register().parameters.get(key)
            if parameter is None:
                return one(Code.NOT_FOUND, NO_PARAMETER, "parameter")
            value = parameter.read(written)
            wrong = at_field("value", value) if isinstance(value, Sentence) else None
            refused = problems(wrong, reason_problem(deed))
            if refused is not None or isinstance(value, Sentence):
                return refused or one(Code.INVALID_FORM, NO_PARAMETER, "value")
            overrides = {**hospital.policy.overrides, key: value}
            return self._changed(hospital.policy, Policy(hospital.policy.profile, overrides))

        asked = {"parameter": key, "value": _plain(written)}
        return self.work.do(deed, "decide_parameter", asked, plan)

    def leave_to_profile(self, deed: Deed, key: str) -> Done | Refused:
        """Take back what the hospital decided for one parameter: the profile or default holds
        again.
        """

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            if key not in self.register().parameters:
                return one(Code.NOT_FOUND, NO_PARAMETER, "parameter")
            refused = problems(reason_problem(deed))
            if refused is not None:
                return refused
            kept = {k: value for k, value in hospital.policy.overrides.items() if k != key}
            return self._changed(hospital.policy, Policy(hospital.policy.profile, kept))

        return self.work.do(deed, "leave_parameter", {"parameter": key}, plan)

    def _changed(self, before: Policy, after: Policy) -> tuple[HouseChange, ...] | Refused:
        if dict(before.overrides) == dict(after.overrides):
            return one(Code.CONFLICT, SAME, "same", field="value")
        return (SavePolicy(after),)


def _plain(written: object) -> object:
    """What was typed, as a ledger line can hold it."""
    if isinstance(written, Mapping):
        return {str(key): str(value) for key, value in written.items()}
    if isinstance(written, (list, tuple)):
        return [str(item) for item in written]
    return written if isinstance(written, bool | int | None) else str(written)

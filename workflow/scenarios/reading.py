"""From the text of a scenario file to its scenarios, or to every problem that it has, at its place.

Here only what can be said of the text and the hospital's register: keys, shapes, and that people,
roles, clauses and parameters exist. Whether a case, state or field exists shows when it is played.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from workflow.design.problems import Problem
from workflow.design.reading import Node, read_yaml
from workflow.design.register import Register
from workflow.design.scalars import lines_of
from workflow.design.spots import Name, Reading, Spot
from workflow.design.tables import Section
from workflow.design.tables import Values as Read
from workflow.nouns import ParameterValue
from workflow.people.organisation import Department
from workflow.refusals import Sentence
from workflow.scenarios.scenario_keys import DayKind, ScenarioKeys
from workflow.scenarios.setting import FIRST_CASE, Setting, Start
from workflow.scenarios.shapes import UNREAD, day_of, raw
from workflow.scenarios.step_keys import seen_before
from workflow.scenarios.story import Scenario, Step

NOT_A_LIST = Sentence(
    "情景文件应是一个列表，每个情景以“- scenario: 标题”开头。",
    "A scenario file is a list; each scenario begins with “- scenario: title”.",
)
_SILENT = re.compile(r"\s*(#.*)?|---\s*|\ufeff")
_SCENARIO = re.compile(r"^[\s-]*scenario\s*:", re.MULTILINE)
PROFILE = Sentence("规则档案", "profile")
EARLIER_STEP = Sentence("前面步骤的名称", "earlier step of the name")


def read_scenarios(
    text: str, file: str, register: Register
) -> tuple[Scenario, ...] | tuple[Problem, ...]:
    """Read the scenarios of a file, or give every problem of its text, in the order of the file.

    `file` is the name that messages and reports use.
    """
    root = read_yaml(text, file, stories=True)
    if isinstance(root, tuple):
        return root
    if not isinstance(root.value, tuple) or not root.value:
        return (Problem(file, root.line, root.column, "", NOT_A_LIST),)
    return _File(file, text, register).read(root)


def looks_like_scenarios(text: str) -> bool:
    """Whether a file in a folder is one of scenarios: a list, or a text that speaks of a scenario.

    Definitions stand in the same folders. A file of scenarios with a fault must not be passed over.
    """
    first = next((line for line in text.splitlines() if not _SILENT.fullmatch(line)), "")
    return first.startswith(("-", "[")) or _SCENARIO.search(text) is not None


class _File:
    """A scenario file while it is being read."""

    def __init__(self, file: str, text: str, register: Register) -> None:
        self.file = file
        self.register = register
        words = {
            word: role.key for role in register.roles.values() for word in (role.key, *role.aliases)
        }
        names = {
            Name.ROLE: words,
            Name.CLAUSE: register.clauses,
            Name.PARAMETER: register.parameters,
        }
        self.reading = Reading(file, lines_of(text), names)
        self.section = Section(ScenarioKeys, self.scenario)

    def read(self, root: Node) -> tuple[Scenario, ...] | tuple[Problem, ...]:
        scenarios = [self.one(spot) for spot in Spot(root).items()]
        if self.reading.problems:
            return tuple(sorted(self.reading.problems, key=lambda one: (one.line, one.column)))
        return tuple(one for one in scenarios if one is not None)

    def one(self, spot: Spot) -> Scenario | None:
        """One scenario. Its people and cases are names that its steps may use."""
        people = spot.child("people")
        names = {
            **self.reading.names,
            Name.PERSON: {} if people is None else people.children(),
            Name.CASE: [FIRST_CASE, *_names_given(spot)],
        }
        known = len(self.reading.problems)
        scenario = self.section.read(spot, replace(self.reading, names=names))
        # A check that cannot be read is told as such; that nothing else is checked adds nothing.
        if scenario is None or len(self.reading.problems) > known:
            return None
        if not any(step.checks_something for step in scenario.steps):
            self.reading.complain(
                spot.place,
                "这个情景什么也没有检查，请至少写一项检查。",
                "This scenario checks nothing; write at least one check.",
            )
        return scenario

    def scenario(self, values: Read) -> Scenario:
        """Put together what the keys said."""
        keys = ScenarioKeys
        process = values.get(keys.process, "")
        _check_pages(values.at(keys.steps), values.reading)
        return Scenario(
            title=values.get(keys.scenario, ""),
            file=self.file,
            line=values.spot.place.line,
            process=process,
            setting=self.setting(values),
            steps=tuple(_of_process(step, process) for step in values.get(keys.steps, ())),
            bundles=values.get(keys.definitions, ()),
            clauses=values.get(keys.clauses, ()),
        )

    def setting(self, values: Read) -> Setting:
        """The hospital at the start."""
        keys = ScenarioKeys
        people = values.get(keys.people, {})
        named = {
            department: Department(department, department)
            for person in people.values()
            for department in (person.department, *(post.department for post in person.posts))
        }
        return Setting(
            now=values.get(keys.now, UNREAD),
            people=people,
            departments={**named, **values.get(keys.departments, {})},
            profile=self.profile(values),
            policy=self.policy(values),
            delegations=values.get(keys.delegations, ()),
            rosters=tuple(values.get(keys.rosters, {}).values()),
            rows=values.get(keys.registers, {}),
            days=_days(values),
            schedules=values.get(keys.schedules, ()),
        )

    def profile(self, values: Read) -> str | None:
        """The base profile; None when none is named, or none of that name is known."""
        profile = values.get(ScenarioKeys.profile)
        if profile is not None and profile not in self.register.profiles:
            place = values.at(ScenarioKeys.profile).place
            values.reading.unknown(place, PROFILE, profile, self.register.profiles)
            return None
        return profile

    def policy(self, values: Read) -> dict[str, ParameterValue]:
        """The overridden parameters in their stored shape."""
        policy: dict[str, ParameterValue] = {}
        for key, spot in values.at(ScenarioKeys.policy).children().items():
            parameter = self.register.parameters.get(key)
            if parameter is None or not values.has(ScenarioKeys.policy):
                continue  # the table has said so
            value = parameter.read(raw(spot.node))
            if isinstance(value, Sentence):
                values.reading.complain(spot.place, value.zh, value.en)
            else:
                policy[key] = value
        return policy


def _names_given(scenario: Spot) -> Iterator[str]:
    """What the steps call cases: by `as`, on a start or among the children of a check."""
    for step in _items(scenario, "steps"):
        elsewhere = step.child("expect")
        checked = [step, *({} if elsewhere is None else elsewhere.children()).values()]
        children = [
            child for one in checked for key in ("children", "opened") for child in _items(one, key)
        ]
        for named in (step, *children):
            name = named.child("as")
            if name is not None and isinstance(name.node.value, str):
                yield name.node.value


def _check_pages(steps: Spot, reading: Reading) -> None:
    """`seen: before NAME` needs an earlier step of that name: a page is not read in the future."""
    earlier: list[str] = []
    for step in steps.items():
        seen, name = step.child("seen"), step.child("name")
        if seen is not None and isinstance(seen.node.value, str):
            wanted = seen_before(seen.node.value)
            if wanted not in earlier:
                reading.unknown(seen.place, EARLIER_STEP, wanted, earlier)
        if name is not None and isinstance(name.node.value, str):
            earlier.append(name.node.value)


def _items(spot: Spot, key: str) -> list[Spot]:
    child = spot.child(key)
    return [] if child is None else child.items()


def _days(values: Read) -> dict[date, bool]:
    days: dict[date, bool] = {}
    for key, kind in values.get(ScenarioKeys.calendar, {}).items():
        day = day_of(key)
        if day is None:
            place = values.at(ScenarioKeys.calendar).children()[key].key_place
            values.reading.complain(
                place,
                f"“{key}”不是日期，请写成 2026-03-02 的样子。",
                f"“{key}” is not a date; write it as 2026-03-02.",
            )
        else:
            days[day] = kind is DayKind.WORKDAY
    return days


def _of_process(step: Step, process: str) -> Step:
    """A start without a process of its own opens a case of the process under test."""
    if isinstance(step.act, Start) and not step.act.process:
        return replace(step, act=replace(step.act, process=process))
    return step

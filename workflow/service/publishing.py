"""The life of a definition: examined, tried on its scenarios, published as the next version,
retired.

Whoever may run it, nothing is published that has a problem. Running cases stay on the version of
their opening (E2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from workflow.conditions.expressions import Compiled, compile_expressions
from workflow.design.comparing import HOWS, PARTS, Difference, compare
from workflow.design.definition import Definition
from workflow.design.expression import place_of_key
from workflow.design.neighbours import check_neighbours
from workflow.design.parsing import parse_definition
from workflow.design.problems import Problem
from workflow.ports.hospital import Hospital
from workflow.ports.house import (
    Deed,
    HouseChange,
    PublishDefinition,
    RetireDefinition,
    StoredDefinition,
)
from workflow.refusals import Code, Refusal, Refused, Sentence
from workflow.service.bundles import Bundle, examine
from workflow.service.catalogs import Catalogs
from workflow.service.empty_chairs import empty_chairs
from workflow.service.housework import (
    ADMINISTRATOR,
    NOT_ADMINISTRATOR,
    Done,
    Housework,
    lacks_role,
    one,
    problems,
    reason_problem,
)

#: What a text is called in messages while it has no place of its own.
PASTED = "definition.yaml"

NEXT_VERSION = Sentence(
    "第 {version} 版不能发布：“{key}”已发布到第 {newest} 版，这里应写 {next}。",
    "Version {version} cannot be published: “{key}” is published up to version {newest}; write "
    "{next}.",
)
FIRST_VERSION = Sentence(
    "“{key}”还没有发布过，第一版的版本号应为 1，这里写的是 {version}。",
    "“{key}” was never published, so its version must be 1; this says {version}.",
)
NOTHING_NEW = Sentence(
    "这份定义已经发布，内容相同，没有需要发布的改动。",
    "This definition is published already, word for word; there is nothing to publish.",
)
NO_VERSION = Sentence("没有这个流程或版本", "There is no such process, or no such version of it")
SCENARIOS_FAIL = Sentence(
    "情景未全部通过（{failed} 个不通过），不能发布。请修改定义或情景后重试。",
    "Not all scenarios hold ({failed} fail), so it cannot be published. Mend the definition or "
    "the scenarios.",
)
BREAKS = Sentence("发布后“{key}”将不能运行：{why}", "“{key}” could not run any more: {why}")


@dataclass(frozen=True, slots=True)
class Trial:
    """How one scenario went. `step` is the number of the failing one; `expected` and `found` say
    why.
    """

    title: str
    ok: bool
    step: int | None = None
    expected: str = ""
    found: str = ""


#: Plays scenarios (their text) with a definition that is not published yet, and tells how each
#: went,
#: or what is wrong with the scenarios' text. The scenario runner is handed over by whoever
#: composes.
Rehearse = Callable[[str, Bundle], Sequence[Trial] | Sequence[Problem]]


@dataclass(frozen=True, slots=True)
class Examination:
    """What is known of a text that wants to be a definition.

    `problems` are all of them, by line; without any, `definition` may be published. `before` is
    the version in force and `differences` what would change against it. `published`: the same text
    is published already. `trials` is what its scenarios said.
    """

    text: str
    problems: tuple[Problem, ...]
    definition: Definition | None = None
    before: Definition | None = None
    differences: tuple[Difference, ...] = ()
    published: bool = False
    trials: tuple[Trial, ...] = ()
    scenario_problems: tuple[Problem, ...] = ()

    @property
    def publishable(self) -> bool:
        """Whether nothing is in the way of publishing."""
        return (
            self.definition is not None
            and not self.published
            and not self.problems
            and not self.scenario_problems
            and all(trial.ok for trial in self.trials)
        )


@dataclass(frozen=True)
class Publishing:
    """Examining and publishing definitions."""

    work: Housework
    catalogs: Catalogs
    rehearse: Rehearse

    def examine(self, text: str, scenarios: str = "", file: str = PASTED) -> Examination:
        """Everything that can be said of a text without publishing it. Writes nothing."""
        parsed = parse_definition(text, file, self.catalogs().register)
        if not isinstance(parsed, Definition):
            return Examination(text, parsed)
        known = {one.key: one for one in self.catalogs().in_force()}
        before = known.pop(parsed.key, None)
        found = examine(text, file, self.catalogs().register, known.values())
        stored = [one for one in self.work.store.readings.definitions() if one.key == parsed.key]
        published = any(
            one.version == parsed.version and one.digest == parsed.digest for one in stored
        )
        wrong = (
            *(() if isinstance(found, Bundle) else found),
            *(() if published else _version_problem(parsed, stored)),
            *(self._broken(found.definition, before) if isinstance(found, Bundle) else ()),
        )
        examination = Examination(
            text, _sorted(wrong), parsed, before, compare(before, parsed), published
        )
        if wrong or not isinstance(found, Bundle):
            return examination
        return self._tried(examination, found, scenarios)

    def _broken(self, new: Definition, before: Definition | None) -> Iterator[Problem]:
        """What the new definition would break in others that are in force and run well beside the
        old one.
        """
        catalog = self.catalogs()
        known = {one.key: one for one in catalog.in_force()}
        together = {**known, new.key: new}
        place = place_of_key("process", new.source)
        changed = before is not None and before.digest != new.digest
        for other in known.values() if changed else ():
            if other.key == new.key:
                continue
            wrong = set(check_neighbours(other, together)) - set(check_neighbours(other, known))
            # Expressions that were compiled without a look at it cannot tell the difference.
            if new.key in catalog.rulebook(other.key).compiled.beside:
                compiled = compile_expressions(other, catalog.register, together.get)
                wrong |= set() if isinstance(compiled, Compiled) else set(compiled)
            for problem in wrong:
                because = Sentence(
                    BREAKS.zh.format(key=other.name.zh, why=problem.because.zh),
                    BREAKS.en.format(key=other.name.en, why=problem.because.en),
                )
                yield Problem(new.file, place.line, place.column, place.path, because)

    def _tried(self, examination: Examination, bundle: Bundle, scenarios: str) -> Examination:
        if not scenarios.strip():
            return examination
        went = tuple(self.rehearse(scenarios, bundle))
        trials = tuple(one for one in went if isinstance(one, Trial))
        wrong = tuple(one for one in went if isinstance(one, Problem))
        return replace(examination, trials=trials, scenario_problems=wrong)

    def may_publish(self, deed: Deed) -> Refused | None:
        """Why this person may neither examine nor publish; None for an administrator."""
        hospital = self.work.store.readings.hospital()
        refused = lacks_role(deed, hospital, ADMINISTRATOR, NOT_ADMINISTRATOR)
        return None if refused is None else self.work.refuse(deed, "examine", {}, refused)

    def publish(self, deed: Deed, text: str, scenarios: str = "") -> Done | Refused:
        """Publish a text as the next version of its process; new cases are opened by it from now
        on.

        Refuses with every problem, and leaves that in the ledger.
        """
        refused = self.may_publish(deed)
        if refused is not None:
            return refused
        examination = self.examine(text, scenarios)

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            wanted = examination.definition
            wrong = _against(examination)
            if wrong or wanted is None:
                return Refused.of(wrong)
            empty = self._empty_chairs(wanted, hospital, deed)
            if empty is not None:
                return empty
            return (
                PublishDefinition(
                    StoredDefinition(
                        key=wanted.key,
                        version=wanted.version,
                        source=text,
                        digest=wanted.digest,
                        published_at=deed.at,
                        published_by=deed.by.id,
                    )
                ),
            )

        said = replace(deed, reason=_told(deed.reason, examination))
        return self._reloaded(self.work.do(said, "publish", _asked(examination), plan))

    def _empty_chairs(self, wanted: Definition, hospital: Hospital, deed: Deed) -> Refused | None:
        day = hospital.calendar.local_day(deed.at)
        said = empty_chairs(wanted, hospital.organisation, self.catalogs().register, day)
        wrong = [Refusal(Code.DEFINITION_INVALID, because, rule="empty_chair") for because in said]
        return Refused.of(wrong) if wrong else None

    def retire(self, deed: Deed, key: str, version: int, *, retired: bool = True) -> Done | Refused:
        """No case may be opened by a version any more (or again); those that run go on."""

        def plan(_hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            if (key, version) not in self.catalogs.reload().rulebooks:
                return one(Code.NOT_FOUND, NO_VERSION, "version")
            refused = problems(reason_problem(deed))
            return refused or (RetireDefinition(key, version, retired),)

        asked = {"process": key, "version": version, "retired": retired}
        return self._reloaded(self.work.do(deed, "retire", asked, plan))

    def _reloaded(self, done: Done | Refused) -> Done | Refused:
        if isinstance(done, Done):
            self.catalogs.reload()
        return done


def _against(examination: Examination) -> list[Refusal]:
    """Every reason against publishing; its field is the place in the text, as `line:column`."""
    found = [
        Refusal(
            Code.DEFINITION_INVALID,
            problem.said,
            field=f"{problem.line}:{problem.column}",
            rule=problem.path or None,
        )
        for problem in (*examination.problems, *examination.scenario_problems)
    ]
    failed = sum(not trial.ok for trial in examination.trials)
    if failed:
        because = SCENARIOS_FAIL.filled(failed=failed)
        found.append(Refusal(Code.DEFINITION_INVALID, because, rule="scenarios"))
    if examination.published:
        found.append(Refusal(Code.CONFLICT, NOTHING_NEW, rule="published"))
    return found


def _asked(examination: Examination) -> dict[str, object]:
    wanted = examination.definition
    if wanted is None:
        return {"process": "", "version": 0}
    return {"process": wanted.key, "version": wanted.version, "digest": wanted.digest}


def _told(reason: str, examination: Examination) -> str:
    """The reason with what the new version changes, as the ledger keeps it."""
    changes = "；".join(
        f"{HOWS[one.how].zh}{PARTS[one.part].zh} {one.key}".strip()
        for one in examination.differences
    )
    tried = f"试办 {len(examination.trials)} 个情景" if examination.trials else ""
    return "\n".join(part for part in (reason.strip(), changes, tried) if part)


def _version_problem(
    definition: Definition, stored: Sequence[StoredDefinition]
) -> tuple[Problem, ...]:
    newest = max((one.version for one in stored), default=0)
    if definition.version == newest + 1:
        return ()
    pattern = NEXT_VERSION if newest else FIRST_VERSION
    because = pattern.filled(
        key=definition.key, version=definition.version, newest=newest, next=newest + 1
    )
    place = place_of_key("version", definition.source)
    return (Problem(definition.file, place.line, place.column, place.path, because),)


def _sorted(found: Iterable[Problem]) -> tuple[Problem, ...]:
    unique = dict.fromkeys(found)
    return tuple(sorted(unique, key=lambda problem: (problem.line, problem.column)))

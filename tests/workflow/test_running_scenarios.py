"""A scenario says what must follow, and is told apart from what did: every check can fail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.memory import MemoryStore
from tests.workflow.cars import HEAD, play_steps, run, theatre
from workflow.nouns import SYSTEM, Actor, RegisterRow
from workflow.people.organisation import Person, Post
from workflow.ports.house import AddRow, Deed
from workflow.refusals import Code
from workflow.scenarios.check_keys import CaseChecks
from workflow.scenarios.checks import refused
from workflow.scenarios.running import run_scenarios
from workflow.scenarios.scene import Scene
from workflow.scenarios.setting import FIRST_CASE, By, Do, Mismatch, Setting, Start
from workflow.scenarios.stage import Stage
from workflow.scenarios.step_keys import StepKeys

OPEN = "{start: {purpose: 会诊, deposit: '50.00', leaves_on: 2026-03-05}, by: amy}"
SUBMIT = "{do: submit, by: amy, name: 提交}"
APPROVE = "{do: approve, by: lee, opinion: 同意}"
STORIES = Path(__file__).parents[1] / "scenarios" / "semantics"
SENT = (OPEN, SUBMIT)
DONE = (OPEN, SUBMIT, APPROVE)


@dataclass(frozen=True)
class Told:
    """A check that holds after some steps, one that does not, and what is then said."""

    before: tuple[str, ...]
    holds: str
    fails: str
    expected: str
    found: str


CHECKS: dict[str, list[Told]] = {
    "reads": [
        Told(
            SENT,
            "{reads: {lee: yes}}",
            "{reads: {lee: with_reason}}",
            "reads: {lee: with_reason}",
            "reads: {lee: yes}",
        ),
        Told(SENT, "{reads: {amy: yes}}", "{reads: {amy: no}}", "{amy: no}", "{amy: yes}"),
    ],
    "state": [
        Told(SENT, "{state: review}", "{state: draft}", "state: draft", "state: review"),
        Told(
            SENT,
            "{state: [review]}",
            "{state: [review, draft]}",
            "state: [review, draft]",
            "state: [review]",
        ),
    ],
    "tasks": [
        Told(
            SENT,
            "{tasks: [{step: review, role: dept_head, department: surgery}]}",
            "{tasks: []}",
            "tasks: []",
            "tasks: [{step: review, role: dept_head, department: surgery}]",
        ),
        Told(
            SENT,
            "{tasks: [{role: dept_head}]}",
            "{tasks: [{step: review, role: dept_head, department: icu}]}",
            "tasks: [{step: review, role: dept_head, department: icu}]",
            "tasks: [{step: review, role: dept_head, department: surgery}]",
        ),
        Told(
            (OPEN,),
            "{tasks: [{step: draft, person: amy}]}",
            "{tasks: [{step: draft, person: sam}]}",
            "tasks: [{step: draft, person: sam}]",
            "tasks: [{step: draft, person: amy}]",
        ),
        # A role that counts everywhere waits in every department where somebody holds it.
        Told(
            (*DONE, "{children: [{as: key}]}"),
            "{on: key, tasks: [{step: out, role: keeper, department: garage}]}",
            "{on: key, tasks: [{step: out, role: keeper, department: surgery}]}",
            "tasks: [{step: out, role: keeper, department: surgery}]",
            "tasks: [{step: out, role: keeper}]",
        ),
    ],
    "can": [
        Told(
            SENT,
            "{can: {lee: [refuse, approve], amy: [], fan: []}}",
            "{can: {lee: [approve, refuse, to_leader]}}",
            "can: {lee: [approve, refuse, to_leader]}",
            "can: {lee: [approve, refuse]}",
        ),
        Told(
            (OPEN, "{do: submit, by: amy}", "{until: 2026-03-03}"),
            "{can: {fan: [approve, refuse]}}",
            "{can: {fan: []}}",
            "can: {fan: []}",
            "can: {fan: [approve, refuse]}",
        ),
    ],
    "fields": [
        Told(
            (OPEN,),
            "{fields: {deposit: 50, leaves_on: 2026-03-05, licence: null}}",
            "{fields: {deposit: 50.01}}",
            "fields: {deposit: 50.01}",
            "fields: {deposit: 50.00}",
        ),
        Told(
            ("{start: {leaves_at: '2026-03-05T08:30:00+08:00'}, by: amy}",),
            "{fields: {leaves_at: 2026-03-05T00:30:00Z}}",
            "{fields: {leaves_at: 2026-03-05T00:30:00}}",
            "fields: {leaves_at: 2026-03-05T00:30:00}",
            "fields: {leaves_at: 2026-03-05T08:30:00+08:00}",
        ),
        Told(
            ("{start: {stops: [{place: 东门, km: 3}, {place: 西门}]}, by: amy}",),
            "{fields: {stops: [{place: 东门}, {place: 西门}]}}",
            "{fields: {stops: [{place: 东门}]}}",
            "fields: {stops: [{place: 东门}]}",
            "fields: {stops: [{place: 东门, km: 3}, {place: 西门, km: none}]}",
        ),
        Told(
            (OPEN, "{start: {together_with: it}, by: sam, as: second}"),
            "{on: second, fields: {together_with: it}}",
            "{on: second, fields: {together_with: second}}",
            "fields: {together_with: second}",
            "fields: {together_with: JC2026-000001}",
        ),
        Told(
            (OPEN,),
            "{fields: {purpose: 会诊}}",
            "{fields: {purpuse: 会诊}}",
            "fields: a field purpuse",
            "the form has [purpose, deposit, leaves_on,",
        ),
    ],
    "due": [
        Told(
            SENT,
            "{due: 2026-03-05T00:00:00+08:00}",
            "{due: 2026-03-04T00:00:00+08:00}",
            "due: 2026-03-04T00:00:00+08:00",
            "due: 2026-03-05T00:00:00+08:00",
        ),
        Told(
            SENT,
            "{due: {patience: 2026-03-04, forgotten: 2026-04-01T23:59:59}}",
            "{due: {forgotten: 2026-03-31}}",
            "due: {forgotten: 2026-03-31}",
            "forgotten: 2026-04-02T00:00:00+08:00",
        ),
        Told(
            SENT,
            "{due: 2026-03-04T23:59}",
            "{due: 2026-03-05T00:01}",
            "due: 2026-03-05T00:01",
            "due: 2026-03-05T00:00:00+08:00",
        ),
        Told(
            DONE,
            "{state: approved}",
            "{due: 2026-03-04}",
            "due: 2026-03-04",
            "due: none",
        ),
    ],
    "overdue": [
        Told(
            (*SENT, "{until: 2026-03-05}"),
            "{overdue: [review]}",
            "{overdue: []}",
            "overdue: []",
            "overdue: [review]",
        ),
        Told(
            (*SENT, "{until: 2026-03-04T23:59:59}"),
            "{overdue: []}",
            "{overdue: [review]}",
            "overdue: [review]",
            "overdue: []",
        ),
    ],
    "registers": [
        Told(
            DONE,
            "{registers: {car_days: [{purpose: 会诊, deposit: 50, day: 2026-03-05, request: it},"
            " {purpose: 接人}]}}",
            "{registers: {car_days: [{purpose: 会诊, deposit: 51}]}}",
            "registers: {car_days: [{purpose: 会诊, deposit: 51}]}",
            "purpose: 会诊",
        ),
        Told(
            SENT,
            "{registers: {car_days: {none: [{purpose: 会诊}]}}}",
            "{registers: {car_days: {none: [{purpose: 接人}]}}}",
            "registers: {car_days: {none: [{purpose: 接人}]}}",
            "purpose: 接人",
        ),
        Told(
            SENT,
            "{registers: {car_days: {none: [{purpose: 会诊}]}}}",
            "{registers: {car_days: {none: [{purpos: 会诊}]}}}",
            "registers: car_days with [purpos]",
            "it has [purpose, day, deposit, request]",
        ),
        Told(
            SENT,
            "{registers: {car_days: [{purpose: 接人}]}}",
            "{registers: {car_day: {none: [{purpose: 会诊}]}}}",
            "registers: car_day with [purpose]",
            "it has []",
        ),
    ],
    "notified": [
        Told(
            SENT,
            "{notified: {lee: [submit], fan: []}}",
            "{notified: {fan: [submit]}}",
            "notified: {fan: [submit]}",
            "notified: {fan: []}",
        ),
        Told(
            SENT,
            "{notified: {fan: []}}",
            "{notified: {lee: []}}",
            "notified: {lee: []}",
            "notified: {lee: [submit]}",
        ),
        Told(
            (*SENT, "{notified: {lee: [submit]}}", "{do: approve, by: lee, opinion: 好}"),
            "{notified: {amy: [approve]}}",
            "{notified: {lee: [submit]}}",
            "notified: {lee: [submit]}",
            "notified: {lee: []}",
        ),
    ],
    "children": [
        Told(
            DONE,
            "{children: [{process: key-return, state: out}]}",
            "{children: []}",
            "children: []",
            "children: [{process: key-return, state: out}]",
        ),
        Told(
            SENT,
            "{children: []}",
            "{children: [{process: key-return}]}",
            "children: [{process: key-return, state: none}]",
            "children: []",
        ),
    ],
    "history": [
        Told(
            DONE,
            "{history: [submit, approve]}",
            "{history: [start, approve]}",
            "history: [start, approve]",
            "history: [start, submit, approve]",
        ),
        Told(
            (OPEN,),
            "{history: [start]}",
            "{history: [submit, start]}",
            "history: [submit, start]",
            "history: [start]",
        ),
    ],
    "acted": [
        Told(
            (*SENT, "{until: 2026-03-03}", "{do: approve, by: fan, for: lee, opinion: 代}"),
            "{acted: {by: fan, for: lee}}",
            "{acted: {by: lee}}",
            "acted: {by: lee, for: none}",
            "acted: {by: fan, for: lee}",
        ),
        Told(
            (*SENT, "{until: 2026-03-05}"),
            "{acted: {by: timer}}",
            "{acted: {by: amy}}",
            "acted: {by: amy, for: none}",
            "acted: {by: timer, for: none}",
        ),
        Told(
            (*SENT, "{until: 2026-03-03}", "{do: approve, by: fan, for: lee, opinion: 代}"),
            "{acted: {by: fan, for: lee, grant: true}}",
            "{acted: {by: fan, for: lee, grant: false}}",
            "acted: {by: fan, for: lee, grant: false}",
            "acted: {by: fan, for: lee, grant: true}",
        ),
    ],
    "cites": [
        Told(
            DONE,
            "{cites: [S0-03-B02b]}",
            "{cites: [S0-03-B02b, S0-03-B02c]}",
            "cites: [S0-03-B02b, S0-03-B02c]",
            "cites: [S0-03-B02b",
        ),
        Told(
            (*SENT, "{until: 2026-03-05}"),
            "{cites: [S0-03-B04b]}",
            "{cites: [S0-03-B02a]}",
            "cites: [S0-03-B02a]",
            "cites: [S0-03-B04b]",
        ),
    ],
    "refused": [
        Told(
            SENT,
            "{do: approve, by: fan, opinion: 好, refused: not_permitted}",
            "{do: approve, by: fan, opinion: 好, refused: closed}",
            "refused: closed",
            "refused: not_permitted (“批准”由申请科室的科主任办理",
        ),
        Told(
            SENT,
            "{do: approve, by: amy, opinion: 好, refused: [closed, not_permitted]}",
            "{do: approve, by: lee, opinion: 好, refused: [closed, not_permitted]}",
            "refused: [closed, not_permitted]",
            "it was taken, the case is at approved",
        ),
        Told(
            (),
            "{start: {purpose: 会诊}, by: kim, refused: not_permitted}",
            "{start: {purpose: 会诊}, by: amy, refused: not_permitted}",
            "refused: not_permitted",
            "it was taken, the case is at draft",
        ),
        Told(
            (OPEN,),
            "{save: {deposit: 60}, by: sam, refused: not_permitted, fields: {deposit: 50}}",
            "{save: {deposit: 60}, by: amy, refused: not_permitted}",
            "refused: not_permitted",
            "it was taken, the case is at draft",
        ),
    ],
    "names": [
        Told(
            ("{start: {}, by: amy}",),
            "{do: submit, by: amy, refused: invalid_form, names: [purpose]}",
            "{do: submit, by: amy, refused: invalid_form, names: []}",
            "names: []",
            "names: [purpose]",
        ),
    ],
    "says": [
        Told(
            (OPEN,),
            "{do: submit, by: sam, refused: not_permitted, says: [申请人, applicant]}",
            "{do: submit, by: sam, refused: not_permitted, says: 主任}",
            "says: [主任]",
            "申请人",
        ),
    ],
    "closed": [
        Told(
            (OPEN,),
            "{do: submit, by: amy, closed: [{step: draft, person: amy, as: submit, by: amy}]}",
            "{do: submit, by: amy, closed: []}",
            "closed: []",
            "closed: [{step: draft, person: amy, as: submit, by: amy}]",
        ),
        Told(
            (OPEN,),
            "{do: submit, by: amy, closed: [{as: submit}]}",
            "{do: submit, by: amy, closed: [{as: moved}]}",
            "closed: [{as: moved}]",
            "as: submit",
        ),
    ],
    "inbox": [
        Told(
            SENT,
            "{inbox: {lee: [review], amy: []}}",
            "{inbox: {lee: []}}",
            "inbox: {lee: []}",
            "inbox: {lee: [review]}",
        ),
    ],
    "expect": [
        Told(
            (OPEN, "{start: {purpose: 接人}, by: sam, as: second}"),
            "{expect: {it: {state: draft}, second: {tasks: [{person: sam}]}}}",
            "{expect: {it: {state: draft}, second: {state: review}}}",
            "second: state: review",
            "state: draft",
        ),
    ],
    "opened": [
        Told(
            ("{until: 2026-03-20T08:00}",),
            "{opened: [{schedule: monthly, department: garage, process: car-wash, state: dirty}]}",
            "{opened: [{schedule: monthly, department: surgery}]}",
            "opened: [{schedule: monthly, department: surgery, state: none}]",
            "opened: [{schedule: monthly, department: garage, state: dirty}]",
        ),
        Told(
            ("{until: 2026-03-20T08:00}", "{opened: [{as: wash}]}"),
            "{on: wash, opened: [], fields: {month: '2026-03'}}",
            "{on: wash, opened: [{state: dirty}]}",
            "opened: [{schedule: none, department: none, state: dirty}]",
            "opened: []",
        ),
    ],
    "missed": [
        Told(
            ("{down: 20d}",),
            "{missed: {}, opened: [{state: dirty}]}",
            "{missed: {monthly: 1}}",
            "missed: {monthly: 1}",
            "missed: {}",
        ),
        Told(
            ("{down: 21d}",),
            "{missed: {monthly: 1}, opened: []}",
            "{missed: {}}",
            "missed: {}",
            "missed: {monthly: 1}",
        ),
    ],
}
EACH = [(key, told) for key, every in CHECKS.items() for told in every]


@pytest.mark.parametrize(("key", "told"), EACH, ids=[f"{key}-{told.fails}" for key, told in EACH])
def test_a_check_holds_or_says_what_was_expected_and_found(
    tmp_path: Path, key: str, told: Told
) -> None:
    assert play_steps(tmp_path, *told.before, told.holds).mismatch is None
    verdict = play_steps(tmp_path, *told.before, told.fails)
    assert verdict.step == len(told.before) + 1
    assert verdict.mismatch is not None
    assert told.expected in verdict.mismatch.expected
    assert told.found in verdict.mismatch.found


#: Checks of what this process does not have: a panel, and a revocation.
ELSEWHERE = {
    "members": ("10-recuse.yaml", "members: [5, 5]", "members: [5, 4]", "members: [5, 5]"),
    "revoked_by": ("38-revocation.yaml", "revoked_by: undo", "revoked_by: first", "undo"),
}


@pytest.mark.parametrize("key", ELSEWHERE)
def test_a_check_of_a_panel_or_a_revocation_holds_or_says_what_was_found(
    tmp_path: Path, key: str
) -> None:
    story, right, wrong, found = ELSEWHERE[key]
    for file in STORIES.glob("*.yaml"):
        (tmp_path / file.name).write_text(file.read_text("utf-8"), "utf-8")
    told = tmp_path / story
    text = told.read_text("utf-8")
    assert [one for one in run_scenarios([told], theatre()).verdicts if not one.ok] == []
    told.write_text(text.replace(right, wrong, 1), "utf-8")

    (verdict,) = [one for one in run_scenarios([told], theatre()).verdicts if not one.ok]
    assert verdict.mismatch is not None
    assert wrong in verdict.mismatch.expected
    assert found in verdict.mismatch.found


def test_every_check_of_the_format_is_tried() -> None:
    tried = {*CHECKS, *ELSEWHERE}
    assert tried == {*CaseChecks.keys(), "refused", "names", "says", "expect"}
    assert set(CaseChecks.keys()) < set(StepKeys.keys())


# ---- acts ----------------------------------------------------------------------------------------


def test_people_move_to_another_department_with_their_posts(tmp_path: Path) -> None:
    moved = "{move: {lee: icu}}"
    assert play_steps(tmp_path, *SENT, moved, "{can: {lee: []}}").mismatch is None
    assert play_steps(tmp_path, *SENT, moved, "{inbox: {lee: []}}").mismatch is None
    assert play_steps(tmp_path, *SENT, "{can: {lee: []}}").mismatch is not None


def test_a_move_names_somebody_of_the_cast_and_goes_with_nothing_else(tmp_path: Path) -> None:
    for step, said in (
        ("{move: {nobody: icu}}", "nobody"),
        ("{move: {lee: icu}, by: amy}", "by"),
        ("{move: {lee: icu}, wait: 1d}", "一步只能办一件事"),
    ):
        lines = "".join(f"    - {one}\n" for one in (*SENT, step))
        report = run(tmp_path, f"{HEAD.format(title='调动')}  steps:\n{lines}")
        assert any(said in problem.because.zh for problem in report.problems)


def test_an_act_that_is_refused_unexpectedly_fails_the_step(tmp_path: Path) -> None:
    verdict = play_steps(tmp_path, OPEN, "{do: approve, by: lee, opinion: 好}", "{state: draft}")
    assert verdict.step == 2
    assert verdict.mismatch is not None
    assert verdict.mismatch.expected == "approve by lee is taken"
    assert verdict.mismatch.found.startswith("refused: unknown_action")


def test_the_first_mismatch_ends_the_scenario(tmp_path: Path) -> None:
    verdict = play_steps(tmp_path, OPEN, "{state: review}", "{state: approved}")
    assert verdict.step == 2


def test_waiting_fires_each_deadline_at_its_own_moment(tmp_path: Path) -> None:
    verdict = play_steps(
        tmp_path,
        *SENT,
        "{wait: 8w, state: review, history: [submit, patience, forgotten], overdue: [review]}",
        "{notified: {lee: [submit, patience]}}",
    )
    assert verdict.mismatch is None


def test_the_clock_does_not_run_back(tmp_path: Path) -> None:
    verdict = play_steps(tmp_path, OPEN, "{until: 2026-03-01, state: draft}")
    assert verdict.mismatch is not None
    assert "the clock does not run back" in verdict.mismatch.found


def test_a_page_from_before_a_step_is_stale(tmp_path: Path) -> None:
    verdict = play_steps(
        tmp_path,
        *SENT,
        "{do: approve, by: lee, opinion: 好, name: 批准}",
        "{do: refuse, by: lee, opinion: 慢着, seen: before 批准, refused: [conflict, closed]}",
    )
    assert verdict.mismatch is None


def test_a_page_of_a_case_that_was_not_there_yet_cannot_have_been_seen(tmp_path: Path) -> None:
    verdict = play_steps(
        tmp_path,
        "{start: {purpose: 会诊}, by: amy, name: 立案}",
        "{do: submit, by: amy, seen: before 立案, state: review}",
    )
    assert verdict.mismatch is not None
    assert verdict.mismatch.found == "it was not there yet"


def test_children_get_names_for_later_steps(tmp_path: Path) -> None:
    verdict = play_steps(
        tmp_path,
        *DONE,
        "{children: [{process: key-return, as: key}]}",
        "{do: give_back, on: key, by: kim, state: back, fields: {trip: it, note: 会诊}}",
    )
    assert verdict.mismatch is None


def test_a_case_is_tied_to_its_parent_by_the_name_of_the_parent(tmp_path: Path) -> None:
    verdict = play_steps(
        tmp_path,
        "{start: {purpose: 会诊}, by: amy, as: trip}",
        "{start: {note: 备用}, process: key-return, by: kim, parent: trip, fields: {trip: trip}}",
        # What only a person started with it is no child of its acts.
        "{on: trip, children: []}",
    )
    assert verdict.mismatch is None


def test_a_case_without_a_name_of_its_own_is_it(tmp_path: Path) -> None:
    verdict = play_steps(
        tmp_path,
        "{start: {purpose: 先借的}, by: amy, as: first}",
        "{fields: {purpose: 先借的}}",
        "{start: {purpose: 后借的}, by: sam}",
        "{fields: {purpose: 后借的}, expect: {first: {fields: {purpose: 先借的}}}}",
        "{start: {purpose: 又借的}, by: sam}",
        "{fields: {purpose: 后借的}}",
    )
    assert verdict.mismatch is None


def test_a_name_that_no_case_has_got_yet_fails_the_step(tmp_path: Path) -> None:
    verdict = play_steps(
        tmp_path,
        "{start: {purpose: 会诊}, by: kim, as: trip, refused: not_permitted}",
        "{do: submit, on: trip, by: amy, state: review}",
    )
    assert verdict.step == 2
    assert verdict.mismatch is not None
    assert verdict.mismatch.expected == "a case “trip”"


def test_a_check_of_a_case_fails_when_there_is_none(tmp_path: Path) -> None:
    verdict = play_steps(tmp_path, "{wait: 1h, state: draft}")
    assert verdict.mismatch is not None
    assert verdict.mismatch.found == "no case has been started"


def test_files_come_along_by_name_and_fill_fields_of_their_type(tmp_path: Path) -> None:
    verdict = play_steps(
        tmp_path,
        "{start: {purpose: 会诊, licence: 驾照.jpg}, by: amy, attachments: [驾照.jpg, 行程.pdf],"
        " fields: {licence: 驾照.jpg}}",
    )
    assert verdict.mismatch is None


def test_the_opinion_fills_the_field_of_the_step(tmp_path: Path) -> None:
    verdict = play_steps(tmp_path, *DONE, "{fields: {head_opinion: 同意}}")
    assert verdict.mismatch is None


def test_an_unknown_process_fails_the_scenario_and_not_the_file(tmp_path: Path) -> None:
    verdict = play_steps(tmp_path, "{start: {}, process: boat-request, by: amy, state: draft}")
    assert verdict.step == 1
    assert verdict.mismatch is not None
    assert "not_found" in verdict.mismatch.found


def test_a_row_that_the_register_cannot_hold_fails_before_the_first_step(tmp_path: Path) -> None:
    text = HEAD.format(title="押金写错").replace("'100.00'", "一百")
    report = run(tmp_path, text + f"  steps:\n    - {OPEN}\n    - {{state: draft}}\n")
    verdict = report.verdicts[0]
    assert verdict.step == 0
    assert verdict.mismatch is not None
    assert verdict.mismatch.expected == "car_days.deposit: money"


# ---- what a refusal must leave alone -------------------------------------------------------------


LEE_TOO_EARLY = Do(By("lee"), "approve", {}, "好")
AMY_SUBMITS = Do(By("amy"), "submit", {})


def _refused_after(*between: Do | AddRow) -> Mismatch | None:
    """What `refused` finds when other acts came between the page before and the refusal."""
    people = {
        "amy": Person("amy", "艾医生", "surgery", (Post("clinician", "surgery"),)),
        "lee": Person("lee", "李主任", "surgery", (Post("dept_head", "surgery"),)),
    }
    now = datetime(2026, 3, 2, 1, tzinfo=UTC)
    stage = Stage(Setting(now, people, {}), theatre().catalog, theatre().calendar, MemoryStore)
    number = stage.start(Start(By("amy"), "car-request", {"purpose": "会诊"})).number
    before = stage.picture()
    for act in between:
        if isinstance(act, AddRow):
            stage.store.house.change(Deed(Actor(SYSTEM, SYSTEM), now), act)
        else:
            stage.do(act, FIRST_CASE)
    answer = stage.do(Do(By("lee"), "withdraw", {}), FIRST_CASE)
    scene = Scene(stage, before, LEE_TOO_EARLY, answer, number)
    return refused(scene, (Code.UNKNOWN_ACTION, Code.CLOSED))


def test_a_refusal_alone_leaves_one_line() -> None:
    assert _refused_after() is None


def test_a_refusal_with_another_line_in_the_ledger_is_found_out() -> None:
    mismatch = _refused_after(LEE_TOO_EARLY)
    assert mismatch is not None
    assert mismatch.found == "it gained [refused, refused]"


def test_a_refusal_that_left_a_row_is_found_out() -> None:
    row = RegisterRow(
        "r1", "trips", {"purpose": "会诊"}, None, None, datetime(2026, 3, 2, tzinfo=UTC)
    )
    mismatch = _refused_after(AddRow(row))
    assert mismatch is not None
    assert mismatch.found == "register trips changed"


def test_a_refusal_that_changed_the_case_is_found_out() -> None:
    mismatch = _refused_after(AMY_SUBMITS)
    assert mismatch is not None
    assert mismatch.expected == "a refused act changes nothing"
    assert "state, version, tasks, deadlines, case" in mismatch.found


def test_a_refusal_that_opened_another_case_is_found_out() -> None:
    mismatch = _refused_after(AMY_SUBMITS, LEE_TOO_EARLY)
    assert mismatch is not None
    assert "changed" in mismatch.found or "opened" in mismatch.found


# ---- the hospital --------------------------------------------------------------------------------


def _verdict(folder: Path, text: str, old: str, new: str) -> str | None:
    assert old in text
    report = run(folder, text.replace(old, new))
    assert not report.problems, [problem.said.en for problem in report.problems]
    mismatch = report.verdicts[0].mismatch
    return None if mismatch is None else f"{mismatch.expected} / {mismatch.found}"


def _text(*steps: str) -> str:
    return HEAD.format(title="借车") + "  steps:\n" + "".join(f"    - {step}\n" for step in steps)


def test_holidays_of_the_scenario_move_working_days(tmp_path: Path) -> None:
    text = _text(*SENT, "{due: {patience: 2026-03-05, forgotten: 2026-04-01}}")
    calendar = "  calendar: {2026-03-03: holiday}\n  people:"
    assert _verdict(tmp_path, text, "  people:", calendar) is None
    assert _verdict(tmp_path, text, "  people:", "  calendar: {}\n  people:") is not None


def test_the_shipped_calendar_counts_unless_the_scenario_differs(tmp_path: Path) -> None:
    # Saturday 14 February 2026 is worked for the Spring Festival.
    text = _text(*SENT, "{due: {patience: 2026-02-14}}")
    assert (
        _verdict(tmp_path, text, "2026-03-02T09:00:00+08:00", "2026-02-12T09:00:00+08:00") is None
    )


@pytest.mark.parametrize("word", ["on", "true", "'on'"])
def test_switches_are_words(tmp_path: Path, word: str) -> None:
    text = _text(*SENT, "{can: {lee: [approve, refuse, to_leader]}}")
    policy = f"  policy: {{consumable.medins_review: {word}}}\n  people:"
    assert _verdict(tmp_path, text, "  people:", policy) is None


def test_other_words_for_a_role_mean_the_role(tmp_path: Path) -> None:
    text = _text(*SENT, "{can: {lee: [approve, refuse]}, tasks: [{role: 科室主任}]}")
    assert (
        _verdict(tmp_path, text, "surgery, roles: [dept_head]", "surgery, roles: [科室主任]")
        is None
    )


def test_departments_that_are_only_named_exist(tmp_path: Path) -> None:
    text = _text(*SENT, "{tasks: [{step: review, department: surgery}]}")
    departments = "  departments: {garage: {name: 车队, type: functional}}\n  people:"
    assert _verdict(tmp_path, text, "  people:", departments) is None


def test_scenarios_repeat_themselves(tmp_path: Path) -> None:
    steps = (*DONE, "{registers: {car_days: [{purpose: 没有}]}}")
    first, second = (play_steps(tmp_path, *steps).mismatch for _ in range(2))
    assert first is not None
    assert first == second

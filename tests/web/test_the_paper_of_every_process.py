"""What somebody filled in and what somebody decided stands on the paper of each of the processes.

Asked of cases that the shipped stories leave behind, and of what a reader finds printed.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from storage.memory import MemoryStore
from tests.definitions.shipped import FOLDER, register, rulebooks, stories
from web.presenters.printed import BlockView, Signature
from web.presenters.sheet import SheetView, sheet_view
from web.presenters.speech import Speech
from workflow.calendar import parse_calendar
from workflow.design.definition import Definition
from workflow.design.seats import SeatKind
from workflow.nouns import SYSTEM, TIMER, Actor
from workflow.people.organisation import Person
from workflow.scenarios.playing import play
from workflow.scenarios.running import Theatre
from workflow.scenarios.stage import Stage
from workflow.scenarios.story import Scenario
from workflow.service.catalog import Catalog
from workflow.service.looking import Looking
from workflow.service.reasons import ReasonNeeded
from workflow.service.sights import CaseSight

PROCESSES = sorted(rulebooks())


@cache
def _theatre() -> Theatre:
    calendar = parse_calendar((FOLDER / "calendars/statutory.csv").read_text("utf-8"))
    return Theatre(Catalog.of(register(), rulebooks().values()), calendar, MemoryStore)


def _left_behind(process: str, story: Scenario) -> tuple[CaseSight, ...]:
    """The cases of a process after a story, as somebody sees them who may read them in full."""
    seen: list[CaseSight] = []

    def look(_story: Scenario, stage: Stage) -> None:
        looking = Looking(stage.store, lambda: stage.catalog)
        for number in stage.cases.values():
            if stage.file(number).case.process == process:
                sights = (_sight(looking, number, one, stage) for one in stage.people.values())
                seen.extend([sight for sight in sights if sight and sight.seen_in_full][:1])

    theatre = _theatre()
    play(story, theatre.catalog, theatre.calendar, theatre.new_store, look)
    return tuple(seen)


def _sight(looking: Looking, number: str, person: Person, stage: Stage) -> CaseSight | None:
    try:
        return looking.case(number, Actor(person.id, person.name), stage.now)
    except ReasonNeeded:
        return None


@cache
def sheets(process: str) -> tuple[tuple[CaseSight, SheetView], ...]:
    """The papers of the first stories, until one case has come as far as its paper counts."""
    found: list[tuple[CaseSight, SheetView]] = []
    for story in stories(process):
        for sight in _left_behind(process, story):
            speech = Speech("zh_CN", sight.hospital, sight.now, sight.roles)
            found.append((sight, sheet_view(sight, speech, "青山医院", "钱老师")))
        if any(sheet.mark is None for _, sheet in found):
            break
    return tuple(found)


def _blocks(sheet: SheetView) -> Iterator[BlockView]:
    yield from sheet.copies[0].blocks


def _signed(sheet: SheetView) -> set[tuple[str, str]]:
    """Who has signed what in a block of the first copy."""
    acts: Iterator[Signature] = (act for block in _blocks(sheet) for act in block.signed)
    return {(act.who, act.act) for act in acts}


def _decided(sight: CaseSight) -> Iterator[tuple[str, str]]:
    """Every act of people that the ledger holds as a signature of this round or as the end."""
    definition = sight.definition
    for line in sight.lines:
        action = definition.actions.get(line.action)
        if action is None or line.refused or line.entry.actor in (SYSTEM, TIMER):
            continue
        ends = action.target in definition.states and definition.states[action.target].final
        theirs = all(seat.kind is SeatKind.APPLICANT for seat in action.seats)
        signs = action.signs or action.all_sign
        if line.round == sight.case.round and (signs or (ends and not theirs)):
            yield sight.hospital.organisation.person_name(line.entry.actor), action.name.zh


def _required(definition: Definition) -> set[str]:
    return {key for key, field in definition.form.items() if field.required}


@pytest.mark.parametrize("process", PROCESSES)
def test_some_case_of_its_stories_comes_as_far_as_its_paper_counts(process: str) -> None:
    assert [sheet for _, sheet in sheets(process) if sheet.mark is None]


@pytest.mark.parametrize("process", PROCESSES)
def test_everything_that_had_to_be_filled_in_stands_there(process: str) -> None:
    for sight, sheet in sheets(process):
        form = sight.definition.print_form
        assert form is not None
        opinions = {action.opinion_field for action in sight.definition.actions.values()}
        printed = {
            cell.shown.key
            for section in sheet.copies[0].sections
            for row in section.rows
            for cell in row
            if not cell.shown.is_empty
        }
        filled = {key for key in _required(sight.definition) if sight.case.form.get(key)}
        assert filled - opinions - set(form.left_off) <= printed


@pytest.mark.parametrize("process", PROCESSES)
def test_everything_that_was_decided_is_signed_there(process: str) -> None:
    for sight, sheet in sheets(process):
        form = sight.definition.print_form
        assert form is not None
        unsigned = {sight.definition.actions[key].name.zh for key in form.unsigned}
        missing = {one for one in _decided(sight) if one[1] not in unsigned} - _signed(sheet)
        assert not missing


@pytest.mark.parametrize("process", PROCESSES)
def test_nothing_masked_or_hidden_is_on_a_copy_for_outside(process: str) -> None:
    definition = rulebooks()[process].definition
    form = definition.print_form
    assert form is not None
    outside = [number for number, copy in enumerate(form.copies) if copy.outside]
    assert not (definition.confidential and outside)
    kept = {key for key, field in definition.form.items() if field.masked}
    kept |= set(definition.hidden_from)
    for _, sheet in sheets(process):
        for number in outside:
            sections = sheet.copies[number].sections
            printed = {c.shown.key for s in sections for row in s.rows for c in row}
            assert not printed & kept


def test_titles_tell_the_papers_apart() -> None:
    forms = [rulebooks()[process].definition.print_form for process in PROCESSES]
    titles = {form.title.zh for form in forms if form is not None}
    assert len(titles) == len(PROCESSES)

"""Processes for programs: the catalogue, one definition, and publishing the next version of one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from web.api.common import PREFIX, Caller, errors, not_found
from web.api.shapes import (
    DifferenceShape,
    ExaminationShape,
    NewDefinition,
    ProblemShape,
    Processes,
    ProcessFull,
    PublishedShape,
    TrialShape,
)
from web.api.telling import process_full, process_short, words
from web.presenters.office import deed_of
from web.visit import Denied, Visit
from workflow.design.problems import Problem
from workflow.refusals import Refused, Sentence
from workflow.service.catalog import UnknownProcess

router = APIRouter(prefix=f"{PREFIX}/processes", tags=["processes"])

NO_PROCESS = Sentence("没有这个流程或版本", "There is no such process, or no such version of it")


@router.get("", responses=errors())
def list_processes(visit: Caller) -> Processes:
    """Every process in force, and whether I may open a case of it."""
    mine = _mine(visit)
    return Processes(
        processes=[
            process_short(one, may_open=one.key in mine) for one in visit.house.catalog().in_force()
        ]
    )


@router.post("", status_code=201, responses=errors(403, 409, 413))
def publish(visit: Caller, new: NewDefinition) -> PublishedShape:
    """Publish a definition as the next version of its process; administrators only.

    With a problem nothing is published: the answer is 422 `definition_invalid`, and its fields are
    the places in the text, as `line:column`.
    """
    publishing = visit.house.publishing
    answer = publishing.publish(deed_of(visit, new.reason), new.source, new.scenarios)
    if isinstance(answer, Refused):
        raise Denied(answer)
    published = publishing.examine(new.source).definition
    if published is None:
        raise not_found(NO_PROCESS)
    return PublishedShape(key=published.key, version=published.version, digest=published.digest)


@router.post("/examinations", responses=errors(403, 413))
def examine(visit: Caller, new: NewDefinition) -> ExaminationShape:
    """Check a definition without publishing it; administrators only. Every problem at once."""
    publishing = visit.house.publishing
    refused = publishing.may_publish(deed_of(visit))
    if refused is not None:
        raise Denied(refused)
    found = publishing.examine(new.source, new.scenarios)
    return ExaminationShape(
        publishable=found.publishable,
        problems=[_problem(one) for one in found.problems],
        scenario_problems=[_problem(one) for one in found.scenario_problems],
        differences=[
            DifferenceShape(
                part=one.part.value, key=one.key, how=one.how.value, what=list(one.what)
            )
            for one in found.differences
        ],
        trials=[
            TrialShape(
                title=one.title, ok=one.ok, step=one.step, expected=one.expected, found=one.found
            )
            for one in found.trials
        ],
    )


def _problem(problem: Problem) -> ProblemShape:
    return ProblemShape(
        line=problem.line,
        column=problem.column,
        path=problem.path,
        message=words(problem.because),
    )


@router.get("/{key}", responses=errors(404))
def read_process(
    visit: Caller,
    key: Annotated[str, Path(max_length=100)],
    version: Annotated[int | None, Query(ge=1, le=9999)] = None,
) -> ProcessFull:
    """One definition; the version in force if none is named."""
    try:
        definition = visit.house.catalog().definition(key, version)
    except UnknownProcess:
        raise not_found(NO_PROCESS) from None
    return process_full(definition, may_open=key in _mine(visit))


def _mine(visit: Visit) -> set[str]:
    found = visit.house.looking.may_open(visit.person.id, visit.now)
    return {one.definition.key for one in found}

"""Whatever a program sends, it is answered as described, and never with an error of ours."""

from __future__ import annotations

from typing import Any, cast

import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS, CheckFunction, load_all_checks
from schemathesis.core.result import Ok

from tests.web.conftest import SetClock
from web.api.me import described
from web.house import House
from web.identity import token_hash
from workflow.nouns import Actor, Opening
from workflow.ports.house import Deed

SECRET = "secret-of-zhang"
AS_DESCRIBED = ["status_code_conformance", "response_schema_conformance"]


def test_no_request_is_answered_other_than_described(
    app: FastAPI, house: House, clock: SetClock
) -> None:
    sun, zhang = Actor("sun", "孙工"), Actor("zhang", "张医生")
    house.administering.keys.give(Deed(sun, clock()), "t", "zhang", "对接程序", token_hash(SECRET))
    house.service.open(Opening(zhang, "consumable-approval", clock(), "first", {"spec": "3-0"}))
    load_all_checks()
    # The registry knows three kinds of check; these two are plain functions.
    as_described = cast("list[CheckFunction]", CHECKS.get_by_names(AS_DESCRIBED))
    schema = schemathesis.openapi.from_dict(described("青山医院"))
    for operation in schema.get_all_operations():
        assert isinstance(operation, Ok)

        @settings(
            max_examples=6,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.ok().as_strategy())
        def answers_as_described(case: schemathesis.Case[Any]) -> None:
            answer = case.call(app=app, headers={"Authorization": f"Bearer {SECRET}"})
            assert answer.status_code < 500, answer.text
            case.validate_response(answer, checks=as_described)

        answers_as_described()

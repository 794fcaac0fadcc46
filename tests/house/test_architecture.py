"""Who may import whom, and what the engine is handed instead of taking it."""

from __future__ import annotations

import ast
from pathlib import Path

import grimp
import pytest
from importlinter import configuration
from importlinter.application.use_cases import lint_imports

ROOT = Path(__file__).parents[2]

CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter"}
#: What a rule is tried without.
BEYOND = ("storage", "web", "workflow.service", "fastapi", "sqlalchemy", "sqlmodel")
CHANCE = {"uuid1", "uuid4", "uuid7", "urandom"}


def test_imports_go_the_ways_that_were_agreed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    # Not its command: that sets up logging, which silences every logger that is there already.
    configuration.configure()
    kept = lint_imports("pyproject.toml", cache_dir=None, no_logo=True)
    assert kept, capsys.readouterr().out


def test_the_tests_of_the_engine_need_no_store_no_service_and_no_page() -> None:
    """So they are over in seconds, and may be run at every keystroke."""
    waiting = sorted((ROOT / "tests" / "engine").glob("*.py"))
    seen: set[Path] = set()
    while waiting:
        file = waiting.pop()
        seen.add(file)
        for module in _imported(file):
            assert not module.startswith(BEYOND), f"{file.relative_to(ROOT)} imports {module}"
            helper = ROOT / f"{module.replace('.', '/')}.py"
            if module.startswith("tests.") and helper not in seen:
                waiting.append(helper)
    assert len(seen) > 10


def _imported(file: Path) -> set[str]:
    nodes = ast.walk(ast.parse(file.read_text("utf-8")))
    return {one.module for one in nodes if isinstance(one, ast.ImportFrom) and one.module}


def test_what_composes_the_house_is_imported_by_nothing_in_it() -> None:
    graph = grimp.build_graph("workflow", "storage", "web", cache_dir=None)
    importers = {
        composer: graph.find_modules_that_directly_import(composer)
        for composer in ("web.app", "web.commands")
        if composer in graph.modules
    }
    # A command that serves or simulates makes the house; nothing else leads from one to the other.
    importers["web.app"] -= {"web.commands", "web.simulate_command"}
    assert not any(importers.values()), importers


def test_the_engine_takes_neither_time_nor_chance_for_itself() -> None:
    taken = [
        f"{path.relative_to(ROOT)}:{call.lineno} {ast.unparse(call.func)}()"
        for path in sorted((ROOT / "workflow").rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and _takes_time_or_chance(call.func)
    ]
    assert not taken


def _takes_time_or_chance(called: ast.expr) -> bool:
    """`datetime.now` and `uuid.uuid4` do; `clock.now` does not, for a clock was handed over."""
    match called:
        case ast.Attribute(value=ast.Name(id="datetime" | "date" | "time"), attr=verb):
            return verb in CLOCKS
        case ast.Attribute(
            value=ast.Attribute(value=ast.Name(id="datetime"), attr="datetime" | "date"), attr=verb
        ):
            return verb in CLOCKS
        case ast.Attribute(value=ast.Name(id="uuid" | "os"), attr=verb):
            return verb in CHANCE
        case ast.Name(id=name):
            return name in CHANCE
        case _:
            return False

"""Runs scenario files: finds them, reads them, plays them, and says what came of it.

The `qianpi` command, the test suite and publishing come through here. Files are read, nothing is
written; the store that scenarios live in is handed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from workflow.calendar import Calendar
from workflow.design.definition import Definition
from workflow.design.parsing import parse_definition
from workflow.design.problems import Problem
from workflow.refusals import Sentence
from workflow.running.rulebook import Rulebook
from workflow.scenarios.playing import Verdict, Watch, play
from workflow.scenarios.reading import looks_like_scenarios, read_scenarios
from workflow.scenarios.stage import NewStore
from workflow.scenarios.story import Scenario
from workflow.service.bundles import Bundle, examine
from workflow.service.catalog import Catalog
from workflow.service.catalogs import role_names

NO_FILE = Sentence("没有这个文件或文件夹。", "There is no such file or folder.")
NO_SCENARIOS = Sentence("这个文件夹里没有情景文件。", "There is no scenario file in this folder.")
NO_BUNDLE = Sentence(
    "第 {line} 行的情景要用 {name}，但文件旁边没有它。",
    "The scenario in line {line} needs {name}, which is not beside the file.",
)
NOT_TEXT = Sentence(
    "文件不是 UTF-8 编码，请用 UTF-8 另存。", "The file is not UTF-8; save it as UTF-8."
)


@dataclass(frozen=True)
class Theatre:
    """What scenarios are played with: definitions, calendar, and where stores come from."""

    catalog: Catalog
    calendar: Calendar
    new_store: NewStore
    watched: Watch | None = None  # sees each stage when its story has ended


@dataclass(frozen=True, slots=True)
class Report:
    """What came of some files: the verdicts in order, and what kept files from being read."""

    verdicts: tuple[Verdict, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def failed(self) -> int:
        """How many scenarios do not hold."""
        return sum(not verdict.ok for verdict in self.verdicts)

    @property
    def exit_status(self) -> int:
        """2 when a file could not be read, 1 when a scenario does not hold, else 0."""
        return 2 if self.problems else int(self.failed > 0)


def run_scenarios(
    paths: Iterable[Path], theatre: Theatre, told: Callable[[Verdict], None] = lambda _: None
) -> Report:
    """Play every scenario of the files, and of the `*.yaml` files in the folders, in order.

    `told` hears each verdict as it falls. A file with problems is not played; the others are.
    """
    verdicts: list[Verdict] = []
    problems: list[Problem] = []
    for path in paths:
        for found in _files(path):
            if isinstance(found, Problem):
                problems.append(found)
                continue
            report = _run_file(found, theatre, told)
            verdicts += report.verdicts
            problems += report.problems
    return Report(tuple(verdicts), tuple(dict.fromkeys(problems)))


def run_text(
    text: str, file: str, theatre: Theatre, told: Callable[[Verdict], None] = lambda _: None
) -> Report:
    """Play the scenarios of one text on the definitions of the theatre alone."""
    scenarios = read_scenarios(text, file, theatre.catalog.register)
    return _run(scenarios, lambda _: theatre, told)


def _run_file(path: Path, theatre: Theatre, told: Callable[[Verdict], None]) -> Report:
    text = _text(path)
    if isinstance(text, Problem):
        return Report((), (text,))
    prepared: dict[tuple[str, ...], Theatre | tuple[Problem, ...]] = {}

    def theatre_for(scenario: Scenario) -> Theatre | tuple[Problem, ...]:
        if scenario.bundles not in prepared:
            prepared[scenario.bundles] = _with_bundles(theatre, path, scenario)
        return prepared[scenario.bundles]

    return _run(read_scenarios(text, str(path), theatre.catalog.register), theatre_for, told)


def _run(
    read: Sequence[Scenario] | Sequence[Problem],
    theatre_for: Callable[[Scenario], Theatre | tuple[Problem, ...]],
    told: Callable[[Verdict], None],
) -> Report:
    scenarios = [one for one in read if isinstance(one, Scenario)]
    problems = [one for one in read if isinstance(one, Problem)]
    theatres = [theatre_for(scenario) for scenario in scenarios]
    problems += [one for found in theatres if isinstance(found, tuple) for one in found]
    verdicts: list[Verdict] = []
    for scenario, theatre in zip(scenarios, theatres, strict=True):
        if isinstance(theatre, Theatre):
            verdict = play(
                scenario, theatre.catalog, theatre.calendar, theatre.new_store, theatre.watched
            )
            told(verdict)
            verdicts.append(verdict)
    return Report(tuple(verdicts), tuple(problems))


# ---- files ---------------------------------------------------------------------------------------


def _files(path: Path) -> Iterator[Path | Problem]:
    """The scenario files that a path means; in a folder, other YAML files are passed over."""
    if not path.is_dir():
        yield path
        return
    found = False
    for file in sorted(path.rglob("*.yaml")):
        text = _text(file)
        if isinstance(text, Problem) or looks_like_scenarios(text):
            found = True
            yield file
    if not found:
        yield Problem(str(path), 1, 1, "", NO_SCENARIOS)


def _text(path: Path) -> str | Problem:
    try:
        return path.read_text("utf-8")
    except OSError:  # missing, a folder, not ours to read
        return Problem(str(path), 1, 1, "", NO_FILE)
    except UnicodeDecodeError:
        return Problem(str(path), 1, 1, "", NOT_TEXT)


# ---- definitions ---------------------------------------------------------------------------------


def _with_bundles(
    theatre: Theatre, path: Path, scenario: Scenario
) -> Theatre | tuple[Problem, ...]:
    """The theatre with the definitions that a scenario brings along, instead of shipped ones."""
    if not scenario.bundles:
        return theatre
    texts = {name: _beside(path, name, scenario.line) for name in scenario.bundles}
    missing = tuple(one for one in texts.values() if isinstance(one, Problem))
    if missing:
        return missing
    register = theatre.catalog.register
    written = {str(path.parent / name): str(text) for name, text in texts.items()}
    # They may speak of one another, whichever comes first.
    parsed = [parse_definition(text, file, register) for file, text in written.items()]
    known = [*theatre.catalog.in_force(), *(one for one in parsed if isinstance(one, Definition))]
    examined = [examine(text, file, register, known) for file, text in written.items()]
    problems = [problem for one in examined if isinstance(one, tuple) for problem in one]
    if problems:
        return tuple(problems)
    bundles = [one for one in examined if isinstance(one, Bundle)]
    return replace(theatre, catalog=with_bundles(theatre.catalog, bundles))


def _beside(path: Path, name: str, line: int) -> str | Problem:
    file = path.parent / name
    if file.is_file():
        return _text(file)
    because = NO_BUNDLE.filled(line=line, name=name)
    return Problem(str(path), line, 1, "definitions", because)


def with_bundles(catalog: Catalog, bundles: Iterable[Bundle]) -> Catalog:
    """A catalog in which these definitions stand for all versions of their processes."""
    roles = role_names(catalog.register)
    own = [Rulebook.of(bundle.definition, bundle.compiled, roles) for bundle in bundles]
    replaced = {book.definition.key for book in own}
    kept = {key: book for key, book in catalog.rulebooks.items() if key[0] not in replaced}
    newest: Mapping[str, int] = {
        **{key: version for key, version in catalog.newest.items() if key not in replaced},
        **{book.definition.key: book.definition.version for book in own},
    }
    rulebooks = {**kept, **{(b.definition.key, b.definition.version): b for b in own}}
    return Catalog(catalog.register, rulebooks, newest)

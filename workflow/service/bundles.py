"""Definitions from their folder: parsed, checked alone and together, compiled; all of them or none.

`<process>/<version>.yaml` is a definition, `<process>/scenarios.yaml` its stories. `qianpi check`,
the start of the product and publishing all ask here, so that they cannot disagree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType

from workflow.conditions.exits import check_exits
from workflow.conditions.expressions import Compiled, compile_expressions
from workflow.design.checks import check_definition
from workflow.design.definition import Definition
from workflow.design.neighbours import acts_fired, check_neighbours
from workflow.design.parsing import parse_definition
from workflow.design.plan import Plan
from workflow.design.problems import Problem
from workflow.design.reading import MOST_BYTES
from workflow.design.register import Register
from workflow.making import kept_for_good
from workflow.refusals import Sentence

_VERSION = re.compile(r"([1-9][0-9]{0,3})\.yaml")
_MEANT_AS_VERSION = re.compile(r".*\.ya?ml", re.IGNORECASE)
_STORIES = "scenarios.yaml"
_NOBODY: Mapping[str, Definition] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Bundle:
    """A definition that passed every check, with its expressions ready."""

    definition: Definition
    compiled: Compiled


@dataclass(frozen=True, slots=True)
class Bundles:
    """Bundles by process and version."""

    bundles: Mapping[tuple[str, int], Bundle]

    def newest(self) -> dict[str, Definition]:
        """The newest definition of each process."""
        return newest(bundle.definition for bundle in self.bundles.values())


class BundlesInvalid(ValueError):
    """Some definitions have problems; `problems` holds all of them, by file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Sort the problems; the message is their English sentences."""
        self.problems = _sorted(problems)
        super().__init__("\n".join(problem.said.en for problem in self.problems))


@kept_for_good()
def load_bundles(folder: Traversable, register: Register) -> Bundles:
    """Every definition below a folder (a path or a package's resources). Raises BundlesInvalid."""
    found, problems = _parsed(_files(folder), register)
    bundles: dict[tuple[str, int], Bundle] = {}
    for one in () if problems else found:
        bundle = _bundle(one, found, register)
        if isinstance(bundle, Bundle):
            bundles[one.key, one.version] = bundle
        else:
            problems += bundle
    if problems:
        raise BundlesInvalid(problems)
    return Bundles(bundles)


def examine(
    text: str, file: str, register: Register, known: Iterable[Definition] = ()
) -> Bundle | tuple[Problem, ...]:
    """One definition from its text, among the others that are known; or every problem of it.

    A definition of `known` with the same process and version is replaced by this one.
    """
    definition = parse_definition(text, file, register)
    if isinstance(definition, tuple):
        return definition
    name = (definition.key, definition.version)
    others = [one for one in known if (one.key, one.version) != name]
    bundle = _bundle(definition, [*others, definition], register)
    return bundle if isinstance(bundle, Bundle) else _called(file, definition, bundle)


def check_path(
    path: Path, register: Register, known: Mapping[str, Definition] = _NOBODY
) -> tuple[Problem, ...]:
    """Every problem of a file, of one process's folder, or of a folder of processes.

    What a file refers to is looked up in the folders beside its own, and among `known`.
    """
    if not path.exists():
        because = Sentence("没有这个文件或文件夹。", "There is no such file or folder.")
        return (Problem(str(path), 1, 1, "", because),)
    if not files_below(path):
        return (Problem(str(path), 1, 1, "", _NO_DEFINITION),)
    checked, problems = _parsed(_files_of(path), register)
    is_all = path.is_dir() and not _is_process(path)
    beside, _ = ([], []) if is_all else _parsed(_files(_root(path)), register)
    mine = {(one.key, one.version) for one in checked}
    others = [one for one in (*known.values(), *beside) if (one.key, one.version) not in mine]
    for one in () if problems else checked:
        bundle = _bundle(one, [*others, *checked], register)
        if not isinstance(bundle, Bundle):
            # A file that lies anywhere is called by its own name, not by where it belongs.
            problems += _called(path.name, one, bundle) if _is_stray(path) else bundle
    return _sorted(problems)


def files_below(path: Path) -> int:
    """How many definitions a file or folder holds."""
    return sum(1 for _ in _files_of(path))


def newest(definitions: Iterable[Definition]) -> dict[str, Definition]:
    """The newest definition of each process."""
    ordered = sorted(definitions, key=lambda one: one.version)
    return {one.key: one for one in ordered}


def _bundle(
    definition: Definition, all_: list[Definition], register: Register
) -> Bundle | tuple[Problem, ...]:
    """Check one definition among all, and compile it.

    A version that is not the newest only runs the cases that are pinned to it: it must compile, but
    a new clause or a new neighbour does not put it in the wrong.
    """
    known = newest(all_)
    problems: tuple[Problem, ...] = ()
    acts = acts_fired(all_)
    is_newest = known[definition.key] is definition
    if is_newest:
        problems = check_definition(definition, register, acts)
        problems += check_neighbours(definition, known)
    compiled = compile_expressions(definition, register, known.get)
    if isinstance(compiled, tuple):
        return _sorted((*problems, *compiled))
    if is_newest and not problems:
        problems = check_exits(Plan.of(definition, register, acts), compiled)
    return problems or Bundle(definition, compiled)


# ---- files --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _File:
    """A file with the name by which messages call it; `process` and `version` as its path says."""

    file: Traversable
    name: str
    process: str | None = None
    version: int | None = None


def _files_of(path: Path) -> Iterator[_File]:
    if path.is_dir():
        yield from _files(path) if not _is_process(path) else _versions(path)
    elif _is_stray(path):
        yield _File(path, path.name)
    else:
        yield from (one for one in _versions(path.resolve().parent) if one.file.name == path.name)


def _is_stray(path: Path) -> bool:
    return path.is_file() and not _VERSION.fullmatch(path.name)


def _root(path: Path) -> Path:
    folder = path.resolve() if path.is_dir() else path.resolve().parent
    return folder.parent if _is_process(folder) else folder


def _files(folder: Traversable) -> Iterator[_File]:
    for process in sorted(folder.iterdir(), key=lambda one: one.name):
        if process.is_dir() and _is_process(process):
            yield from _versions(process)


def _is_process(folder: Traversable) -> bool:
    return any(_VERSION.fullmatch(one.name) for one in folder.iterdir() if one.is_file())


def _versions(process: Traversable) -> Iterator[_File]:
    for file in sorted(process.iterdir(), key=lambda one: one.name):
        name = f"{process.name}/{file.name}"
        version = _VERSION.fullmatch(file.name)
        if version is not None:
            yield _File(file, name, process.name, int(version[1]))
        elif _MEANT_AS_VERSION.fullmatch(file.name) and file.name != _STORIES:
            yield _File(file, name, process.name)


def _parsed(files: Iterable[_File], register: Register) -> tuple[list[Definition], list[Problem]]:
    found: list[Definition] = []
    problems: list[Problem] = []
    for file in files:
        if file.process is not None and file.version is None:
            problems.append(Problem(file.name, 1, 1, "", _STRANGE))
            continue
        definition = _read(file, register)
        if isinstance(definition, Definition):
            found.append(definition)
            problems += _misplaced(file, definition)
        else:
            problems += definition
    return found, problems


_STRANGE = Sentence(
    "这个文件夹里只认 <版本号>.yaml（如 1.yaml）和 scenarios.yaml，这个文件不会被读取；"
    "请改名或移走。",
    "Here only <version>.yaml (such as 1.yaml) and scenarios.yaml are read; rename this file or "
    "move it away.",
)
_NO_DEFINITION = Sentence(
    "这个文件夹里没有流程定义。定义的位置是 <流程名>/<版本号>.yaml；单独的文件请直接写出文件名。",
    "There is no definition in this folder. One stands at <process>/<version>.yaml; name a file "
    "that stands alone.",
)
_NOT_TEXT = Sentence(
    "文件不是 UTF-8 编码，请用 UTF-8 另存。", "The file is not UTF-8; save it as UTF-8."
)


def _read(file: _File, register: Register) -> Definition | tuple[Problem, ...]:
    with file.file.open("rb") as opened:
        # One more than may be read: enough to see that it is too much, whatever stands there.
        content = opened.read(MOST_BYTES + 1)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        if len(content) <= MOST_BYTES:
            line = content.count(b"\n", 0, error.start) + 1
            return (Problem(file.name, line, 1, "", _NOT_TEXT),)
        text = content.decode(errors="replace")
    return parse_definition(text, file.name, register)


def _misplaced(file: _File, definition: Definition) -> Iterator[Problem]:
    """A definition says where it stands: its folder and its name."""
    if file.process is None:
        return
    for key, said, expected in (
        ("process", definition.key, file.process),
        ("version", str(definition.version), str(file.version)),
    ):
        if said != expected:
            because = Sentence(
                f"{key} 写的是 {said}，文件所在位置却是 {file.name}；请改成一致。",
                f"{key} is {said}, but the file is {file.name}; make them agree.",
            )
            yield Problem(file.name, 1, 1, key, because)


def _called(file: str, definition: Definition, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems of a definition under the name by which its author knows the file."""
    return tuple(
        Problem(file, one.line, one.column, one.path, one.because)
        if one.file == definition.file
        else one
        for one in problems
    )


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda one: (one.file, one.line, one.column)))

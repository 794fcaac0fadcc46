"""Plant a fault in a copy of the packages and ask the tests. The working tree is never touched."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from tests.seeded.faults import Fault

ROOT = Path(__file__).parents[2]
_COPIED = ("workflow", "storage", "web", "tests", "definitions", "pyproject.toml")
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc")
#: A walk shorter than the suite's, the same each time, and not shortened when it fails.
_WALKING = {"RANDOM_STEPS": "4000", "RANDOM_FIRST": "0", "RANDOM_SHRINK": "no"}
_FAILED = re.compile(r"^(?:FAILED|ERROR) ([^\s\[]+)", re.MULTILINE)
_SURVIVED, _FOUND = 0, 1


@dataclass(frozen=True, slots=True)
class Found:
    """By which test a fault was found (None: it survived), and in how many seconds."""

    by: str | None
    seconds: float


@contextmanager
def a_copy() -> Iterator[Path]:
    """A copy of everything that the tests need, for as long as it is used."""
    with TemporaryDirectory(prefix="seeded-") as folder:
        copy = Path(folder)
        for name in _COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, copy / name, ignore=_LEFT_OUT)
            else:
                shutil.copy(source, copy / name)
        yield copy


def planted(fault: Fault, copy: Path) -> Found:
    """Plant a fault, ask its tests one file after the other, and take it out again.

    Raises RuntimeError when the tests cannot even be run: that finds nothing.
    """
    file = copy / fault.file
    sound = file.read_text("utf-8")
    began = monotonic()
    file.write_text(sound.replace(fault.text, fault.instead), "utf-8")
    try:
        for tests in fault.tests:
            by = failing(copy, tests)
            if by is not None:
                return Found(by, monotonic() - began)
    finally:
        file.write_text(sound, "utf-8")
    return Found(None, monotonic() - began)


def failing(copy: Path, tests: str) -> str | None:
    """The first test of a file that fails in the copy; None when all of them pass."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [*command, "--tb=no", tests],
        cwd=copy,
        env={**os.environ, **_WALKING, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode == _SURVIVED:
        return None
    named = _FAILED.search(run.stdout)
    if run.returncode != _FOUND or named is None:
        raise RuntimeError(f"{tests} did not run:\n{run.stdout}\n{run.stderr}")
    return named[1].removeprefix("tests/")

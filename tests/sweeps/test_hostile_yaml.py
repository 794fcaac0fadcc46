"""Whatever stands in a file, reading it takes little time and little memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from workflow.design.reading import MOST_NODES, Node, read_yaml

#: Reads one text a child, under limits that the kernel enforces: 200 MB, and ten seconds of work;
#: what grows with the square of a file would take hours. Only the first start loads the reader.
CELLS = """
import json, os, resource, sys
from workflow.design.reading import Node, read_yaml
while size := sys.stdin.buffer.readline():
    text = sys.stdin.buffer.read(int(size)).decode()
    if child := os.fork():
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(json.dumps({"status": status}), flush=True)
        continue
    resource.setrlimit(resource.RLIMIT_AS, (200 * 2**20, 200 * 2**20))
    resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
    answer = read_yaml(text, "hostile.yaml")
    print(json.dumps(None if isinstance(answer, Node) else [p.because.zh for p in answer]))
    sys.stdout.flush()
    os._exit(0)
"""

HOSTILE = {
    "a bomb of aliases": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(
        f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n"
        for before, name in zip("abcdefghi", "bcdefghij", strict=True)
    ),
    "a merge of merges": "a: &a {x: 1}\n"
    + "".join(f"b{n}: {{<<: [*a, *a]}}\n" for n in range(8000)),
    "brackets in brackets": "[" * 20_000,
    "braces in braces": "{a: " * 20_000,
    "lists in lists": "- " * 20_000,
    "blocks in blocks": "".join(" " * depth + "a:\n" for depth in range(700)),
    "keys that are keys": "? " * 100_000,
    "brackets never closed": "[\n" * 1000,
    "a number of 4,300 digits": "a: " + "9" * 4300,
    "a number of 200,000 digits": "a: " + "9" * 200_000,
    "a version of 5,000 digits": "%YAML 1." + "9" * 5000 + "\n---\na: 1\n",
    "many directives": "%FOO bar\n" * 20_000,
    "many documents": "--- a\n" * 40_000,
    "many items": "-\n" * 130_000,
    "many items in brackets": "[" + "a," * 130_000 + "]",
    "many keys": "".join(f"k{n}: 1\n" for n in range(25_000)),
    "the same key again and again": "a: 1\n" * 50_000,
    "many anchors": "".join(f"- &a{n} x\n" for n in range(20_000)),
    "many aliases": "- &a x\n" + "- *a\n" * 50_000,
    "a tag without end": "!" * 260_000,
    "an alias without end": "*" * 260_000,
    "a key without end": "a" * 260_000 + ": 1",
    "a quotation without end": '"' + "\\x41" * 65_000,
    "megabytes": "a: 1\n" * 2_000_000,
    "a NUL": "a: \0",
}
HARMLESS = {
    "one long line": "a: " + "x" * 260_000,
    "many short lines": "a: |\n" + " x\n" * 87_000,
    "many folded lines": "a: >\n" + " x\n\n" * 65_000,
    "many blank lines": "\n" * 260_000 + "a: 1",
    "a quotation over many lines": 'a: "' + "x\n " * 87_000 + '"',
    "comments": "#\n" * 130_000 + "a: 1",
    "as many items as allowed": "- {a: 1, b: 2, c: 3, d: 4}\n" * 2222,
}

#: The problems found by a process that may use little; none for a file that was read.
Cell = Callable[[str], list[str] | None]


@pytest.fixture(scope="module")
def read_in_a_cell() -> Iterator[Cell]:
    with subprocess.Popen(
        [sys.executable, "-c", CELLS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as cells:
        assert cells.stdin is not None
        assert cells.stdout is not None
        told, heard = cells.stdin, cells.stdout

        def read(text: str) -> list[str] | None:
            content = text.encode()
            told.write(b"%d\n%b" % (len(content), content))
            told.flush()
            answer = json.loads(heard.readline())
            if isinstance(answer, dict):
                pytest.fail(f"The reader did not survive: {answer}")
            assert json.loads(heard.readline()) == {"status": 0}
            found: list[str] | None = answer
            return found

        yield read


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_refused_with_little_work(text: str, read_in_a_cell: Cell) -> None:
    problems = read_in_a_cell(text)
    assert problems
    assert all(problems)


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS)
def test_a_large_file_is_read_with_little_work(text: str, read_in_a_cell: Cell) -> None:
    assert read_in_a_cell(text) is None


def test_there_may_be_as_many_items_as_the_limit_and_no_more() -> None:
    assert isinstance(read_yaml("- x\n" * (MOST_NODES - 1), "1.yaml"), Node)
    refused = read_yaml("- x\n" * MOST_NODES, "1.yaml")
    assert isinstance(refused, tuple)
    assert [(problem.line, problem.column) for problem in refused] == [(MOST_NODES, 3)]

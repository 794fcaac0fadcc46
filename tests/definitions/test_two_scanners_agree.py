"""The quick scanner and the careful one read every shipped definition alike."""

from __future__ import annotations

from tests.definitions.shipped import FOLDER
from workflow.design.reading import read_carefully, read_quickly


def test_the_quick_scanner_reads_what_the_careful_one_reads() -> None:
    """Where the quick one says nothing, the careful one decides; where it speaks, both agree."""
    files = sorted(FOLDER.glob("*/1.yaml"))
    spoke = 0
    for file in files:
        text = file.read_text("utf-8")
        quick = read_quickly(text, file.name)
        assert quick in (None, read_carefully(text, file.name)), file
        spoke += quick is not None
    assert spoke > len(files) / 2

"""The ledger: a case is the fold of its lines, and a line that was touched is found and named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflow.hospital import MONDAY, Hospital
from tests.workflow.orders import DELIVERY, ROW, agreed, order_with_deliveries
from workflow import ledger
from workflow.ledger import (
    APART,
    CHANGED,
    NOT_THE_LAST,
    Fault,
    Heading,
    canonical,
    first_break,
    moment_of,
    moment_text,
    seal,
)
from workflow.nouns import Entry

Lines = list[tuple[int, bytes, str]]

# ---- canonical bytes -----------------------------------------------------------------------------


def plain_json(value: object) -> str:
    """Canonical JSON, written from its rules alone: RFC 8785 without floating point numbers."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + "".join(_escaped(letter) for letter in value) + '"'
    if isinstance(value, Mapping):
        # Sorted by code points: keys of the ledger are our own words, so UTF-16 order is the same.
        pairs = sorted((str(key), item) for key, item in value.items())
        return "{" + ",".join(f"{plain_json(k)}:{plain_json(v)}" for k, v in pairs) + "}"
    assert isinstance(value, Sequence)
    return "[" + ",".join(plain_json(item) for item in value) + "]"


_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def _escaped(letter: str) -> str:
    if letter in _SHORT:
        return _SHORT[letter]
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x20 else letter


KEYS = st.text(st.characters(max_codepoint=0xD7FF), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(KEYS, inner, max_size=4)
    ),
    max_leaves=8,
)
BODIES = st.dictionaries(KEYS, VALUES, max_size=6)


@given(BODIES)
def test_the_bytes_of_a_line_are_canonical_json(body: dict[str, object]) -> None:
    written = canonical(body)

    assert written == plain_json(body).encode()
    # Any reader of JSON reads it, and would write the same; in which order it was said is lost.
    assert canonical(json.loads(written)) == written
    assert canonical(dict(reversed(body.items()))) == written


@pytest.mark.parametrize(
    "value", [{1}, object(), b"bytes", 2**64, "\ud800"], ids=lambda value: type(value).__name__
)
def test_what_has_no_canonical_form_is_not_written(value: object) -> None:
    with pytest.raises(TypeError):
        canonical({"value": value})


def test_the_digest_is_sha256_of_exactly_these_bytes() -> None:
    entry = line(1, "")

    assert entry.digest == sha256(entry.body).hexdigest()
    assert orjson.loads(entry.body)["prev"] == ""


def line(seq: int, head: str, **facts: object) -> Entry:
    """A line of a made-up case."""
    heading = Heading(case="c", process="purchase", at=MONDAY, event="remark", actor="amy")
    return seal(heading, seq, head, facts)


# ---- moments -------------------------------------------------------------------------------------

MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001


@given(MOMENTS)
def test_a_moment_comes_back_as_it_was(at: datetime) -> None:
    assert moment_of(moment_text(at)) == at


@given(MOMENTS, MOMENTS)
def test_moments_sort_as_their_texts_do(one: datetime, other: datetime) -> None:
    assert (one < other) == (moment_text(one) < moment_text(other))
    assert len(moment_text(one)) == len("2026-03-02T01:00:00.000000Z")


@given(MOMENTS, st.integers(-14 * 60, 14 * 60))
def test_the_zone_in_which_a_moment_was_said_does_not_matter(at: datetime, minutes: int) -> None:
    elsewhere = at.astimezone(timezone(timedelta(minutes=minutes)))

    assert moment_text(elsewhere) == moment_text(at)


def test_a_moment_without_a_zone_has_no_place_in_a_ledger() -> None:
    with pytest.raises(ValueError, match="zone"):
        moment_text(datetime(2026, 3, 2, 9))  # noqa: DTZ001


# ---- the case again ------------------------------------------------------------------------------


def eventful() -> tuple[Hospital, str]:
    """A case to which everything happens: a return, refusals, saved fields, a clock, a row."""
    clock = """\
deadlines:
  patience: {name: {zh: 限, en: Patience}, while: [asked, agreed], length: {days: 1}, overdue: true}
"""
    hospital = Hospital(order_with_deliveries("start: delivery", ROW) + clock, DELIVERY)
    number = agreed(
        hospital, "快办", note="纱布", amount=3, names="甲\n乙", lines=[{"thing": "纱布"}]
    )
    hospital.decide("sam", "finish", number)
    hospital.wait(days=3)
    hospital.takes("lee", "again", number)
    hospital.decide("lee", "nothing", number)
    hospital.wait(days=3)
    hospital.takes("lee", "agree", number)
    hospital.takes("lee", "finish", number)
    return hospital, number


def test_a_case_its_tasks_and_its_clocks_are_made_of_its_lines_alone() -> None:
    hospital, number = eventful()
    file = hospital.file(number)

    made = ledger.rebuild(entry.body for entry in hospital.entries(number))

    assert ledger.differences(file.case, made.case) == ()
    assert (made.tasks, made.deadlines) == (file.tasks, file.deadlines)
    assert len(made.tasks) > 4
    assert len(made.deadlines) > 1


def test_after_every_line_the_case_is_as_it_was_then() -> None:
    """Folded up to any line, a case is what it was when that line was the last."""
    hospital = Hospital()
    request = hospital.submitted()
    seen = [hospital.file(request)]
    for who, action in (("lee", "dept_sign"), ("sam", "reject"), ("fang", "return_it")):
        hospital.decide(who, action, request, "意见")
        seen.append(hospital.file(request))
    bodies = [entry.body for entry in hospital.entries(request)]

    for length, file in enumerate(seen, start=2):
        made = ledger.rebuild(bodies[:length])
        assert ledger.differences(file.case, made.case) == ()
        assert made.tasks == file.tasks


def test_a_refusal_changes_nothing_but_the_length_and_the_head() -> None:
    hospital = Hospital()
    request = hospital.submitted()
    before = hospital.case(request)

    hospital.decide("sam", "dept_sign", request)

    after = hospital.case(request)
    assert ledger.differences(before, after) == ("seq", "head")
    assert after.seq == before.seq + 1


def test_nothing_can_be_made_of_no_lines_or_of_a_beginning_that_opens_no_case() -> None:
    hospital, number = eventful()
    bodies = [entry.body for entry in hospital.entries(number)]

    with pytest.raises(ValueError, match="without lines"):
        ledger.rebuild([])
    with pytest.raises(ValueError, match="does not open"):
        ledger.rebuild(bodies[1:])


def test_the_lines_of_a_house_are_chained_too() -> None:
    hospital = Hospital()
    for who in ("sam", "wu", "fang"):
        hospital.open(who)

    entries = hospital.store.readings.entries("sys:house")

    assert len(entries) == 3
    assert first_break("sys:house", lines_of(entries), entries[-1].digest) is None


def test_the_differences_of_two_cases_are_named() -> None:
    hospital = Hospital()
    case = hospital.case(hospital.submitted())

    other = replace(case, state="leader", form={**case.form, "price": 1})

    assert ledger.differences(case, other) == ("state", "form")
    assert ledger.differences(case, replace(case, form=dict(case.form))) == ()


# ---- touched lines -------------------------------------------------------------------------------


def lines_of(entries: Sequence[Entry]) -> Lines:
    """Lines as a store keeps them."""
    return [(entry.seq, entry.body, entry.digest) for entry in entries]


@pytest.fixture(scope="module")
def chain() -> tuple[str, Lines, str]:
    """The id, the lines and the head of an eventful case."""
    hospital, number = eventful()
    case = hospital.case(number)
    return case.id, lines_of(hospital.entries(number)), case.head


Touch = Callable[[Lines], Lines]


def edited(lines: Lines, at: int) -> Lines:
    """The amount of a line is changed, as with a pencil."""
    seq, body, digest = lines[at]
    return [*lines[:at], (seq, body.replace(b"2026", b"2025"), digest), *lines[at + 1 :]]


def edited_and_sealed_again(lines: Lines, at: int) -> Lines:
    """The line is changed and its digest is counted anew."""
    seq, body, _ = edited(lines, at)[at]
    return [*lines[:at], (seq, body, sha256(body).hexdigest()), *lines[at + 1 :]]


def removed(lines: Lines, at: int) -> Lines:
    """The line is torn out."""
    return [*lines[:at], *lines[at + 1 :]]


def removed_and_numbered_again(lines: Lines, at: int) -> Lines:
    """The line is torn out and the rest move up."""
    return [(n, body, digest) for n, (_, body, digest) in enumerate(removed(lines, at), start=1)]


def swapped(lines: Lines, at: int) -> Lines:
    """The line and the next change places."""
    return [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]]


def swapped_and_numbered_again(lines: Lines, at: int) -> Lines:
    """They change places and numbers."""
    return [(n, body, digest) for n, (_, body, digest) in enumerate(swapped(lines, at), start=1)]


def repeated(lines: Lines, at: int) -> Lines:
    """The line stands twice."""
    return [*lines[: at + 1], *lines[at:]]


def cut_after(lines: Lines, at: int) -> Lines:
    """All that comes after the line is gone."""
    return lines[: at + 1]


TOUCHES = [
    edited,
    edited_and_sealed_again,
    removed,
    removed_and_numbered_again,
    swapped,
    swapped_and_numbered_again,
    repeated,
    cut_after,
]


def places(lines: Lines) -> Iterator[int]:
    """Every line but the last, which has no next."""
    yield from range(len(lines) - 1)


def test_an_untouched_chain_is_whole(chain: tuple[str, Lines, str]) -> None:
    id_, lines, head = chain

    assert len(lines) > 8
    assert first_break(id_, lines, head) is None


@pytest.mark.parametrize("touch", TOUCHES, ids=lambda touch: touch.__name__)
def test_every_touched_line_is_found_and_named(
    chain: tuple[str, Lines, str], touch: Callable[[Lines, int], Lines]
) -> None:
    id_, lines, head = chain

    for at in places(lines):
        fault = first_break(id_, touch(lines, at), head)
        assert isinstance(fault, Fault)
        assert fault.case == id_
        # The line itself is named, or the first that no longer follows it.
        assert at + 1 <= fault.seq <= at + 2, (touch.__name__, at, fault)
        assert fault.what.zh


def test_the_last_line_is_held_by_what_the_case_remembers(chain: tuple[str, Lines, str]) -> None:
    id_, lines, head = chain

    for touch in (edited, edited_and_sealed_again, removed):
        assert first_break(id_, touch(lines, len(lines) - 1), head) is not None
    assert first_break(id_, [], head) == Fault(id_, 0, NOT_THE_LAST)


def test_the_lines_of_one_case_are_not_those_of_another(chain: tuple[str, Lines, str]) -> None:
    _, lines, head = chain

    fault = first_break("another", lines, head)

    assert fault == Fault("another", 1, APART)


def test_every_byte_counts(chain: tuple[str, Lines, str]) -> None:
    id_, lines, head = chain
    seq, body, digest = lines[0]

    for at in range(0, len(body), 7):
        flipped = bytes([*body[:at], body[at] ^ 1, *body[at + 1 :]])
        fault = first_break(id_, [(seq, flipped, digest), *lines[1:]], head)
        assert fault == Fault(id_, 1, CHANGED)


# ---- what a line tells ---------------------------------------------------------------------------


def test_a_line_repeats_in_its_columns_what_its_bytes_say() -> None:
    hospital, number = eventful()

    for entry in hospital.entries(number):
        said = orjson.loads(entry.body)
        assert (entry.seq, entry.event, entry.actor, entry.acting_for) == (
            said["seq"],
            said["event"],
            said["actor"],
            said["for"],
        )
        assert (entry.role, entry.department, entry.process) == (
            said["role"],
            said["department"],
            said["process"],
        )
        assert (entry.from_state, entry.to_state, entry.refused, entry.key) == (
            said["from"],
            said["to"],
            said["code"],
            said["key"],
        )
        assert moment_text(entry.at) == said["at"]
        assert entry.body == canonical(said)


def test_what_changed_stands_there_before_and_after() -> None:
    hospital = Hospital()
    draft = hospital.opened("amy", thing="止血钳", price="3")

    hospital.saves("amy", draft, thing="持针器", price="3")

    assert hospital.lines(draft)[-1]["form"] == {"thing": ["止血钳", "持针器"]}


def test_the_result_of_every_rule_stands_there() -> None:
    hospital = Hospital()

    request = hospital.submitted()

    assert hospital.lines(request)[-1]["rules"] == [["submit.1", True, ["P-3"]]]
    assert hospital.lines(request)[-1]["facts"] == {"had_already": False, "bought_by": []}


def test_no_key_stands_in_two_lines() -> None:
    hospital, _ = eventful()

    keys = [entry.key for entry in hospital.store.kept.entries.values()]

    assert None not in keys
    assert len(keys) == len(set(keys))

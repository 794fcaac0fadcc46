"""`qianpi simulate`: a month of one hospital, from admission to the money, checked to the cent.

It works in a database of its own, through the same services as the pages, and ends with a check of
every ledger. The exit status is 0 when all of it holds, 1 when something does not, 2 when it could
not run.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

from storage.verifying import verify
from web import opening
from web.app import build_house
from web.demonstration.furnishing import Pieces
from web.demonstration.stage import OutOfScript
from web.settings import Settings
from web.simulation.month import Simulated, simulate
from web.simulation.reconciling import Count
from workflow.refusals import Sentence

HOLDS, DOES_NOT_HOLD, CANNOT = 0, 1, 2
#: A month whose holidays and make-up days are decreed, and whose last day is its end.
_BEGINS = date(2026, 4, 1)

_OUT_OF_SCRIPT = Sentence("模拟中断：{why}", "The simulation stopped: {why}")
_DONE = Sentence(
    "{period}：按时间先后办理 {acts} 步，每一步都如预期。",
    "{period}: {acts} steps in the order of time, and each ended as it should.",
)
_AGREES = Sentence("相符 {one}：{what}", "agrees {one}: {what}")
_DIFFERS = Sentence("不符 {one} ≠ {other}：{what}", "differs {one} ≠ {other}: {what}")
_WHOLE = Sentence(
    "账本完整：{cases} 个案件，{entries} 条记录。",
    "The ledger is whole: {cases} cases, {entries} entries.",
)
_BROKEN = Sentence("账本有误：{case} 第 {seq} 条", "The ledger is broken: {case}, line {seq}")
_THERE = Sentence(
    "{file} 已经存在，请换一个名字。", "{file} is there already; choose another name."
)


def main(argv: Sequence[str], out: TextIO | None = None, errors: TextIO | None = None) -> int:
    """Simulate, and tell what it came to."""
    asked = _parser().parse_args(argv)
    out, errors = out or sys.stdout, errors or sys.stderr
    if asked.keep is not None and asked.keep.exists():
        _tell(_THERE.filled(file=asked.keep), errors)
        return CANNOT
    with TemporaryDirectory() as folder:
        file = asked.keep or Path(folder) / "simulated.db"
        try:
            return _simulate(file, asked.begins, asked.days, asked.seed, out)
        except OutOfScript as stopped:
            _tell(_OUT_OF_SCRIPT.filled(why=stopped), errors)
            return DOES_NOT_HOLD


def _simulate(file: Path, begins: date, days: int, seed: int, out: TextIO) -> int:
    settings = replace(Settings(), database_url=f"sqlite:///{file}")
    with opening.opened(settings) as store:
        zone = opening.shipped_calendar().zone
        before = datetime.combine(begins, time(), zone) - timedelta(days=1)
        opening.ship(store, before, lambda said: _tell(said, out))
        house = build_house(settings, store)
        pieces = Pieces(store, house.service, house.administering, house.looking)
        found = simulate(pieces, begins, days, seed)
        report = verify(store.database)
    _tell_all(found, out)
    for fault in report.faults:
        _tell(_BROKEN.filled(case=fault.case, seq=fault.seq), out)
    if not report.faults:
        _tell(_WHOLE.filled(cases=report.cases, entries=report.entries), out)
    sound = not report.faults and all(one.agrees for one in found.counts)
    return HOLDS if sound else DOES_NOT_HOLD


def _tell_all(found: Simulated, out: TextIO) -> None:
    _tell(_DONE.filled(period=found.period, acts=found.acts), out)
    for one in found.counts:
        _tell(_said(one), out)


def _said(one: Count) -> Sentence:
    says = _AGREES if one.agrees else _DIFFERS
    sums = {"one": _said_sum(one, one.one), "other": _said_sum(one, one.other)}
    return Sentence(
        says.zh.format(what=one.what.zh, **sums), says.en.format(what=one.what.en, **sums)
    )


def _said_sum(of: Count, number: int) -> str:
    yuan, fen = divmod(number, 100)
    return f"{yuan:,}.{fen:02d}" if of.money else str(number)


def _tell(sentence: Sentence, to: TextIO) -> None:
    print(sentence.zh, sentence.en, sep="\n", file=to)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="qianpi simulate",
        description="模拟一家医院的一个月，核对到分 / A month of one hospital, checked to the cent",
    )
    parser.add_argument("--days", type=_days, default=30, help="天数 / how many days (30)")
    parser.add_argument("--seed", type=int, default=1, help="随机种子 / the seed of chance (1)")
    parser.add_argument(
        "--begins", type=date.fromisoformat, default=_BEGINS,
        help="从哪天开始 / the first day (2026-04-01)",
    )  # fmt: skip
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="FILE",
        help="保留数据库以便查看 / keep the database to look at",
    )
    return parser


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= 366:
        raise argparse.ArgumentTypeError("1…366")
    return days

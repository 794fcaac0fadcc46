"""A draw by lot that anybody can repeat: from a list, by a seed, without those drawn earlier.

S1-04-B2.1, S1-04-B2.2: three to six of the candidates are visited, in principle not the same again.
S2-A08.3, S0-16-A4: records are sampled for an audit. There is no chance in it: the order is that of
SHA-256 over seed and name, so whoever knows the seed draws the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from hashlib import sha256

from workflow.calculations.declaring import Calculation, Given, Slot, Type, Worked
from workflow.refusals import Sentence


@dataclass(frozen=True, slots=True)
class Draw:
    """Who was drawn, in the order of the draw; who was left out because of an earlier one; and who
    was drawn all the same, because repeats were allowed and the others did not suffice.
    """

    drawn: tuple[str, ...]
    left_out: tuple[str, ...]
    again: tuple[str, ...]


def draw(
    names: Iterable[str], count: int, seed: str, earlier: Collection[str], repeats: bool = False
) -> Draw:
    """Draw `count` of `names` (each counts once), those not drawn earlier before the others.

    Without `repeats`, whoever is in `earlier` is never drawn, and fewer than `count` may come out.
    The order of `names` makes no difference.
    """
    by_lot = sorted(set(names), key=lambda name: (_lot(seed, name), name))
    fresh = [name for name in by_lot if name not in earlier]
    old = [name for name in by_lot if name in earlier]
    again = old[: max(0, count - len(fresh))] if repeats else []
    return Draw(
        tuple(fresh[: max(0, count)]) + tuple(again),
        tuple(name for name in old if name not in again),
        tuple(again),
    )


def _lot(seed: str, name: str) -> str:
    return sha256(f"{seed}\n{name}".encode("utf-8", "surrogatepass")).hexdigest()


TOO_FEW = Sentence(
    "没有抽取过的只有{fresh}个，抽不满{count}个；确需重复的请写明理由，或减少数量",
    "Only {fresh} were not drawn before, and {count} are wanted; give the reason to repeat, or "
    "draw fewer",
)


def _work(given: Given) -> Worked:
    count = given.figure("count")
    found = draw(
        given.texts("names"),
        count,
        given.text("seed"),
        frozenset(given.texts("earlier")),
        given.flag("repeats"),
    )
    if len(found.drawn) < count:
        return TOO_FEW.filled(fresh=len(found.drawn), count=count)
    return {"drawn": found.drawn, "left_out": found.left_out, "again": found.again}


DRAW_WITHOUT_REPEATS = Calculation(
    key="draw_without_repeats",
    name=Sentence("抽取（不重复）", "Draw without repeats"),
    rule=Sentence(
        "按“种子＋名称”的 SHA-256 从小到大排队，先取没有抽取过的；同样的种子总是抽出同样的结果",
        "In the order of SHA-256 over seed and name, those not drawn before first; the same seed "
        "always draws the same",
    ),
    inputs=(
        Slot("names", Type.TEXTS, Sentence("抽取范围", "Drawn from")),
        Slot("count", Type.INTEGER, Sentence("抽取数量", "How many")),
        Slot("seed", Type.TEXT, Sentence("种子", "Seed")),
        Slot("earlier", Type.TEXTS, Sentence("以前抽取过的", "Drawn before"), optional=True),
        Slot("repeats", Type.BOOL, Sentence("允许重复", "Repeats allowed"), optional=True),
    ),
    results=(
        Slot("drawn", Type.TEXTS, Sentence("抽中", "Drawn")),
        Slot("left_out", Type.TEXTS, Sentence("因抽取过而除外", "Left out, drawn before")),
        Slot("again", Type.TEXTS, Sentence("重复抽中", "Drawn again")),
    ),
    clauses=("S1-04-B2.1", "S1-04-B2.2", "S2-A08.3", "S0-16-A4"),
    work=_work,
)

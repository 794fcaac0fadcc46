"""Whole numbers that are shared or compared without a fraction getting lost."""

from __future__ import annotations

from collections.abc import Mapping


def shared(amount: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Share `amount` (fen, not negative) by weights: parts whose sum is `amount`, to the last fen.

    Largest remainder: everybody gets the whole fen of their exact share; what is left goes, one fen
    each, to the largest remainders; of equal ones to the larger weight, then by name. The order of
    `weights` makes no difference. ValueError when nobody has a weight and there is something to
    share.
    """
    total = sum(weights.values())
    if amount < 0 or any(weight < 0 for weight in weights.values()):
        raise ValueError("an amount and its weights are never negative")
    if total == 0:
        if amount:
            raise ValueError("nobody to share it")
        return dict.fromkeys(weights, 0)
    parts = {name: amount * weight // total for name, weight in weights.items()}
    left = amount - sum(parts.values())
    first = sorted(
        weights, key=lambda name: (-(amount * weights[name] % total), -weights[name], name)
    )
    for name in first[:left]:
        parts[name] += 1
    return parts


def hundredths_of_percent(part: int, whole: int) -> int:
    """`part` of `whole` (more than zero) in hundredths of a percent, rounded half up."""
    return (part * 20_000 + whole) // (2 * whole)


def percent_words(ratio: int) -> str:
    """Hundredths of a percent as people write them: 1250 is 12.50%."""
    sign = "-" if ratio < 0 else ""
    return f"{sign}{abs(ratio) // 100}.{abs(ratio) % 100:02d}%"

"""How many people it is, judged by a few of them: by how much that may be wrong."""

from math import ceil, sqrt

SURE = 1.96
"""Standard errors within which nineteen of twenty samples lie."""


def margin(found: int, asked: int, step: int) -> int:
    """By how many people ``found`` times ``step`` may be wrong, in nineteen of twenty cases.

    ``found`` of the ``asked`` people belong, and one of every ``step`` was asked.
    """
    if not asked or step <= 1:
        return 0
    share = found / asked
    # Of a share so small that none or nearly none was found, the normal curve says nothing.
    spread = sqrt(max(found * (1 - share), 1.0))
    return ceil(SURE * step * spread)


def rounded(number: int, to: int) -> int:
    """Without the digits that say nothing beside an error of ``to``: 820322 ± 7714 is 820000."""
    digits = len(str(to)) - 1
    return round(number, -digits) if to else number

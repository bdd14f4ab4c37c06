"""How long something takes: ``两小时``, ``一个半小时``, ``90 分钟``, ``1.5h``."""

import re
from datetime import timedelta

from models.rules.dates.words import NUMBERS_EN, UNITS, ZH, number, one_of

# As in the other patterns, a space stands for any number of spaces.
AMOUNT = rf"(?:[0-9]{{1,4}}(?:\.[0-9]{{1,2}})?|{ZH}{{1,3}}|半)"
LENGTH_ZH = rf"(?:{AMOUNT} 个? 半? (?:小 时|钟 头|分 钟|刻 钟)(?: 半(?!天))?)"
AMOUNT_EN = rf"(?:half an?(?![a-z])|[0-9]{{1,4}}(?:\.[0-9]{{1,2}})?|{one_of(NUMBERS_EN)})"
UNIT_EN = r"(?:hours?|hrs?|h|minutes?|mins?|m)(?![a-z])"
LENGTH_EN = rf"(?:{AMOUNT_EN} {UNIT_EN}(?: and a half)?)"
LENGTH = rf"(?:{LENGTH_ZH} (?:零 )?{LENGTH_ZH}?|{LENGTH_EN}(?: (?:and )?{LENGTH_EN})?)"


def length(written: str) -> timedelta | None:
    """How long: ``两小时``, ``一个半小时``, ``90 分钟``, ``1.5h``, ``an hour and a half``."""
    total = 0.0
    pattern = rf"(half an?|[0-9.]+|{ZH}+|半|[a-z]+)\s*(个?)\s*(半?)\s*({one_of(UNITS)})"
    for match in re.finditer(pattern + r"(\s*半|\s*and a half)?", written):
        amount, _, half_before, unit, half_after = match.groups()
        if amount == "半" or amount.startswith("half"):
            counted = 0.5
        elif re.fullmatch(r"[0-9]+(\.[0-9]+)?", amount):
            counted = float(amount)
        else:
            whole = number(amount)
            if whole is None:
                return None
            counted = float(whole)
        counted += 0.5 * bool(half_before) + 0.5 * bool(half_after)
        total += counted * UNITS[re.sub(r"\s", "", unit)]
    return timedelta(minutes=round(total)) if round(total) else None

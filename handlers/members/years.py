"""Years of birth as people write them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.conversation.dialogs import Wrong
from bot.conversation.messages import say
from models.rules.events.gates import OLDEST, YOUNGEST


def is_possible(year: int, now: datetime, zone: ZoneInfo) -> bool:
    return -OLDEST <= year - now.astimezone(zone).year <= -YOUNGEST


def in_a_message(words: str, now: datetime, zone: ZoneInfo) -> str | Wrong:
    """A year of birth as people write it: ``1995``, ``95年``, ``1995年5月``."""
    this = now.astimezone(zone).year
    digits = words.strip().partition("年")[0].partition("-")[0].partition(".")[0].strip()
    year = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) in (2, 4) else 0
    if len(digits) == 2:
        year += this // 100 * 100 if year <= this % 100 else this // 100 * 100 - 100
    if not is_possible(year, now, zone):
        return Wrong(say("Write the year with four digits, like 1995."))
    return str(year)

"""Search texts of names with their pinyin, made when a name is loaded.

pypinyin takes 54 MB of memory and the better part of a second, so it is imported with the first
Chinese name that is loaded; names that members type are indexed by ``models.rules.search.sounds``.
"""

import re
from functools import lru_cache

from models.rules.search import sounds

CHINESE = re.compile(r"[\u3400-\u9fff]")
NOT_A_SOUND = re.compile(r"[^a-z0-9]+")


def index(name: str, *aliases: str) -> str:
    """The search text of a name and its aliases, a line each.

    ``models.rules.search.sounds.line`` says what stands in a line, ``search.rank`` reads it.
    """
    names = dict.fromkeys(each.strip() for each in (name, *aliases))
    return "\n".join(_line(each) for each in names if each)


# A file names the same places and interests again and again.
@lru_cache(maxsize=4096)
def _line(name: str) -> str:
    name = re.sub(r"\s+", " ", name)
    return sounds.line(name, _sounds(name) if CHINESE.search(name) else [])


def syllables(name: str) -> str:
    """The syllables of a name, run together: ``yumaoqiudui``."""
    return "".join(_sounds(name)) if CHINESE.search(name) else NOT_A_SOUND.sub("-", name.lower())


def _sounds(name: str) -> list[str]:
    from pypinyin import lazy_pinyin

    heard = (NOT_A_SOUND.sub("", each.lower()) for each in lazy_pinyin(name))
    return [each for each in heard if each]

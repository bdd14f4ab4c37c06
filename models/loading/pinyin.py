"""Names and how they sound, written down once so that searching needs no dictionary.

pypinyin takes 54 MB: only what saves names imports this module, never what answers people.
"""

import re

from pypinyin import lazy_pinyin

CHINESE = re.compile(r"[\u3400-\u9fff]")
NOT_A_SOUND = re.compile(r"[^a-z0-9]+")


def index(name: str, *aliases: str) -> str:
    """The search text of a thing: a line for each name of it, the first being its own.

    A Chinese line holds the name and its syllables: ``羽毛球队<tab>yu mao qiu dui``.
    ``models.rules.search.rank`` reads it.
    """
    names = dict.fromkeys(each.strip() for each in (name, *aliases))
    return "\n".join(_line(each) for each in names if each)


def _line(name: str) -> str:
    name = re.sub(r"\s+", " ", name)
    if not CHINESE.search(name):
        return name
    syllables = (NOT_A_SOUND.sub("", each.lower()) for each in lazy_pinyin(name))
    return f"{name}\t{' '.join(each for each in syllables if each)}"

"""The phrasings by language: a language without one is read by the others' rules."""

from models.rules.understanding import phrasing_en, phrasing_zh
from models.rules.understanding.phrasing import Phrasing

PHRASINGS: dict[str, Phrasing] = {
    "zh": phrasing_zh.PHRASING,
    "en": phrasing_en.PHRASING,
}
"""By language code. A text is read by each in this order until one understands it."""

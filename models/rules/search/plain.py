"""Words as they are compared: without what people type now one way, now another."""

import re
import unicodedata

SPACE = re.compile(r"[^\w]+|_+")


def plain(text: str) -> str:
    """Remove case, width, marks of tones, spaces, punctuation; ``nǚ`` becomes ``nv``, as typed."""
    text = unicodedata.normalize("NFKC", text).casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFD", text)
        text = re.sub("u\u0308|u([\u0300-\u0304\u030c])\u0308|u\u0308[\u0300-\u030c]", "v", text)
        text = "".join(each for each in text if not unicodedata.combining(each))
        text = unicodedata.normalize("NFC", text)
    return SPACE.sub("", text)

"""The parts of a station: all of them in one process, or each in as many as it takes."""

from enum import StrEnum


class Part(StrEnum):
    """WEB hears by HTTP, TELEGRAM polls, and WORKER plans and sends."""

    WEB = "web"
    TELEGRAM = "telegram"
    WORKER = "worker"


EVERYTHING = frozenset(Part)


def in_words(parts: frozenset[Part]) -> list[str]:
    """The names of these parts, in the order in which they are always said."""
    return [str(part) for part in Part if part in parts]

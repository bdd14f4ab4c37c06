"""The parts of a station: one process runs all of them, or several processes one each."""

from enum import StrEnum


class Part(StrEnum):
    """WEB serves HTTP, TELEGRAM polls for updates, WORKER plans and sends deliveries."""

    WEB = "web"
    TELEGRAM = "telegram"
    WORKER = "worker"


EVERYTHING = frozenset(Part)


def in_words(parts: frozenset[Part]) -> list[str]:
    """The names of these parts, in the order of ``Part``."""
    return [str(part) for part in Part if part in parts]

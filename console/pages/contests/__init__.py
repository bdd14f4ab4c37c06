"""Contests at the desk: calls, judging, votes, rounds, awards, and matches."""

from console.pages.contests import (
    awards,
    editing,
    entries,
    files,
    judging,
    listing,
    matches,
    stage,
)
from console.pages.contests.section import section

__all__ = [
    "awards",
    "editing",
    "entries",
    "files",
    "judging",
    "listing",
    "matches",
    "section",
    "stage",
]

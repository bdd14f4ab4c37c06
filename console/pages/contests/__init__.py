"""Contests at the desk: calls, judging, votes, rounds, awards, and matches."""

from console.pages.contests import editing, entries, files, judging, listing, matches
from console.pages.contests.section import section

__all__ = ["editing", "entries", "files", "judging", "listing", "matches", "section"]

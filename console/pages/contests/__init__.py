"""Contests at the desk: calls, judging, votes, rounds, awards, and matches."""

from console.pages.contests import matches

__all__ = ["matches"]

"""Contests: calls for entries, judging, votes, rounds of a stage, and awards.

What is judged, voted on and shown is always an entry of a contest, whatever its form.
"""

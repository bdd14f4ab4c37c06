"""Deadlines, assigning of judges, scoring, votes and tables of matches; each stands alone."""

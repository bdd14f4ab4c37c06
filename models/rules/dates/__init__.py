"""Dates and times as people type them: call ``reading.read``, ``recurrence``."""

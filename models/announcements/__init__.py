"""Announcements: one text to an audience, approved, planned in batches, counted.

Handlers call ``announcements`` (drafts), ``lifecycle`` (start, approve, stop), ``audiences``
(previews) and ``progress``; the scheduler calls ``running``.
"""

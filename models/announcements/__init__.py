"""Announcements: one text to an audience, drafted, approved, planned in batches, counted.

Handlers call ``announcements`` (drafts), ``lifecycle`` (start, approve, stop), ``audiences``
(previews) and ``progress``; the scheduler calls ``running``.
"""

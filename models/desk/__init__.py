"""The organizers' desk: threads with members, and texts that were not understood.

Handlers call ``threads``, ``telling``, ``answering``, ``listing`` and ``misses``; the scheduler
``levels.go_up``; ``members.privacy`` ``threads.forget_member``.
"""

"""The organizers' desk: wishes, and texts that were not understood.

Handlers call ``wishes`` and ``misses``; ``members.privacy`` calls ``wishes.forget_member``.
"""

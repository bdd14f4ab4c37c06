"""What reaches the organizers' desk: wishes, and texts that the station did not understand.

Handlers call ``wishes`` and ``misses``; ``members.privacy`` calls their ``forget_member``.
"""

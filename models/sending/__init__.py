"""Messages owed to members: planned, claimed by a sender, sent, settled, and kept for a while.

Call ``deliveries`` to owe a message and ``history`` for what was sent. ``claims``, ``reach`` and
``speakers`` are for the scheduler and the channels; ``topics`` and ``reasons`` are the two tables
of what may be sent and how it may end.
"""

"""Store deliveries: messages planned for members, claimed, sent, settled, then deleted.

``deliveries`` plans messages and ``history`` reads what was sent. ``claims``, ``reach`` and
``speakers`` are for the scheduler and the channels; ``topics`` and ``reasons`` are the two tables
of what may be sent and how it may end.
"""

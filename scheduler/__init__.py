"""What happens by the clock: planning what is due, claiming, sending and settling it.

Only ``bot.station`` uses this package: ``clock.Clock`` with ``planning.Planner``, ``jobs.Jobs``,
and a ``delivery.Engine`` for each shard of an account.
"""

"""The station's own chat page. Outside this package only ``channel`` is used: the channel, which
``bot.station`` also tells of finished deliveries and of the end of the process.
"""

"""The station's own chat page.

Outside this package only ``channel`` is used; ``bot.station`` also notifies it of finished
deliveries and of the end of the process.
"""

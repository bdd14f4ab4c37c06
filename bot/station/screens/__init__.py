"""Second screens: what a crowd reads on phones and on the wall, and what it sends."""

from bot.station.screens.serving import screen_routes

__all__ = ["screen_routes"]

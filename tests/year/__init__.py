"""A year of a district, told within minutes, and what must hold after it.

``make year`` runs it in full; ``test_year`` runs a small one on both stores. Time is a parameter:
the station is the one that ``bot.station.building`` makes, without sockets, and its clock is turned
by hand. ``checking`` reads what is left by means of its own.
"""

"""Pure functions, by subject: no store, no network, no clock.

Any layer may call them. Time is a parameter; zones are ``ZoneInfo``.
"""

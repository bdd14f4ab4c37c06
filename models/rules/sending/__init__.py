"""Quiet hours, and the ways by which a message may reach an address."""

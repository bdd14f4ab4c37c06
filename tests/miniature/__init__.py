"""A station in miniature: its network, its clock, its platform, and what is in its store."""

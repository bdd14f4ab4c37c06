"""Stand-ins for the platforms: HTTP servers on loopback that check what the real ones check."""

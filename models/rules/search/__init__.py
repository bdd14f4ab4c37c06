"""Search by name: call ``search.rank``; ``sounds.index`` indexes a name."""

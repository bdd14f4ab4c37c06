"""Finding things by name. Call ``search.rank`` to search and ``sounds.index`` to index a name."""

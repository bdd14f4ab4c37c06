"""What a text asks for. Call ``understanding.understand``; ``phrasing_*`` are its tables."""

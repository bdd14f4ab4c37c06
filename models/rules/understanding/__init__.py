"""What a text asks for: call ``understanding.understand``."""

"""The machine that listens and answers; it knows no subject."""

__version__ = "0.3.0"
"""The version of the whole program; pyproject.toml reads it from here."""

"""The machine that listens and answers; it knows no subject."""

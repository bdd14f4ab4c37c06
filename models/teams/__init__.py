"""Interest teams and enterprises' clubs: members, founding, leading, weekly sessions.

Handlers call ``teams`` (rows, browsing), ``founding``, ``joining``, ``leading`` and ``sessions``;
``clubs`` numbers the register and is called by ``founding``.
"""

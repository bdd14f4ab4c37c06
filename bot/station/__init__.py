"""The composition root: commands, settings, and everything that runs in a process.

Nothing imports this package but ``bot.__main__``, which calls ``commands.main``.
"""

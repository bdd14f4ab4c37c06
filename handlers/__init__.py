"""What the bot can do, a package a subject: words, no rules, no SQL.

A handler calls verbs of ``models`` and returns a Reply. ``subjects.routes`` puts the routers
together; ``actions``, ``words``, ``dates`` and ``permission`` are shared by all subjects.
"""

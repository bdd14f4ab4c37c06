"""Members' own data: exported and erased. Knows every table that points to a member.

Handlers call ``privacy.export`` and ``privacy.erase``. The rows are in ``models.network.members``.
"""

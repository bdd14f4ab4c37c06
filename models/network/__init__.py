"""Store stations in a tree, members with their addresses, roles and the audit.

The lowest package with rows; every other may use it. The verbs by which members change their own
settings are in ``models.members``, because they affect the packages between.
"""

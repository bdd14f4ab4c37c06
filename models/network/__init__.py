"""Who and where: stations in a tree, members and their addresses, roles, the audit.

The lowest package with rows; every other may use it. What a member changes about themselves stands
in ``models.members``, because it has consequences in the packages between.
"""

"""Permissions: one table of acts and roles. Call ``permissions.may`` and its neighbours."""

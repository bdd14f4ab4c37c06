"""Permissions as one table of acts and roles: call ``permissions.may``."""

"""Grouping of alike wishes: ``alike.groups``."""

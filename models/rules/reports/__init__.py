"""Rules of accounts of a period; see ``models.reports``."""

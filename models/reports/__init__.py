"""Account for a period: what there was at a station and below it, against the period before.

``of`` returns a Report for whoever may see it; chat, papers and pages put it into words.
``models.reports.monthly`` sends the account of a month.
"""

from models.reports.reports import NotShown, Place, Report, of, titles

__all__ = ["NotShown", "Place", "Report", "of", "titles"]

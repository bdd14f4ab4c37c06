"""The events of the desk: their list, each one's page, and all that is done with them."""

from console.pages.events import files, listing, showing
from console.pages.events.section import section

__all__ = ["files", "listing", "section", "showing"]

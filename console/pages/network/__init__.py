"""The network at the desk: places, teams and roles, and the files that bring them."""

from console.pages.network import importing, leading, partners, places, roles, teams
from console.pages.network.section import section

__all__ = ["importing", "leading", "partners", "places", "roles", "section", "teams"]

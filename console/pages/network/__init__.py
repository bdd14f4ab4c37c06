"""The network at the desk: places, teams and roles, and the files that bring them."""

from console.pages.network import importing, roles
from console.pages.network.section import section

__all__ = ["importing", "roles", "section"]

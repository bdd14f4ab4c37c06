"""Announcements at the desk: what was sent, one of them, and writing one."""

from console.pages.announcements import deciding, showing, writing
from console.pages.announcements.section import section

__all__ = ["deciding", "section", "showing", "writing"]

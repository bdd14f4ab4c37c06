"""The subjects of the desk, in the order of its menu."""

from console.pages import account, announcements, today
from console.routing import Section

SECTIONS: tuple[Section, ...] = (today.section, announcements.section, account.section)

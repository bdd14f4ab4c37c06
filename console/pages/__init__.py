"""The subjects of the desk, in the order of its menu."""

from console.pages import account, announcements, events, people, report, search, today
from console.routing import Section

SECTIONS: tuple[Section, ...] = (
    today.section,
    search.section,
    events.section,
    announcements.section,
    people.section,
    report.section,
    account.section,
)

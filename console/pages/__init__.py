"""The subjects of the desk, in the order of its menu."""

from console.pages import (
    account,
    announcements,
    audit,
    contests,
    desk,
    events,
    gala,
    hooks,
    network,
    people,
    people_at_once,
    programs,
    report,
    search,
    today,
)
from console.routing import Section

BESIDE = (gala, hooks, people_at_once)
"""Pages that stand in the section of another module."""

SECTIONS: tuple[Section, ...] = (
    today.section,
    search.section,
    events.section,
    announcements.section,
    contests.section,
    contests.stage.section,
    contests.matches.section,
    contests.awards.section,
    desk.section,
    people.section,
    network.section,
    report.section,
    audit.section,
    programs.section,
    account.section,
)

"""One search over everything that an organizer may see."""

from collections.abc import Mapping

from bot.conversation.messages import Sayable, say
from console.desk import Desk
from console.routing import Asked, Page, Section
from models.finding import searching
from models.finding.hits import HitKind

section = Section("search", label=say("Search"), path="/search")

KINDS: Mapping[str, Sayable] = {
    "people": say("Workers"),
    "events": say("Events found"),
    "teams": say("Interest teams"),
    "clubs": say("Clubs"),
    "stations": say("Stations"),
    "companies": say("Companies"),
    "threads": say("Letters"),
    "announcements": say("Announcements"),
}
PATHS: Mapping[HitKind, str] = {
    HitKind.PERSON: "/console/people/",
    HitKind.EVENT: "/console/events/",
    HitKind.THREAD: "/console/desk/",
    HitKind.ANNOUNCEMENT: "/console/announcements/",
    HitKind.TEAM: "/console/network/teams/",
    HitKind.CLUB: "/console/network/teams/",
    HitKind.STATION: "/console/network/places/",
    HitKind.COMPANY: "/console/network/companies/",
}
"""Where a hit is opened; what has no page is shown only."""


@section.page("/search")
def search(desk: Desk, asked: Asked) -> Page:
    words = asked.word("words")
    found = searching.search(desk.session, desk.member.id, words, desk.now)
    groups = [(label, getattr(found, kind)) for kind, label in KINDS.items()]
    facts = {
        "words": words,
        "groups": [(label, hits) for label, hits in groups if hits],
        "paths": PATHS,
    }
    return Page("search.html", say("Search"), facts)

"""One search over people, events, teams, clubs, places, companies, letters and announcements."""

from sqlmodel import Session

from models.finding import things, written
from models.finding.hits import Found, Hit, HitKind
from models.members import looking_up
from models.members.looking_up import Wanted
from models.network.members import Member
from models.rules.languages import Translated
from models.store import Moment

LONGEST = 60
"""Characters that are looked at; what is pasted by mistake must not cost more than a search."""


def search(session: Session, by: int, words: str, now: Moment, *, limit: int = 8) -> Found:
    """Return what the words mean among all that this member may see, ``limit`` of each kind.

    Words are Chinese, pinyin, initials, English or a number: of an event, a team, a letter or a
    member, or a staff number. It only reads; opening what is found asks and records by itself.
    """
    words = words[: LONGEST * 2].strip()[:LONGEST]
    member = session.get(Member, by)
    if not words or member is None:
        return Found()
    teams, clubs = things.teams(session, by, words, now, limit)
    return Found(
        people=_people(session, by, words, now, limit),
        events=things.events(session, member, words, now, limit),
        teams=teams,
        clubs=clubs,
        stations=things.stations(session, words, limit),
        companies=things.companies(session, words, limit),
        threads=written.threads_with(session, by, words, now, limit),
        announcements=written.announcements_with(session, by, words, now, limit),
    )


def _people(session: Session, by: int, words: str, now: Moment, limit: int) -> tuple[Hit, ...]:
    page = looking_up.look_up(session, by, Wanted(words), now, limit=limit)
    return tuple(
        Hit(HitKind.PERSON, each.id, Translated(each.name), each.place, score=each.score)
        for each in page.people[:limit]
    )

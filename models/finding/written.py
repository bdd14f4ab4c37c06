"""Search what people wrote: letters and announcements, by the words that stand in them."""

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col, func, or_, select

from models.announcements import announcements
from models.announcements.announcements import Announcement
from models.desk import threads
from models.desk.threads import Thread, ThreadLine
from models.finding.hits import Hit, HitKind, Hits
from models.finding.numbers import number_in
from models.network.stations import Station
from models.rules.languages import Translated
from models.store import Moment

NEWEST = 20_000
"""How many of the newest lines and announcements are read through."""

SHOWN = 40
AROUND = 12
SHORTEST = 2
"""A single character stands in every letter."""

WORDS, NUMBER = 0.7, 1.0


def threads_with(session: Session, by: int, words: str, now: Moment, limit: int) -> Hits:
    """Letters that this organizer may read and in which the words stand, the newest first.

    A letter that is hidden for its hour, and who wrote one without a name, is not told here either.
    """
    number = number_in(words)
    if len(words) < SHORTEST and number is None:
        return ()
    last = session.exec(select(func.max(ThreadLine.id))).one() or 0
    said = col(ThreadLine.text).icontains(words, autoescape=True)
    wanted: ColumnElement[bool] = and_(said, col(ThreadLine.id) > last - NEWEST)
    if number is not None:
        wanted = or_(wanted, col(ThreadLine.thread_id) == number)
    rows = session.exec(
        select(Thread.id, ThreadLine.text, ThreadLine.at)
        .join(Thread, col(Thread.id) == col(ThreadLine.thread_id))
        .where(
            wanted,
            col(ThreadLine.at) <= now,
            col(Thread.opened_at) <= now,
            threads.readable_by(session, by, now),
        )
        .order_by((col(Thread.id) == (number or 0)).desc(), col(ThreadLine.id).desc())
        .limit(limit * 4)
    ).all()
    found: dict[int, Hit] = {}
    for thread_id, text, at in rows:
        score = NUMBER if thread_id == number else WORDS
        line = Translated(_around(text, words))
        hit = Hit(HitKind.THREAD, thread_id, Translated(str(thread_id)), line, at, score)
        found.setdefault(thread_id, hit)
    return tuple(found.values())[:limit]


def announcements_with(session: Session, by: int, words: str, now: Moment, limit: int) -> Hits:
    """Announcements that this member sent or may manage with the words, the newest first."""
    if len(words) < SHORTEST:
        return ()
    last = session.exec(select(func.max(Announcement.id))).one() or 0
    rows = session.exec(
        select(Announcement, Station)
        .join(Station, col(Station.id) == col(Announcement.station_id))
        .where(
            col(Announcement.text).icontains(words, autoescape=True),
            col(Announcement.id) > last - NEWEST,
            announcements.managed_by(session, by, now),
        )
        .order_by(col(Announcement.id).desc())
        .limit(limit)
    ).all()
    return tuple(
        Hit(
            HitKind.ANNOUNCEMENT,
            each.id,
            Translated(_around(each.text, words)),
            station.text_of("name"),
            each.started_at or each.created_at,
            WORDS,
        )
        for each, station in rows
    )


def _around(text: str, words: str) -> str:
    """A piece of the text in one line, with the words in it."""
    line = " ".join(text.split())
    place = max(line.casefold().find(words.casefold()) - AROUND, 0)
    piece = line[place : place + SHOWN]
    return ("…" if place else "") + piece + ("…" if place + SHOWN < len(line) else "")

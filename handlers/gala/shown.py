"""What a second screen shows: values for a small document that thousands read.

A text that differs by language stands in it as such; whoever writes the document puts it in words.
"""

from base64 import b32encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.conversation.messages import Lines, TimeOfDay
from bot.conversation.messages import lines as below
from handlers.words import DOT, masked
from models.announcements import streams
from models.contests import showing
from models.contests.contests import Contest
from models.contests.rounds import Performer
from models.contests.showing import NowNext
from models.events import draws
from models.events.events import Event
from models.gala import lines, polls, programme, ranking, screens, stage
from models.gala.polls import Asked, Poll, PollState
from models.gala.screens import Moderation, Screen, Shows
from models.rules.gala import running_order
from models.rules.gala.running_order import Planned

LIVELY, QUIET = 1, 3
"""After how many seconds a reader looks again: while something is asked or written, and else."""

SOON = timedelta(hours=1)
"""How long before its start an evening is about to begin."""

MOST_DRAWN = 60
"""How many codes of a draw a screen shows; its own page lists them all."""


def now_on(session: Session, token: str, zone: ZoneInfo, now: datetime) -> dict[str, Any] | None:
    """Everything but the lines; None where the token opens nothing."""
    found = _opened(session, token)
    if found is None:
        return None
    screen, event = found
    poll = _poll_of(session, screen)
    on = showing.now_next(session, event.id)
    is_lively = (
        screen.lines is not Moderation.OFF
        or (poll is not None and poll.state is PollState.OPEN)
        or (on is not None and not on.places)
    )
    return {
        "every": LIVELY if is_lively else QUIET,
        "shows": str(screen.shows),
        "note": screen.note,
        "programme": _programme(session, event, zone, now),
        "streams": _streams(session, event, now),
        "poll": _poll(session, poll) if poll is not None else None,
        "draw": _draw(session, screen) if screen.shows is Shows.DRAW else None,
        "stage": _stage(session, on) if on is not None else None,
        "questions": [
            {"id": each.id, "words": each.words, "backed": each.backed}
            for each in stage.shown(session, event.id)
        ],
        "lines": screen.lines is not Moderation.OFF,
        "asks": screen.takes_questions,
    }


def lines_on(session: Session, token: str) -> dict[str, Any] | None:
    """The newest lines, the oldest of them first; None where the token opens nothing."""
    event_id = screens.event_of(session, token)
    if event_id is None:
        return None
    return {"lines": lines.shown(session, event_id)}


def titled(session: Session, token: str, language: str) -> str | None:
    """What the evening is called; None where the token opens nothing."""
    found = _opened(session, token)
    return found[1].text_of("title").to(language) if found is not None else None


def code_of(event_id: int, member_id: int) -> str:
    """The four characters by which somebody finds themselves on a screen without their name."""
    digest = sha256(f"{event_id}:{member_id}".encode()).digest()
    return b32encode(digest[:5]).decode()[:4]


def _opened(session: Session, token: str) -> tuple[Screen, Event] | None:
    event_id = screens.event_of(session, token)
    screen = screens.of_event(session, event_id) if event_id is not None else None
    return (screen, session.get_one(Event, event_id)) if screen is not None else None


def _programme(session: Session, event: Event, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    table = programme.timetable(session, event, now)

    def item(each: Planned) -> dict[str, Any]:
        is_done = each.item.ended_at is not None
        return {
            "id": each.item.id,
            "title": each.item.title,
            "who": each.item.who,
            "at": f"{each.expected_at.astimezone(zone):%H:%M}",
            "is": "on" if running_order.is_on(each.item) else "over" if is_done else "to come",
        }

    told: dict[str, Any] = {
        "items": [item(each) for each in table.items],
        "over": table.is_over,
    }
    if event.starts_at - now > SOON:
        told["starts"] = TimeOfDay(event.starts_at)
    return told


def _streams(session: Session, event: Event, now: datetime) -> dict[str, Any] | None:
    """Where the evening is streamed, once it is time; from when on the links stand here."""
    found = streams.on_pages(session, event, now)
    if found is None:
        return None
    return {
        "at": TimeOfDay(found.opens_at),
        "links": [{"name": each.name, "url": each.url} for each in found.links],
    }


def _poll_of(session: Session, screen: Screen) -> Poll | None:
    """The poll that is open, else the one that was shown last."""
    poll = polls.open_at(session, screen.event_id)
    if poll is None and screen.poll_id is not None:
        poll = polls.get(session, screen.event_id, screen.poll_id)
    return poll if poll is not None and poll.state is not PollState.DRAFT else None


def _poll(session: Session, poll: Poll) -> dict[str, Any]:
    asked = [each for each in polls.counted(session, poll.id) if each.question.opened_at]
    return {
        "id": poll.id,
        "title": poll.title,
        "quiz": poll.is_quiz,
        "open": poll.state is PollState.OPEN,
        "final": not poll.may_change,
        "questions": [_question(poll, each) for each in asked],
        "places": _places(session, poll) if poll.ranked_at is not None else [],
    }


def _question(poll: Poll, asked: Asked) -> dict[str, Any]:
    """A question; what each answer has and which is right only when that may be seen."""
    is_over = asked.question.closed_at is not None
    is_counted = is_over or not poll.is_hidden
    choices = []
    for each in asked.choices:
        choice: dict[str, Any] = {"id": each.choice.id, "text": each.choice.text}
        if is_counted:
            choice["votes"] = each.votes
        if poll.is_quiz and is_over:
            choice["right"] = each.choice.is_right
        choices.append(choice)
    return {
        "id": asked.question.id,
        "text": asked.question.text,
        "open": not is_over,
        "votes": asked.votes,
        "choices": choices,
    }


def _stage(session: Session, on: NowNext) -> dict[str, Any]:
    """Who is called in a round of a contest at the evening; once it is over, its places."""
    contest = session.get_one(Contest, on.round.contest_id)
    return {
        "title": contest.text_of("title"),
        "round": on.round.name,
        "now": _performer(on.now) if on.now is not None else "",
        "next": [_performer(each) for each in on.next],
        "places": [
            {"place": place, "who": _performer(each), "score": score}
            for place, each, score in on.places
        ],
    }


def _performer(each: Performer) -> Lines | str:
    named = below(each.title, each.host, *each.names, between=DOT)
    return named if named.parts else each.code


def _places(session: Session, poll: Poll) -> list[dict[str, Any]]:
    """The first of a quiz, by what they know themselves by."""
    return [
        {
            "place": each.place,
            "name": masked(name),
            "code": code_of(poll.event_id, each.member_id) if each.member_id is not None else "",
            "points": each.points,
            "seconds": each.seconds,
        }
        for each, name in ranking.places_of(session, poll.id)
    ]


def _draw(session: Session, screen: Screen) -> Mapping[str, Any] | None:
    """What is published of the draw: its commitments first, then the order."""
    number = screen.draw_event_id or screen.event_id
    record = draws.record_of(session, number)
    if record is None:
        return None
    event = session.get_one(Event, number)
    told: dict[str, Any] = {"title": event.text_of("title"), "entries": event.entered}
    told |= {
        name: record[name]
        for name in ("state", "commitment", "number_name", "list_hash", "number", "secret")
        if record.get(name)
    }
    if "list" in record:
        told["entries"] = len(record["list"]["entries"])
    if "order" in record:
        seated = frozenset(record["seated"])
        told["drawn"] = [code for code in record["order"] if code in seated][:MOST_DRAWN]
        told["won"] = len(seated)
    return {**told, "page": f"/draws/{number}"}

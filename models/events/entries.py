"""Who is in the draw of an event: the rows of a draw and of its entries, and who may enter.

``models.events.signups`` and ``merging`` enter people and take them out, ``draws`` has the verbs of
organizers and of the clock.
"""

from collections.abc import Sequence
from secrets import choice, token_hex
from typing import Any

from sqlalchemy import JSON, ColumnElement, Index, and_, delete, exists, false, or_, text, update
from sqlalchemy import Column as SAColumn
from sqlmodel import Field, Session, SQLModel, col, select

from models.events._claims import LIVE
from models.events.events import Event, EventState, Signup
from models.network.members import Address, Member
from models.rules.events import draws
from models.rules.events.states import LISTED, DrawState
from models.sending.accounts import PlatformAccount
from models.store import Moment, table_of
from models.store.compiled import Row


class Draw(SQLModel, table=True):
    """The draw of an event: its secret, and what was published of it.

    ``number`` is None until it is entered, and empty where it is drawn without one. ``listed`` with
    ``list_hash`` is what was fixed at ``closed_at``; ``earlier`` holds time and hash of lists that
    were opened again. ``gone`` names who gave up before the draw, ``result`` has the order and the
    seats. ``written`` entries of the order have their seats and places in the queue, which begin
    after the event's turn ``first_turn``. ``admits_web`` lets in who has a web chat alone.
    """

    __table_args__ = (
        Index(
            "draw_open",
            "event_id",
            sqlite_where=text("drawn_at IS NULL"),
            postgresql_where=text("drawn_at IS NULL"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", unique=True)
    secret: str
    number_name: str = ""
    number: str | None = None
    admits_web: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    opened_at: Moment
    closed_at: Moment | None = None
    drawn_at: Moment | None = None
    list_hash: str = ""
    listed: dict[str, Any] | None = Field(default=None, sa_column=SAColumn(JSON(none_as_null=True)))
    earlier: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=SAColumn(JSON, nullable=False)
    )
    gone: dict[str, Any] = Field(default_factory=dict, sa_column=SAColumn(JSON, nullable=False))
    result: dict[str, Any] | None = Field(default=None, sa_column=SAColumn(JSON(none_as_null=True)))
    written: int = 0
    first_turn: int = 0


class DrawEntry(SQLModel, table=True):
    """A person in a draw; people who signed up together have one ``code``.

    ``takes_seat`` is as it was at entering. ``gone_at`` is when they gave up after the list was
    fixed. ``has_won`` is None until the draw. ``signup_id`` is None after two claims were united.
    """

    __tablename__ = "draw_entry"

    id: int = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    signup_id: int | None = Field(default=None, foreign_key="signup.id", unique=True)
    code: str
    takes_seat: bool = True
    gone_at: Moment | None = None
    has_won: bool | None = None


ENTRIES = table_of(DrawEntry)


def one_person() -> ColumnElement[bool]:
    """Return the condition that a member is one person for all we can know.

    They have an address on a platform that knows its people, or are bound to a row of a file.
    """
    with_cookie = select(PlatformAccount.account).where(col(PlatformAccount.by_cookie))
    has_address = exists().where(
        col(Address.member_id) == col(Member.id), col(Address.account).not_in(with_cookie)
    )
    return or_(has_address, col(Member.loaded_as) != "")


def may_enter(session: Session, event_id: int, member_ids: Sequence[int]) -> bool:
    """Return whether all of these members may be in the draw of an event."""
    if session.exec(select(Draw.admits_web).where(Draw.event_id == event_id)).one():
        return True
    return is_one_person(session, member_ids)


def is_one_person(session: Session, member_ids: Sequence[int]) -> bool:
    """Return whether each of these members is one person for all we can know."""
    known = session.exec(
        select(Member.id).where(col(Member.id).in_(member_ids), one_person())
    ).all()
    return set(known) == set(member_ids)


# Opening, for who holds the event's lock


def begin(session: Session, event: Event, closes_at: Moment, now: Moment) -> None:
    """Let the seats of an event be drawn among all who enter by ``closes_at``."""
    event.draw, event.closes_at = DrawState.ENTERING, closes_at
    session.add(event)
    session.add(Draw(event_id=event.id, secret=token_hex(draws.SECRET_BYTES), opened_at=now))
    session.flush()


def begin_like(session: Session, event: Event, example: Event, now: Moment) -> None:
    """Let the seats of an event be drawn where those of its example were, while there is time."""
    if not example.draw:
        return
    like = of_event(session, example.id)
    closes_at = draws.entries_close(event.closes_at, event.starts_at, now)
    if like is None or closes_at is None or event.seats is None:
        return
    begin(session, event, closes_at, now)
    draw = update(Draw).where(col(Draw.event_id) == event.id)
    session.execute(draw.values(admits_web=like.admits_web))


def open_again(session: Session, event: Event) -> None:
    """Undo the closing of a list: it is fixed and published anew when entries close again.

    Secret and public number stay; that there was another list stays in the record. Does nothing
    where no list is fixed.
    """
    if event.draw not in (DrawState.CLOSING, DrawState.CLOSED):
        return
    draw = session.exec(
        select(Draw).where(Draw.event_id == event.id).execution_options(populate_existing=True)
    ).one()
    if event.draw == DrawState.CLOSED:
        assert draw.closed_at is not None
        before = {"closed_at": draw.closed_at.isoformat(), "list_hash": draw.list_hash}
        draw.earlier = [*draw.earlier, before]
    draw.closed_at, draw.listed, draw.list_hash = None, None, ""
    event.draw = DrawState.ENTERING
    session.add_all((draw, event))
    gone = and_(col(DrawEntry.event_id) == event.id, col(DrawEntry.gone_at).is_not(None))
    session.execute(delete(DrawEntry).where(gone))
    session.flush()


def fix_anew(session: Session, event: Event) -> None:
    """Let a list that was fixed be fixed once more with what changes now; nobody enters."""
    if event.draw in (DrawState.CLOSING, DrawState.CLOSED):
        open_again(session, event)
        event.state = EventState.CLOSED
        session.add(event)


# Entering and leaving, for who holds the event's lock


def enter(session: Session, event_id: int, leader_id: int) -> str:
    """Put the party that a claim leads into the draw; return its code."""
    code = draws.make_code(choice)
    comes_along = and_(col(Signup.party_id) == leader_id, col(Signup.state).in_(LIVE))
    ids = session.exec(
        select(Signup.id, Signup.takes_seat).where(or_(col(Signup.id) == leader_id, comes_along))
    ).all()
    # The leader comes first, as in the queue.
    ordered = sorted(ids, key=lambda each: (each[0] != leader_id, each[0]))
    session.execute(
        ENTRIES.insert(),
        [
            {"event_id": event_id, "signup_id": number, "code": code, "takes_seat": takes_seat}
            for number, takes_seat in ordered
        ],
    )
    return code


def leave(session: Session, event: Event | Row, signup_id: int, now: Moment) -> None:
    """Take a claim out of the draw, and the party it leads; from a fixed list nobody vanishes."""
    party = select(Signup.id).where(col(Signup.party_id) == signup_id)
    theirs = or_(col(DrawEntry.signup_id) == signup_id, col(DrawEntry.signup_id).in_(party))
    if event.draw == DrawState.ENTERING:
        session.execute(delete(DrawEntry).where(theirs))
    elif event.draw in LISTED:
        is_there = and_(theirs, col(DrawEntry.gone_at).is_(None))
        session.execute(update(DrawEntry).where(is_there).values(gone_at=now))


def unite(
    session: Session, event: Event | Row, best: int, other: int, *, joins: bool, now: Moment
) -> None:
    """Make one entry of those of two claims of one person, before the ``other`` is deleted.

    ``joins`` says whether those who come along with it come with the one that stays.
    """
    own = col(DrawEntry.signup_id) == other
    if event.draw == DrawState.ENTERING:
        code = code_of(session, best)
        if joins and code is not None:
            party = select(Signup.id).where(col(Signup.party_id) == other)
            theirs = col(DrawEntry.signup_id).in_(party)
            session.execute(update(DrawEntry).where(theirs).values(code=code))
            session.execute(delete(DrawEntry).where(own))
        else:
            leave(session, event, other, now)
    elif event.draw:
        leave(session, event, other, now)
        session.execute(update(DrawEntry).where(own).values(signup_id=None))


# Reading


def code_of(session: Session, signup_id: int) -> str | None:
    """Return the code under which a claim is in a draw."""
    return session.exec(select(DrawEntry.code).where(DrawEntry.signup_id == signup_id)).first()


def of_event(session: Session, event_id: int) -> Draw | None:
    """Return the draw of an event; None if its seats go to who comes first."""
    return session.exec(select(Draw).where(Draw.event_id == event_id)).first()


def web_alone(session: Session, event_id: int) -> int:
    """Return how many people in the draw are known by a web chat alone."""
    claims = (
        select(Signup.member_id)
        .join(DrawEntry, col(DrawEntry.signup_id) == col(Signup.id))
        .where(DrawEntry.event_id == event_id, col(Signup.member_id).is_not(None))
    )
    rows = session.exec(select(Member.id).where(col(Member.id).in_(claims), ~one_person())).all()
    return len(rows)

"""Sign people up by a list of names that a group passed on (接龙): whom it means, and the verb.

An organizer who pastes a list learns of nobody whom they could not see before: a name is looked up
among those on lists that they may read, in teams that they lead or are in, at their own place of
work, and where they may see places. Whoever is signed up is told by whom, and can refuse.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, exists, false, or_, text, update
from sqlmodel import Session, col, select

from models.events import offers, parties, quotas, requests, running, signups
from models.events._claims import CAME, CLAIM_BY_ID, EVENT, LIVE, count, set_leader
from models.events.events import Event, Signup, SignupState
from models.events.parties import Companion
from models.events.requests import LetIn
from models.events.signups import Requested
from models.network import audit, members, roles
from models.network.members import Member
from models.network.memberships import Membership
from models.network.stations import Care, Station, StationKind
from models.rules.events import chains, seating, windows
from models.rules.events.chains import Entry, Known
from models.rules.events.companions import Along
from models.rules.events.seating import ANYBODY, NotAdmitted, Seated, Waiting
from models.rules.events.states import DrawState
from models.rules.events.windows import EventAct, Why
from models.rules.network import permissions
from models.rules.network.permissions import LEADERS, Act
from models.sending import deliveries
from models.sending.deliveries import Plan
from models.sending.topics import is_muted
from models.store import Moment

MOST_KNOWN = 1000
"""Members that are looked through for the names of one list."""

MOST_ASKED = 5
"""Of so many members it is asked whether a name means one of them."""


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a line of the list means: one member for sure, or several, or nobody who is known.

    ``seen`` are those of ``ids`` whose place of work the organizer sees. ``is_there``: they have a
    claim already, or the name is kept; ``has_left``: they gave it up, and stay away.
    """

    entry: Entry
    ids: tuple[int, ...] = ()
    seen: tuple[int, ...] = ()
    is_sure: bool = False
    is_there: bool = False
    has_left: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """Somebody to be signed up: a member, or a name to be kept, with those who come along."""

    name: str
    member_id: int | None = None
    grown: int = 0
    kids: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """What became of a list, in people: with a seat, waiting, in the draw, there already.

    ``full`` are names for which no seat was left: nobody could be asked by a chat. ``refused`` are
    those who may not come, each with the reason; ``alone`` came without those they wanted to bring.
    """

    seated: int = 0
    waiting: int = 0
    entered: int = 0
    there: int = 0
    alone: int = 0
    full: tuple[str, ...] = ()
    refused: tuple[tuple[str, Why], ...] = ()


@dataclass(frozen=True, slots=True)
class Closed:
    """Nobody was signed up: sign-up is not open, or answers that nobody gave decide on seats."""

    by_answers: bool = False


def why_not(session: Session, event: Event, now: Moment) -> Closed | None:
    """Return why nobody can be signed up by a list."""
    is_early = event.opens_at is not None and now < event.opens_at
    if is_early or windows.refusal(EventAct.SIGN_UP, event, now) is not None:
        return Closed()
    return Closed(by_answers=True) if quotas.asked(session, event) else None


# Whom the names mean


def look(
    session: Session, event_id: int, entries: Sequence[Entry], by: int, now: Moment
) -> list[Found]:
    """Return whom each line means. Raises NotAllowed when ``by`` may not run the event."""
    event = session.get_one(Event, event_id)
    _require(session, event, by, now)
    wanted = {name for each in entries for name in chains.names_of(each)}
    called: dict[str, list[Known]] = {}
    for each in _known(session, event_id, by, now, col(Member.name).in_(wanted)):
        called.setdefault(each.name, []).append(each)
    states, named = _claims(session, event_id)
    return [
        _found(
            entry,
            [one for name in chains.names_of(entry) for one in called.get(name, ())],
            states,
            named,
        )
        for entry in entries
    ]


def _found(
    entry: Entry,
    known: Sequence[Known],
    states: Mapping[int, tuple[SignupState, bool]],
    named: frozenset[str],
) -> Found:
    meant = chains.meant_by(entry, known)
    found = Found(entry, meant.ids[:MOST_ASKED], is_sure=meant.is_sure)
    found = replace(found, seen=tuple(k.id for k in known if k.place and k.id in found.ids))
    if not meant.is_sure:
        # Who was chosen, or kept by name, when the list was pasted before is not asked about anew.
        by_list = [each for each in meant.ids if states.get(each, (None, False))[1]]
        return replace(found, is_there=entry.name in named or len(by_list) == 1)
    state = states.get(meant.ids[0], (None, False))[0]
    is_there = state is not None and state != SignupState.CANCELLED
    return replace(found, is_there=is_there, has_left=state == SignupState.CANCELLED)


def _claims(
    session: Session, event_id: int
) -> tuple[dict[int, tuple[SignupState, bool]], frozenset[str]]:
    """Return the claims of members, with whether others made them, and the names that are kept."""
    rows = session.exec(
        select(Signup.member_id, Signup.state, Signup.name, Signup.by_member_id).where(
            Signup.event_id == event_id
        )
    ).all()
    states = {
        member_id: (SignupState(state), by is not None)
        for member_id, state, _name, by in rows
        if member_id is not None
    }
    named = frozenset(
        name
        for member_id, state, name, _by in rows
        if member_id is None and state in (*LIVE, *CAME)
    )
    return states, named - {""}


def _known(
    session: Session, event_id: int, by: int, now: Moment, among: ColumnElement[bool]
) -> list[Known]:
    """Return those ``among`` all members whom an organizer may see, and where they may see it."""
    held = roles.held_by(session, by, now)
    seeing = permissions.roles_for(Act.SEE_PLACES)
    paths = [each.path for each in held if each.role in seeing and each.path]
    own = session.get(Station, session.get_one(Member, by).station_id or 0)
    at_work = own if own is not None and own.kind == StationKind.CONTACT_POINT else None
    below = or_(false(), *(col(Station.path).startswith(path) for path in paths))
    here = col(Member.station_id) == at_work.id if at_work is not None else false()
    on_a_list = exists(
        select(Signup.id)
        .join(Event, col(Event.id) == col(Signup.event_id))
        .where(
            Signup.member_id == Member.id,
            or_(col(Event.id) == event_id, running.where_may(session, by, Act.SEE_LIST, now)),
        )
        .correlate(Member)
    )
    led = [each.team_id for each in held if each.role in LEADERS]
    own_teams = select(Membership.team_id).where(Membership.member_id == by)
    together = exists(
        select(Membership.id)
        .where(
            Membership.member_id == Member.id,
            or_(col(Membership.team_id).in_(led), col(Membership.team_id).in_(own_teams)),
        )
        .correlate(Member)
    )
    rows = session.exec(
        select(Member.id, Member.name, Member.muted, Station)
        .join(Station, col(Station.id) == col(Member.station_id), isouter=True)
        .where(among, text("member.name <> ''"), or_(below, here, on_a_list, together))
        .order_by(col(Member.id))
        .limit(MOST_KNOWN)
    ).all()
    # Whoever cannot be told, having muted such notices, is signed up by nobody else.
    return [
        Known(number, name, _place(station, paths, at_work))
        for number, name, muted, station in rows
        if not is_muted("signed-up", muted)
    ]


def _place(station: Station | None, paths: Sequence[str], at_work: Station | None) -> str:
    """Where somebody works, in every language; empty where it is not to be seen."""
    if station is None:
        return ""
    is_own = at_work is not None and station.id == at_work.id
    if not is_own and not any(station.path.startswith(each) for each in paths):
        return ""
    return " ".join(station.text_of("name").versions())


# Signing them up


def sign_up(
    session: Session, event_id: int, people: Sequence[Chosen], by: int, care: Care, now: Moment
) -> Listed | Closed:
    """Sign people up in the order of the list, by the rules for everybody; the audit tells it.

    Whoever has a claim keeps it, and who gave it up is not signed up against their will. Raises
    NotAllowed when ``by`` may not run the event.
    """
    event = session.get_one(Event, event_id, with_for_update=True, populate_existing=True)
    _require(session, event, by, now)
    if (closed := why_not(session, event, now)) is not None:
        return closed
    numbers = {each.member_id for each in people if each.member_id is not None}
    known = _known(session, event_id, by, now, col(Member.id).in_(numbers)) if numbers else []
    states, named = _claims(session, event_id)
    theirs = select(Member).where(col(Member.id).in_([each.id for each in known]))
    allowed = {each.id: each for each in session.exec(theirs)}
    before, done = frozenset(states), Listed()
    for each in people[: chains.MOST_NAMES]:
        along = [Companion()] * each.grown + [Companion(is_child=True)] * each.kids
        if len(along) > Along(event.along).most:
            along = []
            done = replace(done, alone=done.alone + 1)
        if each.member_id is None:
            if each.name in named:
                done = replace(done, there=done.there + 1)
                continue
            named |= {each.name}
            done = _keep_name(session, event_id, each.name, along, by, care, now, done)
        elif each.member_id not in allowed:
            done = _refused(done, each.name, Why.NOT_FOR_THEM)
        elif each.member_id in states:
            done = replace(done, there=done.there + 1)
        else:
            refused, member = len(done.refused), allowed[each.member_id]
            done = _sign_member_up(session, event_id, member, each.name, along, by, care, now, done)
            if len(done.refused) == refused:
                states[member.id] = (SignupState.SEATED, True)
    told = [each for each in states if each not in before and each != by]
    if told:
        _tell(session, event, told, by, now)
    signed = done.seated + done.waiting + done.entered
    if signed:
        audit.record(
            session,
            by,
            Act.RUN_EVENT,
            f"event:{event_id}",
            now,
            station_id=event.station_id,
            what="signed up by a list",
            people=signed,
        )
    session.refresh(event)
    return done


def _sign_member_up(
    session: Session,
    event_id: int,
    member: Member,
    name: str,
    along: Sequence[Companion],
    by: int,
    care: Care,
    now: Moment,
    done: Listed,
) -> Listed:
    caller, people = members.without_address(member), 1 + len(along)
    signed = signups.sign_up(session, event_id, caller, care, now, bringing=along)
    assert signed is not None, "a published event"
    match signed.outcome:
        case NotAdmitted(why):
            return _refused(done, name, why)
        case Seated():
            done = replace(done, seated=done.seated + people)
        case Requested():
            # The organizer whose answer it needs is the one who has put them on the list.
            claim = signups.claim_of(session, event_id, member.id)
            assert claim is not None, "it was just made"
            came = requests.let_in(session, event_id, claim.id, by, care, now, tells=False)
            if isinstance(came, LetIn) and came.is_seated:
                done = replace(done, seated=done.seated + people)
            else:
                done = replace(done, waiting=done.waiting + people)
        case Waiting():
            done = replace(done, waiting=done.waiting + people)
        case _:
            done = replace(done, entered=done.entered + people)
    return done


def _tell(session: Session, event: Event, member_ids: Sequence[int], by: int, now: Moment) -> None:
    """Keep who signed these members up, who hear it and can refuse."""
    claims = session.exec(
        select(Signup.id, Signup.turn, Signup.member_id).where(
            Signup.event_id == event.id, col(Signup.member_id).in_(member_ids)
        )
    ).all()
    numbers = [number for number, _turn, _member in claims]
    session.execute(update(Signup).where(col(Signup.id).in_(numbers)).values(by_member_id=by))
    plans = [
        Plan(
            f"signed-up:{number}:{turn}",
            member_id or 0,
            "signed-up",
            {"event_id": event.id},
            now,
            event.starts_at,
            about=by,
        )
        for number, turn, member_id in claims
    ]
    deliveries.plan_all(session, plans, now)


def _keep_name(
    session: Session,
    event_id: int,
    name: str,
    along: Sequence[Companion],
    by: int,
    care: Care,
    now: Moment,
    done: Listed,
) -> Listed:
    """Give a free seat to somebody without a chat, who cannot be offered one later."""
    row = EVENT.one(session, {"event_id": event_id})
    if row.draw == DrawState.ENTERING:
        return _refused(done, name, Why.BEING_DRAWN)
    seats = 1 + sum(parties.takes_seat(row, each) for each in along)
    party = [ANYBODY] * seats
    room = quotas.room_of(session, row, now)
    fits = isinstance(seating.admit(room, party, row.waiting), Seated)
    if row.waiting and not room.is_full:
        fits = offers.fill(session, event_id, care, now).room.fits(party)
    if not fits:
        return replace(done, full=(*done.full, name))
    claim = Signup(
        event_id=event_id,
        state=SignupState.SEATED,
        turn=row.turns + 1,
        at=now,
        name=name,
        by_member_id=by,
    )
    session.add(claim)
    session.flush()
    if along:
        set_leader(session, claim.id, seats - 1, "")
        leader, columns = CLAIM_BY_ID.one(session, {"signup_id": claim.id}), [""] * len(along)
        parties.add(session, row, leader, along, columns, SignupState.SEATED, claim.turn, by, now)
    count(session, event_id, held=seats, turns=1 + len(along))
    return replace(done, seated=done.seated + 1 + len(along))


def _refused(done: Listed, name: str, why: Why) -> Listed:
    return replace(done, refused=(*done.refused, (name, why)))


def _require(session: Session, event: Event, by: int, now: Moment) -> None:
    roles.require(session, by, Act.RUN_EVENT, event.station_id, now, team_id=event.team_id)

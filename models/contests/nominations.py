"""Nominations for an award: made, agreed to by the nominee, put on the shortlist.

A nomination is an entry of the award's contest: its parts are the dossier, which its nominator and
its nominee gather (``models.contests.dossiers``). It counts, and is shown to anybody, only once the
nominee agreed. ``shortlist`` raises ``roles.NotAllowed`` when ``by`` may not run the contest.
"""

import secrets
from collections.abc import Sequence

from sqlmodel import Field, Session, SQLModel, and_, col, or_, select

from models.contests import awards, contests, nominees
from models.contests.awards import NotDone, WhyNot
from models.contests.contests import Contest
from models.contests.entries import Entry, EntryAuthor
from models.contests.nominees import Fit, Unfit, Who
from models.contests.parts import EntryPart
from models.events.pictures import StoredPicture
from models.rules.contests.awarding import Nominator
from models.rules.contests.states import EntryState, Named, Phase, phase_of
from models.rules.network import codes
from models.sending import deliveries
from models.sending.deliveries import A_WEEK
from models.store import Moment, one_of

LONGEST_PROJECT = 40


class Nomination(SQLModel, table=True):
    """What an entry of an award is about, and who said what to it.

    ``asked_member_id`` is who consents: the nominee, one who leads the team of a project, or an
    organizer of a place. ``shown_name`` is how the nominee is called in public. ``is_shortlisted``
    is None before the organizers chose, for ``reason``; ``place`` is what was proposed.
    """

    id: int = Field(default=None, primary_key=True)
    entry_id: int = Field(foreign_key="entry.id", unique=True)
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    as_what: Nominator = Field(sa_type=one_of(Nominator))
    asked_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    station_id: int | None = Field(default=None, foreign_key="station.id")
    team_id: int | None = Field(default=None, foreign_key="team.id")
    shown_name: str
    asked_at: Moment | None = None
    consented_at: Moment | None = None
    refused_at: Moment | None = None
    is_shortlisted: bool | None = None
    reason: str = ""
    shortlisted_by: int | None = Field(default=None, foreign_key="member.id", index=True)
    place: int | None = None


def nominate(
    session: Session, contest_id: int, who: Who, member_id: int, now: Moment
) -> Nomination | Unfit | NotDone:
    """Begin a nomination; the dossier is gathered until ``ask`` asks the nominee."""
    contest = session.get_one(Contest, contest_id, with_for_update=True, populate_existing=True)
    award = awards.of_contest(session, contest_id)
    if award is None or phase_of(contest, now) is not Phase.ENTERING:
        return NotDone(WhyNot.NOT_OPEN)
    found = nominees.fit(session, contest, award, who, member_id, now)
    if isinstance(found, Unfit):
        return found
    # One that is only being written, of which nobody is told, keeps nobody else from asking.
    same = _same(session, contest_id, who, found.name)
    if any(each.asked_at is not None or each.by_member_id == member_id for each in same):
        return NotDone(WhyNot.IS_NOMINATED)
    return _begin(session, contest_id, who, found, member_id, now)


def _begin(
    session: Session, contest_id: int, who: Who, found: Fit, member_id: int, now: Moment
) -> Nomination:
    entry = Entry(
        contest_id=contest_id,
        code=codes.make(secrets.choice),
        member_id=member_id,
        team_id=who.team_id,
        enterprise_id=found.enterprise_id,
        title=found.name,
        begun_at=now,
        changed_at=now,
        declared_at=now,
    )
    session.add(entry)
    session.flush()
    asked = found.asked_id
    session.add(EntryAuthor(entry_id=entry.id, member_id=asked, named=Named.NAME, asked_at=now))
    made = Nomination(
        entry_id=entry.id,
        by_member_id=member_id,
        as_what=found.as_what,
        asked_member_id=asked,
        station_id=who.station_id,
        team_id=who.team_id,
        shown_name=found.name,
    )
    session.add(made)
    session.flush()
    return made


def _same(session: Session, contest_id: int, who: Who, name: str) -> list[Nomination]:
    """Return the nominations of somebody for an award that were not refused."""
    return [each for each, _entry in of_contest(session, contest_id) if _is_same(each, who, name)]


def _who(row: Nomination) -> Who:
    is_person = row.station_id is None and row.team_id is None
    return Who(row.asked_member_id if is_person else None, row.station_id, row.team_id)


def _is_same(each: Nomination, who: Who, name: str) -> bool:
    """Whether a nomination is about the same; a team may have several projects."""
    if each.refused_at is not None:
        return False
    if who.member_id is not None:
        is_person = each.station_id is None and each.team_id is None
        return is_person and each.asked_member_id == who.member_id
    is_named = who.team_id is None or each.shown_name == name
    return is_named and (each.station_id, each.team_id) == (who.station_id, who.team_id)


def ask(session: Session, nomination_id: int, member_id: int, now: Moment) -> Nomination | NotDone:
    """Ask the nominee whether they agree, telling who nominates them."""
    row, entry, contest = locked(session, nomination_id)
    if member_id != row.by_member_id:
        return NotDone(WhyNot.NOT_THEIRS)
    if row.asked_at is not None:
        return NotDone(WhyNot.ANSWERED)
    if phase_of(contest, now) is not Phase.ENTERING:
        return NotDone(WhyNot.NOT_OPEN)
    has_parts = session.exec(select(EntryPart.id).where(EntryPart.entry_id == entry.id)).first()
    if has_parts is None:
        return NotDone(WhyNot.NO_DOSSIER)
    session.get_one(Contest, contest.id, with_for_update=True, populate_existing=True)
    same = _same(session, contest.id, _who(row), row.shown_name)
    if any(each.asked_at is not None for each in same):
        return NotDone(WhyNot.IS_NOMINATED)
    # Who leads a place or a team may have changed since the nomination was begun.
    able = nominees.who_agree(session, _who(row), now)
    if not able:
        return NotDone(WhyNot.NOBODY_AGREES)
    _put_asked(session, row, member_id if member_id in able else able[0])
    row.asked_at = now
    session.add(row)
    session.flush()
    if row.asked_member_id == member_id:
        return _agree(session, row, entry, now)
    _tell(session, row, row.asked_member_id, "nomination-asked", now, about=member_id)
    return row


def answer(
    session: Session, nomination_id: int, member_id: int, now: Moment, *, yes: bool
) -> Nomination | NotDone:
    """Agree to a nomination or refuse it, as the nominee; who nominated is told.

    For a place or a project it is said by whoever leads it at this moment; one who does not any
    more says nothing, and whoever does is asked in their stead.
    """
    row, entry, contest = locked(session, nomination_id)
    if member_id != row.asked_member_id or row.asked_at is None:
        return NotDone(WhyNot.NOT_THEIRS)
    if row.refused_at is not None or (row.consented_at is not None and yes):
        return NotDone(WhyNot.ANSWERED)
    # Whoever nominated may have been erased meanwhile, and the dossier with them.
    is_open = phase_of(contest, now) in (Phase.ENTERING, Phase.CLOSED)
    if not is_open or entry.state is EntryState.WITHDRAWN:
        return NotDone(WhyNot.NOT_OPEN)
    able = nominees.who_agree(session, _who(row), now)
    if member_id not in able:
        return _pass_on(session, row, able, now)
    if yes:
        _agree(session, row, entry, now)
    else:
        row.refused_at, row.consented_at, row.is_shortlisted = now, None, None
        entry.state = EntryState.WITHDRAWN
        session.add_all((row, entry))
        session.flush()
    _tell(session, row, row.by_member_id, "nomination-answered", now, about=member_id)
    return row


def _pass_on(
    session: Session, row: Nomination, able: Sequence[int], now: Moment
) -> Nomination | NotDone:
    """Ask whoever leads it now, where nobody has said yes; nothing is asked twice."""
    if not able:
        return NotDone(WhyNot.NOBODY_AGREES)
    if row.consented_at is None:
        _put_asked(session, row, able[0])
        _tell(session, row, able[0], "nomination-asked", now, about=row.by_member_id)
        return NotDone(WhyNot.LEADS_NO_MORE)
    return NotDone(WhyNot.NOT_THEIRS)


def _put_asked(session: Session, row: Nomination, member_id: int) -> None:
    """Let this member be the one who is asked, in place of who was."""
    if row.asked_member_id == member_id:
        return
    author = session.exec(
        select(EntryAuthor).where(
            EntryAuthor.entry_id == row.entry_id, EntryAuthor.member_id == row.asked_member_id
        )
    ).one()
    author.member_id = row.asked_member_id = member_id
    session.add_all((author, row))
    session.flush()


def _agree(session: Session, row: Nomination, entry: Entry, now: Moment) -> Nomination:
    row.consented_at = now
    author = session.exec(
        select(EntryAuthor).where(
            EntryAuthor.entry_id == entry.id, EntryAuthor.member_id == row.asked_member_id
        )
    ).one()
    author.agreed_at = now
    entry.state, entry.handed_in_at, entry.changed_at = EntryState.HANDED_IN, now, now
    session.add_all((row, author, entry))
    session.flush()
    return row


def shortlist(
    session: Session, nomination_id: int, reason: str, by: int | None, now: Moment, *, is_in: bool
) -> Nomination | NotDone:
    """Put a nomination on the shortlist or leave it out, with a reason that is kept.

    What is left out is judged no further.
    """
    row, entry, _contest = locked(session, nomination_id)
    contest = contests.locked(session, entry.contest_id, by, now)
    if row.consented_at is None or row.refused_at is not None:
        return NotDone(WhyNot.NOT_AGREED)
    if awards.lock(session, contest.id).proposed_at is not None:
        return NotDone(WhyNot.IS_PROPOSED)
    row.is_shortlisted, row.reason, row.shortlisted_by = is_in, reason, by
    entry.state = EntryState.HANDED_IN if is_in else EntryState.HIDDEN
    session.add_all((row, entry))
    session.flush()
    contests.record(
        session,
        contest,
        by,
        now,
        "shortlisted" if is_in else "left out",
        code=entry.code,
        why=reason,
    )
    return row


def _tell(
    session: Session,
    row: Nomination,
    member_id: int | None,
    topic: str,
    now: Moment,
    *,
    about: int | None = None,
) -> None:
    if member_id is None:
        return
    deliveries.plan_for_member(
        session,
        member_id,
        key=f"{topic}:{row.id}:{member_id}:{now:%Y%m%d%H%M%S}",
        topic=topic,
        facts={"nomination_id": row.id},
        due_at=now,
        expires_at=now + 2 * A_WEEK,
        now=now,
        about=about,
    )


# Reading


def locked(session: Session, nomination_id: int) -> tuple[Nomination, Entry, Contest]:
    """Return a nomination, locked, with its entry and its contest."""
    row = session.get_one(Nomination, nomination_id, with_for_update=True, populate_existing=True)
    entry = session.get_one(Entry, row.entry_id)
    return row, entry, session.get_one(Contest, entry.contest_id)


def get(session: Session, nomination_id: int) -> tuple[Nomination, Entry, Contest] | None:
    row = session.get(Nomination, nomination_id)
    if row is None:
        return None
    entry = session.get_one(Entry, row.entry_id)
    return row, entry, session.get_one(Contest, entry.contest_id)


def of_entry(session: Session, entry_id: int) -> Nomination | None:
    return session.exec(select(Nomination).where(Nomination.entry_id == entry_id)).first()


def concerns(row: Nomination, member_id: int) -> bool:
    """Whether a member made a nomination, or was asked about it: both read its dossier."""
    is_asked = row.asked_member_id == member_id and row.asked_at is not None
    return row.by_member_id == member_id or is_asked


def of_contest(session: Session, contest_id: int) -> Sequence[tuple[Nomination, Entry]]:
    """Return all nominations of an award, the first begun first."""
    return session.exec(
        select(Nomination, Entry)
        .join(Entry, col(Entry.id) == col(Nomination.entry_id))
        .where(Entry.contest_id == contest_id)
        .order_by(col(Nomination.id))
    ).all()


def shown(session: Session, contest_id: int) -> Sequence[tuple[Nomination, Entry]]:
    """Return what anybody may see during the public notice: who was proposed and agreed."""
    found = [
        (row, entry)
        for row, entry in of_contest(session, contest_id)
        if row.place is not None and row.consented_at is not None
    ]
    return sorted(found, key=lambda each: each[0].place or 0)


def photo(session: Session, contest_id: int, part_id: int) -> tuple[str, bytes] | None:
    """Return a photo out of the dossier of somebody who is shown, as media type and content."""
    part = session.get(EntryPart, part_id)
    if part is None or all(entry.id != part.entry_id for _row, entry in shown(session, contest_id)):
        return None
    picture = session.get(StoredPicture, part.picture_id) if part.picture_id is not None else None
    return (picture.media_type, picture.content) if picture and picture.content else None


def of_nominator(session: Session, member_id: int) -> Sequence[tuple[Nomination, Contest]]:
    """Return what a member nominated or is asked about, the newest first."""
    is_asked = and_(
        col(Nomination.asked_member_id) == member_id, col(Nomination.asked_at).is_not(None)
    )
    return session.exec(
        select(Nomination, Contest)
        .join(Entry, col(Entry.id) == col(Nomination.entry_id))
        .join(Contest, col(Contest.id) == col(Entry.contest_id))
        .where(or_(col(Nomination.by_member_id) == member_id, is_asked))
        .order_by(col(Nomination.id).desc())
    ).all()

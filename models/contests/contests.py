"""Contests: what is called for, of whom and until when; written, published and closed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Index, and_, case, false, text
from sqlmodel import Field, Session, col, select

from models.events import audiences
from models.network import audit, roles
from models.network.translations import Translatable
from models.rules.contests import states
from models.rules.contests.entering import Limits
from models.rules.contests.reminding import next_reminder
from models.rules.contests.states import ContestState, Enters, Form, PartKind, Phase
from models.rules.events import audience as audience_rules
from models.rules.languages import Translated
from models.rules.network.audience import Audience
from models.rules.network.permissions import Act
from models.rules.search import sounds
from models.store import Moment, one_of, table_of

TEXTS = ("title", "about", "rules")
"""The texts of a contest that stand in further languages as well."""

NOTHING, USUAL = Translated(""), Limits()


class Contest(Translatable, table=True):
    """A contest of ``station_id`` for whom its ``audience`` admits, as an event's column has it.

    Entries are taken from ``opens_at`` until ``closes_at``; what is sent back may be mended until
    ``repairs_until``, and ``results_at`` is for when the result is promised; None: nobody said so.
    ``kinds`` are the words of ``PartKind`` that it takes, with spaces between. ``most_entries``
    holds for each member. With ``is_gallery_open`` everybody may look at the entries that were
    handed in, and read the pages of a contest that is for some people only. ``remind_at`` is when
    those with an unfinished entry are reminded next. ``decided_at`` is when the result became
    public.
    """

    __table_args__ = (
        Index(
            "contest_remind",
            "remind_at",
            sqlite_where=text("remind_at IS NOT NULL"),
            postgresql_where=text("remind_at IS NOT NULL"),
        ),
        Index(
            "contest_open_until",
            "closes_at",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    station_id: int = Field(foreign_key="station.id", index=True)
    form: Form = Field(default=Form.CALL, sa_type=one_of(Form))
    title: str
    about: str = ""
    rules: str = ""
    year: int
    state: ContestState = Field(default=ContestState.DRAFT, sa_type=one_of(ContestState))
    reason: str = ""
    opens_at: Moment
    closes_at: Moment
    repairs_until: Moment | None = None
    results_at: Moment | None = None
    decided_at: Moment | None = None
    kinds: str = ""
    most_parts: int = 9
    most_letters: int = 2000
    most_entries: int = 1
    most_authors: int = 1
    enters: Enters = Field(default=Enters.PERSON, sa_type=one_of(Enters))
    audience: str = ""
    is_gallery_open: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    picture_id: int | None = Field(default=None, foreign_key="picture.id")
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    search: str = ""
    remind_at: Moment | None = None
    changed_at: Moment

    @property
    def is_for_all(self) -> bool:
        """Whether anybody may read its pages: not what is for some people, unless it was opened."""
        return not self.audience or self.is_gallery_open

    @property
    def takes(self) -> tuple[PartKind, ...]:
        """What it takes, in the order of ``PartKind``."""
        kept = self.kinds.split()
        return tuple(kind for kind in PartKind if kind in kept)

    @property
    def limits(self) -> Limits:
        return Limits(self.most_parts, self.most_letters, self.most_entries, self.most_authors)

    @property
    def aim(self) -> Audience:
        """``audience`` as a value."""
        return audience_rules.from_column(self.audience)


_IS_FOR = audiences.is_for(table_of(Contest).c.audience)


@dataclass(frozen=True, slots=True)
class Draft:
    """A contest to be written."""

    station_id: int
    title: Translated
    opens_at: Moment
    closes_at: Moment
    form: Form = Form.CALL
    about: Translated = NOTHING
    rules: Translated = NOTHING
    kinds: Collection[PartKind] = (PartKind.TEXT,)
    enters: Enters = Enters.PERSON
    audience: str = ""
    repairs_until: Moment | None = None
    results_at: Moment | None = None
    is_gallery_open: bool = False
    limits: Limits = USUAL


@dataclass(frozen=True, slots=True)
class Changed:
    contest: Contest


@dataclass(frozen=True, slots=True)
class TooLate:
    """The contest is in a phase in which that cannot be done."""

    contest: Contest
    phase: Phase


def draft_of(contest: Contest) -> Draft:
    """Return a contest as a draft, to be changed and given to ``edit``."""
    return Draft(
        station_id=contest.station_id,
        title=contest.text_of("title"),
        opens_at=contest.opens_at,
        closes_at=contest.closes_at,
        form=contest.form,
        about=contest.text_of("about"),
        rules=contest.text_of("rules"),
        kinds=contest.takes,
        enters=contest.enters,
        audience=contest.audience,
        repairs_until=contest.repairs_until,
        results_at=contest.results_at,
        is_gallery_open=contest.is_gallery_open,
        limits=contest.limits,
    )


def create(session: Session, draft: Draft, by: int | None, now: Moment) -> Contest:
    """Write a contest that nobody else sees yet. Raises NotAllowed when ``by`` may not run one.

    ``by`` None is the operator, who loads a file.
    """
    roles.require(session, by, Act.RUN_CONTEST, draft.station_id, now)
    contest = Contest(
        station_id=draft.station_id,
        form=draft.form,
        title="",
        year=draft.closes_at.year,
        opens_at=draft.opens_at,
        closes_at=draft.closes_at,
        by_member_id=by,
        changed_at=now,
    )
    _write(contest, draft)
    session.add(contest)
    session.flush()
    record(session, contest, by, now, "written")
    return contest


def _write(contest: Contest, draft: Draft) -> None:
    for column in TEXTS:
        contest.put_text(column, getattr(draft, column))
    contest.search = sounds.index(*contest.text_of("title").versions())
    contest.year = draft.closes_at.year
    contest.opens_at, contest.closes_at = draft.opens_at, draft.closes_at
    contest.repairs_until, contest.results_at = draft.repairs_until, draft.results_at
    contest.kinds = " ".join(kind for kind in PartKind if kind in draft.kinds)
    contest.enters, contest.audience = draft.enters, draft.audience
    contest.is_gallery_open = draft.is_gallery_open
    contest.most_parts, contest.most_letters = draft.limits.parts, draft.limits.letters
    contest.most_entries, contest.most_authors = draft.limits.entries, draft.limits.authors


def publish(session: Session, contest_id: int, by: int | None, now: Moment) -> Changed | TooLate:
    """Show a contest to whom it is for; entries are taken from its ``opens_at`` on."""
    contest = locked(session, contest_id, by, now)
    if contest.state not in (ContestState.DRAFT, ContestState.CLOSED) or contest.closes_at <= now:
        return TooLate(contest, states.phase_of(contest, now))
    contest.remind_at = next_reminder(contest.closes_at, now)
    return _put(session, contest, ContestState.OPEN, by, now, "published")


def close(session: Session, contest_id: int, by: int | None, now: Moment) -> Changed | TooLate:
    """Take no more entries, and none are changed but for those that were sent back."""
    contest = locked(session, contest_id, by, now)
    phase = states.phase_of(contest, now)
    if phase not in (Phase.UPCOMING, Phase.ENTERING):
        return TooLate(contest, phase)
    contest.remind_at = None
    return _put(session, contest, ContestState.CLOSED, by, now, "closed")


def edit(
    session: Session, contest_id: int, draft: Draft, by: int | None, now: Moment
) -> Changed | TooLate:
    """Write everything of a contest anew but its form and its place, before its result.

    One that was closed and gets a deadline ahead is open again.
    """
    contest = locked(session, contest_id, by, now)
    phase = states.phase_of(contest, now)
    if phase in (Phase.DECIDED, Phase.CANCELLED):
        return TooLate(contest, phase)
    _write(contest, draft)
    contest.changed_at = now
    if phase is Phase.CLOSED and draft.closes_at > now:
        contest.state = ContestState.OPEN
    if contest.state is ContestState.OPEN:
        contest.remind_at = next_reminder(contest.closes_at, now)
    session.add(contest)
    session.flush()
    record(session, contest, by, now, "edited")
    return Changed(contest)


def open_gallery(
    session: Session, contest_id: int, by: int | None, now: Moment, *, is_open: bool
) -> Contest:
    """Let everybody look at what was handed in, or nobody but organizers and authors."""
    contest = locked(session, contest_id, by, now)
    contest.is_gallery_open, contest.changed_at = is_open, now
    session.add(contest)
    session.flush()
    record(session, contest, by, now, "gallery opened" if is_open else "gallery closed")
    return contest


def locked(session: Session, contest_id: int, by: int | None, now: Moment) -> Contest:
    """Lock a contest for somebody who runs it. Raises NotAllowed when ``by`` may not."""
    contest = session.get_one(Contest, contest_id, with_for_update=True, populate_existing=True)
    roles.require(session, by, Act.RUN_CONTEST, contest.station_id, now)
    return contest


def record(
    session: Session, contest: Contest, by: int | None, now: Moment, what: str, **details: Any
) -> None:
    """Record what somebody did who runs a contest."""
    about, place = f"contest:{contest.id}", contest.station_id
    audit.record(session, by, Act.RUN_CONTEST, about, now, station_id=place, what=what, **details)


def _put(
    session: Session,
    contest: Contest,
    state: ContestState,
    by: int | None,
    now: Moment,
    what: str,
) -> Changed:
    contest.state, contest.changed_at = state, now
    session.add(contest)
    session.flush()
    record(session, contest, by, now, what)
    return Changed(contest)


# Reading


def get(session: Session, contest_id: int) -> Contest | None:
    """Return a contest that members may see; None if there is none, or before it is opened."""
    contest = session.get(Contest, contest_id)
    return contest if contest is not None and contest.state is not ContestState.DRAFT else None


def listed(
    session: Session, caller: audiences.Somebody, now: Moment, *, skip: int = 0, limit: int = 5
) -> Sequence[Contest]:
    """Return the contests that a member may see: those that take entries now, then the newest.

    Those that are for other places and teams are left out, and those that were cancelled.
    """
    is_open = and_(col(Contest.state) == ContestState.OPEN, col(Contest.closes_at) > now)
    query = (
        select(Contest)
        .where(
            col(Contest.state).in_((ContestState.OPEN, ContestState.CLOSED, ContestState.DECIDED)),
            _IS_FOR,
        )
        .order_by(case((is_open, 0), else_=1), col(Contest.closes_at).desc(), col(Contest.id))
        .offset(skip)
        .limit(limit)
    )
    found = session.exec(query, params=audiences.asked_by(caller))
    return found.all()


def made_by(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the contests that a member wrote, as plain values."""
    rows: Sequence[Contest] = session.exec(
        select(Contest).where(Contest.by_member_id == member_id).order_by(col(Contest.id))
    ).all()
    return [
        {"title": each.title, "state": each.state, "closes_at": each.closes_at} for each in rows
    ]

"""Awards: their terms, and which of them are open, published or decided.

Nominations are in ``models.contests.nominations``, the decision in ``models.contests.deciding``.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlmodel import Field, Session, col, or_, select

from models.contests import contests
from models.contests.contests import Contest
from models.contests.entries import Entry
from models.network import partners
from models.network.stations import Station
from models.network.translations import Translatable
from models.rules.contests.awarding import Nominator, Of, Terms
from models.rules.contests.states import ContestState, Form, Phase, phase_of
from models.rules.languages import Translated
from models.store import Moment, one_of

LONGEST_PRIZE = 60
MOST_NOTICE_DAYS, MOST_LAUREATES = 30, 20


class Award(Translatable, table=True):
    """What a contest of form ``award`` is besides.

    ``nominators`` are the words of ``Nominator`` with spaces between. ``proposed_by`` proposed the
    laureates at ``proposed_at``, the first of the two people who decide; objections are taken until
    ``notice_until``. ``decided_by`` is the second, at ``decided_at``; the result is for everybody
    from ``public_at`` on, when those concerned have been told.
    """

    id: int = Field(default=None, primary_key=True)
    contest_id: int = Field(foreign_key="contest.id", unique=True)
    of: Of = Field(sa_type=one_of(Of))
    nominators: str
    may_nominate_self: bool = False
    months: int = 0
    years: int = 0
    notice_days: int = 5
    places: int = 1
    prize: str = ""
    partner_id: int | None = Field(default=None, foreign_key="partner.id")
    proposed_by: int | None = Field(default=None, foreign_key="member.id", index=True)
    proposed_at: Moment | None = None
    notice_until: Moment | None = None
    decided_by: int | None = Field(default=None, foreign_key="member.id", index=True)
    decided_at: Moment | None = None
    public_at: Moment | None = None

    @property
    def terms(self) -> Terms:
        return Terms(self.months, self.years, self.may_nominate_self)

    @property
    def nominated_by(self) -> tuple[Nominator, ...]:
        kept = self.nominators.split()
        return tuple(each for each in Nominator if each in kept)


class WhyNot(StrEnum):
    """Why nothing was done about an award or a nomination."""

    NOT_AN_AWARD = "not_an_award"
    NOT_OPEN = "not_open"
    IS_NOMINATED = "is_nominated"
    NO_DOSSIER = "no_dossier"
    NOT_THEIRS = "not_theirs"
    ANSWERED = "answered"
    NOT_AGREED = "not_agreed"
    LEADS_NO_MORE = "leads_no_more"
    NOBODY_AGREES = "nobody_agrees"
    NOT_SHORTLISTED = "not_shortlisted"
    IS_PROPOSED = "is_proposed"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class NotDone:
    why: WhyNot


@dataclass(frozen=True, slots=True)
class Plan:
    """How an award is given."""

    of: Of = Of.PERSON
    nominators: Collection[Nominator] = tuple(Nominator)
    terms: Terms = field(default_factory=Terms)
    notice_days: int = 5
    places: int = 1
    prize: Translated = field(default_factory=lambda: Translated(""))
    partner_id: int | None = None


def set_up(
    session: Session, contest_id: int, plan: Plan, by: int | None, now: Moment
) -> Award | NotDone:
    """Write the terms of an award, in place of those before, while nobody is nominated."""
    contest = contests.locked(session, contest_id, by, now)
    row = of_contest(session, contest_id)
    if contest.form is not Form.AWARD:
        return NotDone(WhyNot.NOT_AN_AWARD)
    if row is not None and _is_nominated(session, contest_id):
        return NotDone(WhyNot.IS_NOMINATED)
    row = row or Award(contest_id=contest_id, of=plan.of, nominators="")
    row.of = plan.of
    row.nominators = " ".join(each for each in Nominator if each in plan.nominators)
    row.months, row.years = plan.terms.months, plan.terms.years
    row.may_nominate_self = plan.terms.may_nominate_self
    row.notice_days, row.places = plan.notice_days, plan.places
    row.put_text("prize", plan.prize)
    row.partner_id = plan.partner_id
    session.add(row)
    session.flush()
    contests.record(session, contest, by, now, "award set up", of=row.of)
    return row


def _is_nominated(session: Session, contest_id: int) -> bool:
    """Whether anybody is nominated: the entries of an award are its nominations."""
    query = select(Entry.id).where(Entry.contest_id == contest_id)
    return session.exec(query).first() is not None


# Reading


def of_contest(session: Session, contest_id: int) -> Award | None:
    return session.exec(select(Award).where(Award.contest_id == contest_id)).first()


def has_page(contest: Contest, row: Award) -> bool:
    """Return whether an award has a page for everybody: from its public notice on.

    What is for a company or a town has none until its organizers open it.
    """
    is_on = contest.state is not ContestState.CANCELLED
    return is_on and contest.is_for_all and row.notice_until is not None


def lock(session: Session, contest_id: int) -> Award:
    """Return an award, locked until the transaction ends."""
    query = select(Award).where(Award.contest_id == contest_id).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).one()


def open_for(session: Session, now: Moment) -> Sequence[Contest]:
    """Return the awards for which somebody can be nominated now."""
    rows = session.exec(
        select(Contest)
        .join(Award, col(Award.contest_id) == col(Contest.id))
        .where(Contest.opens_at <= now, Contest.closes_at > now)
        .order_by(col(Contest.closes_at), col(Contest.id))
    ).all()
    return [each for each in rows if phase_of(each, now) is Phase.ENTERING]


def under_notice(session: Session, now: Moment) -> Sequence[Contest]:
    """Return the awards whose public notice is on."""
    return session.exec(
        select(Contest)
        .join(Award, col(Award.contest_id) == col(Contest.id))
        .where(col(Award.notice_until) > now, col(Award.decided_at).is_(None))
        .order_by(col(Contest.id))
    ).all()


def donor(session: Session, row: Award) -> partners.Partner | None:
    """Return the partner who donates the prize."""
    return partners.get(session, row.partner_id) if row.partner_id is not None else None


def below(session: Session, paths: Sequence[str]) -> Sequence[tuple[Contest, Award, Station]]:
    """Return the awards of these paths and below, the newest first."""
    under = or_(*(col(Station.path).startswith(path) for path in paths))
    return session.exec(
        select(Contest, Award, Station)
        .join(Award, col(Award.contest_id) == col(Contest.id))
        .join(Station, col(Station.id) == col(Contest.station_id))
        .where(under)
        .order_by(col(Contest.id).desc())
    ).all()

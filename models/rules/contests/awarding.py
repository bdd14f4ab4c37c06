"""Who may be nominated for an award, and when it can be decided."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

A_MONTH = timedelta(days=30)


class Of(StrEnum):
    """What an award is for."""

    PERSON = "person"
    PLACE = "place"
    PROJECT = "project"


class Nominator(StrEnum):
    """By what somebody nominates: as any member, as one who leads a team, for a place, or as an
    organizer of the award."""

    MEMBER = "member"
    TEAM = "team"
    COMPANY = "company"
    ORGANIZER = "organizer"


class Fault(StrEnum):
    """Why somebody cannot be nominated, or cannot be nominated by this member."""

    NOT_A_NOMINATOR = "not_a_nominator"
    ONESELF = "oneself"
    NOT_MEANT = "not_meant"
    TOO_NEW = "too_new"
    LAUREATE_LATELY = "laureate_lately"
    IS_JUDGE = "is_judge"
    NOBODY_AGREES = "nobody_agrees"


class Lack(StrEnum):
    """What an award lacks before its decision."""

    PROPOSAL = "proposal"
    NOTICE = "notice"
    OBJECTIONS = "objections"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class Terms:
    """The published terms: months of membership, and years since the last award, at least."""

    months: int = 0
    years: int = 0
    may_nominate_self: bool = False


@dataclass(frozen=True, slots=True)
class Nominee:
    """What is known of a nominee: since when they are a member, and their last award's year."""

    since: datetime | None
    is_meant: bool
    last_year: int | None
    is_judge: bool


def faults(terms: Terms, nominee: Nominee, year: int, now: datetime) -> tuple[Fault, ...]:
    """Return everything that speaks against a nominee; empty: they may be nominated."""
    is_new = (
        terms.months > 0
        and nominee.since is not None
        and now - nominee.since < terms.months * A_MONTH
    )
    lately = nominee.last_year is not None and year - nominee.last_year <= terms.years
    found = {
        Fault.NOT_MEANT: not nominee.is_meant,
        Fault.TOO_NEW: is_new,
        Fault.LAUREATE_LATELY: lately,
        Fault.IS_JUDGE: nominee.is_judge,
    }
    return tuple(fault for fault, holds in found.items() if holds)


def lacks(
    *,
    proposed_by: int | None,
    notice_until: datetime | None,
    waiting: int,
    decider: int | None,
    now: datetime,
) -> tuple[Lack, ...]:
    """Return what stands against a decision of ``decider``: two people decide, after the notice.

    ``waiting`` counts objections that nobody has answered.
    """
    if notice_until is None:
        return (Lack.PROPOSAL,)
    found = {
        Lack.NOTICE: now < notice_until,
        Lack.OBJECTIONS: waiting > 0,
        Lack.SECOND: decider is not None and decider == proposed_by,
    }
    return tuple(lack for lack, holds in found.items() if holds)

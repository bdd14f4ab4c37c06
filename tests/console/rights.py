"""Every kind of right there is, given to somebody of a town that has nothing else to do with it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from sqlmodel import Session, select

from models.contests import judges
from models.contests.judges import Judge
from models.contests.nominations import Nomination
from models.contests.tournaments import Side
from models.desk.threads import Thread
from models.events import helping
from models.members.inventory import places
from models.network import roles
from models.network.members import Address, Member
from models.network.stations import Station, StationKind
from models.rules.members.interests import Interest
from models.rules.network.permissions import Role
from models.teams.teams import Team
from tests.browser.furnished import Furnished
from tests.miniature.rows import event, local

ELSEWHERE = "新围"
"""A town of the demo's district where nothing is, but what the one who walks leads there."""


class Beside(StrEnum):
    """What gives a member rights without a role, by the column that names them."""

    HELPER = "event_helper.member_id"
    JUDGE = "judge.member_id"
    SIDE = "tournament_side.captain_id"
    FOUNDER = "team.founder_id"
    TAKER = "thread.assigned_to"
    ASKED = "nomination.asked_member_id"


Kind = Role | Beside
KINDS: tuple[Kind, ...] = (*(each for each in Role if each is not Role.DISTRICT), *Beside)
"""Whoever holds the district is elsewhere nowhere."""

OPEN_THE_DESK = frozenset({*Role, Beside.HELPER})

OWN = frozenset(
    (
        *("signup.member_id", "signup.from_member_id", "reminder.member_id", "feedback.member_id"),
        *("seat_handover.from_member_id", "seat_handover.to_member_id", "membership.member_id"),
        *("team_bid.member_id", "member_alias.member_id", "personal_code.member_id"),
        *("personal_code.other_member_id", "personal_code.address_id", "id_page.member_id"),
        *("personal_code.other_address_id", "binding_request.row_member_id", "member.id"),
        *("binding_request.member_id", "erasure_request.member_id", "wrong_codes.member_id"),
        *("stage_backing.member_id", "stage_question.member_id", "screen_line.member_id"),
        *("poll_vote.member_id", "poll_place.member_id", "laureate.member_id", "vote.member_id"),
        *("certificate.member_id", "entry.member_id", "entry_author.member_id", "picture.by"),
        *("poster_arrival.member_id", "console_link.member_id", "uploaded_file.member_id"),
        *("console_session.member_id", "hook.member_id", "api_token.member_id", "address.dialog"),
        *("second_factor.member_id", "member_answer.member_id", "thread.member_id", "inbox.reply"),
        *("delivery.member_id", "delivery.address_id", "delivery.about_member_id", "member.leads"),
        *("delivery.facts", "delivery.message", "daily_count.member_id", "member.muted"),
        *("member_name_key.member_id", "member_interest.member_id", "address.member_id"),
        *("subscription_grant.address_id", "alert_subscription.address_id", "inbox.address_id"),
        *("audit.member_id", "audit.details", "award.proposed_by", "award.decided_by"),
        *("nomination.shortlisted_by", "announcement.approved_by", "announcement.released_by"),
    )
)
"""What a member is, has or did themselves: it opens nothing of others."""


def undecided() -> set[str]:
    """The columns that point to a member of which nothing here says whether they give rights."""
    declared = {each.at for each in places() if not each.at.endswith(".by_member_id")}
    return declared - OWN - {each.value for each in Beside} - {"role_grant.member_id"}


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a right, and whether it opens the desk by itself."""

    member_id: int
    opens_alone: bool


def hold(session: Session, kind: Kind, found: Furnished, now: datetime) -> Holder:
    """Make somebody of the town ``ELSEWHERE`` with this right."""
    district = session.exec(select(Station).where(Station.parent_id == None)).one()  # noqa: E711
    town = _place(session, district, StationKind.TOWN, ELSEWHERE)
    member = Member(name="外人", language="zh", consented_at=now, created_at=now)
    session.add(member)
    session.flush()
    external = str(member.id)
    session.add(
        Address(member_id=member.id, account="telegram.nanhai", external=external, created_at=now)
    )
    if isinstance(kind, Role):
        _give(session, kind, member, town, found, now)
    else:
        _let(session, kind, member, town, found, now)
    session.flush()
    return Holder(member.id, kind in OPEN_THE_DESK)


def add_small_role(session: Session, member_id: int, now: datetime) -> None:
    """Let who may not open the desk by their right alone open it as a core member elsewhere."""
    town = session.exec(select(Station).where(Station.name == ELSEWHERE)).one()
    roles.give(session, member_id, Role.CORE_MEMBER, town, now)


def _give(
    session: Session, role: Role, member: Member, town: Station, found: Furnished, now: datetime
) -> None:
    match role:
        case Role.DISTRICT | Role.TOWN | Role.CORE_MEMBER:
            roles.give(session, member.id, role, town, now)
        case Role.CONTACT_POINT:
            point = _place(session, town, StationKind.CONTACT_POINT, "新围一厂")
            point.enterprise_id = int(found.by_parameter["company"])
            roles.give(session, member.id, role, point, now)
        case Role.CAPTAIN | Role.DEPUTY:
            # A team or club at the very place of what they have nothing to do with.
            of = session.get_one(Team, int(found.by_parameter["team"])).station_id
            club = int(found.by_parameter["company"]) if role is Role.DEPUTY else None
            team = Team(
                code="own", station_id=of, interest=Interest.READING, name="新围读书会",
                enterprise_id=club,
            )  # fmt: skip
            session.add(team)
            session.flush()
            place = session.get_one(Station, of)
            roles.give(session, member.id, role, place, now, team_id=team.id)
        case never:
            assert_never(never)


def _let(
    session: Session, kind: Beside, member: Member, town: Station, found: Furnished, now: datetime
) -> None:
    row = found.by_parameter
    match kind:
        case Beside.HELPER:
            own = event("own", "新围放映", local(3, 19), station_id=town.id)
            session.add(own)
            session.flush()
            assert helping.give(session, own.id, member.id, found.boss, now)
        case Beside.JUDGE:
            code = judges.make_code(session, int(row["contest"]), found.boss, now)
            assert isinstance(code, str)
            judge = judges.claim(session, member.id, code, now)
            assert isinstance(judge, Judge)
            assert judges.answer(session, judge.id, member.id, now, yes=True) is not None
        case Beside.SIDE:
            tournament = Side.tournament_id == int(row["tournament"])
            session.exec(select(Side).where(tournament).limit(1)).one().captain_id = member.id
        case Beside.FOUNDER:
            session.get_one(Team, int(row["team"])).founder_id = member.id
        case Beside.TAKER:
            session.get_one(Thread, int(row["thread"])).assigned_to = member.id
        case Beside.ASKED:
            session.exec(select(Nomination).limit(1)).one().asked_member_id = member.id
        case never:
            assert_never(never)


def _place(session: Session, above: Station, kind: StationKind, name: str) -> Station:
    row = Station(code=name, kind=kind, parent_id=above.id, name=name, search=name)
    session.add(row)
    session.flush()
    row.path = f"{above.path}{row.id}/"
    return row

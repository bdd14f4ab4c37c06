"""Two members who are one person become one, whatever both did before."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlmodel import Session, SQLModel, col

from models.announcements.announcements import Announcement
from models.events import signups
from models.events.events import Event, Signup, SignupState
from models.events.merging import BETTER
from models.members import inventory, merging, privacy
from models.members.inventory import PLACES, Merge
from models.network import aliases, audit, members, roles
from models.network.members import Address, Member, MemberInterest
from models.network.memberships import Membership
from models.network.roles import Grant
from models.network.stations import Station
from models.rules.members.interests import Interest
from models.rules.members.shifts import Shift
from models.rules.network.permissions import Act, Role
from models.sending import deliveries
from models.sending.daily import DailyCount
from models.sending.deliveries import OPEN_STATES, Delivery, DeliveryState
from models.store import Store
from models.teams import teams
from models.teams.teams import Bid, BidKind, BidState, Team
from tests.miniature.rows import CARE, SHISHAN, badminton, event, lamp_works, local, network, team

NOW = local(1, 10)
PEOPLE = 6
STATES = (*SignupState, None, None)


def furnish(session: Session, dice: Random) -> None:
    """Six people, of whom the first two are one, with claims, teams, roles and deliveries."""
    network(session)
    for each in range(3):
        session.add(team(code=f"t{each}", name=f"队{each}"))
    for each in range(8):
        days = timedelta(days=dice.choice([-1, 3]), hours=each)
        session.add(event(f"e{each}", f"活动{each}", NOW + days, seats=dice.choice([None, 2, 4])))
        if each < 3:
            session.add(Announcement(station_id=SHISHAN, created_at=NOW))
    session.flush()
    for number in range(PEOPLE):
        account = dice.choice(["web.chat", "telegram.nanhai"])
        caller = members.meet(session, account, f"p{number}", language="zh", now=NOW)
        _act(session, caller.id, dice)
    _count(session)
    # The first two differ in age, or do not.
    older = NOW - timedelta(days=dice.choice([0, 1]))
    session.execute(update(Member).where(col(Member.id) == 2).values(created_at=older))


def _act(session: Session, number: int, dice: Random) -> None:
    for event_id in range(1, 9):
        state = dice.choice(STATES)
        if state is None:
            continue
        until = NOW + timedelta(hours=2) if state is SignupState.OFFERED else None
        claim = Signup(
            event_id=event_id,
            member_id=number,
            state=state,
            turn=number,
            offered_until=until,
            at=NOW,
        )
        session.add(claim)
        session.flush()
        if dice.random() < 0.5:
            facts = {"event_id": event_id, "signup_id": claim.id, "lead": 120}
            _owe(session, number, f"reminder:{claim.id}", "reminder", facts)
        if dice.random() < 0.5:
            _owe(session, number, f"moved:{claim.id}", "moved", {"event_id": event_id})
    for each in session.execute(select(Team)).scalars().all():
        if dice.random() < 0.5:
            teams.join(session, each, number, NOW)
        kind = dice.choice([*BidKind, None])
        if kind is not None:
            bid = teams.bid(session, each.id, number, kind, NOW)
            assert bid is not None
            bid.state = dice.choice(list(BidState))
        if dice.random() < 0.3:
            each.founder_id = number
    for role in (Role.TOWN, Role.CAPTAIN, Role.DEPUTY):
        if dice.random() < 0.5:
            until = dice.choice([None, NOW + timedelta(days=3)])
            team_id = None if role is Role.TOWN else 1
            station = session.get_one(Station, SHISHAN)
            roles.give(session, number, role, station, NOW, team_id=team_id, until=until)
    for interest in list(Interest)[:4]:
        if dice.random() < 0.5:
            session.add(MemberInterest(member_id=number, interest=interest))
    if dice.random() < 0.5:
        session.add(DailyCount(member_id=number, day=NOW.date(), times=dice.randint(1, 3)))
    for announcement in (1, 2, 3):
        if dice.random() < 0.7:
            session.add(
                Delivery(
                    account="web.chat",
                    member_id=number,
                    topic="announcement",
                    due_at=NOW,
                    expires_at=NOW,
                    state=dice.choice(list(DeliveryState)),
                    announcement_id=announcement,
                    run=1,
                )
            )
    audit.record(session, number, Act.RUN_EVENT, f"member:{number}", NOW)
    session.flush()


def _owe(session: Session, number: int, key: str, topic: str, facts: dict[str, Any]) -> None:
    deliveries.plan_for_member(
        session,
        number,
        key=key,
        topic=topic,
        facts=facts,
        due_at=NOW,
        expires_at=NOW + timedelta(days=1),
        now=NOW,
    )


HELD = ("seated", "offered", "attended", "no_show")


def _numbers(session: Session) -> dict[int, tuple[int, int]]:
    """Seats held and people waiting, counted claim by claim."""
    rows = session.execute(select(col(Signup.event_id), col(Signup.state))).all()
    return {
        number: (
            sum(event_id == number and state in HELD for event_id, state in rows),
            sum(event_id == number and state == "waiting" for event_id, state in rows),
        )
        for number in range(1, 9)
    }


def _count(session: Session) -> None:
    for number, (held, waiting) in _numbers(session).items():
        values = {"held": held, "waiting": waiting, "turns": PEOPLE}
        session.execute(update(Event).where(col(Event.id) == number).values(**values))


@pytest.mark.parametrize("seed", range(12))
def test_nothing_points_to_who_was_merged_and_every_count_is_right(store: Store, seed: int) -> None:
    store.write_now(furnish, Random(seed))

    def look(session: Session) -> dict[int, list[tuple[int, str]]]:
        rows = session.execute(
            select(col(Signup.event_id), col(Signup.member_id), col(Signup.state)).where(
                col(Signup.member_id).in_((1, 2))
            )
        )
        found: dict[int, list[tuple[int, str]]] = {}
        for event_id, member_id, state in rows:
            found.setdefault(event_id, []).append((member_id, state))
        return found

    before = store.read_now(look)
    stays = store.write_now(merging.merge, 1, 2, CARE, NOW)
    goes = 3 - stays

    def check(session: Session) -> None:
        for place in PLACES:
            column = inventory.column_of(place)
            if place.merge is Merge.KEEP or place.by_address or column.type.python_type is not int:
                continue
            assert session.execute(select(func.count()).where(column == goes)).scalar() == 0, place
        counts = _numbers(session)
        for row in session.execute(select(Event)).scalars():
            assert (row.held, row.waiting) == counts[row.id]
        rank = [str(each) for each in BETTER]
        for event_id, claims in before.items():
            best = min((state for _member, state in claims), key=rank.index)
            now = session.execute(
                select(col(Signup.state)).where(
                    col(Signup.event_id) == event_id, col(Signup.member_id) == stays
                )
            ).scalar_one()
            # The seat that they held twice may have been offered to them in the queue.
            assert now in (best, "offered" if best == "waiting" else best)
        for each in session.execute(select(Team)).scalars():
            size = select(func.count()).where(col(Membership.team_id) == each.id)
            assert each.members == session.execute(size).scalar()
            if each.founder_id == stays:
                own = teams.bid_of(session, each.id, stays, BidKind.SUPPORT)
                assert own is None
        addresses = session.execute(
            select(col(Address.external)).where(col(Address.member_id) == stays)
        )
        assert sorted(addresses.scalars()) == ["p0", "p1"]
        held = [(g.role, g.team_id) for g, _ in roles.grants_of(session, stays, NOW)]
        assert len(held) == len(set(held))
        assert not {(Role.CAPTAIN, 1), (Role.DEPUTY, 1)} <= set(held)
        told = session.execute(
            select(col(Delivery.topic), col(Delivery.facts)).where(
                col(Delivery.member_id) == stays,
                col(Delivery.announcement_id).is_(None),
                col(Delivery.state).in_(OPEN_STATES),
            )
        ).all()
        assert len(told) == len({(topic, str(facts)) for topic, facts in told})
        living = set(session.execute(select(col(Signup.id))).scalars())
        assert {facts.get("signup_id") for _topic, facts in told} - {None} <= living
        assert aliases.now_of(session, goes) == stays
        assert len(audit.of_member(session, stays)) == 2

    store.read_now(check)


def test_every_column_that_needs_a_choice_has_a_verb_that_makes_it() -> None:
    assert set(merging.VERBS) == {each.at for each in PLACES if each.merge is Merge.VERB}


def test_the_older_stays_with_what_they_set_and_gets_the_rest_from_the_younger(
    store: Store, now: datetime
) -> None:
    def act(session: Session) -> Member:
        network(session)
        for each in ("a", "b"):
            members.meet(session, "web.chat", each, language="en", now=now)
        one, two = (session.get_one(Member, each) for each in (1, 2))
        one.name, one.quiet = "小安", "21:00-06:00"
        two.name, two.shift, two.station_id, two.muted = "An", Shift.NIGHT, SHISHAN, ["offer"]
        two.consented_at, two.language = now, "zh"
        assert merging.merge(session, 2, 1, CARE, now) == 1
        return session.get_one(Member, 1)

    row = store.write_now(act)
    assert (row.name, row.quiet, row.language) == ("小安", "21:00-06:00", "zh")
    assert (row.shift, row.station_id, row.muted) == (Shift.NIGHT, SHISHAN, ["offer"])
    assert row.consented_at == now


def test_a_seat_that_was_held_twice_goes_to_the_queue(store: Store, now: datetime) -> None:
    def act(session: Session) -> list[tuple[int | None, str]]:
        network(session)
        session.add(lamp_works(seats=2))
        session.flush()
        for each in ("a", "b", "c"):
            caller = members.meet(session, "web.chat", each, language="zh", now=now)
            signups.sign_up(session, 1, caller, CARE, now)
        merging.merge(session, 1, 2, CARE, now)
        rows = session.execute(select(Signup).order_by(col(Signup.id))).scalars()
        return [(each.member_id, str(each.state)) for each in rows]

    assert store.write_now(act) == [(1, "seated"), (3, "offered")]


def test_merging_again_keeps_every_number_and_erasing_erases_them_all(
    store: Store, now: datetime
) -> None:
    def act(session: Session) -> list[int]:
        network(session)
        session.add(badminton())
        session.flush()
        for each in ("a", "b", "c"):
            caller = members.meet(session, "web.chat", each, language="zh", now=now)
            audit.record(session, caller.id, Act.RUN_EVENT, "event:1", now)
        merging.merge(session, 2, 3, CARE, now)
        merging.merge(session, 1, 2, CARE, now)
        return aliases.all_of(session, 1)

    assert store.write_now(act) == [1, 2, 3]
    assert len(store.read_now(audit.of_member, 1)) == 3
    assert store.read_now(privacy.export, 1)["member"]["numbers_before"] == [2, 3]

    def erase(session: Session) -> int:
        caller = members.find(session, "web.chat", "c")
        assert caller is not None
        privacy.erase(session, caller, CARE, now)
        left: int = 0
        for name in ("member", "address", "member_alias"):
            table = SQLModel.metadata.tables[name]
            left += session.execute(select(func.count()).select_from(table)).scalar_one()
        return left

    assert store.write_now(erase) == 0


def test_grants_of_one_role_become_the_longer_one(store: Store, now: datetime) -> None:
    def act(session: Session) -> list[datetime | None]:
        network(session)
        for each, days in (("a", 3), ("b", 9)):
            caller = members.meet(session, "web.chat", each, language="zh", now=now)
            station, until = session.get_one(Station, SHISHAN), now + timedelta(days=days)
            roles.give(session, caller.id, Role.TOWN, station, now, until=until)
        merging.merge(session, 1, 2, CARE, now)
        return list(session.execute(select(col(Grant.until))).scalars())

    assert store.write_now(act) == [now + timedelta(days=9)]


def test_an_open_bid_is_better_than_one_that_is_settled(store: Store, now: datetime) -> None:
    def act(session: Session) -> list[tuple[int, str]]:
        network(session)
        session.add(team())
        session.flush()
        for each, state in (("a", BidState.REFUSED), ("b", BidState.OPEN)):
            caller = members.meet(session, "web.chat", each, language="zh", now=now)
            bid = teams.bid(session, 1, caller.id, BidKind.JOIN, now)
            assert bid is not None
            bid.state = state
        merging.merge(session, 1, 2, CARE, now)
        return [
            (each.member_id, str(each.state)) for each in session.execute(select(Bid)).scalars()
        ]

    assert store.write_now(act) == [(1, "open")]

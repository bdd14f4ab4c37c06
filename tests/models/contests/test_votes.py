"""A vote counts once, a company no more than its ceiling, and what looks bought is set apart."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from models.contests import (
    apart,
    categories,
    organizing,
    protocols,
    results,
    sources,
    votes,
    voting,
    watching,
)
from models.contests.contests import Changed, Contest
from models.contests.votes import NoneLeft, Refused, Vote, Voted, WhyNot
from models.contests.voting import Plan
from models.members import merging, privacy
from models.network import members, roles, stations
from models.network.members import Address, Caller, Member
from models.rules.contests import protocols as records
from models.rules.contests.bursts import Sign
from models.rules.contests.states import ContestState, Form
from models.rules.events.audience import to_column
from models.rules.network.audience import Audience
from models.rules.network.permissions import Role
from models.sending.accounts import PlatformAccount
from models.sending.deliveries import Delivery
from models.store import Store
from tests.miniature.contests import CATEGORIES, call, entrants, entry
from tests.miniature.juries import lamp_company
from tests.miniature.rows import CARE, CONTACT_POINT, GUICHENG, SHISHAN, network


def watches(session: Session, at: datetime) -> int:
    """Look, and do what is due by what was seen, as the clock does."""
    seen = watching.look(session, at)
    return watching.work(session, at, seen) if seen is not None else 0


def erases(session: Session, at: datetime) -> list[int]:
    """Erase where votes came from, turn by turn, as the clock does; return what each turn did."""
    turns = list[int]()
    while (found := sources.look(session, at)) is not None:
        turns.append(sources.work(session, at, found))
    return turns


def voter(session: Session, now: datetime, station_id: int = GUICHENG, **changed: Any) -> Caller:
    """A member of Telegram, as an update of theirs meets them."""
    values: dict[str, Any] = {
        "station_id": station_id,
        "consented_at": now,
        "created_at": now,
        **changed,
    }
    member = Member(**values)
    session.add(member)
    session.flush()
    name = f"v{member.id}"
    account = "telegram.nanhai"
    session.add(Address(member_id=member.id, account=account, external=name, created_at=now))
    session.flush()
    return members.meet(session, account, name, language="zh", now=now)


def opened(session: Session, contest: Contest, now: datetime, **changed: Any) -> None:
    values: dict[str, Any] = {"opens_at": now, "closes_at": now + timedelta(days=9), **changed}
    done = voting.set_up(session, contest.id, Plan(**values), None, now)
    assert isinstance(done, voting.SetUp)


def test_nobody_votes_on_an_award_nor_on_what_is_over(store: Store, now: datetime) -> None:
    def walk(session: Session) -> None:
        network(session)
        plan = Plan(now, now + timedelta(days=9))
        award = call(session, now, form=Form.AWARD)
        assert voting.set_up(session, award.id, plan, None, now) == voting.ForAward(award)
        over = call(session, now)
        assert isinstance(organizing.cancel(session, over.id, "", None, now), Changed)
        assert voting.set_up(session, over.id, plan, None, now) == voting.Over(over)
        assert not session.exec(select(voting.Voting)).all()

    store.write_now(walk)


def test_judges_have_no_part_of_the_result_before_it_is_said_how_they_judge(
    store: Store, now: datetime
) -> None:
    def walk(session: Session) -> None:
        network(session)
        contest = call(session, now)
        plan = Plan(now, now + timedelta(days=9), jury_percent=70)
        assert voting.set_up(session, contest.id, plan, None, now) == voting.NotJudged()
        assert voting.of_contest(session, contest.id) is None
        # Without them the public decides alone, and everybody has a place.
        opened(session, contest, now)
        row = voting.of_contest(session, contest.id)
        assert row is not None
        assert row.jury_percent == 0

    store.write_now(walk)


def test_a_vote_counts_once_moves_until_the_end_and_needs_the_rules(
    store: Store, now: datetime
) -> None:
    def walk(session: Session) -> None:
        network(session)
        contest = call(session, now)
        one, other = (entry(session, contest, each, now).id for each in entrants(session, 2, now))
        ana = voter(session, now - timedelta(days=30))
        assert votes.cast(session, ana, one, now) == Refused(WhyNot.NO_VOTING, contest.id)
        opens = now + timedelta(hours=1)
        opened(session, contest, now, opens_at=opens, known_before=now - timedelta(days=1))
        assert votes.cast(session, ana, one, now) == Refused(WhyNot.NOT_YET, contest.id, opens)
        fresh = voter(session, now)
        too_new = votes.cast(session, fresh, one, opens)
        assert isinstance(too_new, Refused)
        assert too_new.why is WhyNot.TOO_NEW
        assert votes.cast(session, ana, one, opens) == Voted(one, contest.id, False, 0)
        assert votes.cast(session, ana, one, opens) == Voted(one, contest.id, False, 0, again=True)
        moved = votes.cast(session, ana, other, opens)
        assert moved == Voted(other, contest.id, False, 0, moved=True)
        assert votes.of_member_in(session, contest.id, ana.id) == {other}
        assert votes.turnout(session, contest.id) == 1
        # The rules are frozen once voting is open.
        plan = Plan(opens, opens + timedelta(days=2))
        assert isinstance(voting.set_up(session, contest.id, plan, None, opens), voting.Frozen)
        assert votes.take_back(session, ana, other, opens)
        assert not votes.take_back(session, ana, other, opens)
        end = now + timedelta(days=9)
        assert votes.cast(session, ana, one, end) == Refused(WhyNot.CLOSED, contest.id)
        assert votes.cast(session, ana, 999, opens) is None

    store.write_now(walk)


def test_several_votes_and_one_in_each_category(store: Store, now: datetime) -> None:
    def walk(session: Session) -> None:
        network(session)
        three = call(session, now)
        ids = [entry(session, three, each, now).id for each in entrants(session, 3, now)]
        opened(session, three, now, votes=2)
        ana = voter(session, now)
        assert votes.cast(session, ana, ids[0], now) == Voted(ids[0], three.id, False, 1)
        assert votes.cast(session, ana, ids[1], now) == Voted(ids[1], three.id, False, 0)
        assert votes.cast(session, ana, ids[2], now) == NoneLeft(three.id, (ids[0], ids[1]))
        votes.take_back(session, ana, ids[0], now)
        assert votes.cast(session, ana, ids[2], now) == Voted(ids[2], three.id, False, 0)

        apart_ = call(session, now, named=CATEGORIES)
        rows = [entry(session, apart_, each, now) for each in entrants(session, 2, now)]
        first, second = categories.of_contest(session, apart_.id)
        rows[1].category_id = second.id
        session.add(rows[1])
        opened(session, apart_, now, is_per_category=True)
        for each in rows:
            done = votes.cast(session, ana, each.id, now)
            assert isinstance(done, Voted)
            assert not done.moved
        assert votes.turnout(session, apart_.id) == 1
        assert first.id != second.id

    store.write_now(walk)


def test_the_largest_company_does_not_decide_and_the_web_counts_apart(
    store: Store, now: datetime
) -> None:
    def walk(session: Session) -> None:
        network(session)
        lamp_company(session)
        contest = call(session, now)
        lamps, other = (entry(session, contest, each, now) for each in entrants(session, 2, now))
        opened(session, contest, now, ceiling=5, jury_percent=0)
        for place in range(12):
            votes.cast(session, voter(session, now, CONTACT_POINT), lamps.id, now)
            if place < 4:
                votes.cast(session, voter(session, now, GUICHENG), other.id, now)
            if place < 3:
                votes.cast(session, voter(session, now, SHISHAN), other.id, now)
        web = voter(session, now)
        session.exec(select(Address).where(Address.member_id == web.id)).one().account = "web"
        session.add(PlatformAccount(account="web", platform="web", by_cookie=True))
        session.flush()
        counted = votes.cast(session, web, lamps.id, now, origin="198.51.100.7")
        assert isinstance(counted, Voted)
        assert counted.is_web
        source = session.exec(select(Vote.source).where(Vote.member_id == web.id)).one()
        assert source
        assert "198" not in source

        early = results.settle(session, contest.id, None, now)
        assert early == results.NotYet(contest, results.VOTES)
        end = now + timedelta(days=9)
        done = results.settle(session, contest.id, None, end)
        assert isinstance(done, results.Settled)
        # Twelve of one company weigh five; seven of two towns weigh seven.
        public = done.protocol.record["public"]
        assert dict(public["weighs"]) == {lamps.code: "5", other.code: "7"}
        assert dict(public["web"]) == {lamps.code: 1}
        assert done.places == {other.id: 1, lamps.id: 2}
        assert isinstance(records.verify(done.protocol.record), records.Proven)
        row = voting.of_contest(session, contest.id)
        assert row is not None
        assert row.source_key == ""
        assert not watching.any_due(session, end)
        assert erases(session, end) == [1, 0]
        assert session.exec(select(Vote.source).where(Vote.source != "")).all() == []
        # Those who entered hear it first.
        assert results.publish(session, contest.id, None, end) == results.NotYet(
            contest, results.AN_HOUR
        )
        assert protocols.published(session, contest.id) is None
        results.publish(session, contest.id, None, end + results.AHEAD)
        assert contest.state is ContestState.DECIDED
        assert protocols.published(session, contest.id) == done.protocol

    store.write_now(walk)


def test_signs_are_shown_above_companies_and_set_apart_with_a_reason(
    store: Store, now: datetime
) -> None:
    def walk(session: Session) -> None:
        network(session)
        lamp_company(session)
        contest = call(session, now, station_id=CONTACT_POINT)
        contest.audience = to_column(Audience(stations=(CONTACT_POINT,)))
        session.add(contest)
        people = entrants(session, 2, now, CONTACT_POINT)
        lamps, other = (entry(session, contest, each, now) for each in people)
        opened(session, contest, now)
        # Whom it isn't for neither finds it nor votes by a press that somebody passed on.
        stranger = voter(session, now, GUICHENG)
        assert votes.open_contests(session, stranger, now) == []
        refused = votes.cast(session, stranger, lamps.id, now)
        assert refused == Refused(WhyNot.NOT_FOR_THEM, contest.id)
        known = now - timedelta(days=90)
        for place in range(6):
            who = voter(session, known, CONTACT_POINT)
            votes.cast(session, who, lamps.id, now + timedelta(seconds=5 * place))
        boss, town = voter(session, now), voter(session, now)
        for each, role, place in (
            (boss, Role.CONTACT_POINT, CONTACT_POINT),
            (town, Role.TOWN, SHISHAN),
        ):
            station = stations.get(session, place)
            assert station is not None
            roles.give(session, each.id, role, station, now)
        # Whoever organizes the firm learns nothing of it, though the contest is its own.
        with pytest.raises(roles.NotAllowed):
            apart.signs(session, contest.id, boss.id, now)
        # Nobody counts votes for who opens the desk.
        assert watching.suspected(session, "/", now) == []
        # The town is told once, however often it is looked at; the firm is not.
        for at in (now + timedelta(minutes=1), now + timedelta(minutes=20)):
            assert watching.any_due(session, at)
            watches(session, at)
        told = session.exec(select(Delivery).where(Delivery.topic == watching.UNIT_VOTED)).all()
        assert [(each.member_id, each.facts["votes"]) for each in told] == [(town.id, 6)]
        assert watching.suspected(session, "/", now) == [contest]
        (found,) = apart.signs(session, contest.id, town.id, now)
        assert (found.sign, len(found.votes)) == (Sign.UNIT, 6)
        assert apart.set_apart(session, contest.id, found, " ", town.id, now) is None
        with pytest.raises(roles.NotAllowed):
            apart.set_apart(session, contest.id, found, "一起投的", boss.id, now)
        kept = apart.set_apart(session, contest.id, found, "班组长逐个收手机投的", town.id, now)
        assert kept is not None
        assert watching.suspected(session, "/", now) == []
        row = voting.of_contest(session, contest.id)
        assert row is not None
        assert results.public_of(session, row).apart == ((Sign.UNIT, lamps.code, 6),)
        assert apart.count_again(session, kept.id, town.id, now) == kept
        # All voters of its contest are its people: four votes would tell who gave them.
        for _each in range(4):
            votes.cast(session, voter(session, known, CONTACT_POINT), other.id, now)
        public = results.public_of(session, row)
        assert dict(public.weighs) == {lamps.code: 6}
        assert public.least == 5
        votes.cast(session, voter(session, known, CONTACT_POINT), other.id, now)
        assert dict(results.public_of(session, row).weighs) == {lamps.code: 6, other.code: 5}

    store.write_now(walk)


def test_an_erased_voter_takes_an_open_vote_along_and_two_chats_have_one(
    store: Store, now: datetime
) -> None:
    def walk(session: Session) -> None:
        network(session)
        contest = call(session, now)
        one, other = (entry(session, contest, each, now).id for each in entrants(session, 2, now))
        opened(session, contest, now)
        ana, ben = voter(session, now), voter(session, now + timedelta(minutes=1))
        votes.cast(session, ana, one, now)
        votes.cast(session, ben, other, now)
        stays = merging.merge(session, ana.id, ben.id, CARE, now)
        assert votes.of_member_in(session, contest.id, stays) == {one}
        assert [each["contest"] for each in privacy.export(session, stays)["votes"]] == [
            "创意文案征集"
        ]
        privacy.erase_member(session, stays, CARE, now)
        assert votes.turnout(session, contest.id) == 0

    store.write_now(walk)


def test_where_votes_came_from_is_kept_as_a_hash_and_erased_without_a_result_too(
    store: Store, now: datetime
) -> None:
    def walk(session: Session) -> None:
        network(session)
        contest = call(session, now)
        one = entry(session, contest, entrants(session, 1, now)[0], now)
        opened(session, contest, now)
        ways = ("198.51.100.7", "2001:db8:0:7::1", "2001:db8:0:7:aaaa::2", "2001:db8:0:8::1", "?")
        for way in ways:
            votes.cast(session, voter(session, now), one.id, now, origin=way)
        kept = session.exec(select(Vote.source).order_by(col(Vote.id))).all()
        # A household's addresses are one way; a hash of nothing else tells them apart.
        assert kept[1] == kept[2]
        assert len({*kept}) == len(ways) - 1
        assert all(re.fullmatch("[0-9a-f]+|", each) for each in kept), kept
        end = now + timedelta(days=9)
        watches(session, end)
        assert not sources.any_due(session, end + sources.KEEP - timedelta(seconds=1))
        assert not watching.any_due(session, end + sources.KEEP)
        assert erases(session, end + sources.KEEP) == [5, 0]
        assert {*session.exec(select(Vote.source)).all()} == {""}
        row = voting.of_contest(session, contest.id)
        assert row is not None
        assert (row.source_key, row.settled_at, row.watch_at) == ("", None, None)

    store.write_now(walk)

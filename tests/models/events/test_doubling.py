"""Two events of which people take one: no seat is sold twice, and nobody has or awaits two."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from random import Random

import pytest
from sqlmodel import Session

from models.events import doubling, offers, quotas, series, signups
from models.events.doubling import HeldTwice
from models.events.events import Signup, SignupState
from models.events.parties import Companion
from models.network import roles
from models.network.stations import Station
from models.rules.events.companions import Along
from models.rules.network.permissions import Role
from models.store import Store
from tests.miniature.rows import CARE, local
from tests.models.events.playing import NOW, SHARES, begun, caller, check, claims

IN_LINE = (SignupState.WAITING, SignupState.OFFERED)


def in_turn(rows: Iterable[Signup]) -> list[tuple[int, int | None, int, bool]]:
    """The claims in line: turn, member, how many they bring, whether somebody else leads."""
    return sorted((e.turn, e.member_id, e.brings, e.party_id is not None) for e in rows)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_people_do_at_two_events_they_have_one_seat(store: Store, seed: int) -> None:
    def play(session: Session) -> None:
        dice, now = Random(seed), NOW
        first = begun(session, seats=5, along=Along.TWO)
        assert quotas.put(session, first, SHARES[seed % 3][:1] if seed else ()) is None
        people = [caller(session, number, dice.choice((2, 3, 4))) for number in range(14)]
        for one in people:
            others = [Companion()] * dice.choice((0, 0, 1, 2))
            signups.sign_up(session, first.id, one, CARE, now, bringing=others)
        queue = in_turn(e for e in claims(session, first.id) if e.state == SignupState.WAITING)
        boss = people[0].id
        roles.give(session, boss, Role.DISTRICT, session.get_one(Station, 1), now)
        when = local(6, 14), local(6, 17)
        done = doubling.hold_twice(session, first.id, *when, 6, boss, CARE, now)
        assert isinstance(done, HeldTwice)
        both = (first, done.second)
        assert in_turn(claims(session, done.second.id)) == queue
        for _ in range(60):
            one, event = dice.choice(people), dice.choice(both)
            match dice.randrange(8):
                case 0 | 1 | 2 | 3:
                    others = [Companion()] * dice.choice((0, 0, 1))
                    signups.sign_up(session, event.id, one, CARE, now, bringing=others)
                case 4 | 5:
                    signups.give_up(session, event.id, one.id, CARE, now)
                case 6:
                    now += timedelta(minutes=dice.choice((1, 40, 130)))
                    offers.lapse_offers(session, now, CARE)
                case _:
                    other = both[event is first]
                    series.change_date(session, event.id, other.id, one, CARE, now)
            session.flush()
            for each in both:
                check(session, each.id, now)
            seated = Counter(
                e.member_id
                for each in both
                for e in claims(session, each.id)
                if e.member_id is not None and e.state == SignupState.SEATED
            )
            assert max(seated.values(), default=0) <= 1
            for each in both:
                for e in claims(session, each.id):
                    waits = e.member_id is not None and e.state in IN_LINE
                    assert not (waits and seated.get(e.member_id or 0))

    store.write_now(play)

"""An ID number that was typed for one date of a course stands at the others, however they came."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from models.events import (
    answering,
    answers,
    doors,
    id_numbers,
    postponing,
    questionnaire,
    questions,
    running,
    signups,
)
from models.events.doors import MayJoin
from models.events.events import Event, Signup
from models.events.groups import Mode, Series
from models.network import members
from models.network.members import Member
from models.network.sealing import Sealing
from models.rules.events.questions import QuestionKind
from models.rules.languages import Translated
from models.rules.network.permissions import Role
from models.store import Store
from tests.api.programs import program
from tests.console.browsing import SHISHAN, Nanhai, nanhai
from tests.miniature.rows import badminton

KEY = b"k" * 32
NUMBER = "11010519491231002X"
DATES = 5


def course(desks: Nanhai) -> list[int]:
    """Dates a week apart, each of which asks for an ID number."""

    def add(session: Session) -> list[int]:
        row = Series(code="course", station_id=SHISHAN, mode=Mode.BOTH)
        session.add(row)
        session.flush()
        numbers = []
        for week in range(DATES):
            each = badminton(code=f"c{week}", series_id=row.id)
            for name in ("starts_at", "ends_at", "closes_at"):
                setattr(each, name, getattr(each, name) + timedelta(days=7 * week))
            session.add(each)
            session.flush()
            questionnaire.add(
                session,
                each.id,
                questionnaire.of_ready("id-number"),
                None,
                desks.now,
                sealing=desks.care.sealing,
            )
            numbers.append(each.id)
        return numbers

    return desks.store.write_now(add)


def types(desks: Nanhai, number: int, member_id: int) -> None:
    """Sign up for a date, and type the number on its page."""

    def write(session: Session) -> None:
        who = members.without_address(session.get_one(Member, member_id))
        signups.sign_up(session, number, who, desks.care, desks.now)
        claim = signups.claim_of(session, number, member_id)
        (question,) = questions.of_event(session, number)
        assert claim is not None
        value = id_numbers.sealed(desks.care.sealing, NUMBER, question.id)
        answers.keep(session, number, claim.id, {question.id: value}, desks.now)

    desks.store.write_now(write)


def known(desks: Nanhai, number: int) -> list[str]:
    """The numbers in full that a date has."""

    def look(session: Session) -> list[str]:
        (question,) = questions.of_event(session, number)
        claims = session.exec(select(Signup.id).where(Signup.event_id == number)).all()
        said = answers.of_claims(session, claims)
        sealing = desks.care.sealing
        return [
            id_numbers.opened_of(sealing, each[question.id], question.id)
            for each in said.values()
            if question.id in each
        ]

    return desks.look(look)


async def test_a_program_the_desk_and_the_door_carry_an_id_number_along(
    store: Store, now: datetime
) -> None:
    async with nanhai(store, now, sealing=Sealing((KEY,))) as desks:
        first, by_program, by_desk, at_door, by_none = course(desks)
        ana, ben = desks.member("安娜"), desks.member("阿本")

        def settle(session: Session) -> None:
            for each in (ana, ben):
                session.get_one(Member, each).station_id = SHISHAN

        desks.store.write_now(settle)
        types(desks, first, ana)
        town = program(desks, Role.TOWN, SHISHAN)
        made = await town.posts(f"/events/{by_program}/sign-ups", {"member": ana})
        assert made.status == 201, made.body
        assert known(desks, by_program) == [NUMBER]
        # Nobody else has one to carry.
        assert (await town.posts(f"/events/{by_program}/sign-ups", {"member": ben})).status == 201
        assert known(desks, by_program) == [NUMBER]

        browser = await desks.signed_in(town.member_id)
        path = f"/console/events/{by_desk}/names"
        await browser.opens(path)
        done = await browser.sends(path, text="安娜", sure="1")
        assert done.status == 200, done.text
        assert known(desks, by_desk) == [NUMBER]

        desks.now = desks.look(lambda session: session.get_one(Event, at_door).starts_at)

        def joins(session: Session) -> None:
            who = members.without_address(session.get_one(Member, ana))
            let = doors.ask_in(session, at_door, who, desks.care, desks.now)
            assert isinstance(let, MayJoin), let
            doors.join(session, at_door, let.step, let.proof, who, desks.care, desks.now)

        desks.store.write_now(joins)
        assert known(desks, at_door) == [NUMBER]
        assert known(desks, by_none) == []


async def test_a_number_that_is_asked_after_an_answer_only_comes_along_with_it(
    store: Store, now: datetime
) -> None:
    async with nanhai(store, now, sealing=Sealing((KEY,))) as desks:
        first, second, third, *_ = course(desks)
        ana = desks.member("安娜")
        types(desks, first, ana)

        def signs_up(session: Session, number: int, says: str) -> None:
            new = questionnaire.NewQuestion(
                QuestionKind.CHOICE, Translated("坐车吗？"), [Translated("坐"), Translated("不坐")]
            )
            rides = questionnaire.add(session, number, new, None, desks.now)
            assert isinstance(rides, questionnaire.Added)
            asked, bus = questions.of_event(session, number)
            asked.position, bus.position = bus.position, asked.position
            asked.if_question, asked.if_choice = bus.id, "坐"
            session.add_all((asked, bus))
            session.flush()
            who = members.without_address(session.get_one(Member, ana))
            said = {bus.id: says}
            done = signups.sign_up(session, number, who, desks.care, desks.now, said=[said])
            assert done is not None
            assert done.claim is not None
            mine = {done.claim.id: said}
            answering.keep_first(session, number, mine, desks.care, desks.now)

        desks.store.write_now(signs_up, second, "坐")
        desks.store.write_now(signs_up, third, "不坐")

        def numbers(session: Session, number: int) -> list[str]:
            asked = questions.of_event(session, number)[-1]
            claim = signups.claim_of(session, number, ana)
            assert claim is not None
            value = answers.of_claims(session, [claim.id])[claim.id].get(asked.id, "")
            return [id_numbers.opened_of(desks.care.sealing, value, asked.id)]

        assert desks.look(lambda session: numbers(session, second)) == [NUMBER]
        assert desks.look(lambda session: numbers(session, third)) == [""]


@pytest.mark.parametrize("is_typed", [True, False], ids=["typed", "carried"])
async def test_a_number_goes_on_to_no_date_that_is_over_or_cancelled(
    store: Store, now: datetime, is_typed: bool
) -> None:
    """Whoever had a seat there may not have been checked in, so that the claim does not say it."""
    async with nanhai(store, now, sealing=Sealing((KEY,))) as desks:
        over, begun, cancelled, postponed, to_come = dates = course(desks)
        sealing, ana = desks.care.sealing, desks.member("安娜")
        boss = desks.member("陈主任", Role.TOWN, SHISHAN)

        def claims(session: Session) -> None:
            for each in dates:
                who = members.without_address(session.get_one(Member, ana))
                assert signups.sign_up(session, each, who, desks.care, desks.now) is not None
            running.call_off(session, cancelled, "下雨", boss, desks.now)
            postponing.postpone(session, postponed, "", boss, desks.now)

        desks.store.write_now(claims)
        desks.now = desks.look(lambda session: session.get_one(Event, begun).starts_at)

        def goes_on(session: Session) -> None:
            event = session.get_one(Event, to_come)
            (question,) = questions.of_event(session, to_come)
            if is_typed:
                id_numbers.spread(session, event, ana, [(question, NUMBER)], sealing, desks.now)
                return
            claim = signups.claim_of(session, to_come, ana)
            assert claim is not None
            value = id_numbers.sealed(sealing, NUMBER, question.id)
            answers.keep(session, to_come, claim.id, {question.id: value}, desks.now)
            id_numbers.carry(session, event, ana, sealing, desks.now)

        desks.store.write_now(goes_on)
        others = (over, begun, cancelled, postponed)
        assert [known(desks, each) for each in others] == [[], [NUMBER], [], [NUMBER]]

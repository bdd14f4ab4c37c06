"""Judges see what they have no conflict with; points are sealed until all are in, then final."""

from datetime import datetime, timedelta

from sqlmodel import Session, select

from models.contests import (
    assignments,
    calling,
    judges,
    judging,
    protocols,
    rounds,
    scores,
    unsealing,
)
from models.contests.entries import Entry
from models.contests.scores import Assignment, Given, Sealed
from models.members import merging, privacy
from models.rules.contests import protocols as rules
from models.rules.contests.assigning import Conflict
from models.rules.contests.states import Form
from models.sending.deliveries import Delivery
from models.store import Store
from tests.miniature.contests import CATEGORIES, call, entrants, entry
from tests.miniature.juries import (
    close_and_assign,
    jury,
    lamp_company,
    mark_all,
    set_up,
    take_the_stage,
)
from tests.miniature.rows import CARE, CONTACT_POINT, GUICHENG, network


def told(session: Session, topic: str) -> list[int]:
    rows = session.exec(select(Delivery.member_id).where(Delivery.topic == topic)).all()
    return sorted(each for each in rows if each is not None)


def test_a_judging_goes_from_criteria_to_a_record_that_holds(store: Store, now: datetime) -> None:
    def walk(session: Session) -> None:
        network(session)
        contest = call(session, now, named=CATEGORIES)
        writers = entrants(session, 6, now)
        for each in writers:
            entry(session, contest, each, now)
        set_up(session, contest, now)
        jurors = jury(session, contest, entrants(session, 3, now, GUICHENG), now)
        early = assignments.assign(session, contest.id, None, now)
        assert isinstance(early, assignments.NotReady)
        assert early.lacks == assignments.CLOSING
        found = assignments.preview(session, contest)
        assert found is not None
        assert [load for _judge, load in found.loads] == [4, 4, 4]
        assert close_and_assign(session, contest, now) == assignments.Assigned(6, ())
        assert told(session, assignments.TO_JUDGE) == [each.member_id for each in jurors]
        # What was seen in the preview is what was done.
        assert [each.given for each in scores.progress(session, contest.id)] == [4, 4, 4]
        assert judging.set_up(
            session, contest.id, judging.Plan((), now + timedelta(days=30)), None, now
        ) == judging.Assigned(judging.locked(session, contest.id))

        first, *others = jurors
        mark_all(session, first, (9, 7), now)
        assert [each.done for each in scores.progress(session, contest.id)] == [4, 0, 0]
        for judge in others:
            mark_all(session, judge, (6, 8), now)
        row = judging.locked(session, contest.id)
        assert row.unseals_at == now + judging.LATER
        assert not unsealing.any_due(session, now)

        # Until then points may be changed, which begins the while anew.
        assert first.member_id is not None
        mine = scores.of_judge(session, first.id)[0]
        criterion = judging.criteria_of(session, contest.id)[0]
        later = now + timedelta(minutes=20)
        given = scores.give(session, mine.id, criterion.id, 10, first.member_id, later)
        assert given == Given(mine, ())
        due = later + judging.LATER
        assert unsealing.work(session, due, CARE) == 1
        assert not unsealing.any_due(session, due)
        again = scores.give(session, mine.id, criterion.id, 1, first.member_id, due)
        assert again == Sealed(contest)

        kept = protocols.of_contest(session, contest.id)
        assert kept is not None
        assert protocols.published(session, contest.id) is None
        assert isinstance(rules.verify(kept.record), rules.Proven)
        assert len(kept.record["scores"]) == 12
        # It holds, and says the same, when judges and authors are erased.
        for number in (writers[0], first.member_id):
            privacy.erase_member(session, number, CARE, due)
        session.expire_all()
        anew = protocols.make(session, contest.id, due)
        assert anew.hash == kept.hash
        assert rules.verify(anew.record) == rules.verify(kept.record)

    store.write_now(walk)


def test_nobody_judges_their_own_entry_or_one_of_their_company(store: Store, now: datetime) -> None:
    def walk(session: Session) -> None:
        network(session)
        company = lamp_company(session)
        contest = call(session, now)
        lamps, writer, other = (
            *entrants(session, 1, now, CONTACT_POINT),
            *entrants(session, 2, now),
        )
        theirs = {each: entry(session, contest, each, now).id for each in (lamps, writer, other)}
        set_up(session, contest, now, per_entry=1)
        (colleague,) = entrants(session, 1, now, CONTACT_POINT)
        (tied,) = entrants(session, 1, now, GUICHENG)
        jurors = jury(session, contest, [writer, colleague, tied], now)
        assert judges.declare(session, jurors[2].id, tied, company) is not None
        found = assignments.preview(session, contest)
        assert found is not None
        # The writer's own; the lamp works' entry for its colleague and for who is tied to them.
        assert found.conflicts == {Conflict.OWN: 1, Conflict.COMPANY: 2}
        assert found.short == ()
        close_and_assign(session, contest, now)
        by_entry = {each.entry_id: each.judge_id for each in session.exec(select(Assignment)).all()}
        assert by_entry[theirs[lamps]] == jurors[0].id
        assert by_entry[theirs[writer]] != jurors[0].id

        # Who notices another conflict hands the entry on; where nobody is left it is named.
        mine = scores.of_judge(session, jurors[0].id)[0]
        assert assignments.decline(session, mine.id, tied, now) is None
        assert assignments.decline(session, mine.id, writer, now) is not None
        found = assignments.preview(session, contest)
        assert found is not None
        assert [each.id for each, _able in found.short] == [theirs[lamps]]

    store.write_now(walk)


def test_what_a_judge_leaves_behind_goes_to_the_others(store: Store, now: datetime) -> None:
    def walk(session: Session) -> None:
        network(session)
        contest = call(session, now)
        for each in entrants(session, 4, now):
            entry(session, contest, each, now)
        set_up(session, contest, now)
        jurors = jury(session, contest, entrants(session, 3, now, GUICHENG), now)
        close_and_assign(session, contest, now)
        first, second, third = jurors
        assert first.member_id is not None
        done, *_rest = scores.of_judge(session, first.id)
        for criterion in judging.criteria_of(session, contest.id):
            scores.give(session, done.id, criterion.id, 5, first.member_id, now)
        scores.note(session, done.id, "结尾有力", first.member_id, now)
        assert assignments.leave(session, first.id, first.member_id, now) is not None
        left = {each.judge.id: each for each in scores.progress(session, contest.id)}
        assert (left[first.id].done, left[first.id].given) == (1, 1)
        assert left[second.id].given + left[third.id].given == 7
        assert judges.open_for(session, first.member_id) == []

        # Who is erased leaves points without a name, and no words.
        assert second.member_id is not None
        mark_all(session, second, (6, 8), now)
        privacy.erase_member(session, first.member_id, CARE, now)
        session.expire_all()
        assert session.get_one(scores.Assignment, done.id).note == ""
        assert len(scores.scored(session, contest.id)) == 1 + left[second.id].given
        # Two chats of one person are one judge.
        (again,) = entrants(session, 1, now, GUICHENG)
        jury(session, contest, [again], now)
        assert third.member_id is not None
        stays = merging.merge(session, third.member_id, again, CARE, now)
        assert [judge.id for judge, _ in judges.open_for(session, stays)] == [third.id]

    store.write_now(walk)


def test_judges_are_reminded_by_day_and_the_deadline_ends_it(store: Store, now: datetime) -> None:
    def walk(session: Session) -> None:
        network(session)
        contest = call(session, now)
        for each in entrants(session, 2, now):
            entry(session, contest, each, now)
        set_up(session, contest, now)
        busy, lazy = jury(session, contest, entrants(session, 2, now, GUICHENG), now)
        close_and_assign(session, contest, now)
        mark_all(session, busy, (9, 9), now)
        row = judging.locked(session, contest.id)
        assert row.remind_at == row.until - timedelta(days=3)
        assert row.unseals_at is None
        assert unsealing.work(session, row.remind_at, CARE) == 1
        assert told(session, unsealing.LEFT) == [lazy.member_id]
        moved = judging.put_off(session, contest.id, row.until + timedelta(days=9), None, now)
        assert isinstance(moved, judging.SetUp)
        assert not unsealing.any_due(session, row.until - timedelta(days=4))
        assert unsealing.work(session, row.until, CARE) == 1
        # An entry has the marks that were given, and nobody's half ones.
        kept = protocols.of_contest(session, contest.id)
        assert kept is not None
        assert [judge for _entry, judge, _points in kept.record["scores"]] == [busy.code] * 2

    store.write_now(walk)


def test_a_round_of_a_stage_is_judged_by_all_and_has_a_record_of_its_own(
    store: Store, now: datetime
) -> None:
    def walk(session: Session) -> None:
        network(session)
        contest = call(session, now, form=Form.STAGE)
        for each in entrants(session, 3, now):
            entry(session, contest, each, now)
        set_up(session, contest, now)
        jurors = jury(session, contest, entrants(session, 3, now, GUICHENG), now)
        final = take_the_stage(session, contest, now)
        sung = [each.entry_id for each in rounds.of_round(session, final.id)[:2]]
        criteria = judging.criteria_of(session, contest.id)
        for points, entry_id in zip((9, 8), sung, strict=True):
            given = calling.assigned(session, final.id, entry_id)
            assert len(given) == len(jurors)
            for row in given:
                judge = session.get_one(judges.Judge, row.judge_id)
                assert judge.member_id is not None
                for criterion in criteria:
                    scores.give(session, row.id, criterion.id, points, judge.member_id, now)
            calling.call_next(session, final.id, None, now)
        places = protocols.standings(session, contest.id, final.id)
        codes = [session.get_one(Entry, each).code for each in sung]
        assert [(each.place, each.entry) for each in places] == [(1, codes[0]), (2, codes[1])]
        kept = protocols.make(session, contest.id, now, final.id)
        assert isinstance(rules.verify(kept.record), rules.Proven)

    store.write_now(walk)


def test_a_stage_has_no_deadline_that_ends_its_judging(store: Store, now: datetime) -> None:
    def walk(session: Session) -> None:
        network(session)
        contest = call(session, now, form=Form.STAGE)
        entry(session, contest, entrants(session, 1, now)[0], now)
        # Whatever is said of a deadline: nothing follows from it.
        set_up(session, contest, now, until=now)
        first, second, *_rest = jury(session, contest, entrants(session, 2, now, GUICHENG), now)
        early = assignments.assign(session, contest.id, None, now)
        assert isinstance(early, assignments.NotReady)
        assert early.lacks == assignments.CALLED
        take_the_stage(session, contest, now)
        later = contest.closes_at + timedelta(days=60)
        assert not unsealing.any_due(session, later)
        # Whoever leaves leaves nothing to the others: they mark whoever is called anyway.
        assert assignments.leave(session, first.id, first.member_id or 0, now) is not None
        assert len(scores.of_judge(session, second.id)) == 1
        plan = judging.plan_of(session, contest.id)
        assert isinstance(judging.set_up(session, contest.id, plan, None, later), judging.Assigned)

    store.write_now(walk)

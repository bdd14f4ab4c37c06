"""Entries are gathered, handed in when nothing is missing, and outlive who is erased."""

from datetime import datetime, timedelta

from sqlmodel import Session

from models.contests import contests, deadlines, entries, parts
from models.contests.entries import Done, Enough, EntryAuthor, Incomplete, Shut
from models.members import merging, privacy
from models.rules.contests.entering import Lack
from models.rules.contests.states import ContestState, EntryState, PartKind, Phase
from models.store import Store
from tests.miniature.contests import CATEGORIES, call, entrants, entry
from tests.miniature.rows import CARE, network


def test_an_entry_is_handed_in_once_nothing_is_missing_and_until_the_deadline(
    store: Store, now: datetime
) -> None:
    def walk(session: Session) -> None:
        network(session)
        contest = call(session, now, named=CATEGORIES)
        (ana,) = entrants(session, 1, now)
        begun = entries.begin(session, contest.id, ana, now)
        assert isinstance(begun, Done)
        number = begun.entry.id
        assert entries.begin(session, contest.id, ana, now) == Enough(begun.entry)
        missing = entries.hand_in(session, number, now)
        assert isinstance(missing, Incomplete)
        assert missing.lacks == (Lack.PARTS, Lack.TITLE, Lack.CATEGORY, Lack.DECLARATION)
        late = now + timedelta(days=13)
        assert entries.hand_in(session, number, late) == Shut(contest, Phase.CLOSED)
        contests.close(session, contest.id, None, now)
        assert entries.begin(session, contest.id, ana, now) == Shut(contest, Phase.CLOSED)

    store.write_now(walk)


def test_what_an_erased_author_gave_is_gone_and_the_entry_keeps_its_code(
    store: Store, now: datetime
) -> None:
    def walk(session: Session) -> None:
        network(session)
        contest = call(session, now)
        ana, ben = entrants(session, 2, now)
        alone, together = entry(session, contest, ana, now), entry(session, contest, ben, now)
        author = EntryAuthor(entry_id=together.id, member_id=ana, asked_at=now, agreed_at=now)
        session.add(author)
        parts.add(session, together.id, PartKind.TEXT, ana, text="我们的车间")
        codes = alone.code, together.code
        assert [each["text"] for each in privacy.export(session, ana)["parts_of_entries"]]
        for each in (ben, ana):
            privacy.erase_member(session, each, CARE, now)
            session.expire_all()
            kept = session.get_one(entries.Entry, together.id)
            assert kept.member_id == (ana if each == ben else None)
            left = [part.text for part in parts.of_entry(session, together.id)]
            assert left == (["我们的车间"] if each == ben else [])
        assert {each.code for each in entries.handed_in(session, contest.id)} == set(codes)
        assert {each.title for each in entries.handed_in(session, contest.id)} == {""}

    store.write_now(walk)


def test_who_are_one_person_are_one_author(store: Store, now: datetime) -> None:
    def walk(session: Session) -> None:
        network(session)
        contest = call(session, now)
        ana, ben = entrants(session, 2, now)
        made = entry(session, contest, ben, now)
        session.add(EntryAuthor(entry_id=made.id, member_id=ana, asked_at=now))
        session.flush()
        stays = merging.merge(session, ana, ben, CARE, now)
        (author,) = entries.authors_of(session, made.id)
        assert (author.member_id, author.agreed_at) == (stays, now)
        kept = entries.of_member_in(session, contest.id, stays)
        assert [each.state for each in kept] == [EntryState.HANDED_IN]

    store.write_now(walk)


def test_the_clock_closes_what_is_open_and_leaves_what_was_decided(
    store: Store, now: datetime
) -> None:
    def walk(session: Session) -> None:
        network(session)
        contest, other = call(session, now), call(session, now)
        other.state = ContestState.DECIDED
        session.add(other)
        session.flush()
        late = now + timedelta(days=13)
        assert deadlines.any_due(session, late)
        deadlines.work(session, late, CARE)
        assert (contest.state, other.state) == (ContestState.CLOSED, ContestState.DECIDED)
        assert not deadlines.any_due(session, late)

    store.write_now(walk)

"""The member's order: nothing lost, nothing twice, theirs first and the rest by time."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.rules.events.for_me import FIRST, SOON, Coming, by_time, ordered
from models.rules.members.belonging import Belongings, Reason, reasons
from models.rules.members.interests import Interest

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
SOME = st.lists(st.sampled_from(Reason), max_size=3, unique=True).map(tuple)


@st.composite
def programmes(draw: st.DrawFn) -> list[Coming]:
    """Up to 40 events of the next four weeks, of any kind."""
    return [
        Coming(
            number,
            draw(SOME),
            starts_at=NOW + timedelta(hours=draw(st.integers(0, 28 * 24))),
            ends_at=NOW,
            is_open=draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 40)))
    ]


def is_possible(event: Coming) -> bool:
    return event.number % 3 > 0


@given(programmes(), st.randoms())
def test_every_event_stands_once_and_the_order_depends_on_nothing_else(
    programme: list[Coming], random: object
) -> None:
    found = ordered(programme, NOW, is_possible)
    assert sorted(each.number for each in found) == [each.number for each in programme]
    shuffled = list(programme)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert ordered(shuffled, NOW, is_possible) == found
    # The pages of five that are asked for one after the other hold the same.
    pages = [found[skip : skip + 5] for skip in range(0, len(found), 5)]
    assert [each for page in pages for each in page] == found


@given(programmes())
def test_at_most_five_of_theirs_lead_and_the_rest_is_by_time(programme: list[Coming]) -> None:
    found, timely = ordered(programme, NOW, is_possible), by_time(programme)
    leads = [
        each
        for each in timely
        if each.reasons and each.is_open and is_possible(each) and each.starts_at < NOW + SOON
    ]
    first, rest = found[: min(FIRST, len(leads))], found[min(FIRST, len(leads)) :]
    assert set(first) <= set(leads)
    assert rest == [each for each in timely if each not in first]
    # Of two of the same rank the sooner one is before the other.
    ranks = [(-len(each.reasons), each.starts_at, each.number) for each in first]
    assert ranks == sorted(ranks)
    closed = [each.is_open for each in found]
    assert closed == sorted(closed, reverse=True)


@given(programmes())
def test_who_told_nothing_sees_time_alone(programme: list[Coming]) -> None:
    nobodys = [
        Coming(each.number, starts_at=each.starts_at, ends_at=NOW, is_open=each.is_open)
        for each in programme
    ]
    assert ordered(nobodys, NOW, is_possible) == by_time(nobodys)


def test_what_is_theirs() -> None:
    mine = Belongings("/1/3/", 7, frozenset({Interest.MUSIC}), frozenset({9}))
    assert reasons(mine, path="/1/2/") == ()
    assert reasons(mine, path="/1/3/4/") == (Reason.TOWN,)
    assert reasons(mine, path="/1/3/4/", company=7, team=9, about=(Interest.MUSIC,)) == (
        Reason.TEAM,
        Reason.COMPANY,
        Reason.TOWN,
        Reason.INTEREST,
    )
    # Whose company is not known shares none with an event of no company.
    assert reasons(Belongings("/1/3/"), path="/1/2/", company=None) == ()

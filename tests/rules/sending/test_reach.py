from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.sending.reach import (
    DIRECT,
    Ledger,
    Route,
    Way,
    likelihood,
    may_speak,
    may_write,
    route,
)

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
OPEN, SHUT = NOW + timedelta(hours=47), NOW - timedelta(seconds=1)

WORDS = Way(Route.CUSTOMER_SERVICE, spends=1)
LONG = Way(Route.CUSTOMER_SERVICE, spends=3)
TEMPLATE = Way(Route.TEMPLATE, template="T")
NOTICE = Way(Route.SUBSCRIPTION, template="S")
ALL = (WORDS, TEMPLATE, NOTICE)


def test_a_platform_lets_us_speak_inside_the_window_while_messages_are_left() -> None:
    assert may_speak(NOW + timedelta(hours=47), 5, NOW)
    assert not may_speak(NOW + timedelta(hours=47), 0, NOW)
    assert not may_speak(NOW - timedelta(seconds=1), 5, NOW)
    assert not may_speak(None, 5, NOW)


@given(st.timedeltas(timedelta(days=-3), timedelta(days=3)), st.integers(-1, 5))
def test_the_window_is_over_at_its_last_moment(left: timedelta, allowance: int) -> None:
    assert may_speak(NOW + left, allowance, NOW) == (left > timedelta(0) and allowance > 0)


@pytest.mark.parametrize(
    ("ways", "ledger", "is_service", "taken"),
    [
        # Where a platform has no window, nothing is asked.
        ((DIRECT,), Ledger(), False, DIRECT),
        # Words first, for they say everything and cost nothing that is scarce.
        (ALL, Ledger(OPEN, 5, grants={"S": 1}), True, WORDS),
        (ALL, Ledger(OPEN, 1), False, WORDS),
        # A long message takes several of what is left.
        ((LONG,), Ledger(OPEN, 3), True, LONG),
        ((LONG,), Ledger(OPEN, 2), True, None),
        ((LONG, TEMPLATE), Ledger(OPEN, 2), True, TEMPLATE),
        # Outside the window, or with nothing left of it, a template.
        (ALL, Ledger(SHUT, 5, grants={"S": 1}), True, TEMPLATE),
        (ALL, Ledger(OPEN, 0), True, TEMPLATE),
        (ALL, Ledger(), True, TEMPLATE),
        # Who takes no template messages is sent one of the notices they agreed to.
        (ALL, Ledger(SHUT, 0, no_templates=True, grants={"S": 1}), True, NOTICE),
        (ALL, Ledger(SHUT, 0, no_templates=True, grants={"S": 0}), True, None),
        (ALL, Ledger(SHUT, 0, no_templates=True, grants={"another": 1}), True, None),
        ((WORDS, NOTICE), Ledger(SHUT, 0, grants={"S": 2}), True, NOTICE),
        # An announcement goes by words or waits.
        (ALL, Ledger(SHUT, 0, grants={"S": 9}), False, None),
        # An account that may only answer has no way at all.
        ((), Ledger(OPEN, 5, grants={"S": 1}), True, None),
    ],
)
def test_a_message_takes_the_first_way_that_is_open(
    ways: tuple[Way, ...], ledger: Ledger, is_service: bool, taken: Way | None
) -> None:
    assert route(ways, ledger, NOW, is_service=is_service) == taken


ledgers = st.builds(
    Ledger,
    window_until=st.none() | st.just(OPEN) | st.just(SHUT) | st.just(NOW),
    allowance=st.integers(-1, 5),
    no_templates=st.booleans(),
    grants=st.dictionaries(st.sampled_from("ST"), st.integers(0, 2)),
)
some_ways = st.lists(
    st.one_of(
        st.builds(Way, st.just(Route.CUSTOMER_SERVICE), st.integers(1, 6)),
        st.builds(Way, st.just(Route.TEMPLATE), template=st.sampled_from("ST")),
        st.builds(Way, st.just(Route.SUBSCRIPTION), template=st.sampled_from("ST")),
    ),
    max_size=4,
)


@given(some_ways, ledgers, st.booleans())
def test_no_route_takes_what_the_ledger_does_not_have(
    ways: list[Way], ledger: Ledger, is_service: bool
) -> None:
    way = route(ways, ledger, NOW, is_service=is_service)
    if way is None:
        return
    assert way in ways
    match way.route:
        case Route.CUSTOMER_SERVICE:
            assert ledger.window_until == OPEN
            assert way.spends <= ledger.allowance
        case Route.TEMPLATE:
            assert is_service
            assert not ledger.no_templates
        case Route.SUBSCRIPTION:
            assert is_service
            assert ledger.grants[way.template] > 0


@given(some_ways, ledgers)
def test_an_announcement_never_goes_by_a_template(ways: list[Way], ledger: Ledger) -> None:
    way = route(ways, ledger, NOW, is_service=False)
    assert way is None or way.route == Route.CUSTOMER_SERVICE


@given(some_ways, ledgers, st.booleans())
def test_what_waits_finds_its_way_once_the_person_has_spoken(
    ways: list[Way], ledger: Ledger, is_service: bool
) -> None:
    spoken = Ledger(OPEN, 5, ledger.no_templates, ledger.grants)
    before = route(ways, ledger, NOW, is_service=is_service)
    after = route(ways, spoken, NOW, is_service=is_service)
    assert before is None or after is not None
    assert after is not None or all(way.spends > 5 or way.template for way in ways)


def test_the_likeliest_address_is_the_one_that_can_be_written_to_now() -> None:
    lost = place("telegram", unreachable="blocked")
    ranked = [lost, place("page"), place("wechat", SHUT, 5), place("wechat", OPEN, 1)]
    assert ranked == sorted(ranked)
    assert len(set(ranked)) == len(ranked)
    assert place("wechat", OPEN, 1) == place("telegram")
    assert place("wechat", OPEN) == place("wechat")
    assert may_write(False, None, 0, NOW)


def place(
    platform: str, until: datetime | None = None, left: int = 0, *, unreachable: str = ""
) -> tuple[bool, bool, bool]:
    return likelihood(
        unreachable=unreachable,
        notifies=platform != "page",
        is_windowed=platform == "wechat",
        window_until=until,
        allowance=left,
        now=NOW,
    )

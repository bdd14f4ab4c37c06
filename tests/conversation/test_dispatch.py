"""One update, one transaction, one reply: repeats, failures, order, and whatever people send."""

import asyncio
import threading
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question
from bot.conversation.dispatch import LOOKS, Dispatcher
from bot.conversation.incoming import Incoming
from bot.conversation.language import phrasebook
from bot.conversation.messages import Action, Message, Reply
from bot.conversation.routing import Router
from handlers import subjects
from handlers.actions import Agree, SignUp
from models.desk.misses import Miss
from models.events.events import Event, Signup
from models.network.members import Address, Member
from models.rules.languages import Translated
from models.rules.sending.buckets import Buckets
from models.store import Store, StoreDown
from tests.miniature.rows import CARE, badminton, lamp_works, network, team

ACCOUNT = "telegram.nanhai"
SORRY = ("我们这边出了点问题", "Something went wrong on our side")

numbers = count(1)


def noted(text: str, chat: Chat) -> Miss:
    """A row, whichever it is."""
    return Miss(text=text, language="zh", last_at=chat.now)


class Broken:
    """A subject that fails after it has written, and one that notes what it hears."""

    def __init__(self) -> None:
        self.router = Router()
        self.heard: list[str] = []
        self.gate: threading.Event | None = None

        @self.router.command("explode", zh="炸了")
        def explode(chat: Chat, words: str) -> Reply:
            chat.session.add(noted("written before it failed", chat))
            chat.session.flush()
            if words == "twice":
                raise IntegrityError("INSERT", None, ValueError("a row of the same key"))
            raise RuntimeError("a mistake of ours")

        @self.router.command("note", zh="记一下")
        def note(chat: Chat, words: str) -> Reply:
            if self.gate is not None and words == "wait":
                self.gate.wait(10)
            self.heard.append(words)
            return Reply(f"noted {words}")


def dispatcher(store: Store, now: datetime, *more: Router) -> Dispatcher:
    routes = subjects.routes(*more)
    name = Translated("创思驿站", {"en": "the Yizhan station"})
    return Dispatcher(store, routes, phrasebook(), CARE, lambda: now, station=name)


@pytest.fixture
def furnished(store: Store) -> Store:
    """A network with two events and a team."""
    return furnish(store)


def furnish(store: Store) -> Store:
    def add(session: Session) -> None:
        network(session)
        session.add(lamp_works(seats=1))
        session.add(badminton())
        session.add(team())

    store.write_now(add)
    return store


def said(text: str = "", *, who: str = "7", press: str = "", link: str = "") -> Incoming:
    """One message of its own key."""
    return Incoming(ACCOUNT, who, f"k{next(numbers)}", text=text, press=press, link=link)


async def heard(
    to: Dispatcher, text: str = "", *, who: str = "7", press: str = "", link: str = ""
) -> str:
    message = await to.listen(said(text, who=who, press=press, link=link))
    assert message is not None
    return message.text


async def consented(to: Dispatcher, who: str = "7") -> None:
    await heard(to, "你好", who=who)
    await heard(to, press=Agree("e1").pack(), who=who)


def seats(session: Session) -> list[int]:
    return [
        each.held + each.waiting for each in session.exec(select(Event).order_by(col(Event.id)))
    ]


def claims(session: Session) -> int:
    return len(session.exec(select(Signup.id)).all())


def written(session: Session) -> list[str]:
    return list(session.exec(select(Miss.text)))


# Repeats


async def test_a_repeated_push_gets_the_same_answer_and_does_nothing_twice(
    furnished: Store, now: datetime
) -> None:
    station = dispatcher(furnished, now)
    await consented(station)
    push = said(press=SignUp(1).pack())
    first = await station.listen(push)
    assert first is not None
    assert "✅ 报上了" in first.text
    assert await station.listen(push) == first
    # Another message that asks for the same is another matter: it is told that it stands.
    assert "你已经报上了" in await heard(station, press=SignUp(1).pack())
    assert furnished.read_now(seats) == [1, 0]


async def test_pushes_repeated_at_once_are_answered_once(furnished: Store, now: datetime) -> None:
    station = dispatcher(furnished, now)
    await consented(station)
    push = said("心愿 想学电工")
    answers = await asyncio.gather(*(station.listen(push) for _ in range(8)))
    assert len({each.text for each in answers if each is not None}) == 1
    assert None not in answers


@contextmanager
def two_processes(url: str, now: datetime) -> Iterator[tuple[Dispatcher, Dispatcher]]:
    """Two stores on one database, as two processes have them."""
    one, two = Store(url), Store(url)
    furnish(one)
    try:
        yield dispatcher(one, now), dispatcher(two, now)
    finally:
        one.close()
        two.close()


async def test_two_processes_answer_the_same_push_alike(postgresql_url: str, now: datetime) -> None:
    with two_processes(postgresql_url, now) as (one, two):
        everybody = [str(number) for number in range(20)]
        for who in everybody:
            # A stranger's very first message, at both at once.
            hello = said("你好", who=who)
            answers = await asyncio.gather(one.listen(hello), two.listen(hello))
            assert answers[0] == answers[1]
            await one.listen(said(press=Agree("e1").pack(), who=who))
        pushes = [said(press=SignUp(1).pack(), who=who) for who in everybody]
        both = await asyncio.gather(
            *(station.listen(push) for push in pushes for station in (one, two))
        )
        assert both[0::2] == both[1::2]
        assert sum("✅ 报上了" in each.text for each in both[0::2] if each) == 1
        assert one._store.read_now(seats) == [20, 0]
        assert one._store.read_now(claims) == 20


async def test_two_first_messages_of_one_stranger_make_one_member(
    postgresql_url: str, now: datetime
) -> None:
    with two_processes(postgresql_url, now) as (one, two):
        for who in map(str, range(10)):
            answers = await asyncio.gather(
                one.listen(said("你好", who=who)), two.listen(said("在吗", who=who))
            )
            assert all(each is not None and "创思驿站" in each.text for each in answers)
        assert len(one._store.read_now(strangers)) == 10


# Failures


async def test_a_chat_that_floods_is_told_once_and_others_are_answered(
    store: Store, now: datetime
) -> None:
    seconds = 0.0
    notebook = Broken()
    fast = Dispatcher(
        store,
        subjects.routes(notebook.router),
        phrasebook(),
        CARE,
        lambda: now,
        station=Translated("创思驿站"),
        per_address=Buckets(per_second=2, burst=10),
        monotonic=lambda: seconds,
    )

    async def note(who: str, number: int) -> str:
        said = await fast.listen(Incoming(ACCOUNT, who, f"{who}{number}", text=f"记一下 {number}"))
        return said.text if said is not None else ""

    await fast.listen(Incoming(ACCOUNT, "ana", "agree", press="agree."))
    await fast.listen(Incoming(ACCOUNT, "ben", "agree-ben", press="agree."))
    answers = [await note("ana", number) for number in range(20)]
    assert [each for each in answers if each.startswith("noted")] == [
        f"noted {number}" for number in range(9)
    ]
    assert answers[9].startswith("一下子太多了")
    assert answers[10:] == [""] * 10
    assert await note("ben", 1) == "noted 1"
    seconds = 1.0
    # Nobody waits for an answer that never comes: what got none is told with the next, once.
    assert await note("ana", 20) == ("noted 20\n\n⚠️ 这之前还有 10 条没看，要紧的再发一次。")
    assert await note("ana", 21) == "noted 21"
    assert await note("ana", 22) == ""
    seconds = 20.0
    assert (await note("ana", 23)).endswith("还有 1 条没看，要紧的再发一次。")
    assert await note("ben", 2) == "noted 2"


@pytest.mark.parametrize("words", ["explode", "explode twice"])
async def test_a_failing_handler_apologises_once_and_undoes_what_it_did(
    furnished: Store, now: datetime, words: str
) -> None:
    station = dispatcher(furnished, now, Broken().router)
    await consented(station)
    push = said(words)
    sorry = await station.listen(push)
    assert sorry is not None
    assert sorry.text.startswith(SORRY)
    assert furnished.read_now(written) == []
    assert await station.listen(push) == sorry
    assert "走进灯具厂" in await heard(station, "活动")


async def test_one_persons_failure_is_nobody_elses(furnished: Store, now: datetime) -> None:
    station = dispatcher(furnished, now, Broken().router)
    for who in ("7", "8", "9"):
        await consented(station, who)
    texts = await asyncio.gather(
        heard(station, "心愿 一", who="7"),
        heard(station, "explode", who="8"),
        heard(station, "活动", who="9"),
    )
    assert [each.startswith(SORRY) for each in texts] == [False, True, False]


async def test_what_could_not_be_kept_is_not_answered(furnished: Store, now: datetime) -> None:
    station = dispatcher(furnished, now)
    await consented(station)
    furnished.close()
    with pytest.raises(StoreDown):
        await station.listen(said("活动"))


# Order


async def test_messages_of_one_chat_are_answered_in_their_order(
    furnished: Store, now: datetime
) -> None:
    broken = Broken()
    station = dispatcher(furnished, now, broken.router)
    await consented(station)
    wanted = [str(number) for number in range(30)]
    await asyncio.gather(*(station.listen(said(f"note {each}")) for each in wanted))
    assert broken.heard == wanted


# Those who leave


def texts_noted(session: Session) -> list[str]:
    return [row.text for row in session.exec(select(Miss))]


class Counting:
    """A subject that declares slow reads: for a command, and for what ends a dialog."""

    def __init__(self) -> None:
        self.router = Router()
        self.gate = threading.Event()
        self.counted: list[str] = []
        self.called: list[str] = []

        def rows(chat: Chat, asked: object) -> int:
            self.counted.append(threading.current_thread().name)
            assert self.gate.wait(10)
            if asked == "99":
                raise RuntimeError("a mistake of ours")
            return len(chat.session.exec(select(Miss)).all())

        @self.router.command("count", zh="数一数", looks=rows)
        def count_them(chat: Chat, words: str, found: int) -> Reply:
            self.called.append(words)
            chat.session.add(noted("written after the look", chat))
            return Reply(f"counted {found}")

        @self.router.dialog("ask-count")
        def ask(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
            return (yield Question("what", "Count what?", check=lambda words: words))

        @self.router.command("ask", zh="问一问")
        def begin(chat: Chat, words: str) -> Reply:
            return ask.begin(chat)

        @ask.done_after(rows)
        def end(chat: Chat, form: str, found: int) -> Reply:
            self.called.append(form)
            return Reply(f"counted {found} {form}")

        @self.router.dialog("ask-forever")
        def never(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
            yield Question("what", "Count what?", check=lambda words: words)
            return object()

        @self.router.command("forever", zh="数不完")
        def without_end(chat: Chat, words: str) -> Reply:
            return never.begin(chat)

        @never.done_after(rows)
        def never_called(chat: Chat, form: object, found: int) -> Reply:
            raise AssertionError("its form is never the one that was looked for")


async def test_what_takes_long_is_looked_up_while_others_are_answered(
    furnished: Store, now: datetime
) -> None:
    counting = Counting()
    station = dispatcher(furnished, now, counting.router)
    await consented(station)
    await consented(station, "8")
    slow = asyncio.create_task(heard(station, "/count"))
    while not counting.counted:
        assert "羽毛球" in await heard(station, "活动", who="8")
    assert not slow.done()
    assert counting.called == []
    counting.gate.set()
    assert await slow == "counted 0"
    # Once each: nothing was undone and repeated.
    assert counting.called == [""]
    [reader] = counting.counted
    assert reader.startswith("store-read")
    assert furnished.read_now(texts_noted) == ["written after the look"]


async def test_the_end_of_a_dialog_has_its_look_and_a_failing_one_leaves_the_question_open(
    furnished: Store, now: datetime
) -> None:
    counting = Counting()
    counting.gate.set()
    station = dispatcher(furnished, now, counting.router)
    await consented(station)
    await heard(station, "/ask")
    assert (await heard(station, "99")).startswith(SORRY)
    assert counting.called == []
    assert await heard(station, "blue birds") == "counted 0 blue birds"
    assert counting.called == ["blue birds"]


async def test_a_look_that_never_fits_ends_in_an_apology(furnished: Store, now: datetime) -> None:
    counting = Counting()
    counting.gate.set()
    station = dispatcher(furnished, now, counting.router)
    await consented(station)
    await heard(station, "/forever")
    assert (await heard(station, "blue birds")).startswith(SORRY)
    assert len(counting.counted) == LOOKS


async def test_who_blocks_the_station_is_not_reached_until_they_come_back(
    furnished: Store, now: datetime
) -> None:
    station = dispatcher(furnished, now)
    await consented(station)
    assert await station.listen(Incoming(ACCOUNT, "7", "gone", left=True)) is None
    assert furnished.read_now(unreachable) == ["blocked"]
    assert await station.listen(Incoming(ACCOUNT, "7", "back", returned=True)) is None
    assert furnished.read_now(unreachable) == [""]
    await station.listen(Incoming(ACCOUNT, "7", "gone again", left=True))
    # Also somebody whose coming back was not told is there when they speak.
    assert "没有报名" in await heard(station, "我的")
    assert furnished.read_now(unreachable) == [""]


def unreachable(session: Session) -> list[str]:
    return list(session.exec(select(Address.unreachable)))


# Whatever people send

WORDS = (
    "活动",
    "队伍",
    "报名",
    "加入",
    "退出",
    "取消报名",
    "我的",
    "资料",
    "语言",
    "免打扰",
    "退订",
    "订阅",
    "隐私",
    "心愿",
    "/start",
    "/events",
    "signup",
    "cancel",
    "1",
    "2",
    "99",
    "今天",
    "周末",
    "羽毛球",
    "ymq",
    "22:00-7:00",
)
texts = st.one_of(
    st.text(max_size=60),
    st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=8)), max_size=4).map(" ".join),
)
values = st.one_of(
    st.integers(-3, 3).map(str),
    st.sampled_from(["", "zh", "en", "e1", "weekend", "town", "culture", "ball_games", "quiet"]),
    st.text(max_size=6),
)
whole_numbers = st.one_of(
    st.integers(-3, 9), st.sampled_from([2**31 - 1, 2**31, -(2**31), 2**63]), st.integers()
)


def of_kind(kind: type[Action]) -> st.SearchStrategy[str]:
    """Presses of this kind, with anything in them that their types allow."""
    parts = [whole_numbers if each.type in (int, "int") else values for each in fields(kind)]  # type: ignore[arg-type]
    return st.tuples(*parts).map(lambda given: packed(kind, given))


def packed(kind: type[Action], given: tuple[object, ...]) -> str:
    try:
        return kind(*given).pack()
    except ValueError:
        # Longer than any button's data; cut off it is still something that may arrive.
        return f"{kind.tag}.{given[0]}"[:64]


kinds = sorted({*Action._known.values()}, key=lambda kind: kind.tag)
presses = st.sampled_from(kinds).flatmap(of_kind)
anything = st.one_of(
    texts.map(lambda text: {"text": text}),
    presses.map(lambda press: {"press": press}),
    presses.map(lambda press: {"press": press}),
    st.text(min_size=1, max_size=64).map(lambda press: {"press": press}),
    st.one_of(values, values.map(lambda value: f"e{value}")).map(lambda link: {"link": link}),
)
OFTEN = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    # An example is a dozen updates on a real store: made shorter it would take many minutes.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def of_strangers(session: Session) -> dict[str, int]:
    """How many rows there are of what a stranger must not add to."""
    tables = set(inspect(session.connection()).get_table_names()) - {"inbox", "address", "member"}
    return {
        name: session.connection().exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one()
        for name in tables
    }


def strangers(session: Session) -> list[Member]:
    return list(session.exec(select(Member)))


@OFTEN
@given(everything=st.lists(anything, min_size=10, max_size=30))
async def test_nothing_a_stranger_sends_changes_anything_before_they_agree(
    furnished: Store, now: datetime, everything: list[dict[str, str]]
) -> None:
    station = dispatcher(furnished, now)
    before = furnished.read_now(of_strangers)
    who = f"stranger-{next(numbers)}"
    for each in everything:
        if each.get("press", "").partition(".")[0] != Agree.tag:
            answer = await heard(station, **each, who=who)
            assert not answer.startswith(SORRY), each
    assert furnished.read_now(of_strangers) == before
    for member in furnished.read_now(strangers):
        assert (member.consented_at, member.name, member.muted) == (None, "", [])


@OFTEN
@given(everything=st.lists(anything, min_size=10, max_size=30))
async def test_whatever_a_member_sends_is_answered(
    furnished: Store, now: datetime, everything: list[dict[str, str]]
) -> None:
    station = dispatcher(furnished, now)
    await consented(station, who := f"member-{next(numbers)}")
    for each in everything:
        answer: Message | None = await station.listen(said(who=who, **each))
        assert answer is not None
        assert not answer.text.startswith(SORRY), each
        assert answer.text.strip()
